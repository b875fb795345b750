"""The distribution of remaining times: quantiles, ranges and conditioning on the time waited."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.learning.remaining_time import RemainingTimes

SUPPORT = np.array([0.0, 10.0, 20.0, 40.0])


def remaining(*shares: float) -> RemainingTimes:
    """Return a distribution with given weights of 0, 10, 20 and 40 seconds."""
    return RemainingTimes(SUPPORT, np.cumsum([shares], axis=1).astype(np.float32))


def test_a_quantile_is_the_shortest_time_in_which_that_share_ends() -> None:
    times = remaining(0.25, 0.25, 0.25, 0.25)

    assert [float(times.quantile_s(level)[0]) for level in (0.0, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0)] == [
        *(0, 0, 10, 10, 20, 40, 40),
    ]


def test_the_median_is_zero_if_half_the_cases_are_over() -> None:
    assert remaining(0.5, 0.1, 0.1, 0.3).quantile_s(0.5).tolist() == [0]
    assert remaining(0.49, 0.11, 0.1, 0.3).quantile_s(0.5).tolist() == [10]


def test_after_a_wait_only_longer_times_remain() -> None:
    times = remaining(0.5, 0.2, 0.2, 0.1)
    waited_s = np.array([10.0])

    # Of the 30 % that take longer than 10 seconds two thirds take 20 and one third 40: 10 and 30 more.
    assert times.quantile_s(0.6, waited_s).tolist() == [10]
    assert times.quantile_s(0.7, waited_s).tolist() == [30]


def test_a_wait_longer_than_every_case_counts_as_just_begun() -> None:
    times = remaining(0.25, 0.25, 0.25, 0.25)

    assert times.quantile_s(0.9, np.array([50.0])).tolist() == times.quantile_s(0.9).tolist()


SHARES = st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4).filter(lambda shares: sum(shares) > 0.01)


@given(SHARES, st.floats(0, 60))
def test_quantiles_never_cross(shares: list[float], waited_s: float) -> None:
    remaining_times = remaining(*(share / sum(shares) for share in shares))
    times = [float(remaining_times.quantile_s(level, np.array([waited_s]))[0]) for level in np.linspace(0, 1, 41)]

    assert times == sorted(times)
    assert all(0 <= time <= 40 for time in times)


@given(SHARES)
def test_no_range_of_the_same_probability_is_shorter(shares: list[float]) -> None:
    shares = [share / sum(shares) for share in shares]
    low_s, high_s = remaining(*shares).shortest_intervals_s(np.array([0.8]))[0, :, 0].tolist()
    ranges = [
        SUPPORT[last] - SUPPORT[first]
        for first in range(4)
        for last in range(first, 4)
        if sum(shares[first : last + 1]) >= 0.8 + 1e-5
    ]

    assert sum(share for share, at in zip(shares, SUPPORT, strict=True) if low_s <= at <= high_s) >= 0.8 - 1e-5
    assert high_s - low_s <= min(ranges, default=40)
