"""Censoring weights correct for the long cases that are missing among the finished ones."""

import numpy as np
import pytest

from tests.domain.forecast.learning.processes import DAY
from workbench.domain.forecast.learning.censoring import censoring_weights
from workbench.domain.forecast.learning.event_trace import Event, Trace


def lasting(began: float, days: float) -> Trace:
    return Trace("", (Event("a", began * DAY), Event("b", (began + days) * DAY)))


def test_a_finished_case_also_weighs_for_cases_too_recent_to_finish() -> None:
    starts_s = [day * DAY for day in range(10)]
    traces = [lasting(0, 1), lasting(1, 5.5), lasting(0, 9.5)]
    censoring = censoring_weights(traces, starts_s, 10 * DAY)

    # The log ends on day 10: a duration of 1 day is visible in all ten cases, 5.5 days in five, 9.5 days in one.
    assert censoring.weight.tolist() == [1, 2, 10]
    assert censoring.index.tolist() == [0, 1, 2]
    assert censoring.stretch.tolist() == [1, 1, 1]


def test_cases_longer_than_the_log_are_represented_by_stretched_long_cases() -> None:
    starts_s = [0.0] * 10
    traces = [lasting(0, days) for days in (1, 2, 3, 4)]
    censoring = censoring_weights(traces, starts_s, 10 * DAY)

    # Six of ten are still open: each of the three longest also represents two of them, with stretched times.
    assert censoring.index.tolist() == [0, 1, 2, 3, 3, 2, 1]
    assert censoring.weight.tolist() == [1, 1, 1, 1, 2, 2, 2]
    assert censoring.stretch[:4].tolist() == [1, 1, 1, 1]
    assert all(censoring.stretch[4:] >= 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_weighted_mean_equals_the_mean_of_all_cases(seed: int) -> None:
    assert weighted_mean(seed, 8, 60) == pytest.approx(8, rel=0.06)


@pytest.mark.parametrize("seed", range(5))
def test_the_weighted_mean_holds_if_many_cases_are_longer_than_the_log(seed: int) -> None:
    # One of five lasts longer than these sixteen days.
    assert weighted_mean(seed, 10, 16) == pytest.approx(10, rel=0.25)


def weighted_mean(seed: int, mean_days: float, past_days: float) -> float:
    """Return the weighted mean duration of the finished cases; their plain mean is far too short."""
    random = np.random.default_rng(seed)
    began = np.sort(random.uniform(0, past_days, 4000))
    everything = [lasting(day, random.exponential(mean_days)) for day in began]
    over = [trace for trace in everything if trace.ended_s < past_days * DAY]
    censoring = censoring_weights(over, [trace.began_s for trace in everything], past_days * DAY)
    lasted = np.array([over[place].lasted_s for place in censoring.index]) * censoring.stretch

    assert np.mean([trace.lasted_s for trace in over]) / DAY < 0.93 * mean_days
    return float(np.average(lasted, weights=censoring.weight)) / DAY
