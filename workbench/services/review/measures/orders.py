"""Writes the orders to bar and to restore numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from db.enums import RESTRICTIONS, Measure, Verdict
from db.models import CaseRow, DecisionRow, MeasureOrderRow
from db.queries.published import MEASURE_ORDER, chunks
from workbench.domain.case.case_id import quoted_masked
from workbench.domain.case.measures import MeasureOrder, MeasurePlan, plan_lifting
from workbench.domain.clock.due import due_at
from workbench.domain.text.mask import MaskKind, mask
from workbench.i18n import _
from workbench.services.case.measure_orders import (
    UNKNOWN_NUMBER,
    chosen_in,
    measure_orders,
    numbers_in_service,
    numbers_out_of_service,
    store_numbers,
)
from workbench.services.foundation.context import Context

_HASH = re.compile(r"[0-9a-f]{32}")

Orders = tuple[MeasureOrder, ...]
"""The orders on the numbers of a case."""


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """The measures that an act ordered, one for each number, and how many orders it cancelled."""

    measures: tuple[Measure, ...] = ()
    cancelled: int = 0

    @property
    def summary(self) -> str:
        """The orders in codes, for the event of the act; "" if there are none."""
        words = [f"{measure} ({count})" for measure, count in sorted(Counter(self.measures).items())]
        if self.cancelled:
            words.append(f"cancelled ({self.cancelled})")
        return ", ".join(words)


def plan_measure(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, known: Orders | None = None
) -> MeasurePlan:
    """Return what `order_measure` will order for a verdict; `known` are the orders of the case, if they were read.

    If the case has no number at all, the plan has one order without a number, so that somebody finds out the number.
    If all chosen numbers are out of service, nothing is ordered.
    """
    measure, today = Measure(decision.measure), context.today(session)
    ordered: tuple[str, ...] = ()
    if measure is not Measure.NONE:
        numbers, chosen = numbers_in_service(session, case, today), chosen_in(decision.seen)
        ordered = tuple(number for number in numbers if not chosen or number in chosen)
        if not ordered and not chosen and not numbers_out_of_service(session, case, today):
            ordered = (UNKNOWN_NUMBER,)
    if _lifts_bars(decision) and (lifted := lifted_numbers(session, context, case, known)):
        return MeasurePlan(ordered, Measure.RESTORE, _known(dict.fromkeys([*ordered, *lifted])))
    return MeasurePlan(ordered, measure if ordered else Measure.NONE, _known(ordered))


def masked_numbers(session: Session, context: Context, case: CaseRow, measure: Measure) -> dict[str, str]:
    """Return the numbers that a measure can concern, masked, by their keyed hashes."""
    if measure is Measure.NONE:
        return {}
    numbers = numbers_in_service(session, case, context.today(session))
    return {context.store.hashed(number): mask(MaskKind.MSISDN, number) for number in numbers}


def chosen_numbers(
    session: Session, context: Context, case: CaseRow, wanted: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """Return the numbers of a case that `wanted` names: in clear, masked as the desk shows them, or as keyed hashes.

    Returns:
        The numbers; and the problem with them, "" if there is none: the case has no such number in service, or several
        that look the same.
    """
    if not wanted:
        return (), ""
    names: dict[str, list[str]] = defaultdict(list)
    for number in numbers_in_service(session, case, context.today(session)):
        for name in (number, mask(MaskKind.MSISDN, number), context.store.hashed(number)):
            names[name].append(number)
    for name in wanted:
        shown = quoted_masked(mask(MaskKind.MSISDN, name))
        if not names[name] and _HASH.fullmatch(name):
            return (), _("A chosen number is no longer in service; choose the numbers again.")
        if not names[name]:
            return (), _("The case has no number {number} in service; `show` lists them.").format(number=shown)
        if len(names[name]) > 1:
            message = _("{count} numbers of the case look like {number}; give the whole number (`show --reveal`).")
            return (), message.format(count=len(names[name]), number=shown)
    return tuple(dict.fromkeys(names[name][0] for name in wanted)), ""


def order_measure(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow, numbers: Sequence[str], known: Orders
) -> OrderChanges:
    """Order the measure of a verdict that takes effect, for the numbers of its plan, and the lifting of bars.

    `known` are the orders of the case before.
    """
    measure, release_at = Measure(decision.measure), decision.release_at or context.now()
    changes, of_decision = OrderChanges(), {"decision_id": decision.id}
    if measure is not Measure.NONE:
        store_numbers(decision, _known(numbers))
        changes = _order(session, context, case, measure, numbers, release_at, **of_decision)
    if _lifts_bars(decision):
        unchanged = known if measure is Measure.NONE else None
        lifting = lift_bars(session, context, case, unchanged, release_at=release_at, **of_decision)
        changes = OrderChanges(changes.measures + lifting.measures, changes.cancelled + lifting.cancelled)
    return changes


def _known(numbers: Iterable[str]) -> tuple[str, ...]:
    """Return these numbers without UNKNOWN_NUMBER."""
    return tuple(number for number in numbers if number != UNKNOWN_NUMBER)


def _lifts_bars(decision: DecisionRow) -> bool:
    return decision.verdict == Verdict.PASS and decision.measure not in RESTRICTIONS


def lifted_numbers(session: Session, context: Context, case: CaseRow, known: Orders | None = None) -> tuple[str, ...]:
    """Return the numbers of a case whose bar a pass would lift, without those out of service."""
    return plan_lifting(measure_orders(session, case, context.today(session)) if known is None else known).numbers


def lift_bars(  # noqa: PLR0913 - an order needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    known: Orders | None = None,
    *,
    decision_id: int | None = None,
    appeal_id: int | None = None,
    release_at: datetime,
) -> OrderChanges:
    """Lift the bars on the numbers of a case: cancel bars that were not carried out, and order to restore the others.

    A number that is already to be restored gets no second order. A number out of service is not restored.
    """
    lifting = plan_lifting(measure_orders(session, case, context.today(session)) if known is None else known)
    _update(session, lifting.cancelled, cancelled_at=context.now())
    cause = {"decision_id": decision_id, "appeal_id": appeal_id}
    restores = _order(session, context, case, Measure.RESTORE, lifting.restored, release_at, **cause)
    return OrderChanges(restores.measures, len(lifting.cancelled) + restores.cancelled)


def _order(  # noqa: PLR0913 - an order needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    measure: Measure,
    numbers: Sequence[str],
    release_at: datetime,
    *,
    decision_id: int | None,
    appeal_id: int | None = None,
) -> OrderChanges:
    """Order a measure for each number; earlier orders for these numbers that were not carried out are cancelled."""
    if not numbers:
        return OrderChanges()
    now, times = context.now(), context.policy(session).measures_due
    due = release_at + timedelta(hours=times.restore_hours)
    if measure is not Measure.RESTORE:
        due = due_at(release_at, times.bar_days, context.calendar(session))
    affected_numbers = frozenset(numbers)
    superseded = tuple(
        order.id
        for order in measure_orders(session, case, context.today(session))
        if order.id is not None and order.is_open and order.msisdn in affected_numbers
    )
    _update(session, superseded, cancelled_at=now)
    rows = [
        MeasureOrderRow(
            case_id=case.id or 0,
            msisdn=number,
            measure=measure.value,
            ordered_at=now,
            release_at=release_at,
            due_at=due,
            decision_id=decision_id,
            appeal_id=appeal_id,
        )
        for number in numbers
    ]
    session.add_all(rows)
    session.flush()
    return OrderChanges((measure,) * len(rows), len(superseded))


def _update(session: Session, ids: Iterable[int], **values: Any) -> None:
    for chunk in chunks(tuple(ids)):
        session.execute(update(MEASURE_ORDER).where(MEASURE_ORDER.c.id.in_(chunk)).values(values))
