"""What a JSON document and the progress of a command look like on a terminal."""

import json

import pytest

from workbench.cli.framework import output


def test_control_characters_are_escaped_and_other_text_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "公司 Ünï\x1b[2J\u202e\u200d\ud800e\u0301\u3164\u212b\x7f\U0001f600\U000e0041"

    output.document({hostile: [hostile, 1.5, None]})

    printed = capsys.readouterr().out
    assert json.loads(printed) == {hostile: [hostile, 1.5, None]}
    assert "公司 Ünï\\u001b[2J\\u202e\\u200d\\ud800e\\u0301\\u3164\\u212b\\u007f\U0001f600\\udb40\\udc41" in printed


def test_the_progress_of_a_phase_has_its_name_and_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter((0, 0, 0, 30, 100, 101, 160))
    monkeypatch.setattr(output, "monotonic", lambda: next(seconds))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    with output.ProgressLine("Importing") as progress:
        progress(0, 200, "Reading the files")
        progress(50, 200, "Reading the files")
        progress(10, 20, "Writing the rows")
        progress(20, 20, "Writing the rows")

    shown = capsys.readouterr().err.split("\r")[1:]
    texts = ["Reading the files   0 %", "Reading the files  25 %  1:30 left"]
    texts += [f"Writing the rows  50 %{' ' * len('   1:30 left')}", "Writing the rows 100 %"]
    assert shown == [*texts, " " * len(texts[-1]), ""]
