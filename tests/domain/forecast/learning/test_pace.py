"""The pace counts only beyond what the past showed, and only what was known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.forecast.learning.hard_logs import drift
from workbench.domain.forecast.learning.pace import slowdowns


def test_the_pace_counts_only_beyond_what_the_past_showed() -> None:
    steady, slower = drift(2, 1.0), drift(2, 4.0)
    begins = sorted(trace.began_s for trace in steady)
    until_s = begins[180]
    unchanged, changed = (
        slowdowns(traces, [trace for trace in traces if trace.began_s >= until_s], until_s)
        for traces in (steady, slower)
    )

    assert np.median(unchanged) == 1
    assert np.mean(changed) > 1.5
    assert changed[0] == 1


@given(st.integers(0, 30))
def test_the_pace_depends_on_no_later_event(last: int) -> None:
    traces = drift(3, 3.0, cases=90)
    later = sorted(traces, key=lambda trace: trace.began_s)[60:]
    until_s, now_s = later[0].began_s, later[last % len(later)].ended_s
    known = [part for trace in traces if (part := trace.until(now_s)).events]
    asked = [part for trace in later if (part := trace.until(now_s)).events]
    whole = slowdowns(traces, later, until_s)
    at_s = np.array([event.at_s for trace in later for event in trace.events])

    assert slowdowns(known, asked, until_s).tolist() == whole[at_s < now_s].tolist()
