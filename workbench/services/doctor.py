"""Whether a database, its store and its log are as they must be, and what the program cannot promise."""

import stat
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from db.dialects import sqlite
from db.models import SettingRow
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.services import log
from workbench.services.site import open_database
from workbench.services.store import Store


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
        database = open_database(path)
    except WorkbenchError as error:
        return DoctorReport(lines=(*lines, (False, str(error))))
    try:
        lines.append((True, _("The database {file} can be read.").format(file=path)))
        lines.append(_store(Store.beside(path)))
        lines.append(_modes(path))
        with database.read() as session:
            lines += _contents(session)
    finally:
        database.close()
    return DoctorReport(lines=tuple(lines))


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


def _modes(path: Path) -> tuple[bool | None, str]:
    beside = [path, *path.parent.glob(path.name + "*"), *Store.beside(path).folder.rglob("*")]
    for file in beside:
        mode = file.stat().st_mode
        if mode & 0o077:
            return False, _("{file} is open to other users ({mode}); take that away with `chmod go-rwx`.").format(
                file=file, mode=stat.filemode(mode)
            )
    return True, _("Nothing is open to other users.")


def _contents(session: Session) -> list[tuple[bool | None, str]]:
    lines: list[tuple[bool | None, str]] = []
    damage = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    lines.append((damage == "ok", _("Structure of the database: {answer}.").format(answer=damage)))
    broken = session.execute(text("PRAGMA foreign_key_check")).first()
    lines.append(
        (True, _("Every row refers to rows that are there."))
        if broken is None
        else (False, _("A row of {table} refers to one that is not there.").format(table=broken[0]))
    )
    report = log.verify(session)
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
    setting = session.get(SettingRow, "identity")
    lines.append((None, _("People are known by: {mode}.").format(mode=setting.value if setting else "os")))
    return lines
