"""Anchors of the audit log: numbers and hashes of events in a file, kept where nobody writes the database."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import table_of
from workbench.errors import BadData, CannotCreate
from workbench.i18n import _
from workbench.services.foundation.safe_files import read_whole

_EVENT = table_of(EventRow)
_ANCHOR = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})")
_MOST_BYTES = 10_000_000


def append_anchor(file: Path, seq: int, digest: str) -> None:
    """Append the number and the hash of an event to a file of anchors, which may be new.

    Raises:
        BadData: If the file has something else in it.
        CannotCreate: If the file cannot be written.
    """
    try:
        # An editor may have left out the end of the last line.
        gap = "\n" if file.exists() and _anchors(file) and not _text(file).endswith("\n") else ""
        with file.open("a", encoding="ascii") as opened:
            opened.write(f"{gap}{seq} {digest}\n")
    except OSError as error:
        message = _("{file} cannot be written ({cause}); check the path.")
        raise CannotCreate(message.format(file=file, cause=error.strerror)) from error


def lost_anchors(session: Session, file: Path) -> Iterator[str]:
    """Yield a sentence for each anchor of a file that is no event of the log any more.

    Raises:
        NotFound: If there is no such file.
        BadData: If a line is no anchor, or there is none.
    """
    anchors = _anchors(file)
    if not anchors:
        raise BadData(_("{file} has no anchor; `workbench audit head --append` writes one.").format(file=file.name))
    for seq, digest in anchors:
        if session.execute(select(_EVENT.c.hash).where(_EVENT.c.seq == seq)).scalar() != digest:
            yield _("Event {seq} differs from its anchor: the log was truncated or replaced.").format(seq=seq)


def _text(file: Path) -> str:
    return read_whole(file, _MOST_BYTES).decode("ascii", "replace")


def _anchors(file: Path) -> list[tuple[int, str]]:
    lines = enumerate(_text(file).splitlines(), start=1)
    return [_read(file, number, line) for number, line in lines if line.strip()]


def _read(file: Path, number: int, line: str) -> tuple[int, str]:
    found = _ANCHOR.fullmatch(line.strip())
    if found is None:
        message = _("{file}, line {line}: this is not an anchor; an anchor is the number and the hash of an event.")
        raise BadData(message.format(file=file.name, line=number))
    return int(found[1]), found[2]
