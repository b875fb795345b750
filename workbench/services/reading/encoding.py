"""Which encoding a text file has: the whole file is checked strictly, and a doubt is asked, not guessed.

Libraries such as charset-normalizer and chardet return the likeliest of many encodings for a sample of the file. A
wrong guess would store wrong names of people, so this decodes the whole file with each of the two encodings that
senders use, names the byte and line that fits neither, and refuses a file that fits both.
"""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.reading.problems import FileProblem, RowProblem

CHUNK_BYTES = 1 << 20
LINE_BYTES = 16 << 20
"""A line longer than this is refused, so that a file without line ends does not fill the memory."""

_SAMPLE_CHARACTERS = 200
"""So many non-ASCII characters that are valid UTF-8 cannot be another encoding by chance."""

_FIRST_CHARACTER_BEYOND_TWO_BYTES = "\u0800"

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How a file is written: `name` for people, `codec` to decode it with; its size and its SHA-256."""

    name: str
    codec: str
    bytes_count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Flaw:
    """The first byte that an encoding does not allow, and its line."""

    offset: int
    line: int


class _Reading:
    """One strict pass over a file with one codec; `flaw` says where it breaks, if it does."""

    def __init__(self, file: IO[bytes], codec: str) -> None:
        self.flaw: _Flaw | None = None
        self.sample = ""
        self._codec = codec
        self._lines = 1
        for chunk in self._decoded(file):
            if len(self.sample) < _SAMPLE_CHARACTERS and not chunk.isascii():
                beyond = (character for character in chunk if not character.isascii())
                self.sample += "".join(islice(beyond, _SAMPLE_CHARACTERS))

    def _decoded(self, file: IO[bytes]) -> Iterator[str]:
        """Yield the text; stop at the first flaw."""
        decoder = codecs.getincrementaldecoder(self._codec)("strict")
        file.seek(0)
        consumed = 0
        while True:
            pending = len(decoder.getstate()[0])
            chunk = file.read(CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(self._codec, "ignore")
                self.flaw = _Flaw(consumed - pending + error.start, self._lines + good.count("\n"))
                yield good
                return
            self._lines += text.count("\n")
            yield text
            if not chunk:
                return
            consumed += len(chunk)


def detect(file: IO[bytes], name: str, override: str | None = None) -> Encoding:
    """Return the encoding of a file, by its mark, else UTF-8, else GB18030, else nothing.

    Args:
        file: The open file; it is read to its end.
        name: What the file is called in messages.
        override: An encoding that a person has named; only whether it fits is checked.

    Raises:
        WrongUsage: If the named encoding is not one of those that can be read.
        FileProblem: If no encoding fits, two fit, or a line has no end.
    """
    bytes_count, sha256 = _measured(file, name)
    label, codec = _named(override) if override else _marked(file)
    if codec:
        flaw = _Reading(file, codec).flaw
        if flaw is not None:
            raise _broken(name, label, flaw)
    else:
        label = codec = _guessed(file, name)
    return Encoding(name=label, codec=codec, bytes_count=bytes_count, sha256=sha256)


def _measured(file: IO[bytes], name: str) -> tuple[int, str]:
    """Return size and digest; refuse what is no text at a glance."""
    digest = hashlib.sha256()
    size = open_line = 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        if size == 0:
            _refuse_office_files(chunk, name)
        digest.update(chunk)
        size += len(chunk)
        last = chunk.rfind(b"\n")
        open_line = open_line + len(chunk) if last < 0 else len(chunk) - last - 1
        if open_line > LINE_BYTES:
            message = _("A line is longer than {limit} MB; give a CSV or JSON Lines file.").format(
                limit=LINE_BYTES >> 20
            )
            raise FileProblem(RowProblem(file=name, message=message))
    return size, digest.hexdigest()


def _refuse_office_files(start: bytes, name: str) -> None:
    """Refuse a workbook that is called a text file."""
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = _("This is a spreadsheet or an archive, not text; save it as “CSV UTF-8” and import that.")
        raise FileProblem(RowProblem(file=name, message=message))


def _named(override: str) -> tuple[str, str]:
    """Return label and codec of an encoding that a person has named."""
    wanted = override.strip().lower().replace("_", "-")
    codec = _CODECS.get(wanted) or _CODECS.get(wanted.replace("utf", "utf-"))
    if codec is None:
        raise WrongUsage(
            _("“{encoding}” is not an encoding that can be read; use one of {known}.").format(
                encoding=override, known=", ".join(_CODECS)
            )
        )
    return wanted, codec


def _marked(file: IO[bytes]) -> tuple[str, str]:
    """Return label and codec that a byte order mark says; '' without a mark."""
    file.seek(0)
    start = file.read(4)
    for mark, codec in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return codec, codec
    return "", ""


def _guessed(file: IO[bytes], name: str) -> str:
    """Return utf-8 or gb18030 for a file without a mark."""
    utf8 = _Reading(file, "utf-8")
    if utf8.flaw is None:
        if 0 < len(utf8.sample) < _SAMPLE_CHARACTERS and _could_be_gb18030(file, utf8.sample):
            message = _("The file can be UTF-8 or GB18030; say which with --encoding utf-8 or gb18030.")
            raise FileProblem(RowProblem(file=name, message=message))
        return "utf-8"
    if _is_damaged_utf8(file, utf8.flaw):
        raise _broken(name, "utf-8", utf8.flaw)
    gb18030 = _Reading(file, "gb18030")
    if gb18030.flaw is not None:
        raise _broken(name, "gb18030", gb18030.flaw)
    if not _is_mostly_common(gb18030.sample):
        raise _broken(name, "utf-8", utf8.flaw)
    return "gb18030"


def _could_be_gb18030(file: IO[bytes], utf8_sample: str) -> bool:
    """Say whether a few bytes that are valid UTF-8 make common Chinese in GB18030, and none in UTF-8."""
    if _is_common_chinese(utf8_sample):
        return False
    other = _Reading(file, "gb18030")
    return other.flaw is None and _is_common_chinese(other.sample)


def _is_common_chinese(sample: str) -> bool:
    """Say whether all characters belong to GB2312, and some are ideographs."""
    try:
        sample.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return any("\u4e00" <= character <= "\u9fff" for character in sample)


def _is_mostly_common(sample: str) -> bool:
    """Say whether at least half of the characters belong to GB2312, as in Chinese they do by far."""
    return len(sample.encode("gb2312", "ignore")) >= len(sample)  # two bytes for each


def _is_damaged_utf8(file: IO[bytes], flaw: _Flaw) -> bool:
    """Say whether a file that breaks UTF-8 is UTF-8 all the same, with some wrong bytes.

    Damaged UTF-8 often is valid GB18030, and would become nonsense without a word. In UTF-8 most of what is
    not ASCII stays valid around the flaw; in true GB18030 hardly anything is.
    """
    file.seek(max(0, flaw.offset - CHUNK_BYTES))
    around = file.read(2 * CHUNK_BYTES).decode("utf-8", "replace")
    wrong = around.count("\ufffd")
    right = sum(1 for character in around if character >= _FIRST_CHARACTER_BEYOND_TWO_BYTES) - wrong
    return right > wrong


def _broken(name: str, label: str, flaw: _Flaw) -> FileProblem:
    """Return the problem of a byte that no encoding explains."""
    message = _(
        "Byte {offset} is not valid {encoding}; save the file as UTF-8 or name its encoding with --encoding."
    ).format(offset=f"{flaw.offset:,}", encoding=label)
    return FileProblem(RowProblem(file=name, line=flaw.line, message=message))
