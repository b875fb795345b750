"""Long cases are missed among those that are over; the weights make up for it."""

import numpy as np
import pytest

from tests.domain.forecast.processes import DAY
from workbench.domain.forecast.exposure import weights_of
from workbench.domain.forecast.trace import Event, Trace


def lasting(began: float, days: float) -> Trace:
    return Trace("", (Event("a", began * DAY), Event("b", (began + days) * DAY)))


def test_a_case_stands_for_all_that_began_too_late_to_be_seen_to_their_end() -> None:
    begun_s = [day * DAY for day in range(10)]
    traces = [lasting(0, 1), lasting(1, 5.5), lasting(0, 9.5)]

    # Up to day 10: all ten could have been seen to last one day, five 5.5 days, one 9.5 days.
    assert weights_of(traces, begun_s, 10 * DAY).tolist() == [1, 2, 10]


def test_cases_that_are_longer_than_any_that_could_be_seen_are_stood_for_by_the_longest() -> None:
    begun_s = [0.0] * 10
    traces = [lasting(0, days) for days in (1, 2, 3, 4)]

    # Six of ten are still open: the three longest stand for two more each.
    assert weights_of(traces, begun_s, 10 * DAY).tolist() == [1, 3, 3, 3]


@pytest.mark.parametrize("seed", range(5))
def test_the_weighted_mean_is_that_of_all_cases(seed: int) -> None:
    random = np.random.default_rng(seed)
    everything = [lasting(day, random.exponential(8)) for day in np.sort(random.uniform(0, 60, 4000))]
    over = [trace for trace in everything if trace.ended_s < 60 * DAY]
    weights = weights_of(over, [trace.began_s for trace in everything], 60 * DAY)
    mean = np.average([trace.lasted_s for trace in over], weights=weights) / DAY

    assert np.mean([trace.lasted_s for trace in over]) / DAY < 7.4
    assert mean == pytest.approx(8, rel=0.06)
