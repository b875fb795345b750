"""The one door for stored text on its way to a screen: nothing in it can act on the terminal."""

import unicodedata

from workbench.domain.text.cells import (
    cells,
    fit,
    head,
    pad_left,
    pad_right,
)

__all__ = ["cells", "fit", "fold_key", "pad_left", "pad_right", "safe", "typed"]

MARKS_PER_BASE = 4
_DOTTED_CIRCLE = "◌"
_C0_PICTURES = 0x2400
_DELETE = "\x7f"
_DELETE_PICTURE = "␡"

# Drawn as nothing although no format control by its category (Default_Ignorable_Code_Point).
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0080, 0xE00FF),
    (0xE01F0, 0xE0FFF),
)
# Conjoining vowels and final consonants of Hangul stand on top of the leading one.
_JOINING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
# Planes of rare ideographs, assigned or not.
_IDEOGRAPHIC = ((0x20000, 0x2FFFD), (0x30000, 0x3FFFD))
# They only choose a picture or a skin tone, and terminals disagree about the cells that takes.
_PRESENTATION = frozenset("\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# What an input method left on makes of the keys that full-width folding does not cover.
_KEYS = {
    "。": ".",
    "、": "/",
    "｡": ".",
    "､": "/",
    "·": "`",
    "【": "[",
    "】": "]",
    "「": "{",
    "」": "}",
    "《": "<",
    "》": ">",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "¥": "$",
    "￥": "$",
    "…": "^",
    "—": "_",
}


def _is_within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Say whether a character lies in one of the (first, last) ranges of code points."""
    return any(first <= ord(char) <= last for first, last in ranges)


def _is_mark(char: str) -> bool:
    """Say whether a character is drawn on top of the one before it."""
    return unicodedata.category(char) in {"Mn", "Mc", "Me"} or _is_within(char, _JOINING)


def _must_be_pictured(char: str) -> bool:
    """Say whether a character could act, hide or be drawn differently from terminal to terminal."""
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
        return True
    if category == "Cn":
        # Names may hold ideographs that this Python's tables do not know yet.
        return not _is_within(char, _IDEOGRAPHIC)
    return _is_within(char, _INVISIBLE)


def _picture(char: str) -> str:
    """Return the visible picture of a character that must not reach the terminal."""
    if ord(char) < ord(" "):
        return chr(_C0_PICTURES + ord(char))
    return _DELETE_PICTURE if char == _DELETE else f"‹{ord(char):04X}›"


def _with_few_marks(text: str) -> str:
    """Drop what goes beyond four marks on one character, and give marks without one a dotted circle."""
    kept: list[str] = []
    marks = 0
    for char in text:
        if not _is_mark(char):
            marks = 0
        else:
            if not kept or kept[-1] in "\n\t":
                kept.append(_DOTTED_CIRCLE)
            marks += 1
        if marks <= MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


def _limited(text: str, limit: int) -> str:
    """Cut a text to so many cells, saying how many characters are left off."""
    if cells(text) <= limit:
        return text
    sign = ""
    shown = head(text, limit)
    # The sign takes room itself, which may make its figure one digit longer: settled after few rounds.
    while sign != (wanted := f"… +{len(text) - len(shown)}"):
        sign = wanted
        shown = head(text, limit - cells(sign))
    return shown + sign if cells(sign) <= limit else head("…", limit)


def safe(text: str, *, keep_newlines: bool = False, limit: int | None = None) -> str:
    """Return stored text so that no character of it can steer the terminal, hide, or reorder what is read.

    Controls become pictures (`␛`), other invisible or private characters their code (`‹202E›`); at most four
    marks stay on one character; with `limit` (in cells) a longer text ends in `… +312`, the characters left
    off. Newlines and tabs stay only with `keep_newlines`. What is safe already comes back unchanged.
    """
    if not (text.isascii() and text.isprintable()):
        text = _without_controls(text, keep="\n\t" if keep_newlines else "")
    return text if limit is None else _limited(text, limit)


def _without_controls(text: str, keep: str) -> str:
    """Return a text with pictures for what must not reach the terminal, composed, with few marks."""
    if keep:
        text = text.replace("\r\n", "\n")
    pictured = "".join(
        char if char in keep or not _must_be_pictured(char) else _picture(char)
        for char in text
        if char not in _PRESENTATION
    )
    return _with_few_marks(unicodedata.normalize("NFC", pictured))


def typed(text: str, *, keep_newlines: bool = False) -> str:
    """Return typed or pasted text without what acts or hides; nothing else of it changes.

    What nobody sees is left out, not pictured: it was not meant, and a letter must not carry it. Without
    `keep_newlines` lines are joined by a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not keep_newlines:
        lines = " ".join(line.strip() for line in lines.split("\n") if line.strip()) if "\n" in lines else lines
    seen = "".join(
        char for char in lines if char == "\n" or (char not in _PRESENTATION and not _must_be_pictured(char))
    )
    return _with_few_marks(unicodedata.normalize("NFC", seen))


def fold_key(char: str) -> str:
    """Return the ASCII character of the key behind a full-width one; anything else comes back as it is.

    For keys in command mode, where an input method left on sends `ａ`, `。` or `？`.
    """
    if len(char) != 1:
        return char
    if char in _KEYS:
        return _KEYS[char]
    if unicodedata.decomposition(char).startswith(("<wide>", "<narrow>")):
        folded = unicodedata.normalize("NFKC", char)
        return folded if folded.isascii() else char
    return char
