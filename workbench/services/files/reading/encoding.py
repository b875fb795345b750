"""Detects the encoding of a text file: the whole file is checked strictly, and a doubtful one is refused.

Libraries such as charset-normalizer and chardet return the likeliest of many encodings for a sample of the file. A
wrong guess would store wrong names of people, so this decodes the whole file with each of the two encodings that
senders use, names the byte and line that fits neither, and refuses a file that fits both.
"""

import codecs
from itertools import islice
from typing import IO, NamedTuple

from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem

CHUNK_BYTES = 1 << 20
LINE_BYTES = 16 << 20
"""The most bytes of a line, so that a file without line ends does not fill the memory."""

_SAMPLE_CHARACTERS = 200
"""A file with this many non-ASCII characters that are valid UTF-8 is not valid by chance."""

_FIRST_CHARACTER_BEYOND_TWO_BYTES = "\u0800"

_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_CODECS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    # GBK lacks 㐀 and other characters of names; GB18030 holds all of GB2312 and GBK.
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
}


class Encoding(NamedTuple):
    """An encoding: its name for people, and the codec that decodes it."""

    name: str
    codec: str


class _Flaw(NamedTuple):
    """The first byte that is invalid in an encoding, and its line."""

    offset: int
    line: int


def _decode(file: IO[bytes], codec: str) -> tuple[_Flaw | None, str]:
    """Decode a file strictly with a codec; return the first invalid byte, and the first non-ASCII characters."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    file.seek(0)
    flaw, sample, consumed, line = None, "", 0, 1
    while True:
        pending = len(decoder.getstate()[0])
        chunk = file.read(CHUNK_BYTES)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode(codec, "ignore")
            flaw = _Flaw(consumed - pending + error.start, line + text.count("\n"))
        if len(sample) < _SAMPLE_CHARACTERS and not text.isascii():
            sample += "".join(islice((character for character in text if not character.isascii()), _SAMPLE_CHARACTERS))
        if flaw or not chunk:
            return flaw, sample
        line += text.count("\n")
        consumed += len(chunk)


def detect(file: IO[bytes], name: str, override: str | None = None) -> Encoding:
    """Return the encoding of a file: that of its byte order mark, else UTF-8, else GB18030.

    Args:
        file: The open file; it is read to its end.
        name: The name of the file for messages.
        override: An encoding that the user has named; it is only checked.

    Raises:
        WrongUsage: If the named encoding is not supported.
        FileProblem: If no encoding fits, two fit, or a line is too long.
    """
    _refuse_non_text(file, name)
    label, codec = _find_named(override) if override else _find_mark(file)
    if not codec:
        label = codec = _guess(file, name)
    elif flaw := _decode(file, codec)[0]:
        raise _broken(name, label, flaw)
    return Encoding(label, codec)


def _refuse_non_text(file: IO[bytes], name: str) -> None:
    """Refuse a workbook with the extension of a text file, and a file without line ends."""
    file.seek(0)
    if file.read(4).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = _("This is a spreadsheet or an archive, not text; save it as “CSV UTF-8” and import that.")
        raise FileProblem(RowProblem(file=name, message=message))
    open_line = 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        last = chunk.rfind(b"\n")
        open_line = open_line + len(chunk) if last < 0 else len(chunk) - last - 1
        if open_line > LINE_BYTES:
            message = _("A line is longer than {limit} MB; give a CSV or JSON Lines file.")
            raise FileProblem(RowProblem(file=name, message=message.format(limit=LINE_BYTES >> 20)))


def _find_named(override: str) -> tuple[str, str]:
    """Return name and codec of an encoding that the user has named."""
    name = override.strip().lower().replace("_", "-")
    codec = _CODECS.get(name) or _CODECS.get(name.replace("utf", "utf-"))
    if codec is None:
        message = _("“{encoding}” is not an encoding that can be read; use one of {known}.")
        raise WrongUsage(message.format(encoding=override, known=", ".join(_CODECS)))
    return name, codec


def _find_mark(file: IO[bytes]) -> tuple[str, str]:
    """Return name and codec of the byte order mark, '' if there is none."""
    file.seek(0)
    start = file.read(4)
    codec = next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), "")
    return codec, codec


def _guess(file: IO[bytes], name: str) -> str:
    """Return utf-8 or gb18030 for a file without a byte order mark."""
    flaw, sample = _decode(file, "utf-8")
    may_be_chance = 0 < len(sample) < _SAMPLE_CHARACTERS and not _is_common_chinese(sample)
    if flaw is None and not may_be_chance:
        return "utf-8"
    if flaw is not None and _is_damaged_utf8(file, flaw):
        raise _broken(name, "utf-8", flaw)
    gb_flaw, gb_sample = _decode(file, "gb18030")
    if flaw is None:
        # A few bytes may be valid UTF-8, and yet be common Chinese only in GB18030.
        if gb_flaw is None and _is_common_chinese(gb_sample):
            message = _("The file can be UTF-8 or GB18030; say which with --encoding utf-8 or gb18030.")
            raise FileProblem(RowProblem(file=name, message=message))
        return "utf-8"
    if gb_flaw is not None:
        raise _broken(name, "gb18030", gb_flaw)
    if not _is_mostly_common(gb_sample):
        raise _broken(name, "utf-8", flaw)
    return "gb18030"


def _is_common_chinese(sample: str) -> bool:
    """Return whether all characters belong to GB2312, and some are ideographs."""
    try:
        sample.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return any("\u4e00" <= character <= "\u9fff" for character in sample)


def _is_mostly_common(sample: str) -> bool:
    """Return whether at least half of the characters belong to GB2312; in Chinese texts most do."""
    return len(sample.encode("gb2312", "ignore")) >= len(sample)  # two bytes for each


def _is_damaged_utf8(file: IO[bytes], flaw: _Flaw) -> bool:
    """Return whether a file that is not valid UTF-8 is UTF-8 with some wrong bytes.

    Damaged UTF-8 is often valid GB18030 and would silently become nonsense. In UTF-8 most non-ASCII characters around
    the flaw are valid; in real GB18030 hardly any are.
    """
    file.seek(max(0, flaw.offset - CHUNK_BYTES))
    around = file.read(2 * CHUNK_BYTES).decode("utf-8", "replace")
    wrong_count = around.count("\ufffd")
    right_count = sum(1 for character in around if character >= _FIRST_CHARACTER_BEYOND_TWO_BYTES) - wrong_count
    return right_count > wrong_count


def _broken(name: str, label: str, flaw: _Flaw) -> FileProblem:
    """Return the problem of an invalid byte."""
    message = _(
        "Byte {offset} is not valid {encoding}; save the file as UTF-8 or name its encoding with --encoding."
    ).format(offset=f"{flaw.offset:,}", encoding=label)
    return FileProblem(RowProblem(file=name, line=flaw.line, message=message))
