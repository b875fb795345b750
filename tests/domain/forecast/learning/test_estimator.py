"""The estimator of remaining times: its determinism, attributes, and small or unusual logs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.forecast.learning.processes import DAY, office_log
from workbench.domain.forecast.learning.estimator import Estimator, NothingToLearnFrom, forest_share
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent
from workbench.domain.forecast.learning.feature_encoding import FeatureEncoder
from workbench.domain.forecast.learning.past_split import KnownPast
from workbench.domain.forecast.learning.remaining_time import RemainingTimes
from workbench.domain.forecast.learning.trace_prefix import TracePrefix, last_prefix, prefixes_of


def past(traces: list[EventTrace]) -> KnownPast:
    until_s = max(trace.ended_s for trace in traces) + 1
    return KnownPast(until_s, tuple(traces))


def cases(count: int, *, sizes: bool = True, seed: int = 1) -> list[EventTrace]:
    """Return cases that take one day if small and ten if large; only an attribute shows the size, or nothing does."""
    random = np.random.default_rng(seed)
    traces = []
    for number in range(count):
        size = ("small", "large")[number % 2]
        took = {"small": 1, "large": 10}[size] * random.uniform(0.9, 1.1) if sizes else random.uniform(1, 10)
        events = (TraceEvent("came", number * DAY), TraceEvent("done", (number + took) * DAY))
        traces.append(EventTrace(str(number), events, {"size": size}))
    return traces


def opened(size: str, at: float = 400) -> EventTrace:
    return EventTrace("open", (TraceEvent("came", at * DAY),), {"size": size})


def days(estimator: Estimator, *traces: EventTrace, level: float = 0.5) -> list[float]:
    return [float(second) / DAY for second in estimator.remaining(traces).quantile_s(level)]


@pytest.mark.proof
def test_the_same_log_and_seed_give_the_same_forecast_to_the_last_digit() -> None:
    log = office_log(5, 60)
    first, second = (Estimator.fit(past(log), seed=7) for _turn in range(2))

    one, other = (each.remaining_at_each_event(log[:20]).cumulative for each in (first, second))
    assert np.array_equal(one, other)


def test_an_attribute_distinguishes_cases() -> None:
    estimator = Estimator.fit(past(cases(300)))

    small, large = days(estimator, opened("small"), opened("large"))
    assert small == pytest.approx(1, abs=0.2)
    assert large == pytest.approx(10, abs=1)


@given(st.integers(1, 5_000))
def test_no_forest_however_wrong_moves_the_median_beyond_the_longest_time_of_the_table(finished: int) -> None:
    share = forest_share(finished)
    of_table, of_wrong_forest = np.array([[0.5, 1, 1]]), np.array([[0, 0, 1]])
    mixed = (1 - share) * of_table + share * of_wrong_forest

    times = RemainingTimes(np.array([1.0, 2.0, 900.0]), mixed.astype(np.float32))
    assert times.quantile_s(0.5)[0] <= 2


def test_the_forest_counts_half_from_a_hundred_finished_cases_on_and_little_below() -> None:
    assert [forest_share(finished) for finished in (100, 101, 99_999)] == [0.5] * 3
    assert [round(forest_share(finished), 2) for finished in (1, 30, 50, 74)] == [0, 0.04, 0.12, 0.27]
    assert Estimator.fit(past(cases(20))).forest_share == forest_share(20)


def test_after_an_activity_with_few_cases_the_time_is_nearer_to_that_of_all() -> None:
    common = [
        EventTrace("", (TraceEvent("common", day * DAY), TraceEvent("done", (day + 10) * DAY))) for day in range(9)
    ]
    rare = [EventTrace("", (TraceEvent("rare", day * DAY), TraceEvent("done", (day + 1) * DAY))) for day in range(8)]

    def after_rare(count: int) -> float:
        estimator = Estimator.fit(past([*common, *rare[:count]]))
        return days(estimator, EventTrace("", (TraceEvent("rare", 50 * DAY),)), level=0.8)[0]

    assert after_rare(1) == pytest.approx(10, abs=0.1)
    assert after_rare(8) == pytest.approx(1, abs=0.1)


def test_rare_and_unknown_values_fall_back_to_the_coarser_attribute() -> None:
    prefixes = [TracePrefix(("check", name), "came", (0.0,), {}) for name in ("x", "y") for _row in range(200)]
    prefixes += [TracePrefix(("check", "rare"), "came", (0.0,), {})] + [
        TracePrefix(("wait",), "came", (0.0,), {})
    ] * 400
    target = np.array([1.0] * 200 + [3.0] * 200 + [30.0] + [9.0] * 400)
    coding = FeatureEncoder(prefixes, target)
    known, rare, unknown, other = coding.codes(
        [
            TracePrefix(("check", "y"), "came", (0.0,), {}),
            TracePrefix(("check", "rare"), "came", (0.0,), {}),
            TracePrefix(("check", "never"), "came", (0.0,), {}),
            TracePrefix(("wait",), "came", (0.0,), {}),
        ]
    )[:, 1].tolist()

    assert unknown <= known <= rare < other


def test_one_finished_case_is_enough_to_learn_from() -> None:
    estimator = Estimator.fit(past(cases(1)))

    assert days(estimator, opened("small"), level=0.9) == pytest.approx([1], abs=0.2)


def test_without_open_cases_there_is_no_forecast() -> None:
    assert [days(Estimator.fit(past(cases(count)))) for count in (10, 300)] == [[], []]


def test_without_finished_cases_there_is_nothing_to_learn() -> None:
    with pytest.raises(NothingToLearnFrom):
        Estimator.fit(KnownPast(9.0, (), (EventTrace("", (TraceEvent("came", 1.0),)),)))


def test_a_prefix_contains_only_earlier_events() -> None:
    trace = EventTrace(
        "1", (TraceEvent("a", 0), TraceEvent("b", 3600), TraceEvent("a", 7200), TraceEvent("c", 9 * DAY)), {"p": "x"}
    )
    third = list(prefixes_of(trace, ("a", "c")))[2]
    alone = last_prefix(EventTrace("1", trace.events[:3], {"p": "x"}), ("a", "c"))

    assert third == alone
    assert third.path == ("a", "b", "a")
    assert third.attributes == {"p": "x"}
    # Third event, two hours old, an hour after an hour; Thursday at two; the second a, one repeat, two a, no c.
    assert third.figures == pytest.approx((2, 7200, 3600, 3600, 2, 3 + 2 / 24, 2, 1, 2, 0))
