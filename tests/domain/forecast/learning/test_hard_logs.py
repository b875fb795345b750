"""On logs that are hard to forecast, the forecast is about as good as the best simple table, and its range holds."""

import numpy as np
import pytest

from tests.domain.forecast.learning.hard_logs import HARD_LOGS, drift, of_size
from tests.domain.forecast.learning.test_any_log import no_progress
from tests.shared_data import shared_data
from tests.sizes import some
from workbench.domain.forecast.learning.backtest import _SHARES, Backtest, _adapted, backtest
from workbench.domain.forecast.learning.event_trace import Trace
from workbench.services.eventlogs.log_columns import LogColumns
from workbench.services.eventlogs.reading import read_log

PERCENTS = (50, 60, 75)
FEW_EVENTS = 150
"""In a shorter test, the share of ranges that hold is mostly chance."""


def outcome(traces: list[Trace] | tuple[Trace, ...], percent: int) -> Backtest:
    result = backtest(traces, no_progress, percent=percent)
    assert result is not None
    return result


def assert_as_good_as_a_table(result: Backtest) -> None:
    best = min(result.median_mae_days, result.mean_mae_days, result.activity_mae_days)
    assert result.mae_days <= 1.08 * best


def assert_range_holds(result: Backtest) -> None:
    assert (0.70 if result.prefixes > FEW_EVENTS else 0.60) <= result.coverage80 <= 0.98


@pytest.mark.proof
@pytest.mark.parametrize("seed", some(range(8), ci=1))
@pytest.mark.parametrize("name", HARD_LOGS)
def test_on_every_hard_log_no_simple_table_is_much_better_and_the_range_holds(name: str, seed: int) -> None:
    traces = HARD_LOGS[name](seed)
    for percent in PERCENTS:
        result = outcome(traces, percent)
        assert_as_good_as_a_table(result)
        assert_range_holds(result)


@pytest.mark.parametrize("learnt", [10, 40])
def test_a_few_cases_are_enough_for_the_bars(learnt: int) -> None:
    result = outcome(of_size(3, learnt), 60)

    assert_as_good_as_a_table(result)
    assert_range_holds(result)


@pytest.mark.proof
@pytest.mark.parametrize("seed", some(range(8), ci=1))
def test_if_durations_triple_at_the_split_the_range_widens(seed: int) -> None:
    tripled, usual = (outcome(drift(seed, factor, cases=120), 60) for factor in (3.0, 1.0))

    assert_as_good_as_a_table(tripled)
    assert tripled.band_days > 1.2 * usual.band_days


@pytest.mark.proof
@pytest.mark.parametrize("percent", PERCENTS)
@pytest.mark.parametrize("name", ["helpdesk.csv", "roadtraffic100traces.csv"])
def test_on_real_logs_the_bars_hold_at_every_split(name: str, percent: int) -> None:
    result = outcome(read_log(shared_data("event_logs", name), LogColumns(), None, no_progress), percent)

    assert_as_good_as_a_table(result)
    assert_range_holds(result)


@pytest.mark.parametrize(("takes", "widens"), [(3.0, True), (0.1, False)])
def test_the_range_adapts_to_how_often_earlier_ranges_held(takes: float, widens: bool) -> None:
    ranges_s = np.stack([[np.zeros(400), np.full(400, 1 + share)] for share in _SHARES])
    found = _adapted(ranges_s, np.arange(400.0) * 10, np.full(400, takes), learnt=1_000)

    assert found[1, 0] == 1.8
    assert found[1, -1] == 1 + (_SHARES[-1] if widens else _SHARES[0])


def test_an_outcome_changes_no_range_before_it_is_known() -> None:
    ranges_s = np.stack([[np.zeros(50), np.full(50, 99.0 + share)] for share in _SHARES])
    at_s = np.arange(50.0)
    held, missed = (_adapted(ranges_s, at_s, np.full(50, true_s), learnt=1_000) for true_s in (98.0, 999.0))

    assert (held == missed).all()
