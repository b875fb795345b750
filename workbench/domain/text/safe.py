"""Sanitises stored text before it is shown, so that it cannot control the terminal."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from workbench.domain.text.cells import cells, fit, fitting_prefix, pad_left, pad_right
from workbench.domain.values.visibility import is_hidden

__all__ = ["cells", "clean_input", "fit", "fold_key", "pad_left", "pad_right", "safe"]

MARKS_PER_BASE = 4
_CACHE_SIZE = 1 << 14
"""The number of characters in the cache of `_is_plain`; most texts need fewer."""

_LAYOUT = "\n\t"
_DOTTED_CIRCLE = "◌"
_C0_PICTURES = 0x2400
_DELETE = "\x7f"
_DELETE_PICTURE = "␡"

# Conjoining vowels and final consonants of Hangul, which are drawn on top of the leading consonant.
_JOINING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
# Planes of rare ideographs, assigned or not.
_IDEOGRAPHIC = ((0x20000, 0x2FFFD), (0x30000, 0x3FFFD))
# Variation selectors and skin tones of a symbol, about whose width terminals disagree.
_PRESENTATION = frozenset("\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# Characters with an emoji form that are no symbols by their category.
_OTHER_SYMBOLS = frozenset("‼⁉〰ℹ")
# Variation selectors of Han characters, which choose the form of a name as a register has it.
_HAN_FORMS = ((0xFE00, 0xFE02), (0xE0100, 0xE01EF))
_HAN = ((0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), *_IDEOGRAPHIC)
# The characters that an active input method sends for some keys, which full-width folding does not cover.
_KEY_BY_CHAR = dict(zip("。、｡､·【】「」《》“”‘’¥￥…—", "././`[]{}<>\"\"''$$^_", strict=True))


def _is_within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Say whether a character lies in one of the (first, last) ranges of code points."""
    return any(first <= ord(char) <= last for first, last in ranges)


def _is_mark(char: str) -> bool:
    """Say whether a character is drawn on top of the one before it."""
    return unicodedata.category(char) in {"Mn", "Mc", "Me"} or _is_within(char, _JOINING)


def _is_unsafe(char: str) -> bool:
    """Say whether a character could control the terminal, be invisible, or look different in another terminal."""
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
        return True
    if category == "Cn":
        # Names may hold ideographs that this Python's tables do not know yet.
        return not _is_within(char, _IDEOGRAPHIC)
    return is_hidden(char)


@lru_cache(_CACHE_SIZE)
def _is_plain(char: str) -> bool:
    """Say whether a character is shown unchanged beside any other character."""
    return not (char in _PRESENTATION or _is_unsafe(char) or _is_mark(char))


def _resolved(char: str, before: str) -> str | None:
    """Return the text for a variation selector or skin tone after the character that it changes, else None.

    A selector of a Han character is kept. A selector or skin tone of a symbol is dropped, since the symbol has the
    same meaning without it.
    """
    if _is_within(char, _HAN_FORMS) and before and _is_within(before, _HAN):
        return char
    is_symbol = before in _OTHER_SYMBOLS or (before and unicodedata.category(before) in {"So", "Sm", "Sk"})
    return "" if char in _PRESENTATION and is_symbol else None


def _picture(char: str) -> str:
    """Return a visible substitute for a character that must not reach the terminal."""
    if ord(char) < ord(" "):
        return chr(_C0_PICTURES + ord(char))
    return _DELETE_PICTURE if char == _DELETE else f"‹{ord(char):04X}›"


def _with_few_marks(text: str) -> str:
    """Keep at most four marks on a character, and put marks without a base on a dotted circle."""
    kept: list[str] = []
    marks = 0
    for char in text:
        if not _is_mark(char):
            marks = 0
        else:
            if not kept or kept[-1] in _LAYOUT:
                kept.append(_DOTTED_CIRCLE)
            marks += 1
        if marks <= MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


def _truncated(text: str, limit: int) -> str:
    """Truncate a text to `limit` cells, and append the number of omitted characters."""
    if cells(text) <= limit:
        return text
    suffix = ""
    shown = fitting_prefix(text, limit)
    # The suffix takes space itself, which may lengthen its number: repeat until it is stable.
    while suffix != (wanted := f"… +{len(text) - len(shown)}"):
        suffix = wanted
        shown = fitting_prefix(text, limit - cells(suffix))
    return shown + suffix if cells(suffix) <= limit else fitting_prefix("…", limit)


def safe(text: str, *, keep_newlines: bool = False, limit: int | None = None) -> str:
    """Return stored text in which no character can control the terminal, hide, or reorder the text.

    Control characters become pictures (`␛`), other invisible or private characters become their code (`‹202E›`), and
    each character keeps at most four marks. With `limit` (in cells) a longer text ends with the number of omitted
    characters, `… +312`. Newlines and tabs stay only with `keep_newlines`. Safe text is returned unchanged.
    """
    keep = _LAYOUT if keep_newlines else ""
    if not (text.isascii() and text.isprintable()) and not _is_all_plain(text, keep):
        text = _without_controls(text, keep)
    return text if limit is None else _truncated(text, limit)


def _is_all_plain(text: str, keep: str) -> bool:
    return all(_is_plain(char) or char in keep for char in set(text)) and unicodedata.is_normalized("NFC", text)


def _without_controls(text: str, keep: str) -> str:
    """Return a text in normal form C, with substitutes for unsafe characters and few marks."""
    if keep:
        text = text.replace("\r\n", "\n")
    pictured = "".join(_visible(text, keep, _picture))
    return _with_few_marks(unicodedata.normalize("NFC", pictured))


def _visible(text: str, keep: str, instead_of: Callable[[str], str]) -> Iterator[str]:
    """Yield the characters of a text, with a substitute for each character that must not be shown."""
    before = ""
    for char in text:
        if char in keep or not (char in _PRESENTATION or _is_unsafe(char)):
            yield char
        else:
            resolved = _resolved(char, before)
            yield instead_of(char) if resolved is None else resolved
        before = char


def clean_input(text: str, *, keep_newlines: bool = False) -> str:
    """Return typed or pasted text without control and invisible characters, otherwise unchanged.

    Invisible characters are removed, since they were not intended and must not get into a letter. A tab becomes a
    blank. Without `keep_newlines`, lines are joined by a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not keep_newlines and "\n" in lines:
        lines = " ".join(line.strip() for line in lines.split("\n") if line.strip())
    visible = "".join(_visible(lines, "\n", lambda _char: ""))
    return _with_few_marks(unicodedata.normalize("NFC", visible))


def fold_key(char: str) -> str:
    """Return the ASCII key of a full-width character; other characters are returned unchanged.

    For keys in command mode, where an active input method sends `ａ`, `。` or `？`.
    """
    if len(char) != 1:
        return char
    if char in _KEY_BY_CHAR:
        return _KEY_BY_CHAR[char]
    if unicodedata.decomposition(char).startswith(("<wide>", "<narrow>")):
        folded = unicodedata.normalize("NFKC", char)
        return folded if folded.isascii() else char
    return char
