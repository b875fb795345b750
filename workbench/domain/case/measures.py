"""The orders to bar or restore numbers: their status, the bars in force, and the bars that a pass lifts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.enums import RESTRICTIONS, Measure


class OrderStatus(StrEnum):
    """The status of an order; the work list has only owed and failed ones."""

    UNRELEASED = "unreleased"
    OWED = "owed"
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOrder:
    """One number to bar or to restore.

    Attributes:
        id: The number of the order. It is None for a verdict from before orders were stored, whose measure counts as
            carried out at its release.
        reported_by: Who reported the order as done or failed.
        is_out_of_service: Whether the service of the number has ended. It may belong to somebody else by now, so
            nothing is barred or restored.
    """

    id: int | None
    case_id: int
    msisdn: str
    measure: Measure
    ordered_at: datetime
    release_at: datetime
    due_at: datetime
    exported_at: datetime | None = None
    done_at: datetime | None = None
    reported_by: str | None = None
    failed_at: datetime | None = None
    failure: str = ""
    cancelled_at: datetime | None = None
    is_out_of_service: bool = False

    @property
    def is_bar(self) -> bool:
        """Whether the order limits the number."""
        return self.measure in RESTRICTIONS

    @property
    def is_open(self) -> bool:
        """Whether the order is neither done nor cancelled."""
        return self.done_at is None and self.cancelled_at is None

    @property
    def may_be_in_force(self) -> bool:
        """Whether the carrier carried the order out, or may have.

        An order on a work list may be carried out although nobody reported it yet, unless it was reported as failed
        since.
        """
        if self.done_at is not None:
            return True
        return self.exported_at is not None and (self.failed_at is None or self.failed_at < self.exported_at)

    def status(self, now: datetime) -> OrderStatus:
        """Return the status of the order."""
        if self.cancelled_at is not None:
            return OrderStatus.CANCELLED
        if self.done_at is not None:
            return OrderStatus.DONE
        if self.release_at > now:
            return OrderStatus.UNRELEASED
        return OrderStatus.FAILED if self.failed_at is not None else OrderStatus.OWED

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the order is owed and its due time has passed."""
        return self.is_open and self.release_at <= now and self.due_at < now


@dataclass(frozen=True, slots=True)
class BarLifting:
    """A plan to lift bars: the orders to cancel, and the numbers to restore.

    `numbers` are all numbers whose bar is lifted.
    """

    cancelled: tuple[int, ...]
    restored: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """The numbers that a verdict bars or restores.

    Attributes:
        ordered: The numbers that the verdict's own measure concerns.
        measure: The measure that its letter names, because a pass also restores barred numbers. It is NONE if every
            number is out of service.
        numbers: The numbers that its letter names.
    """

    ordered: tuple[str, ...]
    measure: Measure
    numbers: tuple[str, ...]


def plan_lifting(orders: Iterable[MeasureOrder]) -> BarLifting:
    """Plan how to lift the bars among some orders, given oldest first.

    An open bar is cancelled. A number that may be barred is restored, unless a restore is already owed or the number is
    out of service.
    """
    cancelled: list[int] = []
    restored: list[str] = []
    numbers: list[str] = []
    for number, number_orders in _by_number(orders).items():
        open_bars = [order.id for order in number_orders if order.is_bar and order.is_open and order.id is not None]
        cancelled += open_bars
        if number_orders[-1].is_out_of_service:
            continue
        is_restoring = any(order.is_open and not order.is_bar for order in number_orders)
        needs_restore = not is_restoring and _bar_in_force(number_orders) is not None
        if needs_restore:
            restored.append(number)
        if needs_restore or open_bars:
            numbers.append(number)
    return BarLifting(tuple(cancelled), tuple(restored), tuple(numbers))


def last_orders(orders: Iterable[MeasureOrder]) -> tuple[MeasureOrder, ...]:
    """Return the last order of each number, without cancelled orders."""
    in_effect = (order for order in orders if order.cancelled_at is None or order.done_at is not None)
    return tuple(number_orders[-1] for number_orders in _by_number(in_effect).values())


def bars_and_open_restores(orders: Iterable[MeasureOrder]) -> tuple[MeasureOrder, ...]:
    """Return the last order of each number that is barred, to be barred, or not restored yet."""
    return tuple(order for order in last_orders(orders) if order.is_bar or order.is_open)


def is_barred(orders: Iterable[MeasureOrder]) -> bool:
    """Say whether a number in service is barred or will be, and no restore is ordered."""
    return any(order.is_bar and not order.is_out_of_service for order in bars_and_open_restores(orders))


def bars_carried_out(
    orders: Iterable[MeasureOrder], named: Iterable[MeasureOrder]
) -> tuple[tuple[MeasureOrder, Measure | None], ...]:
    """Return each of the named orders with the bar that was in force on its number after it, None without one.

    A bar is in force if the carrier carried it out, or may have. A bar that was only ordered is not.

    Args:
        orders: All orders on the numbers, oldest first.
        named: The orders to return.
    """
    by_number = _by_number(orders)
    pairs = ((order, by_number[order.msisdn]) for order in named)
    return tuple((order, _bar_in_force(known[: known.index(order) + 1])) for order, known in pairs if known)


def _bar_in_force(orders: Sequence[MeasureOrder]) -> Measure | None:
    """Return the bar of a number that the carrier may have carried out and not lifted since, None without one.

    An unreported bar may be in force, but an unreported restore is assumed not to be carried out.
    """
    carried_out = [order for order in orders if order.done_at is not None or (order.is_bar and order.may_be_in_force)]
    return carried_out[-1].measure if carried_out and carried_out[-1].is_bar else None


def _by_number(orders: Iterable[MeasureOrder]) -> dict[str, list[MeasureOrder]]:
    grouped: dict[str, list[MeasureOrder]] = defaultdict(list)
    for order in orders:
        grouped[order.msisdn].append(order)
    return grouped
