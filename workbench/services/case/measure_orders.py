"""Reads the phone numbers that measures concern, and the orders to bar or restore them."""

import json
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from db.dialect import read_together
from db.enums import IN_EFFECT, Measure
from db.models import CaseRow, DecisionRow, EventRow, ReviewerRow
from db.queries.published import APPLICATION, CASE, DECISION, MEASURE_ORDER, ImportedRow, newest_visible_rows, table_of
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.measures import MeasureOrder
from workbench.services.case.evidence_reader import CARD, application_key, snapshot_of
from workbench.services.case.known_people import BETWEEN_NUMBERS, key_of
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.row_values import from_row

_NUMBERS = "msisdns"
"""The key of a decision's numbers in `seen`: the name of a personal column, so that erasing a person finds it."""

CHOSEN = "chosen"
"""The key of the numbers in `seen` that the reviewer chose for the measure; they are under `_NUMBERS` in it."""

UNKNOWN_NUMBER = ""
"""The number of an order for a case without any number."""

LOGGED_CHOICE = "numbers"
"""The key of the hash of the chosen numbers in the event of a verdict."""

_EVENT, _REVIEWER = table_of(EventRow), table_of(ReviewerRow)
_DECIDED = (_EVENT.c.action == Action.DECIDE.value, _EVENT.c.is_refused.is_(False))
_LOGGED = select(_EVENT.c.body).where(*_DECIDED, _EVENT.c.body.contains(f'"{LOGGED_CHOICE}":')).order_by(_EVENT.c.seq)
_CASES = select(CASE.c.id).where(
    CASE.c.agent == bindparam("agent"), CASE.c.application_no == bindparam("application_no")
)
_ORDERS = (
    select(MEASURE_ORDER, _REVIEWER.c.login.label("reported_by"))
    .outerjoin(_REVIEWER, _REVIEWER.c.id == MEASURE_ORDER.c.reported_by_id)
    .where(MEASURE_ORDER.c.case_id.in_(_CASES))
    .order_by(MEASURE_ORDER.c.id)
)
_UNORDERED = (
    select(DECISION)
    .where(DECISION.c.case_id.in_(_CASES), DECISION.c.status.in_(IN_EFFECT))
    .where(DECISION.c.measure != Measure.NONE.value, ~exists().where(MEASURE_ORDER.c.decision_id == DECISION.c.id))
    .order_by(DECISION.c.id)
)


def numbers_in_service(session: Session, case: CaseRow, today: date) -> tuple[str, ...]:
    """Return the numbers of the application and the cards of a case whose service has not ended."""
    columns, cards = (APPLICATION.c.agent, APPLICATION.c.application_no), _cards(session, case)
    applications = newest_visible_rows(session, columns, [key_of(case)], application_key, snapshot_of(case))
    stated = [number for row in applications for number in row["msisdns"].split(BETWEEN_NUMBERS)]
    numbers, ended = dict.fromkeys([*stated, *(card["msisdn"] for card in cards)]), _ended(cards, today)
    return tuple(number for number in numbers if number and number not in ended)


def numbers_out_of_service(session: Session, case: CaseRow, today: date) -> frozenset[str]:
    """Return the numbers of a case whose service has ended; they may belong to somebody else now."""
    return _ended(_cards(session, case), today)


def _cards(session: Session, case: CaseRow) -> list[ImportedRow]:
    columns, card_key = (CARD.c.agent, CARD.c.application_no), itemgetter("agent", "application_no", "msisdn")
    return newest_visible_rows(session, columns, [key_of(case)], card_key, snapshot_of(case))


def _ended(cards: list[ImportedRow], today: date) -> frozenset[str]:
    return frozenset(card["msisdn"] for card in cards if card["service_ended_on"] and card["service_ended_on"] <= today)


def chosen_part(numbers: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the part of a decision's `seen` with the numbers that its measure is limited to; {} without a limit."""
    return {CHOSEN: {_NUMBERS: BETWEEN_NUMBERS.join(numbers)}} if numbers else {}


def chosen_in(seen: str) -> tuple[str, ...]:
    """Return the numbers that the reviewer of a decision chose for its measure; () for all."""
    chosen = json.loads(seen).get(CHOSEN, {}).get(_NUMBERS, "")
    return tuple(filter(None, chosen.split(BETWEEN_NUMBERS)))


def choice_hash(store: Store, numbers: tuple[str, ...]) -> str:
    """Return the keyed hash of the numbers that a measure is limited to; "" without a limit."""
    return store.hashed(BETWEEN_NUMBERS.join(numbers))


def logged_choices(session: Session, case_id: int | None = None) -> dict[int, str]:
    """Return the hashes of chosen numbers in the events of verdicts, of one case or all, by the decision."""
    events = _LOGGED if case_id is None else _LOGGED.where(_EVENT.c.case_id == case_id)
    bodies = map(json.loads, session.execute(events).scalars())
    return {body["decision"]: body[LOGGED_CHOICE] for body in bodies}


def store_numbers(decision: DecisionRow, numbers: tuple[str, ...]) -> None:
    """Store in a decision that comes into force the numbers that its measure concerns."""
    decision.seen = json.dumps(
        json.loads(decision.seen) | {_NUMBERS: BETWEEN_NUMBERS.join(numbers)}, ensure_ascii=False
    )


def stored_numbers(measure: str, seen: str) -> tuple[str, ...] | None:
    """Return the numbers that the measure of a decision concerns, None if `store_numbers` was not called for it."""
    if measure == Measure.NONE:
        return ()
    stored = json.loads(seen).get(_NUMBERS)
    return None if stored is None else tuple(filter(None, stored.split(BETWEEN_NUMBERS)))


def order_rows(session: Session, agent: str, application_no: str) -> list[Sequence[Any]]:
    """Return the rows of the orders on an application, and those of its decisions that have a measure but no order."""
    of_application = {"agent": agent, "application_no": application_no}
    reads = (lambda: session.connection().execute(_ORDERS, of_application).all(),)
    return read_together(session, *reads, lambda: session.connection().execute(_UNORDERED, of_application).all())


def measure_orders(session: Session, case: CaseRow, today: date) -> tuple[MeasureOrder, ...]:
    """Return the orders on the numbers of an application, the oldest first, from all its cases.

    Verdicts of earlier versions of the program have no orders. Their measures come first, as orders that were done at
    once.
    """
    rows, unordered = order_rows(session, case.agent, case.application_no)
    ended = numbers_out_of_service(session, case, today) if rows or unordered else frozenset()
    orders = []
    for decision in unordered:
        numbers = stored_numbers(decision.measure, decision.seen)
        at = decision.release_at or decision.decided_at
        if numbers is None:
            numbers = numbers_in_service(session, case, today)
        if not numbers and not ended and not chosen_in(decision.seen):
            # A case without numbers has one order for an unknown number, unless the numbers are out of service.
            numbers = (UNKNOWN_NUMBER,)
        for number in numbers:
            order = MeasureOrder(
                id=None,
                case_id=decision.case_id,
                msisdn=number,
                measure=Measure(decision.measure),
                ordered_at=at,
                release_at=at,
                due_at=at,
                done_at=at,
                is_out_of_service=number in ended,
            )
            orders.append(order)
    orders += [from_row(MeasureOrder, row, is_out_of_service=row.msisdn in ended) for row in rows]
    return tuple(orders)
