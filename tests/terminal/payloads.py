"""Hostile texts: terminal sequences, Textual markup and misleading characters, each with a unique mark."""

import json

from tests.shared_data import shared_data

MARK = "hXq7"
"""Part of every text in PAYLOADS, so that it can be recognised on any screen."""

PAYLOADS = (
    f"\x1b]52;c;aFhxNy1vd25lZA==\x07{MARK}-clipboard",
    f"\x1b]52;p;aFhxNy1vd25lZA==\x1b\\{MARK}-clipboard-st",
    f"\x9d52;c;aFhxNy1vd25lZA==\x9c{MARK}-clipboard-c1",
    f"\x1b]8;;http://hxq7.invalid/\x1b\\{MARK}-link\x1b]8;;\x1b\\",
    f"\x1b]0;{MARK}-title\x07",
    f"\x1b]2;{MARK}-title-st\x1b\\",
    f"\x1b[2J{MARK}-erase",
    f"\x1b[777;777H{MARK}-jump",
    f"\x1b[58;5;213;53m{MARK}-colour",
    f"\x1b[?1049l{MARK}-leave",
    f"\x1b[21t{MARK}-title-report",
    f"\x1b[6n{MARK}-position-report",
    f"\x1b[4;3r{MARK}-margins",
    f'\x1bP$q"p\x1b\\{MARK}-decrqss',
    f"\x1bP+q544e\x1b\\{MARK}-xtgettcap",
    f"\x1b_Ga=T,f=100;AAAA\x1b\\{MARK}-picture",
    f"\x1bc{MARK}-reset",
    f"\x1b(0{MARK}-charset",
    f"\x9b2J\x9b777;777H{MARK}-c1",
    f"\x90q#0\x9c{MARK}-c1-dcs",
    f"\x1bG Q{MARK}-rxvt",
    f"\u202e{MARK}\u2066\u2069-bidi\u202c",
    f"\u061c\u200e\u200f{MARK}-direction",
    f"a\x00b{MARK}-nul",
    f"\r\n\x08\x7f\x0b\x0c\x07{MARK}-controls",
    f"\U000e0001\U000e0041\U000e007f{MARK}-tags",
    f"\u200b\u200c\u200d\u2060\ufeff\u00ad\u115f\u3164{MARK}-zero-width",
    f"Z{chr(0x0338) * 40}{chr(0x0489) * 40}{MARK}-pile",
    f"{MARK}-close[/b][/foo]",
    f"{MARK}-click[@click=app.exit]here[/]",
    f"{MARK}-markup[bold red on blue]x[/bold red on blue][",
    f"{MARK}-types list[int], array['a'], $text-error, {{name}} %s %n \\[",
)
"""32 texts, without a lone surrogate, because no file and no key can bring one into the database."""

SURROGATE = f"\ud800{MARK}-surrogate"


def importable(text: str) -> str:
    """Return a text in which a similar character replaces NUL and the byte order mark, which imports refuse."""
    return text.replace("\x00", "\x01").replace("\ufeff", "\u2060")


IMPORTABLE = tuple(importable(text) for text in PAYLOADS)


def naughty() -> list[str]:
    """Return the strings of the Big List of Naughty Strings; skip the test if the shared data is missing."""
    found = json.loads(shared_data("naughty_strings", "blns.json").read_text(encoding="utf-8"))
    return [str(text) for text in found]


def packed(texts: list[str] | tuple[str, ...], length: int) -> list[str]:
    """Join texts into bundles of at most `length` characters; a longer text is split."""
    bundles: list[str] = []
    for text in texts:
        for start in range(0, len(text), length):
            piece = text[start : start + length]
            if bundles and len(bundles[-1]) + 1 + len(piece) <= length:
                bundles[-1] = f"{bundles[-1]} {piece}"
            else:
                bundles.append(piece)
    return bundles
