"""A backtest of any log gives plausible figures or reports that there is no past."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.learning.backtest import run_backtest
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent, sorted_trace

steps = st.tuples(st.sampled_from("abc"), st.integers(0, 2_000_000))
logs = st.lists(st.lists(steps, min_size=1, max_size=5), max_size=25)


def no_progress(_done: int, _total: int) -> None:
    """Ignore progress reports."""


@pytest.mark.proof
@given(logs)
def test_any_log_can_be_tested_or_has_no_past(cases: list[list[tuple[str, int]]]) -> None:
    traces = [
        sorted_trace(str(number), [TraceEvent(activity, float(at_s)) for activity, at_s in case])
        for number, case in enumerate(cases)
    ]
    result = run_backtest(traces, no_progress)

    if result is not None:
        assert result.cases == len(cases) - len(cases) * 6 // 10
        assert result.prefixes >= result.cases
        assert min(result.mae_days, result.median_mae_days, result.mean_mae_days, result.band_days) >= 0
        assert 0 <= result.coverage80 <= 1


def test_cases_with_a_single_event_are_forecast_to_take_no_time() -> None:
    result = run_backtest([EventTrace(str(day), (TraceEvent("a", day * 86_400.0),)) for day in range(50)], no_progress)

    assert result is not None
    assert (result.mae_days, result.coverage80, result.band_days) == (0, 1, 0)
