"""Simulated ends complete open cases, so that their durations are those of all cases."""

import numpy as np
import pytest

from tests.domain.forecast.learning.processes import DAY
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent
from workbench.domain.forecast.learning.open_cases import simulated_ends_s
from workbench.domain.forecast.learning.past_split import KnownEvents, KnownPast


def lived(seed: int, mean_days: float) -> list[EventTrace]:
    """Return cases with two waits that begin over a hundred days, one part in ten without the second."""
    random = np.random.default_rng(seed)
    traces = []
    for number, began in enumerate(np.sort(random.uniform(0, 100, 1_500))):
        checked = began + random.exponential(mean_days / 2)
        events = [TraceEvent("came", began * DAY), TraceEvent("checked", checked * DAY)]
        if random.random() >= 0.1:
            events.append(TraceEvent("done", (checked + random.exponential(mean_days / 2)) * DAY))
        traces.append(EventTrace(str(number), tuple(events)))
    return traces


def known(traces: list[EventTrace], until_s: float) -> KnownEvents:
    finished = tuple(trace for trace in traces if trace.ended_s < until_s)
    still_open = (trace.until(until_s) for trace in traces if trace.ended_s >= until_s)
    return KnownEvents.of(KnownPast(until_s, finished, tuple(part for part in still_open if part.events)))


def durations(events: KnownEvents) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the simulated durations of all cases in days."""
    ends_s = simulated_ends_s(events, np.random.default_rng(1))
    first = np.flatnonzero(np.append(True, events.case[1:] != events.case[:-1]))
    return np.asarray(ends_s[first] - events.at_s[first]) / DAY


def test_with_simulated_ends_cases_last_as_long_as_they_will() -> None:
    for seed in range(3):
        for mean_days in [5, 40]:
            traces = lived(seed, mean_days)
            events = known(traces, 101 * DAY)
            true_days = np.mean([trace.ended_s - trace.began_s for trace in traces]) / DAY

            assert durations(events).mean() == pytest.approx(true_days, rel=0.12)
            if mean_days > 5:
                finished = [(trace.ended_s - trace.began_s) / DAY for trace in traces if trace.ended_s < 101 * DAY]
                assert np.mean(finished) < 0.85 * true_days


def test_a_log_of_cases_that_lasted_until_it_opened_does_not_make_waits_longer() -> None:
    for seed in range(3):
        traces = [trace for trace in lived(seed, 20) if trace.ended_s > 50 * DAY]
        events = known(traces, 101 * DAY)
        began_in_window = [trace.ended_s - trace.began_s for trace in lived(seed, 20)]

        late = events.case[np.flatnonzero(events.at_s >= 51 * DAY)]
        cases = np.unique(late[events.at_s[np.searchsorted(events.case, late)] >= 51 * DAY])
        assert durations(events)[cases].mean() == pytest.approx(np.mean(began_in_window) / DAY, rel=0.15)


def test_no_simulated_end_is_before_the_end_of_the_past() -> None:
    events = known(lived(1, 30), 60 * DAY)
    ends_s = simulated_ends_s(events, np.random.default_rng(1))

    assert (ends_s[~events.is_over] >= events.until_s).all()
    assert (ends_s[events.is_over] == events.ended_s[events.is_over]).all()


def test_where_no_wait_is_known_open_cases_end_at_once() -> None:
    events = KnownEvents.of(
        KnownPast(9.0, (EventTrace("a", (TraceEvent("x", 1.0),)),), (EventTrace("b", (TraceEvent("x", 2.0),)),))
    )

    assert simulated_ends_s(events, np.random.default_rng(1)).tolist() == [1.0, 9.0]


def test_a_wait_that_takes_no_time_is_simulated_too() -> None:
    """Many logs know only days, or end a case at the instant of its last step."""
    at_once, later = ((("came", 0), ("seen", 2), ("end", 2)), (("came", 0), ("seen", 2), ("seen", 3), ("end", 3)))
    finished = tuple(
        EventTrace(str(day), tuple(TraceEvent(name, (day + at) * DAY) for name, at in (at_once, later)[day % 2]))
        for day in range(90)
    )
    waiting = tuple(EventTrace("", (TraceEvent("came", 92 * DAY),)) for _each in range(60))
    events = KnownEvents.of(KnownPast(93 * DAY, finished, waiting))

    left_days = (simulated_ends_s(events, np.random.default_rng(1)) / DAY - 93)[~events.is_over]
    assert set(left_days.round(6).tolist()) >= {1, 2}
    assert np.mean(left_days) == pytest.approx(1.5, abs=0.3)


def test_an_activity_that_ends_each_case_is_an_end_however_rare_it_is() -> None:
    finished = tuple(
        EventTrace(
            str(day), tuple(TraceEvent(name, (day + at) * DAY) for at, name in enumerate(("came", "seen", "end")))
        )
        for day in range(9)
    )
    waiting = tuple(
        EventTrace("", (TraceEvent("came", 9.5 * DAY), TraceEvent("seen", 10.5 * DAY))) for _each in range(60)
    )
    events = KnownEvents.of(KnownPast(11 * DAY, finished, waiting))

    left_days = (simulated_ends_s(events, np.random.default_rng(1)) - 11 * DAY)[~events.is_over] / DAY
    assert np.median(left_days) == pytest.approx(0.5)
    assert np.mean(left_days) < 2
