"""The chance of each open case to get its first verdict after its due date."""

from dataclasses import replace

import numpy as np
import pytest

from tests.domain.forecast.queue.test_queue_model import NOW, learnt, queued
from workbench.domain.forecast.case_history import HistoryStep
from workbench.domain.forecast.estimates import QuantilePair
from workbench.domain.forecast.queue.capacity import Absence
from workbench.domain.forecast.queue.late_cases import chances_to_be_late
from workbench.domain.forecast.queue.model import OpenCase


def share(case: OpenCase) -> float:
    return chances_to_be_late(learnt(), [case], NOW)[case.history.case].share


def test_the_longer_the_queue_before_a_case_the_likelier_it_is_late() -> None:
    chances = chances_to_be_late(learnt(), queued(400, due=NOW + 3), NOW)

    shares = [chance.share for chance in chances.values()]
    assert shares == sorted(shares)
    assert (shares[0], shares[399]) == (0, 1)
    assert [chance.before for chance in chances.values()] == list(range(400))


def test_a_case_goes_before_all_that_are_due_later_when_its_due_day_begins() -> None:
    urgent = [replace(case, history=replace(case.history, rank=3)) for case in queued(400, due=NOW + 9)]
    last = replace(urgent[0], ahead=400, due=NOW + 3, history=replace(urgent[0].history, case=400, rank=0))
    same_day = [replace(case, due=NOW + 3) for case in urgent]

    first = chances_to_be_late(learnt(), [*urgent, last], NOW)[400]
    assert (first.before, round(first.share, 1)) == (0, 0)
    assert chances_to_be_late(learnt(), [*same_day, last], NOW)[400] == (1, 400, False)


def test_a_case_waits_for_its_assignee_unless_the_assignee_is_away() -> None:
    cases = [replace(case, assignee=1) for case in queued(60, due=NOW + 3)]
    absent = replace(learnt(), absences=[Absence(1, int(NOW), int(NOW) + 9)])

    of_one, of_all = chances_to_be_late(learnt(), cases, NOW)[59], chances_to_be_late(absent, cases, NOW)[59]

    assert (of_one.share, of_one.waits_for_assignee) == (1, True)
    assert (of_all.share, of_all.waits_for_assignee) == (0, False)


def test_a_held_case_comes_first() -> None:
    *others, last = queued(400, due=NOW + 3)

    assert chances_to_be_late(learnt(), [replace(last, is_held=True), *others], NOW)[399].share == 0


def test_a_case_is_late_for_sure_once_it_is_overdue() -> None:
    (case,) = queued(1, due=NOW - 0.1)
    staged = replace(case.history, steps=(*case.history.steps, HistoryStep("awaiting_check", NOW)))

    assert share(case) == 1
    assert share(replace(case, ahead=None, history=staged)) == 1


def test_a_case_outside_the_queue_is_late_as_its_check_or_its_answer_is() -> None:
    (case,) = queued(1)
    pending = replace(case, ahead=None, waits_for_others=True, answer_at=QuantilePair(p50=NOW + 2, p90=NOW + 4))
    staged = replace(case.history, steps=(*case.history.steps, HistoryStep("awaiting_check", NOW)))

    assert [share(replace(pending, due=NOW + due)) for due in (2, 4, 9)] == pytest.approx([0.5, 0.1, 0])
    assert share(replace(case, ahead=None, history=staged, due=NOW + 30)) == 0


def test_a_case_that_cannot_become_late_has_no_chance() -> None:
    (case,) = queued(1)
    decided = replace(case.history, steps=(*case.history.steps, HistoryStep("passed", NOW)))
    without = (case, replace(case, due=NOW, is_stopped=True), replace(case, due=NOW, history=decided))

    assert np.isinf(case.due)
    assert chances_to_be_late(learnt(), without, NOW) == {}
