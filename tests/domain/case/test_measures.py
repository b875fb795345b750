"""Whatever is ordered, exported, reported and lifted: once all that is owed is done, no lifted number stays barred."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from db.enums import Measure
from tests.sites import TUESDAY
from workbench.domain.case.measures import MeasureOrder, bars_and_open_restores, is_barred, plan_lifting

ACTS = ("bar-out", "bar-both", "restore", "export", "carry out", "confirm", "fail", "lift")


class _Office:
    """One number, the orders on it, and what the carrier really did to it."""

    def __init__(self) -> None:
        self.orders: list[MeasureOrder] = []
        self.list: tuple[int, ...] = ()
        self.is_barred = False
        self.at = TUESDAY

    def order(self, measure: Measure) -> None:
        self.change(lambda order: order.is_open, cancelled_at=self.at)
        self.orders.append(
            MeasureOrder(
                id=len(self.orders) + 1,
                case_id=1,
                msisdn="13800138001",
                measure=measure,
                ordered_at=self.at,
                release_at=self.at,
                due_at=self.at,
            )
        )

    def change(self, wanted: Callable[[MeasureOrder], bool], **values: Any) -> None:
        self.orders = [replace(order, **values) if wanted(order) else order for order in self.orders]

    def act(self, act: str) -> None:
        self.at += timedelta(minutes=1)
        if act in set(Measure):
            self.order(Measure(act))
        elif act == "export":
            self.change(lambda order: order.is_open, exported_at=self.at)
            self.list = tuple(order.id or 0 for order in self.orders if order.is_open)
        elif act == "carry out":
            for order in self.orders:
                if order.id in self.list:
                    self.is_barred = order.is_bar
        elif act == "confirm":
            self.act("carry out")
            self.change(lambda order: order.is_open and order.id in self.list, done_at=self.at)
        elif act == "fail":
            # Whoever works from the list reports the failure and leaves the order alone until the next list.
            self.change(lambda order: order.is_open and order.id in self.list, failed_at=self.at, failure="no answer")
            self.list = ()
        else:
            self.lift()

    def lift(self) -> None:
        lifting = plan_lifting(self.orders)
        self.change(lambda order: order.id in lifting.cancelled, cancelled_at=self.at)
        if lifting.restored:
            self.order(Measure.RESTORE)


@given(st.lists(st.sampled_from(ACTS), max_size=12))
def test_after_a_lift_and_all_that_is_owed_the_number_is_free(acts: list[str]) -> None:
    office = _Office()
    for act in acts:
        office.act(act)

    office.lift()
    is_sure = not any(order.failed_at for order in office.orders)
    office.act("carry out")
    office.act("export")
    office.act("confirm")

    assert not bars_and_open_restores(office.orders)
    assert not is_barred(office.orders)
    if is_sure:
        assert not office.is_barred


@given(st.lists(st.sampled_from(ACTS), max_size=12))
def test_a_second_lift_changes_nothing(acts: list[str]) -> None:
    office = _Office()
    for act in acts:
        office.act(act)
    office.lift()

    again = plan_lifting(office.orders)

    assert (again.cancelled, again.restored) == ((), ())
