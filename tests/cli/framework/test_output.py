"""What a JSON document and the progress of a command look like on a terminal."""

import json

import pytest

from workbench.cli.framework import output
from workbench.domain.text.cells import cells


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


def test_long_values_are_wrapped_in_a_terminal_and_whole_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("scope", "信息技术咨询服务" * 6), ("number", "89860070310112094320")]
    monkeypatch.setenv("COLUMNS", "40")

    output.pairs(rows)
    output.table(["what", "words", "number"], [("a", "one two " * 9, rows[1][1])])
    whole = capsys.readouterr().out.splitlines()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    output.pairs(rows)
    output.table(["what", "words", "number"], [("a", "one two " * 9, rows[1][1])])

    lines = capsys.readouterr().out.splitlines()
    assert [len(whole), max(map(cells, whole))] == [4, 104]
    assert max(map(cells, lines)) <= 50
    assert [lines[1].startswith(" " * 8), lines[3]] == [True, "number  89860070310112094320"]
    assert "".join(line.split("  ", 1)[1].strip() for line in lines[:3]) == rows[0][1]
