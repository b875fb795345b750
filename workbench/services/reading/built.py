"""The rows that values make, and the keys by which rows are known."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from db.enums import CreditMatch, Direction, ImportKind
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, ComplaintFacts, CreditFacts
from workbench.domain.evidence.rows import AppealFiling, CallRow, CardRow, DocumentRow, OptOutRow, RowValue

Build = Callable[[dict[str, Any]], RowValue]
"""Makes a row of its fields."""


def builder(kind: ImportKind, agent: str = "") -> Build:
    """Return what makes the rows of a kind; `agent` is the one of rows that name none."""
    build = _BUILD[kind]
    return partial(_with_agent, agent, build) if kind in _OF_AN_AGENT else build


def _with_agent(agent: str, build: Build, found: dict[str, Any]) -> RowValue:
    """Build a row with the agent of the whole file where it names none."""
    found.setdefault("agent", agent)
    return build(found)


def _application(found: dict[str, Any]) -> ApplicationFacts:
    """Make an application; it was received when it was submitted, if nothing else is said."""
    found.setdefault("received_at", found["submitted_at"])
    return ApplicationFacts(**found)


def _card(found: dict[str, Any]) -> CardRow:
    """Make a card and the application that it belongs to."""
    agent, application_no = found.pop("agent"), found.pop("application_no")
    return CardRow(agent=agent, application_no=application_no, card=CardFacts(**found))


def _call(found: dict[str, Any]) -> CallRow:
    """Make a call seen from our number, which is the called side of an incoming call."""
    direction = found.get("direction", Direction.OUT)
    ours, other = found["caller"], found["callee"]
    if direction is Direction.IN:
        ours, other = other, ours
    duration_s = found["duration_s"]
    return CallRow(
        msisdn=ours,
        callee=other,
        start_at=found["start_at"],
        duration_s=duration_s,
        answered=found.get("answered", duration_s > 0),
        direction=direction,
        imei=found.get("imei", ""),
    )


def _credit(found: dict[str, Any]) -> CreditFacts:
    """Make a look-up of a list; a match under a number is exact, if nothing else is said."""
    found.setdefault("match", CreditMatch.EXACT)
    return CreditFacts(**found)


_BUILD: Mapping[ImportKind, Build] = {
    ImportKind.APPLICATIONS: _application,
    ImportKind.CARDS: _card,
    ImportKind.DOCUMENTS: lambda found: DocumentRow(**found),
    ImportKind.CALLS: _call,
    ImportKind.OPTOUTS: lambda found: OptOutRow(**found),
    ImportKind.CREDIT: _credit,
    ImportKind.COMPLAINTS: lambda found: ComplaintFacts(**found),
    ImportKind.APPEALS: lambda found: AppealFiling(**found),
}

_OF_AN_AGENT = frozenset({ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS, ImportKind.APPEALS})


def key_of(kind: ImportKind, value: Any) -> tuple[str, ...]:
    """Return what a row is known by within its kind.

    A document without a SHA-256 is known by its path until the file is copied.
    """
    return _KEYS[kind](value)


def _credit_key(credit: CreditFacts) -> tuple[str, ...]:
    """Return subject, list, and the record's number or else its date."""
    listed_on = credit.listed_on.isoformat() if credit.listed_on else ""
    return (credit.subject_no, credit.list.value, credit.reference or listed_on)


_KEYS: Mapping[ImportKind, Callable[[Any], tuple[str, ...]]] = {
    ImportKind.APPLICATIONS: lambda row: (row.agent, row.application_no),
    ImportKind.CARDS: lambda row: (row.agent, row.application_no, row.card.msisdn),
    ImportKind.DOCUMENTS: lambda row: (
        row.agent,
        row.application_no,
        row.kind.value,
        row.sha256 or f"/{row.path}",
    ),
    ImportKind.CALLS: lambda row: (row.msisdn, row.callee, row.start_at.isoformat(), row.direction.value),
    ImportKind.OPTOUTS: lambda row: (row.callee, row.msisdn),
    ImportKind.CREDIT: _credit_key,
    ImportKind.COMPLAINTS: lambda row: (row.msisdn, row.received_at.isoformat(), row.source),
    ImportKind.APPEALS: lambda row: (row.agent, row.application_no),
}
