"""Anchors of the audit log: numbers and hashes of events in a file, out of reach of those who write the database."""

import hashlib
import json
import os
import re
import shlex
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.models import EventRow
from db.queries.published import table_of
from workbench.errors import BadConfiguration, BadData, CannotCreate, NotFound, WorkbenchError
from workbench.i18n import _
from workbench.services.foundation.audit_log import last_event
from workbench.services.foundation.context import Context
from workbench.services.foundation.safe_files import read_whole
from workbench.services.foundation.site_settings import COMMAND_MARK
from workbench.services.site.file_checks import CheckLine, Health
from workbench.services.site.machine_clock import in_utc
from workbench.wording.amounts import commas

_EVENT = table_of(EventRow)
_ANCHOR = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})")
_MOST_BYTES = 10_000_000
_COMMAND_TIMEOUT_S = 60.0
_KEPT, _CHANGED = "anchor", "site-audit"
"""The names of the events: an anchor was kept, and the target in the site's settings was changed."""

_ALL_KEPT, _ALL_CHANGES = (
    select(_EVENT.c.seq, _EVENT.c.at, _EVENT.c.body)
    .where(_EVENT.c.action == action, _EVENT.c.is_refused.is_(False))
    .order_by(_EVENT.c.seq.desc())
    for action in (_KEPT, _CHANGED)
)
_LAST_CHANGE = _ALL_CHANGES.limit(1)
_MOST_DAYS = 2
"""How many days with events may follow the last anchor: today, and one day without `tick`."""


def anchor_file(target: str | None) -> Path | None:
    """Return the file of anchors that the site's settings name, None if they name a command or nothing."""
    return Path(target) if target and not target.startswith(COMMAND_MARK) else None


def note_target(context: Context, target: str | None) -> None:
    """Log the change if the site's settings name another target for anchors than at the last tick."""
    became = _path_digest(target or "")
    with context.read() as session:
        last = session.execute(_LAST_CHANGE).first()
    was = json.loads(last.body)["became"] if last else _path_digest("")
    if was != became:
        context.log_alone(_CHANGED, body={"was": was, "became": became})


def keep_daily_anchor(context: Context, target: str, settings: Path) -> None:
    """Write an anchor of the last event to a file, or give it to a command, unless that was done today.

    `settings` is the file of the site's settings that names the target.

    Raises:
        BadData: If the file has other lines, or anchors that differ from the log.
        CannotCreate: If the file cannot be written, or the command fails.
        BadConfiguration: If the command cannot be split into words, or other users can change it.
    """
    with context.read() as session:
        kept = session.execute(_ALL_KEPT.limit(1)).first()
        if kept is not None and kept.at.astimezone(context.zone(session)).date() == context.today(session):
            return
        seq, digest = last_event(session)
        file = anchor_file(target)
        if file is not None:
            append_anchor(session, file)
    if file is None:
        _check_owner(settings)
        _hand_over(target.removeprefix(COMMAND_MARK), f"{seq} {digest}\n")
    context.log_alone(_KEPT, body={"seq": seq, **({"file": _path_digest(file)} if file else {})})


def _check_owner(settings: Path) -> None:
    """Refuse to run a command that neither root nor the user who would run it has written."""
    status = settings.stat()
    if status.st_uid not in {0, os.geteuid()} or status.st_mode & stat.S_IWOTH:
        message = _(
            "Another user (uid {owner}, {mode}) can change {file}, so its command under [audit] was not run; make it a"
            " file of root that only root can write."
        )
        owner, mode = status.st_uid, stat.filemode(status.st_mode)
        raise BadConfiguration(message.format(file=settings, owner=owner, mode=mode))


def _hand_over(command: str, anchor: str) -> None:
    """Give an anchor to a command, without a shell."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        message = _("The command of [audit] anchor in the site's settings cannot be split ({cause}); close its quotes.")
        raise BadConfiguration(message.format(cause=error)) from error
    try:
        done = subprocess.run(  # noqa: S603 - the command line of the site's own settings
            words, input=anchor, text=True, capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=False
        )
        cause = "" if done.returncode == 0 else _("exit code {code}").format(code=done.returncode)
    # An empty command raises an IndexError.
    except (OSError, IndexError, subprocess.TimeoutExpired) as error:
        cause = str(getattr(error, "strerror", "") or type(error).__name__)
    if cause:
        message = _("The command of [audit] anchor in the site's settings failed ({cause}); no anchor was kept today.")
        raise CannotCreate(message.format(cause=cause))


def append_anchor(session: Session, file: Path) -> None:
    """Append the number and the hash of the last event to a file of anchors, which may be new.

    Raises:
        BadData: If the file has other lines, or anchors that differ from the log, such as those of another database.
        CannotCreate: If the file cannot be written.
    """
    seq, digest = last_event(session)
    try:
        anchors = _anchors(file) if file.exists() else []
        if (first := next(_contradicted(session, anchors), None)) is not None:
            message = _(
                "{file} has anchors that differ from this log, the first of event {seq}, so none was added. If they are"
                " of another database, or a backup was restored, name a new file; otherwise the log was truncated or"
                " replaced."
            )
            raise BadData(message.format(file=file, seq=first))
        # An editor may have left out the end of the last line.
        gap = "\n" if anchors and not _text(file).endswith("\n") else ""
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
        raise BadData(_("{file} has no anchor; `workbench audit head --append` writes one.").format(file=file))
    for seq in _contradicted(session, anchors):
        yield _("Event {seq} differs from its anchor: the log was truncated or replaced.").format(seq=seq)


def _contradicted(session: Session, anchors: list[tuple[int, str]]) -> Iterator[int]:
    for seq, digest in anchors:
        if session.execute(select(_EVENT.c.hash).where(_EVENT.c.seq == seq)).scalar() != digest:
            yield seq


def kept_anchor_faults(session: Session, file: Path) -> Iterator[str]:
    """Yield a sentence for each contradiction between the log and the file in which `tick` keeps anchors.

    The events of the log say which anchors the file must have.
    """
    kept = [row for row in session.execute(_ALL_KEPT) if json.loads(row.body).get("file") == _path_digest(file)]
    try:
        anchors = _anchors(file)
    except NotFound:
        anchors = []
    except WorkbenchError as error:
        message = _("The anchors of the log that the site's settings name cannot be compared: {cause}")
        yield message.format(cause=error)
        return
    if changed := list(_contradicted(session, anchors)):
        message = _(
            "Anchors in {file} from which the log differs: {count}, the first of event {seq}. The log was truncated or"
            " replaced. If a backup was restored, keep this file, and name a new one under [audit] in the site's"
            " settings."
        )
        yield message.format(file=file, count=commas(len(changed)), seq=changed[0])
    in_file = {seq for seq, _digest in anchors}
    if lacking := [row for row in kept if json.loads(row.body).get("seq") not in in_file]:
        message = _(
            "{file} lacks {count} of the {total} anchors that were kept there, the last of {at}. Put the file back from"
            " a backup; if it is lost, name a new one under [audit] in the site's settings."
        )
        # `_ALL_KEPT` begins with the newest.
        at = in_utc(lacking[0].at)
        yield message.format(file=file, count=commas(len(lacking)), total=commas(len(kept)), at=at)


def check_anchors(session: Session, read_target: Callable[[], str | None]) -> Iterator[CheckLine]:
    """Check that anchors are kept where the site's settings say, and that the log agrees with them."""
    try:
        target = read_target()
    except WorkbenchError as error:
        yield Health.FAULT, str(error)
        return
    yield from _changed_target(session, target)
    if target is None:
        message = _(
            "No anchor of the log is kept each day, so a log that is replaced as a whole goes unnoticed; name a file"
            " with `anchor` under [audit] in the site file (`workbench settings` says where that is)."
        )
        yield Health.NOTE, message
        return
    file = anchor_file(target)
    for fault in kept_anchor_faults(session, file) if file else ():
        yield Health.FAULT, fault
    yield _recency(session, session.execute(_ALL_KEPT.limit(1)).first())


def _changed_target(session: Session, target: str | None) -> Iterator[CheckLine]:
    """Report whether the target for anchors in the site's settings was changed."""
    last = session.execute(_LAST_CHANGE).first()
    if last is None:
        return
    body, at = json.loads(last.body), in_utc(last.at)
    if body["became"] != _path_digest(target or ""):
        message = _(
            "[audit] in the site's settings is not what `workbench tick` read on {at}. If that was another site file,"
            " name it with --site; if a change was not meant, put it back."
        )
        yield Health.FAULT, message.format(at=at)
    elif body["was"] != _path_digest(""):
        message = _("[audit] in the site's settings was changed; `workbench tick` logged it on {at}.")
        yield Health.NOTE, message.format(at=at)


def _recency(session: Session, last: Any) -> CheckLine:
    """Report when the last anchor was kept, and whether that is too long ago."""
    later = select(_EVENT.c.at).where(_EVENT.c.seq > (last.seq if last else 0))
    # A day in UTC is exact enough; the zone is in the policy, which may be broken.
    days = {at.date() for at in session.execute(later).scalars()}
    if last is None:
        message = _("No anchor of the log was kept yet; run `workbench tick` each day.")
        return Health.FAULT, message
    numbers = {
        "at": in_utc(last.at),
        "seq": json.loads(last.body).get("seq", 0),
        "count": commas(last_event(session)[0]),
        "days": commas(len(days)),
    }
    if len(days) > _MOST_DAYS:
        message = _(
            "The last anchor of the log was kept on {at}, and there were events on {days} days since; run"
            " `workbench tick` each day."
        )
        return Health.FAULT, message.format(**numbers)
    message = _("The last anchor of the log was kept on {at}, of event {seq}; the log has {count} events now.")
    return Health.OK, message.format(**numbers)


def _path_digest(file: Path | str) -> str:
    """Return a short digest of a path, which may have the name of a person in it."""
    return hashlib.sha256(str(file).encode()).hexdigest()[:16]


def _text(file: Path) -> str:
    return read_whole(file, _MOST_BYTES).decode("ascii", "replace")


def _anchors(file: Path) -> list[tuple[int, str]]:
    lines = enumerate(_text(file).splitlines(), start=1)
    return [_parse_anchor(file, number, line) for number, line in lines if line.strip()]


def _parse_anchor(file: Path, number: int, line: str) -> tuple[int, str]:
    found = _ANCHOR.fullmatch(line.strip())
    if found is None:
        message = _("{file}, line {line}: this is not an anchor; an anchor is the number and the hash of an event.")
        raise BadData(message.format(file=file, line=number))
    return int(found[1]), found[2]
