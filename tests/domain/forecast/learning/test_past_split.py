"""What is learnt from and what is tested, on a log small enough to be split by hand."""

import pytest

from tests.domain.forecast.learning.processes import DAY
from workbench.domain.forecast.learning.backtest import backtest
from workbench.domain.forecast.learning.event_trace import Event, Trace, in_order
from workbench.domain.forecast.learning.past_split import earlier_split, split


def trace(case: str, *days: float) -> Trace:
    return Trace(case, tuple(Event("step", day * DAY) for day in days))


# In the order of a file, which is not that of time. The first 60 % of five cases are three: a, open and c.
LOG = (trace("d", 20, 24), trace("a", 0, 10), trace("open", 1, 50), trace("c", 2, 5), trace("e", 21))


def silent(_done: int, _total: int) -> None:
    """Hear no news."""


def test_the_first_60_percent_that_were_over_are_learnt_from_and_the_rest_is_tested() -> None:
    parts = split(LOG)

    assert parts is not None
    assert parts.past.until_s == 20 * DAY
    assert [each.case for each in parts.past.finished] == ["a", "c"]
    assert [each.case for each in parts.later] == ["d", "e"]


def test_a_case_that_ends_at_the_very_moment_of_the_split_was_not_over_before() -> None:
    parts = split((trace("a", 0, 20), trace("b", 1, 2), trace("c", 2, 5), trace("d", 20, 24), trace("e", 21)))

    assert parts is not None
    assert [each.case for each in parts.past.finished] == ["b", "c"]


def test_cases_that_begin_together_stay_in_the_order_of_the_file() -> None:
    parts = split([trace(name, 1, 2) for name in "edcba"])

    assert parts is not None
    assert [each.case for each in parts.later] == ["b", "a"]


def test_every_event_of_a_test_case_counts_the_last_one_too_and_the_baselines_are_of_all_events_learnt_from() -> None:
    result = backtest(LOG, silent)

    assert result is not None
    # Remaining days learnt from: a 10 and 0, c 3 and 0; median 1.5, mean 3.25. Tested: d 4 and 0, e 0.
    assert (result.cases, result.prefixes, result.learnt_cases) == (2, 3, 2)
    assert result.median_mae_days == pytest.approx((2.5 + 1.5 + 1.5) / 3)
    assert result.mean_mae_days == pytest.approx((0.75 + 3.25 + 3.25) / 3)


@pytest.mark.parametrize("log", [(), LOG[:1], [trace("a", 0, 9), trace("b", 1, 9), trace("c", 2, 9)]])
def test_a_log_without_a_past_cannot_be_tested(log: tuple[Trace, ...]) -> None:
    assert backtest(log, silent) is None


def test_a_test_within_the_past_sees_nothing_after_it() -> None:
    parts = split([trace(str(day), day, day + 3) for day in range(100)])
    assert parts is not None
    earlier = earlier_split(parts.past)

    assert earlier is not None
    assert earlier.past.until_s == 36 * DAY
    assert max(each.ended_s for each in earlier.past.finished) < 36 * DAY
    assert {each.case for each in earlier.later} == {str(day) for day in range(36, 57)}


def test_events_of_a_case_come_in_the_order_of_time_and_at_one_instant_in_that_of_the_file() -> None:
    events = [Event("late", 9.0), Event("first", 1.0), Event("x", 5.0), Event("y", 5.0)]

    assert [event.activity for event in in_order("1", events).events] == ["first", "x", "y", "late"]
