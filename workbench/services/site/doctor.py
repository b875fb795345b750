"""Whether a database, its store and its log are as they must be, and what the program cannot promise."""

import stat
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from db import schema
from db.access import Access
from db.dialects import sqlite
from db.models import SettingRow
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.services.foundation import audit_log
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.group_sharing import group_name, group_named, group_of
from workbench.services.site.database import look_at_database
from workbench.services.site.people import solo_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """What was looked at: True is well, False is not, None is a note."""

    lines: tuple[tuple[bool | None, str], ...]


def examine(path: Path) -> DoctorReport:
    """Look at a database and what lies beside it, and change nothing."""
    lines: list[tuple[bool | None, str]] = [
        (None, _("Names are no proof: whoever can write the database file can also change who did what.")),
        _library(),
    ]
    try:
        database, version = look_at_database(path)
    except WorkbenchError as error:
        return DoctorReport(lines=(*lines, (False, str(error))))
    try:
        lines.append((True, _("The database {file} can be read.").format(file=path)))
        if version < schema.VERSION:
            lines.append((None, _older(version)))
        lines.append(_store(Store.beside(path)))
        with database.read() as session:
            group = group_of(session)
            lines += _protection(path, group)
            lines += _contents(session)
    finally:
        database.close()
    return DoctorReport(lines=tuple(lines))


def _older(version: int) -> str:
    said = _(
        "The database is of schema {found}, older than this program's {known}; "
        "it is copied and brought up to date at the next start."
    )
    return said.format(found=version, known=schema.VERSION)


def _library() -> tuple[bool | None, str]:
    version = ".".join(str(part) for part in sqlite.library_version())
    if sqlite.is_vulnerable(sqlite.library_version()):
        return (
            None,
            _("SQLite {version} has the WAL-reset bug, so the slower DELETE journal is used.").format(version=version),
        )
    return True, _("SQLite {version} is free of the WAL-reset bug.").format(version=version)


def _store(store: Store) -> tuple[bool | None, str]:
    try:
        store.check()
    except WorkbenchError as error:
        return False, str(error)
    return True, _("The store {folder} and its hash key are there.").format(folder=store.folder)


def _protection(path: Path, group: str | None) -> list[tuple[bool | None, str]]:
    """Return who can get at the files, and how far that can be trusted."""
    beside = [*path.parent.glob(path.name + "*"), *Store.beside(path).folder.rglob("*")]
    if group is None:
        return [_private(beside)]
    trust = _(
        "Level A: everybody of the group {group} can change the files past this program; "
        "roles guard against mistakes, not against people."
    ).format(group=group)
    return [(None, trust), _shared([path.parent, *beside], group)]


def _private(files: list[Path]) -> tuple[bool | None, str]:
    for file in files:
        mode = file.stat().st_mode
        if mode & 0o077:
            return False, _("{file} is open to other users ({mode}); take that away with `chmod go-rwx`.").format(
                file=file, mode=stat.filemode(mode)
            )
    return True, _("Nothing is open to other users.")


def _shared(files: list[Path], group: str) -> tuple[bool | None, str]:
    try:
        group_id = group_named(group).group_id
    except WorkbenchError as error:
        return False, str(error)
    for file in files:
        status = file.stat()
        wanted = Access.SHARED.folder_mode if stat.S_ISDIR(status.st_mode) else Access.SHARED.file_mode
        if stat.S_IMODE(status.st_mode) != wanted or status.st_gid != group_id:
            return False, _(
                "{file} is {mode} of the group {owner}; mend it with `chgrp {group}` and `chmod {wanted}`."
            ).format(
                file=file,
                mode=stat.filemode(status.st_mode),
                owner=group_name(status.st_gid),
                group=group,
                wanted=f"{wanted:o}",
            )
    return True, _("Everything is open to the group {group} and to nobody else.").format(group=group)


def _contents(session: Session) -> list[tuple[bool | None, str]]:
    lines: list[tuple[bool | None, str]] = []
    damage = sqlite.quick_check(session.connection())
    lines.append((damage == "ok", _("Structure of the database: {answer}.").format(answer=damage)))
    broken = sqlite.table_with_broken_reference(session.connection())
    lines.append(
        (True, _("Every row refers to rows that are there."))
        if broken is None
        else (False, _("A row of {table} refers to one that is not there.").format(table=broken))
    )
    report = audit_log.verify(session)
    lines.append(
        (
            True,
            _("The log of {count} events is whole in itself; head {head}.").format(
                count=report.events, head=report.head
            ),
        )
        if report.is_whole
        else (False, _("The log does not fit at event {seq}: it was changed.").format(seq=report.broken_at))
    )
    solo = solo_reason(session)
    if solo:
        said = _("One person reviews here alone ({reason}); what takes a second person waits until there is one.")
        lines.append((None, said.format(reason=solo)))
    setting = session.get(SettingRow, "identity")
    lines.append((None, _("People are known by: {mode}.").format(mode=setting.value if setting else "os")))
    return lines
