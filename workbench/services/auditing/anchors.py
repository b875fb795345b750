"""Anchors of the audit log: numbers and hashes of events in a file, out of reach of those who write the database."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import table_of
from workbench.errors import BadConfiguration, BadData, CannotCreate
from workbench.i18n import _
from workbench.services.foundation.audit_log import last_event
from workbench.services.foundation.context import Context
from workbench.services.foundation.safe_files import read_whole

_EVENT = table_of(EventRow)
_ANCHOR = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})")
_MOST_BYTES = 10_000_000
_COMMAND, _LONGEST_S = "|", 60.0
_KEPT = "anchor"
_NEWEST_KEPT = (
    select(_EVENT.c.at)
    .where(_EVENT.c.action == _KEPT, _EVENT.c.is_refused.is_(False))
    .order_by(_EVENT.c.seq.desc())
    .limit(1)
)


def anchor_file(target: str | None) -> Path | None:
    """Return the file of anchors that the site's settings name, None if they name a command or nothing."""
    return Path(target) if target and not target.startswith(_COMMAND) else None


def keep_daily_anchor(context: Context, target: str) -> None:
    """Write an anchor of the last event to a file, or give it to a command, unless that was done today.

    Raises:
        BadData: If the file has other lines.
        CannotCreate: If the file cannot be written, or the command fails.
        BadConfiguration: If the command cannot be split into words.
    """
    with context.read() as session:
        kept_at = session.execute(_NEWEST_KEPT).scalar()
        if kept_at is not None and kept_at.astimezone(context.zone(session)).date() == context.today(session):
            return
        seq, digest = last_event(session)
    file = anchor_file(target)
    if file is None:
        _hand_over(target.removeprefix(_COMMAND), f"{seq} {digest}\n")
    else:
        append_anchor(file, seq, digest)
    context.log_alone(_KEPT, body={"seq": seq})


def _hand_over(command: str, anchor: str) -> None:
    """Give an anchor to a command, without a shell."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        message = _("The command of [audit] anchor in the site's settings cannot be split ({cause}); close its quotes.")
        raise BadConfiguration(message.format(cause=error)) from error
    try:
        done = subprocess.run(  # noqa: S603 - the command line of the site's own settings
            words, input=anchor, text=True, capture_output=True, timeout=_LONGEST_S, check=False
        )
        cause = "" if done.returncode == 0 else _("exit code {code}").format(code=done.returncode)
    except (OSError, IndexError, subprocess.TimeoutExpired) as error:
        cause = str(getattr(error, "strerror", "") or type(error).__name__)
    if cause:
        message = _("The command of [audit] anchor in the site's settings failed ({cause}); no anchor was kept today.")
        raise CannotCreate(message.format(cause=cause))


def append_anchor(file: Path, seq: int, digest: str) -> None:
    """Append the number and the hash of an event to a file of anchors, which may be new.

    Raises:
        BadData: If the file has other lines.
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
    """Yield a sentence for each anchor in a file whose event is no longer in the log.

    Raises:
        NotFound: If there is no such file.
        BadData: If a line is not an anchor, or the file has none.
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
