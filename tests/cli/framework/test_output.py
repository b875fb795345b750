"""What a JSON document looks like on a terminal."""

import json

import pytest

from workbench.cli.framework import output
from workbench.domain.text.safe import safe


def test_control_characters_are_escaped_and_other_text_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "公司 Ünï\x1b[2J\u202e\u200d\ud800e\u0301\u3164\u212b\x7f\U0001f600\U000e0041"

    output.document({hostile: [hostile, 1.5, None]})

    printed = capsys.readouterr().out
    assert json.loads(printed) == {hostile: [hostile, 1.5, None]}
    assert "公司 Ünï\\u001b[2J\\u202e\\u200d\\ud800e\\u0301\\u3164\\u212b\\u007f\U0001f600\\udb40\\udc41" in printed


def test_each_distinct_character_is_checked_only_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judged: list[str] = []

    def counted(text: str) -> str:
        judged.append(text)
        return safe(text)

    monkeypatch.setattr(output, "safe", counted)

    output.document({"note": "鑫鑫鑫" * 1000})

    assert len(capsys.readouterr().out) > 3000
    assert judged.count("鑫") <= 1
