"""Writes the orders to bar and to restore numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from db.enums import RESTRICTIONS, Measure, Verdict
from db.models import CaseRow, DecisionRow, MeasureOrderRow
from db.queries.chunks import chunks
from db.queries.published import MEASURE_ORDER
from workbench.domain.case.measures import plan_lifting
from workbench.domain.clock.due import due_at
from workbench.services.case.measured_numbers import (
    UNKNOWN,
    keep_numbers,
    measure_orders,
    numbers_in_service,
    numbers_out_of_service,
)
from workbench.services.foundation.context import Context


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """The measures that an act ordered, one for each number, and how many orders it cancelled.

    `lifted` are the numbers whose bar it lifts; `measure` and `numbers` are those that the letter names.
    """

    ordered: tuple[Measure, ...] = ()
    cancelled: int = 0
    lifted: tuple[str, ...] = ()
    measure: Measure = Measure.NONE
    numbers: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The orders in codes, for the event of the act; "" if there are none."""
        words = [f"{measure} ({count})" for measure, count in sorted(Counter(self.ordered).items())]
        return ", ".join([*words, *([f"cancelled ({self.cancelled})"] if self.cancelled else [])])


def order_measure(session: Session, context: Context, case: CaseRow, decision: DecisionRow) -> OrderChanges:
    """Order the measure of a verdict that takes effect; a pass also orders the restoring of barred numbers.

    There is no measure for the letter if every number is out of service. A case without any number gets one order
    without a number, so that somebody finds out which number it is.
    """
    measure, release_at = Measure(decision.measure), decision.release_at or context.now()
    changes = OrderChanges()
    if measure is not Measure.NONE:
        today = context.today(session)
        numbers = numbers_in_service(session, case, today)
        keep_numbers(decision, numbers)
        is_unknown = not numbers and not numbers_out_of_service(session, case, today)
        ordered = (UNKNOWN,) if is_unknown else numbers
        changes = _order(session, context, case, measure, ordered, release_at, decision_id=decision.id)
        changes = replace(changes, measure=measure if ordered else Measure.NONE, numbers=numbers)
    if decision.verdict == Verdict.PASS and measure not in RESTRICTIONS:
        lifting = lift_bars(session, context, case, decision_id=decision.id, release_at=release_at)
        changes = replace(
            changes, ordered=changes.ordered + lifting.ordered, cancelled=changes.cancelled + lifting.cancelled
        )
        if lifting.lifted:
            numbers = tuple(filter(None, dict.fromkeys([*changes.numbers, *lifting.lifted])))
            changes = replace(changes, measure=Measure.RESTORE, numbers=numbers)
    return changes


def preview_measure(
    session: Session, context: Context, case: CaseRow, decision: DecisionRow
) -> tuple[Measure, tuple[str, ...]]:
    """Return what `order_measure` would return, without ordering anything."""
    measure, today = Measure(decision.measure), context.today(session)
    numbers: tuple[str, ...] = ()
    if measure is not Measure.NONE:
        numbers = numbers_in_service(session, case, today)
        measure = Measure.NONE if not numbers and numbers_out_of_service(session, case, today) else measure
    if decision.verdict == Verdict.PASS and measure not in RESTRICTIONS:
        lifted = lifted_numbers(session, context, case)
        if lifted:
            measure, numbers = Measure.RESTORE, tuple(filter(None, dict.fromkeys([*numbers, *lifted])))
    return measure, numbers


def lifted_numbers(session: Session, context: Context, case: CaseRow) -> tuple[str, ...]:
    """Return the numbers of a case whose bar a pass would lift, without those out of service."""
    return plan_lifting(measure_orders(session, case, context.today(session))).numbers


def lift_bars(
    session: Session,
    context: Context,
    case: CaseRow,
    *,
    decision_id: int | None = None,
    appeal_id: int | None = None,
    release_at: datetime,
) -> OrderChanges:
    """Lift the bars on the numbers of a case: cancel bars that were not carried out, and order to restore the others.

    A number that is already to be restored gets no second order. A number out of service is not restored.
    """
    lifting = plan_lifting(measure_orders(session, case, context.today(session)))
    _update(session, lifting.cancelled, cancelled_at=context.now())
    act = {"decision_id": decision_id, "appeal_id": appeal_id}
    ordered = _order(session, context, case, Measure.RESTORE, lifting.restored, release_at, **act)
    return OrderChanges(ordered.ordered, len(lifting.cancelled) + ordered.cancelled, lifting.numbers)


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
    """Order a measure for each number; an earlier order for the number that was not carried out is cancelled."""
    if not numbers:
        return OrderChanges()
    now, times = context.now(), context.policy(session).measures_due
    if measure is Measure.RESTORE:
        due = release_at + timedelta(hours=times.restore_hours)
    else:
        due = due_at(release_at, times.bar_days, context.calendar(session))
    wanted = frozenset(numbers)
    superseded = tuple(
        order.id
        for order in measure_orders(session, case, context.today(session))
        if order.id is not None and order.is_open and order.msisdn in wanted
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
