"""Conformal margins: forecast ranges are adjusted until they hold as often as they promise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.conformal_margin import FEWEST_FORECASTS, UNTESTED, ConformalMargin, PastForecasts

MANY = 2_000
UNTIL = 100.0


def scores(took: np.ndarray, *, at: np.ndarray | float = 0.0, is_over: np.ndarray | bool = True) -> PastForecasts:
    """Return forecasts of 5 to 10 days with the actual durations, all made at one time by default."""
    count = len(took)
    return PastForecasts(
        at=np.broadcast_to(np.asarray(at, dtype=np.float64), count).copy(),
        p50=np.full(count, 5.0),
        p90=np.full(count, 10.0),
        duration=took,
        day_duration=np.floor(took),
        is_over=np.broadcast_to(np.asarray(is_over), count).copy(),
    )


def end_of(margin: ConformalMargin) -> float:
    """Return p90 of a forecast of 5 to 10 days after the margin is applied."""
    return float(margin.applied_to(np.array([5.0]), np.array([10.0]))[1][0])


def test_nine_of_ten_cases_end_before_p90_whatever_the_forecast() -> None:
    for longest in [11.0, 14.0, 25.0]:
        took = np.random.default_rng(1).uniform(0, longest, MANY)

        margin = scores(took, at=UNTIL - 30).margin(0.9, UNTIL)

        held = (np.floor(took) <= end_of(margin)).mean()
        assert 0.87 <= held <= 0.95


def test_half_of_the_cases_end_before_p50() -> None:
    took = np.random.default_rng(2).uniform(0, 20, MANY)

    middle = scores(took, at=UNTIL - 30).margin(0.9, UNTIL).applied_to(np.array([5.0]), np.array([10.0]))[0][0]

    assert 0.42 <= (took <= middle).mean() <= 0.58


def test_too_few_scores_leave_the_range_unchanged() -> None:
    assert scores(np.full(FEWEST_FORECASTS - 1, 30.0)).margin(0.9, UNTIL) is UNTESTED
    assert scores(np.full(FEWEST_FORECASTS, 30.0), at=UNTIL - 30).margin(0.9, UNTIL) is not UNTESTED


def test_slow_cases_widen_the_range_before_they_end() -> None:
    usual = np.random.default_rng(3).uniform(0, 9, MANY)
    stuck = np.arange(MANY) % 4 == 0
    so_far = np.where(stuck, 11.0, usual)

    fast = scores(usual, at=UNTIL - 30).margin(0.9, UNTIL)
    slow = scores(so_far, at=UNTIL - 30, is_over=~stuck).margin(0.9, UNTIL)

    assert end_of(slow) > end_of(fast) + 5


def test_recent_open_cases_do_not_widen_the_range() -> None:
    usual = np.random.default_rng(4).uniform(0, 9, MANY)
    is_new = np.arange(MANY) % 4 == 0
    at = np.where(is_new, UNTIL - 1, UNTIL - 30)
    so_far = np.where(is_new, 1.0, usual)

    with_new = scores(so_far, at=at, is_over=~is_new).margin(0.9, UNTIL)

    assert abs(end_of(with_new) - end_of(scores(usual, at=UNTIL - 30).margin(0.9, UNTIL))) <= 1


def test_recent_forecasts_weigh_more() -> None:
    draw = np.random.default_rng(5)
    at = np.repeat([UNTIL - 90, UNTIL - 30], MANY // 2)
    took = np.where(at < UNTIL - 60, draw.uniform(0, 30, MANY), draw.uniform(0, 8, MANY))

    assert end_of(scores(took, at=at).margin(0.9, UNTIL)) < 11


@given(
    st.lists(st.floats(0, 60), min_size=FEWEST_FORECASTS, max_size=FEWEST_FORECASTS),
    st.floats(0, 40),
    st.floats(0, 40),
)
def test_p90_is_never_before_p50_and_neither_is_negative(took: list[float], p50: float, more: float) -> None:
    margin = scores(np.array(took), at=UNTIL - 30).margin(0.9, UNTIL)

    middle, end = margin.applied_to(np.array([p50]), np.array([p50 + more]))

    assert 0 <= middle[0] <= end[0]
