"""Finds the bars that a letter names: those in force, and those that a correction lifts."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlmodel import Session

from db.enums import RESTRICTIONS, Measure, Verdict
from db.models import CaseRow, DecisionRow
from workbench.domain.case.measures import MeasureOrder, MeasurePlan, bars_and_open_restores, bars_carried_out
from workbench.services.case.measure_orders import measure_orders
from workbench.services.foundation.context import Context
from workbench.services.notices.letter_facts import Bar


def bars_in_force(session: Session, context: Context, case: CaseRow) -> tuple[Bar, ...]:
    """Return the bars on the numbers of a case that are in force or ordered, by kind."""
    return bars_to_name(session, context, case)[0]


def bars_to_name(
    session: Session, context: Context, case: CaseRow, known: tuple[MeasureOrder, ...] | None = None
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Return the bars on the numbers of a case that are in force or ordered, from its `known` orders if given.

    Returns:
        The bars as ordered; and the bars as a letter that lifts them names them: each as it was carried out, or as it
        was ordered if it was not carried out yet.
    """
    orders = _orders(session, context, case) if known is None else known
    bars = _last_bars(orders)
    return _by_kind((order.measure, order, True) for order in bars), _as_carried_out(orders, bars)


def bars_lifted(session: Session, context: Context, case: CaseRow, corrected: DecisionRow | None) -> tuple[Bar, ...]:
    """Return the bars that the applicant was notified of and that a verdict other than a pass lifts.

    `corrected` is the verdict that is corrected, None without one. A bar that was cancelled before its letter was
    released is left out: the applicant never knew of it. Numbers that are still barred, or barred again, are left out.
    """
    if corrected is None or corrected.verdict == Verdict.PASS:
        return ()
    orders = _orders(session, context, case)
    barred = {order.msisdn for order in _last_bars(orders)}
    notified = {
        order.msisdn: order
        for order in orders
        if order.case_id == case.id and order.is_bar and order.msisdn not in barred
        if order.cancelled_at is None or order.cancelled_at >= order.release_at
    }
    return _as_carried_out(orders, notified.values())


def without_numbers(bars: Iterable[Bar], numbers: Collection[str]) -> tuple[Bar, ...]:
    """Return bars without some numbers, such as those that are barred again; a bar without numbers is left out."""
    left = (bar._replace(msisdns=tuple(number for number in bar.msisdns if number not in numbers)) for bar in bars)
    return tuple(bar for bar in left if bar.msisdns or not numbers)


def bars_beside(
    bars: tuple[Bar, ...], lifted: tuple[Bar, ...], plan: MeasurePlan
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Return the bars in force and the lifted bars that a letter names besides the measure that it orders."""
    if plan.measure is Measure.NONE:
        return bars, lifted
    if plan.measure not in RESTRICTIONS:
        return (), lifted
    # A bar on some numbers leaves the earlier bars on the others.
    return (without_numbers(bars, plan.numbers), lifted) if plan.numbers else ((), ())


def _orders(session: Session, context: Context, case: CaseRow) -> tuple[MeasureOrder, ...]:
    return measure_orders(session, case, context.today(session))


def _last_bars(orders: Iterable[MeasureOrder]) -> list[MeasureOrder]:
    return [order for order in bars_and_open_restores(orders) if order.is_bar]


def _as_carried_out(orders: Iterable[MeasureOrder], bars: Iterable[MeasureOrder]) -> tuple[Bar, ...]:
    return _by_kind((done or order.measure, order, done is not None) for order, done in bars_carried_out(orders, bars))


def _by_kind(bars: Iterable[tuple[Measure, MeasureOrder, bool]]) -> tuple[Bar, ...]:
    """Return the numbers of each kind of bar, without numbers out of service, which may belong to somebody else now."""
    numbers: dict[tuple[Measure, bool], list[str]] = defaultdict(list)
    for measure, order, is_carried_out in bars:
        if not order.is_out_of_service:
            numbers[measure, is_carried_out].extend(filter(None, [order.msisdn]))
    kinds = ((measure, is_carried_out) for measure in sorted(RESTRICTIONS) for is_carried_out in (True, False))
    named = (kind for kind in kinds if kind in numbers)
    return tuple(Bar(measure, tuple(numbers[measure, is_done]), is_carried_out=is_done) for measure, is_done in named)
