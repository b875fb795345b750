"""Parses terminal output: sequences that the program may write are known, and any other one is a leak."""

import base64
import codecs
import re
from collections.abc import Iterator

from screens.terminal.width_probe import QUESTION
from tests.terminal.payloads import MARK
from workbench.domain.text.safe import safe

_KNOWN = re.compile(
    r"\x1b(?:"
    # Colours and attributes, without those that Textual never uses (underline colour, fonts, overline …).
    r"\[(?:[0-9]|2[1-9]|3[0-7]|39|4[0-7]|49|9[0-7]|10[0-7]|[34]8;5;\d{1,3}|[34]8;2;\d{1,3};\d{1,3};\d{1,3}|;)*m"
    r"|\[\d{1,3};\d{1,3}H"
    r"|\[H"
    # The modes that an app turns on and off: screen, cursor, wrapping, mouse, focus, paste, resize, synchronised.
    r"|\[\?(?:1049|25|7|1000|1003|1004|1006|1015|1016|2004|2026|2048)[hl]"
    r"|\[\?(?:2026|2048)\$p"
    r"|\[[<>]\d*u"
    # The shape of the mouse pointer.
    r"|\]22;(?:default|pointer|text)\x07"
    r")"
)
_CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/]+=*)\x07")
"""A copy to the clipboard: base64 of UTF-8."""

_COPIED = re.compile(r"C-\d{6}(?!\d)[^\n]*")
"""What the program copies: a sentence about a case, which begins with its number."""

_INCOMPLETE = re.compile(rb"\x1b(?:\[[<>?]?[0-9;]*\$?|\](?:52;c;[A-Za-z0-9+/]*=*|[0-9;a-z]*))?\Z")
_LINE_ENDS = frozenset("\r\n")


def leaks(raw: bytes) -> Iterator[str]:
    """Yield each part of the output that is neither safe text nor a known sequence, with some context."""
    text = raw.decode("utf-8", "surrogateescape").replace(QUESTION, "", 1)
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\x1b":
            found = _KNOWN.match(text, at) or _own_copy(text, at)
            if found is None:
                yield repr(text[max(0, at - 20) : at + 40])
            at = found.end() if found else at + 1
            continue
        # A combining mark needs a base character, here a circle; `safe` would give it one.
        if char not in _LINE_ENDS and safe(f"◌{char}") != f"◌{char}":
            yield repr(text[max(0, at - 20) : at + 40])
        at += 1


def _own_copy(text: str, at: int) -> re.Match[str] | None:
    found = _CLIPBOARD.match(text, at)
    copied = base64.b64decode(found[1]).decode("utf-8", "surrogateescape") if found else ""
    return found if _COPIED.fullmatch(copied) and safe(copied) == copied and MARK not in copied else None


def is_cut(raw: bytes) -> bool:
    """Return whether the output ends within a sequence or a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    decoder.decode(raw[-4:])
    return bool(decoder.getstate()[0]) or _INCOMPLETE.search(raw[-1000:]) is not None


def words(raw: bytes) -> str:
    """Return the text without the known sequences."""
    return _KNOWN.sub("", raw.decode("utf-8", "surrogateescape"))
