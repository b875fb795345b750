"""The parser of terminal output distinguishes leaks from known sequences that are incomplete."""

import base64

import pytest

from tests.terminal.payloads import MARK
from tests.terminal.stream import is_cut, leaks


def copied(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


SENTENCE = copied("C-000001已受理。")
HOSTILE_COPY = copied(f"C-000001 {MARK}")
WHOLE = [
    SENTENCE,
    "\x1b[0m\x1b[38;5;252;48;5;16m",
    "\x1b[?2026h",
    "\x1b[?2048$p",
    "\x1b[<1u",
    "\x1b]22;pointer\x07",
    "卡",
    "𠮷",
]


@pytest.mark.parametrize("written", WHOLE)
def test_a_known_sequence_is_no_leak_and_its_beginning_is_incomplete(written: str) -> None:
    raw = f"电销{written}".encode()
    last = raw.rfind(b"\x1b")
    begins = last if last >= 0 else len("电销".encode())

    assert not is_cut(raw)
    assert list(leaks(raw)) == []
    for at in range(begins + 1, len(raw)):
        assert is_cut(raw[:at]), raw[:at]


@pytest.mark.parametrize("foreign", ["\x1b[2J", "\x1b]52;c;QQ==\x07", "\x1bc", "\x07", "\u202e", "\x9b", HOSTILE_COPY])
def test_an_unknown_sequence_is_a_leak_and_not_incomplete(foreign: str) -> None:
    raw = f"a{foreign}b".encode()

    assert not is_cut(raw)
    assert len(list(leaks(raw))) >= 1
