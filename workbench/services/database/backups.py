"""Writes and restores backups: tar files with a database, its hash key, documents and call files, and checksums.

The database is a file of SQLite or, of a site on a server, the output of pg_dump.
"""

import io
import os
import re
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import cast

from sqlmodel import Session

from db import dialect
from db.access import FileAccess, new_file, sync
from db.copies import copy_address, restored_database, snapshot_copy
from db.errors import DatabaseRefused, Refusal
from workbench.errors import BadConfiguration, BadData, DatabaseDamaged, NotFound, StorageFailed
from workbench.i18n import _
from workbench.services.database.opening import open_services
from workbench.services.database.reencryption import reencrypt
from workbench.services.database.store_copies import HASH_KEY, store_sums
from workbench.services.encryption import KEY_SETTINGS
from workbench.services.encryption.key_settings import KeySettings, open_data_keys
from workbench.services.encryption.key_source import Ask, Key, KeyKind, KeySource, sharing_group
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store, move_with_store
from workbench.services.foundation.group_sharing import group_of
from workbench.services.foundation.locations import refusal, storage_errors
from workbench.services.foundation.safe_files import cannot_write, draft_folder, new_parents, open_regular, replacing
from workbench.services.site.doctor import faults
from workbench.services.site.machine_clock import note_clock
from workbench.services.wiring import Services

_DATABASE, _SUMS = "database", "SHA256SUMS"
_NAMES = re.compile(
    rf"{_DATABASE}|{HASH_KEY}|{re.escape(KEY_SETTINGS)}|{_SUMS}|documents/[0-9a-f]{{2}}/[0-9a-f]{{64}}|calls/calls-[0-9]{{8,}}\.parquet"
    r"|maps/\w[\w-]*\.[a-z]+\.toml"
)
_ATTEMPTS = 3

Sums = dict[str, str]
"""The SHA-256 of each file of a backup by its name: the path in the store, or the name of the database."""


def back_up(context: Context, target: Path) -> int:
    """Write a backup, read it again to verify it, and return the number of its files; an existing file is replaced.

    Other processes can write to the database at the same time.

    Raises:
        NotAllowed: If the person is not an admin.
        CannotCreate: If the file cannot be written.
        BadConfiguration: If a file of the store is missing or was changed.
        StorageFailed: If the database is damaged, or its audit log was changed.
    """
    path = context.database.path
    with context.as_admin("backup"), storage_errors(path), replacing(target, context.own_files) as draft:
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                count = _write(context, draft)
                break
            except BadConfiguration:
                # A file may be missing because an import was undone after the database was copied.
                if not attempts_left:
                    raise
        context.log_alone("backup", body={"files": count})
    return count


def _write(context: Context, draft: Path) -> int:
    """Write a backup of one snapshot of the database, and verify it."""
    sums: Sums = {}
    copy = draft.with_name(_DATABASE)
    copy.unlink(missing_ok=True)  # of an earlier attempt
    with (
        snapshot_copy(context.database, copy) as session,
        tarfile.open(draft, "w", format=tarfile.GNU_FORMAT) as archive,
    ):
        _refuse_damaged(session, context.now())
        sums[_DATABASE] = _add(archive, _DATABASE, copy)
        for name, digest in store_sums(session, context.store):
            sums[name] = _add(archive, name, context.store.folder / name)
            if sums[name] != digest:
                raise _changed(context.store.folder / name)
        sum_file = _as_sum_file(sums)
        archive.addfile(_member(_SUMS, len(sum_file)), io.BytesIO(sum_file))
    try:
        return len(_read_verified(draft))
    except BadData as error:
        raise StorageFailed(_("The disk did not keep the backup as it was written; choose another disk.")) from error


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The key of a backup, and the key of the restored database."""

    source: KeySource | None = None
    """Where the key of an encrypted backup is, by default where the backup says."""
    ask: Ask | None = None
    """Asks for the passphrase of the backup."""
    replacement: Key | None = None
    """The key with which everything is encrypted again, also if the backup is not encrypted; by default none."""


def restore(
    file: Path, path: Path, as_login: str | None, now: Callable[[], datetime], key: BackupKey = BackupKey()
) -> int:
    """Restore a backup to a path without a database, completely or not at all, and return the number of its files.

    The person must be an admin of the restored database. If a group shares the database and owns the folder of the
    path, the group gets the files. A database of an older version is upgraded.

    Raises:
        CannotCreate: If a database or its store exists at the path, or the files cannot be written.
        NotFound: If there is no such backup.
        BadData: If the backup is incomplete or was changed, or its database is damaged.
        NotAllowed: If the person is not an admin.
    """
    path = path.absolute()
    # The file that names a database of a server may be there; the restored one replaces it.
    files = () if dialect.is_server(path) else (path, *dialect.files_of(path))
    for existing in filter(os.path.lexists, (*files, Store.beside(path).folder)):
        raise refusal(DatabaseRefused(Refusal.EXISTS, str(existing)))
    try:
        with new_parents(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft_folder(path) as folder:
                copy = folder / path.name
                sums = _unpack(file, Store.beside(copy))
                dump = Store.beside(copy).folder / _DATABASE
                open_copy = partial(open_services, copy, as_login, now, resumes=False)
                with storage_errors(path), restored_database(dump, copy, path):
                    _complete(file, copy, open_copy, key, sums)
                    move_with_store(copy, path)
            sync(path.parent)
    except DatabaseDamaged as error:
        raise _incomplete(file) from error
    except OSError as error:
        raise cannot_write(path, error) from error
    return len(sums)


def _unpack(file: Path, store: Store) -> Sums:
    """Unpack a backup into a new store, and return its checksums."""
    for folder in (store.folder, store.documents, store.calls, store.batches):
        folder.mkdir()
    return _read_verified(file, store.folder)


def _complete(file: Path, copy: Path, open_copy: Callable[..., Services], key: BackupKey, sums: Sums) -> None:
    """Check a restored database and its store in their own folder, log the restore, and give them their access."""
    store = Store.beside(copy)
    group_id = sharing_group(copy.parent.parent)
    settings = _unlock_store(store, key, group_id)
    with storage_errors(copy), closing(open_copy(store=store)) as services:
        context = services.context
        # The checks take longer than a server lets a writer be idle.
        with context.as_admin("restore"), context.read() as session:
            if not set(store_sums(session, store)) <= sums.items():
                raise _incomplete(file)
            _refuse_damaged(session, context.now())
        with context.write() as session:
            is_shared = group_of(session) is not None and group_id is not None
            context.log(session, "restore", body={"files": len(sums)})
            note_clock(session, context.now())
            if key.replacement is not None:
                context.log(session, "rekey", body={"to": key.replacement.source.kind.value})
    if key.replacement is not None:
        reencrypt(copy, store, key.replacement)
    elif settings is not None:
        settings.write(store.folder)
    access = FileAccess.SHARED if is_shared else FileAccess.PRIVATE
    if dialect.is_server(copy):
        copy_address(copy, copy, access)
    for entry in copy.parent.rglob("*"):
        entry.chmod(access.folder_mode if entry.is_dir() else access.file_mode)
        sync(entry)


def _unlock_store(store: Store, key: BackupKey, group_id: int | None) -> KeySettings | None:
    """Unlock a restored store, and return new key settings if its key comes from another source now.

    A command that a backup names is not run, because the backup may come from anybody.

    Raises:
        BadConfiguration: If the key is missing or is not the right one.
    """
    settings = KeySettings.read(store.folder)
    if settings is None:
        return None
    source = key.source or settings.source
    if key.source is None and source.kind is KeyKind.COMMAND:
        raise BadConfiguration(
            _("The key of this backup comes from a command, which is not run from a file; repeat with --key-command.")
        )
    given = Key(source, source.read(group_id, key.ask))
    store.keys = open_data_keys(settings, given)
    return None if source == settings.source else KeySettings.sealing(store.keys, given)


def _refuse_damaged(session: Session, now: datetime) -> None:
    """Refuse a database that is damaged, or whose audit log was changed."""
    for fault in faults(session, now):
        raise StorageFailed(fault)


def _read_verified(path: Path, folder: Path | None = None) -> Sums:
    """Read a whole backup, compare it with its checksums and return them; with `folder`, also unpack it there.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is not a backup, is incomplete or was changed.
    """
    sums: Sums = {}
    try:
        with open_regular(path) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                is_plain = member.type == tarfile.REGTYPE and not member.issparse()
                if not is_plain or member.name in sums or not _NAMES.fullmatch(member.name):
                    break
                content = cast("io.BufferedReader", archive.extractfile(member))
                if member.name == _SUMS and _DATABASE in sums and content.read() == _as_sum_file(sums):
                    return sums
                sums[member.name] = file_digest(content, "sha256").hexdigest()
                if folder is not None:
                    content.seek(0)
                    (folder / member.name).parent.mkdir(exist_ok=True)
                    with new_file(folder / member.name) as target:
                        shutil.copyfileobj(content, target)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _incomplete(path) from error
    raise _incomplete(path)


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file to an archive, and return its SHA-256."""
    try:
        file = open_regular(path, follow_links=False)
    except (NotFound, BadData) as error:
        raise _changed(path) from error
    with file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        archive.addfile(_member(name, size), file)
    return digest


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _as_sum_file(sums: Sums) -> bytes:
    """Return checksums in the form that `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()


def _changed(path: Path) -> BadConfiguration:
    message = _("{file} is missing or was changed; no backup was written. Put it back from an earlier backup.")
    return BadConfiguration(message.format(file=path))


def _incomplete(path: Path) -> BadData:
    message = _("{file} is no complete and unchanged backup, so nothing was written; choose another one.")
    return BadData(message.format(file=path))
