"""Forecasts become shorter if work is quicker than it mostly was, and use only what was known."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.forecast.learning.hard_logs import drift
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent
from workbench.domain.forecast.learning.pace import shortening_factors


def test_only_work_that_is_quicker_than_mostly_in_the_past_counts() -> None:
    until_s = sorted(trace.began_s for trace in drift(2, 1.0))[180]
    steady, slower, quicker = (
        shortening_factors(traces, [trace for trace in traces if trace.began_s >= until_s], until_s)
        for traces in (drift(2, 1.0), drift(2, 4.0), drift(2, 0.25))
    )

    assert np.median(steady) == 1
    assert slower.max() == 1
    assert np.mean(quicker) < 0.6
    assert quicker[0] == steady[0]


@given(st.integers(0, 30))
def test_the_pace_depends_on_no_later_event(last: int) -> None:
    traces = drift(3, 0.3, cases=90)
    later = sorted(traces, key=lambda trace: trace.began_s)[60:]
    until_s, now_s = later[0].began_s, later[last % len(later)].ended_s
    known = [part for trace in traces if (part := trace.until(now_s)).events]
    asked = [part for trace in later if (part := trace.until(now_s)).events]
    whole = shortening_factors(traces, later, until_s)
    at_s = np.array([event.at_s for trace in later for event in trace.events])

    assert shortening_factors(known, asked, until_s).tolist() == whole[at_s < now_s].tolist()


@pytest.mark.proof
def test_a_long_log_takes_little_memory() -> None:
    trace = EventTrace("1", tuple(TraceEvent("a", float(at_s)) for at_s in range(100_000)))
    tracemalloc.start()
    shortening_factors([trace], [trace], 50_000.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 60 << 20
