"""How a log is split into training and test cases, checked on five cases."""

import pytest

from tests.domain.forecast.learning.processes import DAY
from tests.domain.forecast.learning.test_any_log import no_progress
from workbench.domain.forecast.learning.backtest import run_backtest
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent, sorted_trace
from workbench.domain.forecast.learning.past_split import KnownEvents, KnownPast, split_log


def trace(case: str, *days: float) -> EventTrace:
    return EventTrace(case, tuple(TraceEvent("step", day * DAY) for day in days))


# In file order, which differs from the order of time. By start, the first 60 % of the five cases are a, open and c.
LOG = (trace("d", 20, 24), trace("a", 0, 10), trace("open", 1, 50), trace("c", 2, 5), trace("e", 21))


@pytest.mark.parametrize(
    ("log", "percent", "learnt", "tested"),
    [
        (LOG, 60, "ac", "de"),
        (LOG, 40, "", "cde"),
        (LOG, 80, "ac", "e"),
        # A case that ends at the split is not in the training set, and equal starts keep the order of the file.
        ((trace("a", 0, 20), trace("b", 1, 2), trace("c", 2, 5), trace("d", 20, 24), trace("e", 21)), 60, "bc", "de"),
        (tuple(trace(name, 1, 2) for name in "edcba"), 60, "", "ba"),
    ],
)
def test_finished_cases_of_the_first_part_train_and_later_cases_test(
    log: tuple[EventTrace, ...], percent: int, learnt: str, tested: str
) -> None:
    parts = split_log(log, percent)

    assert parts is not None
    assert "".join(each.case for each in parts.later) == tested
    assert "".join(each.case for each in parts.past.finished) == learnt
    if log is LOG and percent == 60:
        assert parts.past.until_s == 20 * DAY
        assert parts.past.open == (trace("open", 1),), "only its events before the split are known"


def test_all_events_of_test_cases_are_tested_and_all_training_events_set_the_baselines() -> None:
    result = run_backtest(LOG, no_progress)

    assert result is not None
    # Remaining days in training: a 10 and 0, c 3 and 0; median 1.5, mean 3.25. In the test: d 4 and 0, e 0.
    assert (result.cases, result.prefixes, result.learnt_cases) == (2, 3, 2)
    assert result.median_mae_days == pytest.approx((2.5 + 1.5 + 1.5) / 3)
    assert result.mean_mae_days == pytest.approx((0.75 + 3.25 + 3.25) / 3)
    # There is one activity only.
    assert result.activity_mae_days == pytest.approx(result.median_mae_days)


def test_a_log_without_a_past_cannot_be_tested() -> None:
    for log in [(), LOG[:1], [trace("a", 0, 9), trace("b", 1, 9), trace("c", 2, 9)]]:
        assert run_backtest(log, no_progress) is None


def test_the_window_of_observation_opens_with_the_first_end() -> None:
    events = KnownEvents.of(KnownPast(99 * DAY, (trace("old", 0, 9), trace("new", 10, 12))))

    assert events.opened_s == pytest.approx(9 * DAY, rel=0.01)
    assert events.is_in_window.tolist() == [False, False, True, True]


def test_events_are_sorted_by_time_and_ties_keep_the_order_of_the_file() -> None:
    events = [TraceEvent("late", 9.0), TraceEvent("first", 1.0), TraceEvent("x", 5.0), TraceEvent("y", 5.0)]

    assert [event.activity for event in sorted_trace("1", events).events] == ["first", "x", "y", "late"]
