"""`workbench forecast backtest` tests the forecast on an event log, without any database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.domain.forecast.learning.processes import office_log
from tests.shared_data import shared_data

KEYS = [
    *("cases", "prefixes", "mae_days", "median_mae_days", "mean_mae_days", "activity_mae_days", "method"),
    *("coverage80", "band_days"),
]
COLUMNS = ("--case", "Number", "--activity", "What", "--time", "At")


def log(folder: Path) -> Path:
    """Write a log of 150 cases as CSV."""
    rows = [
        f"{trace.case},{event.activity},{datetime.fromtimestamp(event.at_s, UTC).isoformat()}"
        for trace in office_log(1, 150)
        for event in trace.events
    ]
    path = folder / "log.csv"
    path.write_text("\n".join(["Number,What,At", *rows]), encoding="utf-8")
    return path


def test_a_backtest_prints_an_aligned_table_in_the_language_in_use(terminal: Terminal, tmp_path: Path) -> None:
    path = str(log(tmp_path))
    result = terminal.run_bare("forecast", "backtest", "--log", path, *COLUMNS, "--lang", "zh")

    assert result.exit_code == 0, result.output
    words = ("平均误差（天）", "历史中位数", "检验案例数", "60", "80%区间的覆盖率", "分位数森林（28%）")
    assert [word for word in words if word not in result.stdout] == []


@pytest.mark.proof
def test_the_share_of_training_cases_is_an_option_and_the_mixture_is_explained(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = str(log(tmp_path))
    result = terminal.run_bare("forecast", "backtest", "--log", path, *COLUMNS, "--split", "0.75", "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert list(document) == KEYS
    assert document["cases"] == 38
    assert document["activity_mae_days"] > 0
    assert document["method"].startswith("Mixture: past times per activity (")


def test_what_is_no_log_or_no_option_is_refused_in_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    path, hostile = str(log(tmp_path)), tmp_path / "hostile.csv"
    hostile.write_text("case,\x1b[31m[b]activity,time\n1,a,2012-01-01\n", encoding="utf-8")
    short = str(shared_data("event_logs", "running-example.csv"))
    for words, code, sentence in (
        ((), 2, "--log"),
        (("--log", path, "--split", "0.7"), 2, "--split must be one of: 0.5, 0.6, 0.75"),
        (("--log", path, "--case", "Numbr"), 65, "line 1, column Numbr: There is no such column; is it one of Number?"),
        (("--log", str(tmp_path / "no.csv")), 66, "There is no file"),
        (("--log", short), 65, "none of the first 60% of its 6 cases had ended when the others began"),
        (("--log", str(hostile)), 65, "hostile.csv"),
    ):
        told = refused(terminal.run_bare("forecast", "backtest", *words), code)
        assert sentence in told
        assert "\x1b" not in told
