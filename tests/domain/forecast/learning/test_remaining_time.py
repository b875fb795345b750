"""The distribution of remaining times: quantiles, ranges and conditioning on the time waited."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.learning.quantile_calibration import QuantileCalibration, calibrated
from workbench.domain.forecast.learning.remaining_time import RemainingTimes

SUPPORT = np.array([0.0, 10.0, 20.0, 40.0])


def remaining(*shares: float) -> RemainingTimes:
    """Return a distribution with given weights of 0, 10, 20 and 40 seconds."""
    return RemainingTimes(SUPPORT, np.cumsum([shares], axis=1).astype(np.float32), QuantileCalibration(), np.zeros(1))


def test_a_quantile_is_the_shortest_time_in_which_that_share_ends() -> None:
    times = remaining(0.25, 0.25, 0.25, 0.25)

    assert [float(times.quantile_s(level)[0]) for level in (0.0, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0)] == [
        *(0, 0, 10, 10, 20, 40, 40),
    ]


def test_the_median_is_zero_if_half_the_cases_are_over() -> None:
    assert remaining(0.5, 0.1, 0.1, 0.3).quantile_s(0.5).tolist() == [0]
    assert remaining(0.49, 0.11, 0.1, 0.3).quantile_s(0.5).tolist() == [10]


def test_after_a_wait_only_longer_times_remain() -> None:
    times = remaining(0.5, 0.2, 0.2, 0.1).after(np.array([10.0]))

    # Of the 30 % that take longer than 10 seconds two thirds take 20 and one third 40: 10 and 30 more.
    assert times.quantile_s(0.6).tolist() == [10]
    assert times.quantile_s(0.7).tolist() == [30]


def test_a_wait_longer_than_every_case_counts_as_just_begun() -> None:
    times = remaining(0.25, 0.25, 0.25, 0.25)

    assert times.after(np.array([50.0])).quantile_s(0.9).tolist() == times.quantile_s(0.9).tolist()


@given(
    st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4).filter(lambda shares: sum(shares) > 0.01),
    st.floats(0, 0.5),
    st.floats(0.5, 1),
    st.floats(0, 60),
)
def test_quantiles_never_cross(shares: list[float], low: float, high: float, waited_s: float) -> None:
    remaining_times = RemainingTimes(
        SUPPORT,
        (np.cumsum([shares], axis=1) / sum(shares)).astype(np.float32),
        QuantileCalibration(low, high),
        np.zeros(1),
    ).after(np.array([waited_s]))
    times = [float(remaining_times.quantile_s(level)[0]) for level in np.linspace(0, 1, 41)]

    assert times == sorted(times)
    assert all(0 <= time <= 40 for time in times)


def test_calibrated_levels_widen_ranges_that_are_too_narrow() -> None:
    random = np.random.default_rng(3)
    true_s = random.exponential(100, 5000)
    support_s = np.linspace(0, 1000, 400)
    # The predicted times are between 50 and 150, which is far too narrow.
    belief = np.clip((support_s - 30) / 150, 0, 1) * 0.6 + 0.4 * (1 - np.exp(-support_s / 100))
    belief[-1] = 1
    cumulative = np.tile(belief.astype(np.float32), (len(true_s), 1))
    calibration = calibrated(support_s, cumulative, true_s, np.ones(len(true_s)), len(true_s))
    widened = RemainingTimes(support_s, cumulative[:1], calibration, np.zeros(1))
    low, high = widened.quantile_s(0.1), widened.quantile_s(0.9)

    assert np.mean(true_s < low) == pytest.approx(0.1, abs=0.02)
    assert np.mean(true_s > high) == pytest.approx(0.1, abs=0.02)


def test_the_wider_of_two_levels_misses_least_on_both_sides() -> None:
    assert QuantileCalibration(0.1, 0.95).wider(QuantileCalibration(0.05, 0.9)) == QuantileCalibration(0.05, 0.95)
