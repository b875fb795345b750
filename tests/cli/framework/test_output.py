"""What a JSON document looks like on a terminal."""

import json

import pytest

from workbench.cli.framework import output


def test_control_characters_are_escaped_and_other_text_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "公司 Ünï\x1b[2J\u202e\u200d\ud800e\u0301\u3164\u212b\x7f\U0001f600\U000e0041"

    output.document({hostile: [hostile, 1.5, None]})

    printed = capsys.readouterr().out
    assert json.loads(printed) == {hostile: [hostile, 1.5, None]}
    assert "公司 Ünï\\u001b[2J\\u202e\\u200d\\ud800e\\u0301\\u3164\\u212b\\u007f\U0001f600\\udb40\\udc41" in printed
