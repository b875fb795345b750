"""Workload features at an event count only what other cases did before it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.forecast.learning.hard_logs import drift
from tests.domain.forecast.learning.processes import DAY, office_log
from workbench.domain.forecast.learning.event_trace import Event, Trace
from workbench.domain.forecast.learning.workload import BEGUN, EVENTS, OPEN, SAME, WorkloadFeatures, slowdowns

FINISHED = [Trace("", (Event("came", 0), Event("done", 10 * DAY)))] * 4


def test_the_workload_counts_the_other_cases_by_activity() -> None:
    traces = [
        Trace("a", (Event("came", 0), Event("done", 3 * DAY))),
        Trace("b", (Event("came", 1 * DAY), Event("done", 4 * DAY))),
        Trace("c", (Event("came", 2 * DAY), Event("done", 90 * DAY))),
    ]
    a, b, c = (trace.events for trace in WorkloadFeatures(FINISHED).with_workload(traces))

    assert a[0].attributes == {OPEN: 0, SAME: 0, BEGUN: 0, EVENTS: 0}
    assert c[0].attributes == {OPEN: 2, SAME: 2, BEGUN: 2, EVENTS: 2}
    # Every training case ended with a, so a case with a is finished and only c is open when b is done.
    assert b[1].attributes == {OPEN: 1, SAME: 1, BEGUN: 3, EVENTS: 4}
    # The longest case took ten days: older open cases are left out.
    assert c[1].attributes == {OPEN: pytest.approx(0), SAME: 0, BEGUN: 0, EVENTS: 0}


@given(st.lists(st.lists(st.tuples(st.sampled_from(("came", "done", "else")), st.integers(0, 40)), min_size=1)))
def test_the_workload_depends_on_no_later_event(cases: list[list[tuple[str, int]]]) -> None:
    traces = [
        Trace(str(number), tuple(Event(name, day * DAY) for name, day in sorted(case, key=lambda step: step[1])))
        for number, case in enumerate(cases)
    ]
    load = WorkloadFeatures(FINISHED)
    whole = {trace.case: trace for trace in load.with_workload(traces)}
    known = [
        Trace(trace.case, tuple(event for event in trace.events if event.at_s <= 20 * DAY))
        for trace in traces
        if trace.began_s <= 20 * DAY
    ]

    for trace in load.with_workload(known):
        assert trace.events == whole[trace.case].events[: len(trace.events)]


def test_in_a_long_log_no_count_is_negative() -> None:
    traces = office_log(1, 200)
    loaded = list(WorkloadFeatures(traces).with_workload(traces))

    assert all(value > -1e-6 for trace in loaded for event in trace.events for value in event.attributes.values())  # type: ignore[operator]  # all are figures
    assert all(one.at_s <= next_.at_s for trace in loaded for one, next_ in pairwise(trace.events))


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
