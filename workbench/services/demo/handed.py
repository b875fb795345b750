"""What an applicant of the demo hands in, as rows of the files that bring it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.enums import DocumentKind
from workbench.domain.values.identifiers import carrier_of_range
from workbench.services.demo import fixtures
from workbench.services.demo.cast import Cast
from workbench.services.demo.numbers import card_number, sim_number
from workbench.services.demo.plan import DemoCase
from workbench.services.demo.twists import Twist

Row = dict[str, Any]

_SEALED = frozenset({DocumentKind.BIZ_LICENSE, DocumentKind.AUTH_LETTER, DocumentKind.COMMITMENT_LETTER})
_ACTIVE_DAYS = 75
_DAILY_QUOTA = "200"


@dataclass(frozen=True, slots=True)
class Handed:
    """Application, cards and documents, columns by name; a document has no file yet."""

    cast: Cast
    application: Row
    cards: tuple[Row, ...]
    documents: tuple[Row, ...]


def handed(case: DemoCase, twist: Twist, received_at: datetime, required: Sequence[DocumentKind]) -> Handed:
    """Return what is handed in.

    Args:
        case: The application.
        twist: What is not in order with it, dates not filled in.
        received_at: When it is received, local.
        required: The documents that the policy asks for.
    """
    dated = twist.on(received_at.date())
    cast = Cast(case, dated, received_at.date())
    key = {"agent": case.agent, "application_no": case.application_no}
    active_since = (received_at.date() - timedelta(days=_ACTIVE_DAYS)).isoformat()
    stamp = received_at.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    application = {**key, "submitted_at": stamp, "received_at": stamp, **cast.application()}
    application["first_reviewed_on"] = active_since
    cards = tuple({**key, **card, "activated_on": active_since} for card in _cards(cast, application["handler_name"]))
    documents = tuple({**key, **document, "received_at": stamp} for document in _documents(cast, application, required))
    return Handed(cast, application, cards, documents)


def msisdns_of(case: DemoCase, twist: Twist) -> tuple[str, ...]:
    """Return the numbers of an application's cards."""
    count = twist.card_count or case.cards
    return tuple(card_number(_prefix(case, twist, card), case.no, card) for card in range(1, count + 1))


def _prefix(case: DemoCase, twist: Twist, card: int) -> str:
    if twist.prefix and card == 1:
        return twist.prefix
    prefixes = fixtures.table("cast")["prefixes"]
    return str(prefixes[(case.no + card) % len(prefixes)])


def _cards(cast: Cast, handler_name: str) -> Iterator[Row]:
    """Give the cards of an application; several brands take turns where the twist says so."""
    case, twist = cast.case, cast.twist
    brands = fixtures.table("cast")["brands"]
    for card, msisdn in enumerate(msisdns_of(case, twist), start=1):
        turn = case.no + (card % twist.brands if twist.brands else 0)
        row = {
            "msisdn": msisdn,
            "iccid": sim_number(case.no, card),
            "carrier": carrier_of_range(msisdn) or "",
            "brand": brands[turn % len(brands)],
            "daily_quota_calls": _DAILY_QUOTA,
            "actual_user_name": handler_name,
        }
        yield row | dict(twist.cards) | (dict(twist.first_card) if card == 1 else {})


def _documents(cast: Cast, application: Mapping[str, Any], required: Sequence[DocumentKind]) -> Iterator[Row]:
    """Give the documents that are asked for, as the twist changes them."""
    valid_to = {
        DocumentKind.BIZ_LICENSE: application.get("licence_valid_to", ""),
        DocumentKind.AGENT_ID_BACK: application["handler_id_valid_to"],
    }
    changes = cast.twist.documents
    extra = tuple(DocumentKind(kind) for kind in changes if kind not in required)
    for kind in (*required, *extra):
        change = changes.get(kind.value, True)
        if change is False:
            continue
        row = {
            "kind": kind.value,
            "issued_on": "",
            "valid_to": valid_to.get(kind, ""),
            "sealed": "yes" if kind in _SEALED else "",
            "quality": "ok",
        }
        yield row if change is True else row | dict(change)
