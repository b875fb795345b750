"""Moves a site from a file to a PostgreSQL server, or back.

The source is locked until it is sealed, so nobody writes to it meanwhile. A killed move leaves the source unchanged;
or, once the source is sealed, a complete copy that a repeated move finishes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import or_, select
from sqlmodel import Session, SQLModel

from db import dialect, moving, schema
from db.access import access_of
from db.dialect import MOVED_TO, MOVING_FROM, Misfit, insert_bulk
from db.engine import Database
from db.errors import DatabaseRefused, Refusal
from db.models import SettingRow
from db.queries.published import BATCH, CASE, chunks
from db.queries.search_index import index_rows
from workbench.errors import BadConfiguration, BadData, Busy, StorageFailed
from workbench.i18n import N_, _, comma_joined
from workbench.services.database.opening import open_context, open_services
from workbench.services.database.store_copies import copy_store, store_sums, verify_store
from workbench.services.foundation.audit_log import last_event
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.locations import refusal, storage_errors
from workbench.services.foundation.safe_files import cannot_write, draft_folder, new_parents
from workbench.services.site.doctor import faults

_PROBLEMS: Mapping[str, str] = {
    "kind": N_("a value of another kind than the column has"),
    "nul": N_("a text with a NUL"),
    "length": N_("a text that is too long for an index"),
    "range": N_("a day outside the years 1 to 9999"),
}
_CASES = select(CASE.c.id, CASE.c.applicant_name, CASE.c.application_no).order_by(CASE.c.id)
_CASES_TOGETHER = 5_000
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTable:
    """A table of a site."""

    table: str
    rows: int
    sha256: str
    """The digest of all values, which is the same in both databases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What was moved, or in a dry run would be."""

    source: str
    target: str
    path: Path
    """The target: a file, or the file that stands for a database of a server."""
    tables: tuple[MovedTable, ...] = ()
    """Empty if the move only finished what a killed one had copied."""
    rows: int
    files: int
    """The number of files in the store."""
    events: int
    head: str
    """The hash of the last event before the move."""


def move_site(
    source: Path, target: Path, as_login: str | None, now: Callable[[], datetime], *, is_dry_run: bool = False
) -> Move:
    """Move a site to a database of the other kind, or finish a move that was killed.

    Args:
        source: The path of the database, in a file or on a server.
        target: The path of the new database.
        as_login: The login that the person gives, None for the login of the operating system.
        now: The clock of this machine.
        is_dry_run: Whether only to check that the site can be moved.

    Raises:
        NotAllowed: If the person is not an admin.
        Busy: If an import has not finished, or others write to the source.
        BadData: If a value does not fit into the other kind of database.
        CannotCreate: If something else is at the target.
        BadConfiguration: If the source is encrypted or a file of its store is missing, or the site
            has already moved to another place.
        StorageFailed: If the source is damaged, or the disk or the server fails.
    """
    with storage_errors(source):
        seal = moving.seal_of(source)
    if seal is not None:
        is_this_move = seal.refusal is Refusal.MOVED and seal.detail == str(target.absolute())
        if is_dry_run or not is_this_move or not _has_unfinished_copy(source, target):
            raise refusal(seal)
        return _finish(source, target, as_login, now)
    with closing(open_services(source, as_login, now)) as services:
        context = services.context
        opened = context.read if is_dry_run else context.write
        with context.as_admin("migrate"), opened() as session, moving.driver_errors(source, target):
            moving.disable_idle_timeout(session, source)
            move, sums = _examine(session, context, target)
            if is_dry_run:
                tables = tuple(_tables(session))
                return replace(move, tables=tables, rows=_row_count(tables))
            tables = _copy(session, context, move, sums)
            session.merge(SettingRow(name=MOVED_TO, value=str(target.absolute())))
            # A negative version seals the source.
            dialect.stamp(session.connection(), -schema.VERSION)
    return replace(_finish(source, target, as_login, now), tables=tables)


def _has_unfinished_copy(source: Path, target: Path) -> bool:
    """Say whether a killed move left a copy; a sealed database of any other site is refused."""
    with storage_errors(target):
        seal = moving.seal_of(target)
    is_own_copy = seal is not None and seal.refusal is not Refusal.MOVED and seal.detail == str(source.absolute())
    if seal is not None and not is_own_copy:
        raise refusal(seal)
    return is_own_copy


def _examine(session: Session, context: Context, target: Path) -> tuple[Move, dict[str, str]]:
    """Refuse a site that cannot be moved as a whole; return the move, and the SHA-256 of each file in its store."""
    store, source = context.store, context.database.path
    if store.keys is not None:
        message = _("{database} is encrypted, which a database on a server cannot be; keep the site in its file.")
        raise BadConfiguration(message.format(database=source))
    is_unfinished = or_(BATCH.c.published_at.is_(None), BATCH.c.applied_at.is_(None))
    for number in session.execute(select(BATCH.c.id).where(is_unfinished).order_by(BATCH.c.id)).scalars():
        message = _("The import B-{number:06d} has not finished; let it finish, then move the site.")
        raise Busy(message.format(number=number))
    if not _has_unfinished_copy(source, target):
        moving.refuse_occupied(target)
        if Store.beside(target).folder.exists():
            raise DatabaseRefused(Refusal.EXISTS, str(Store.beside(target).folder))
    connection = session.connection()
    _refuse_misfits([one for table in SQLModel.metadata.sorted_tables for one in dialect.misfits(connection, table)])
    for fault in faults(session, context.now()):
        raise StorageFailed(fault)
    sums = dict(store_sums(session, store))
    verify_store(store, sums)
    events, head = last_event(session)
    here, there = dialect.place_of(source), dialect.place_of(target)
    return Move(source=here, target=there, path=target, rows=0, files=len(sums), events=events, head=head), sums


def _refuse_misfits(found: Sequence[Misfit]) -> None:
    if found:
        place = _("{table} {row}, {columns}: {problem}")
        places = [place.format(**{**one._asdict(), "problem": _(_PROBLEMS[one.problem])}) for one in found]
        message = _(
            "Values that the other database cannot store: {count}, such as {places}. Nothing was moved; erase them with"
            " `workbench retention`, or keep the site where it is."
        )
        raise BadData(message.format(count=len(found), places=comma_joined(places[:_MOST_PLACES])))


def _copy(source: Session, context: Context, move: Move, sums: Mapping[str, str]) -> tuple[MovedTable, ...]:
    """Copy the rows, compare them, and copy the store; the copy is sealed."""
    path, access = context.database.path, access_of(context.database.path)
    try:
        with (
            new_parents(move.path),
            _folder_of_draft(move.path) as folder,
            moving.filling(move.path, access, str(path.absolute()), folder) as target,
        ):
            tables = tuple(_tables(source, copy_to=target))
            for cases in chunks(source.execute(_CASES), _CASES_TOGETHER):
                insert_bulk(target, index_rows(cases))
            if tuple(_tables(target)) != tables:
                raise StorageFailed(_("The copy differs from {database}; nothing was moved.").format(database=path))
            for fault in faults(target, context.now()):
                raise StorageFailed(fault)
            facts = {"rows": _row_count(tables), "files": move.files, "events": move.events, "head": move.head}
            target.add(SettingRow(name=MOVING_FROM, value=json.dumps({"from": str(path.absolute()), **facts})))
    except OSError as error:
        raise cannot_write(move.path, error) from error
    copy_store(context.store, Store.beside(move.path), sums, access)
    return tables


def _folder_of_draft(target: Path) -> AbstractContextManager[Path | None]:
    """Return a folder for the draft of a file; none for a server, whose transactions need none."""
    if dialect.is_server(target):
        return nullcontext()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return draft_folder(target)


def _tables(source: Session, copy_to: Session | None = None) -> Iterator[MovedTable]:
    """Read all tables, parents before children, and write their rows to another database if there is one."""
    for table in SQLModel.metadata.sorted_tables:
        digest, count = sha256(), 0
        for rows in dialect.read_rows(source.connection(), table):
            digest.update("\n".join(map(repr, rows)).encode())
            count += len(rows)
            if copy_to is not None:
                dialect.write_rows(copy_to, table, rows)
        yield MovedTable(table=table.name, rows=count, sha256=digest.hexdigest())


def _row_count(tables: Iterable[MovedTable]) -> int:
    return sum(table.rows for table in tables)


def _finish(source: Path, target: Path, as_login: str | None, now: Callable[[], datetime]) -> Move:
    """Unseal a complete copy, whose source is sealed, and log the move."""
    with closing(Database(target)) as database:
        context = open_context(database, Store.beside(target), as_login, now)
        with context.as_admin("migrate"), context.write() as session:
            setting = session.get_one(SettingRow, MOVING_FROM)
            facts = json.loads(setting.value)
            session.delete(setting)
            # A path may have the name of a person.
            body = {**facts, "from": "server" if dialect.is_server(source) else "file"}
            context.log(session, "migrated", body=body)
            dialect.stamp(session.connection(), schema.VERSION)
    del facts["from"]
    return Move(source=dialect.place_of(source), target=dialect.place_of(target), path=target, **facts)
