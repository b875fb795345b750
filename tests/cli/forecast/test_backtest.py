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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                *(
                    "Mean error (days)",
                    "Median of the past, per activity",
                    "Test cases",
                    "60",
                    "Coverage of the 80% range",
                ),
                "Mixture: past times per activity (72%), and a quantile forest with the open cases completed (28%).",
            ],
        ),
        ("zh", ["平均误差（天）", "历史中位数", "检验案例数", "60", "80%区间的覆盖率", "分位数森林（28%）"]),
    ],
)
def test_a_backtest_prints_an_aligned_table_in_the_language_in_use(
    terminal: Terminal, tmp_path: Path, language: str, words: list[str]
) -> None:
    result = terminal.run_bare("forecast", "backtest", "--log", str(log(tmp_path)), *COLUMNS, "--lang", language)

    assert result.exit_code == 0, result.output
    assert [word for word in words if word not in result.stdout] == []


@pytest.mark.proof
@pytest.mark.parametrize(("share", "cases"), [("0.5", 75), ("0.6", 60), ("0.75", 38)])
def test_the_share_of_training_cases_is_an_option_and_the_mixture_is_explained(
    terminal: Terminal, tmp_path: Path, share: str, cases: int
) -> None:
    path = str(log(tmp_path))
    result = terminal.run_bare("forecast", "backtest", "--log", path, *COLUMNS, "--split", share, "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert list(document) == KEYS
    assert document["cases"] == cases
    assert document["activity_mae_days"] > 0
    assert document["method"].startswith("Mixture: past times per activity (")


def test_another_share_of_training_cases_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.run_bare("forecast", "backtest", "--log", str(log(tmp_path)), "--split", "0.7")

    assert "--split must be one of: 0.5, 0.6, 0.75" in refused(result, 2)


def test_without_a_log_the_command_says_what_is_missing(terminal: Terminal) -> None:
    assert "--log" in refused(terminal.run_bare("forecast", "backtest"), 2)


def test_a_missing_column_is_named(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.run_bare("forecast", "backtest", "--log", str(log(tmp_path)), "--case", "Numbr", "--json")

    assert refused(result, 65) == "log.csv, line 1, column Numbr: There is no such column; is it one of Number?"


def test_a_missing_log_file_is_reported(terminal: Terminal, tmp_path: Path) -> None:
    sentence = refused(terminal.run_bare("forecast", "backtest", "--log", str(tmp_path / "no.csv")), 66)

    assert "There is no file" in sentence


def test_a_log_without_closed_cases_is_reported(terminal: Terminal) -> None:
    path = shared_data("event_logs", "running-example.csv")
    sentence = refused(terminal.run_bare("forecast", "backtest", "--log", str(path)), 65)

    assert sentence.startswith(
        "running-example.csv: none of the first 60% of its 6 cases had ended when the others began"
    )


def test_control_characters_in_a_log_are_not_printed(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,\x1b[31m[b]activity,time\n1,a,2012-01-01\n", encoding="utf-8")
    result = terminal.run_bare("forecast", "backtest", "--log", str(path))

    assert "\x1b" not in refused(result, 65)
