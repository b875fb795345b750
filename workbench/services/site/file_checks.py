"""Checks around a database: documents, call files, links, locks, disk space, the clock, and overdue erasures."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select, union_all
from sqlmodel import Session

from db import dialect
from db.models import DocumentRow, EventRow, SettingRow
from db.queries.published import ANSWER_DOCUMENT, CASE, call_file_checks, is_published, table_of
from db.queries.retention import has_case_before, has_import_before, has_pending_files
from workbench.domain.policy.policy import Policy
from workbench.errors import WorkbenchError
from workbench.i18n import _, comma_joined
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.locations import storage_errors
from workbench.services.foundation.safe_files import draft_folders, unlocked
from workbench.services.site.due_erasures import due_unlinked, retained
from workbench.services.site.machine_clock import clock_problem


class Health(Enum):
    """The result of a check; its value is that of `ok` in the JSON of `doctor`."""

    OK = True
    FAULT = False
    NOTE = None


CheckLine = tuple[Health, str]
"""One line of the health check: the result and its sentence."""

_DOCUMENT, _EVENT = table_of(DocumentRow), table_of(EventRow)
_MOST_LISTED = 5
_LEAST_FREE_BYTES = 500_000_000
"""Less free space is always reported. A backup or an upgrade needs as much space as the database uses."""


def check_documents(session: Session, store: Store, *, is_deep: bool) -> Iterator[CheckLine]:
    """Check that the store has every document of a published import with its size, and with `is_deep` its content."""
    is_kept = (is_published(_DOCUMENT.c.batch_id), _DOCUMENT.c.erased_at.is_(None))
    of_answers = select(ANSWER_DOCUMENT.c.sha256, ANSWER_DOCUMENT.c.bytes_count)
    kept = union_all(select(_DOCUMENT.c.sha256, _DOCUMENT.c.bytes_count).where(*is_kept), of_answers).subquery()
    sizes = select(kept.c.sha256, func.max(kept.c.bytes_count).label("size")).group_by(kept.c.sha256)
    rows = session.execute(sizes.order_by(kept.c.sha256)).all()
    results = [_document_fault(store, row.sha256, row.size, is_deep=is_deep) for row in rows]
    if faults := list(filter(None, results)):
        yield from _listed(faults, _("Further documents that are missing or changed: {count}."))
    elif is_deep:
        yield Health.OK, _("Documents with unchanged content: {count}.").format(count=len(rows))
    else:
        message = _(
            "Documents present with the right size: {count}; `workbench doctor --deep` also compares their content."
        )
        yield Health.OK, message.format(count=len(rows))


def _listed(faults: list[str], further: str) -> Iterator[CheckLine]:
    """Yield the first few faults, and the sentence `further` with the number of the others."""
    yield from ((Health.FAULT, fault) for fault in faults[:_MOST_LISTED])
    if len(faults) > _MOST_LISTED:
        yield Health.FAULT, further.format(count=len(faults) - _MOST_LISTED)


def _document_fault(store: Store, sha256: str, size: int | None, *, is_deep: bool) -> str:
    path = store.document_path(sha256)
    remedy = _(" Put it back from a backup, or import its row again with the file.")
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return _("{file} is not a regular file.").format(file=path) + remedy
        is_whole = size is None or status.st_size == store.size_of(size)
        if is_whole and is_deep:
            with store.open_document(sha256) as file:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256  # type: ignore[arg-type]
    except FileNotFoundError:
        return _("The document {file} is missing.").format(file=path) + remedy
    except OSError as error:
        cause = error.strerror or ""
        return _("The document {file} cannot be read ({cause}); check its permissions.").format(file=path, cause=cause)
    except ValueError:
        is_whole = False
    return "" if is_whole else _("The document {file} was changed.").format(file=path) + remedy


def check_call_files(session: Session, store: Store) -> Iterator[CheckLine]:
    """Read every call file and compare it with its check values."""
    checks = call_file_checks(session)
    files, faults = CallFiles(store.calls, checks), list[str]()
    for batch_id in checks:
        try:
            files.paths([batch_id])
        except WorkbenchError as error:
            faults.append(str(error))
    yield from _listed(faults, _("Further call files that are missing or changed: {count}."))
    if not faults:
        yield Health.OK, _("Call files that are as they were imported: {count}.").format(count=len(checks))


def check_links(store: Store) -> Iterator[CheckLine]:
    """Check that nothing in the store is a link, which may lead nowhere, or out of the store."""
    found = sorted(path for path, status in statuses(walk_folder(store.folder)) if stat.S_ISLNK(status.st_mode))
    if not found:
        yield Health.OK, _("The store contains no links.")
    for path in found[:_MOST_LISTED]:
        message = _("{file} is a link to {target}; put the file itself in its place.")
        yield Health.FAULT, message.format(file=path, target=path.readlink())


def check_drafts(path: Path) -> Iterator[CheckLine]:
    """Report the draft folders beside a database that killed commands left, such as those of a restore."""
    for folder in unlocked(draft_folders(path.parent)):
        message = _("{folder} was left by a command that was killed, and may contain personal data; delete it.")
        yield Health.FAULT, message.format(folder=folder)


def until_failure(path: Path, lines: Iterable[CheckLine]) -> Iterator[CheckLine]:
    """Yield the lines of checks that read a database. If the database fails, yield that failure as the last line."""
    try:
        with storage_errors(path):
            yield from lines
    except WorkbenchError as error:
        yield Health.FAULT, str(error)


def check_lock(path: Path) -> Iterator[CheckLine]:
    """Check that this user can open the file that writers lock, if it exists."""
    lock = path.with_name(path.name + ".lock")
    try:
        os.close(os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW))
    except FileNotFoundError:
        return
    except OSError as error:
        message = _("{file} cannot be opened ({cause}), so nothing can be written; remove it, or correct its rights.")
        yield Health.FAULT, message.format(file=lock, cause=error.strerror)


def walk_folder(folder: Path) -> Iterator[Path]:
    """Yield all files and folders below a folder; unlike `rglob`, this skips a folder that was removed meanwhile."""
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


def statuses(paths: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield paths with their status; a file that another process deleted meanwhile is left out."""
    for path in paths:
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        yield path, status


def check_disk_space(path: Path) -> CheckLine:
    """Check that the disk has room for a backup beside the database."""
    store = Store.beside(path)
    used = path.lstat().st_size + sum(status.st_size for _path, status in statuses(walk_folder(store.folder)))
    free = shutil.disk_usage(path.parent).free
    numbers = {"free": f"{free / 1e9:,.1f}", "used": f"{used / 1e9:,.1f}"}
    if free >= max(used, _LEAST_FREE_BYTES):
        return Health.OK, _("Room on the disk: {free} GB; the database and its store use {used} GB.").format(**numbers)
    message = _(
        "There is little room on the disk: {free} GB; the database and its store use {used} GB, and a backup or an"
        " upgrade needs as much again. Make room."
    )
    return Health.FAULT, message.format(**numbers)


def check_clock(session: Session, now: datetime) -> CheckLine:
    """Check that nothing speaks against the clock of this machine."""
    if problem := clock_problem(session, now):
        return Health.FAULT, problem
    return Health.OK, _("Nothing speaks against the clock of this machine.")


REMNANTS_SETTING = "erased_remnants"
"""The setting that exists while the database file may still contain erased data, until it is compacted."""

_TOLERATED_DELAY = timedelta(days=30)
_RECENT_BACKUP = timedelta(days=7)


def has_remnants(session: Session) -> bool:
    """Say whether the database file was not compacted since the last erasure."""
    return session.get(SettingRow, REMNANTS_SETTING) is not None


def older_copies(path: Path) -> list[Path]:
    """Return the copies of a database that upgrades made beside it."""
    return sorted(path.parent.glob(f"{path.name}.schema-*.backup"))


def kept_by_server(path: Path) -> tuple[str, ...]:
    """Return the sentence about what the server of a database keeps of erased rows; none for a file."""
    kept = _("The write-ahead log, replicas and backups of the server still have what was erased until they expire.")
    return (kept,) if dialect.is_server(path) else ()


def check_backups(session: Session, store: Store, now: datetime) -> CheckLine:
    """Say when the last backup of a site on a server was made, and ask about its own means if that is long ago."""
    last = select(func.max(_EVENT.c.at)).where(_EVENT.c.action == "backup", ~_EVENT.c.is_refused)
    at = session.execute(last).scalar()
    if at is not None and now - at < _RECENT_BACKUP:
        return Health.OK, _("The last `workbench backup` is of {at}.").format(at=f"{at:%Y-%m-%d %H:%M} UTC")
    message = _(
        "No `workbench backup` in the last {days} days. If the server's own means make the backups: do they take the"
        " store {store} too, after the database?"
    )
    return Health.NOTE, message.format(days=_RECENT_BACKUP.days, store=store.folder)


def check_retention(session: Session, path: Path, policy: Policy, now: datetime) -> Iterator[CheckLine]:
    """Report overdue erasures, and the places that may still contain erased data."""
    zone = ZoneInfo(policy.zone)
    today = now.astimezone(zone).date()
    shortest = policy.retention.shortest
    overdue, evidence = 0, 0
    # Most databases have nothing that old. Reading a million cases takes a minute, and as much evidence ten seconds.
    oldest = None if shortest is None else now - _TOLERATED_DELAY - shortest
    if oldest is not None and has_case_before(session, oldest):
        applications = retained(session, policy.retention, zone, today - _TOLERATED_DELAY)
        overdue = sum(len(one.case_ids) for one in applications if one.is_due)
    if overdue:
        message = _("Cases due for erasure for more than 30 days: {count}; see `workbench retention show`.")
        yield Health.NOTE, message.format(count=overdue)
    if oldest is not None and has_import_before(session, oldest):
        evidence = due_unlinked(session, policy.retention, zone, today - _TOLERATED_DELAY).count
    if evidence:
        message = _("Evidence without an application due for erasure for more than 30 days: {count}.")
        yield Health.NOTE, message.format(count=evidence)
    if has_pending_files(session):
        yield Health.NOTE, _("Files of erased cases are still in the store; the next start of the program erases them.")
    if has_remnants(session):
        message = _(
            "Unused parts of the database may still contain what was erased; run `workbench retention"
            " compact` at a quiet time."
        )
        yield Health.NOTE, message
    copies, kept = older_copies(path), kept_by_server(path)
    if not (copies or kept) or not session.execute(select(exists().where(CASE.c.erased_at.is_not(None)))).scalar():
        return
    yield from ((Health.NOTE, sentence) for sentence in kept)
    if copies:
        message = _("Copies from before an upgrade may still contain what was erased; delete them: {files}.")
        yield Health.NOTE, message.format(files=comma_joined(copy.name for copy in copies))
