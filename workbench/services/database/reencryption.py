"""Encrypts a database and its store with a new secret, whether they were encrypted before or not."""

import hashlib
import os
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session

from db.dialect import copy_with_key
from db.engine import Database
from db.queries.published import BATCH
from workbench.errors import BadConfiguration
from workbench.i18n import _
from workbench.services.encryption.data_keys import DataKeys
from workbench.services.encryption.key_settings import KeySettings
from workbench.services.encryption.key_source import Key
from workbench.services.files.calls.engine import open_engine
from workbench.services.files.calls.parquet import CallFileCheck, check_values_of, create_restricted_file
from workbench.services.foundation.file_store import Store


def reencrypt(path: Path, store: Store, key: Key) -> None:
    """Encrypt a database and its store with a new secret, in a folder that no other process uses.

    A killed process leaves files that cannot be used. Therefore, the caller moves them to their paths only afterwards.

    Raises:
        OSError: If a file cannot be written.
        StorageFailed: If a call file cannot be read.
        BadConfiguration: If a document or the hash key was changed.
    """
    keys = DataKeys.new()
    new = Store(store.folder, keys)
    _reseal(store.hash_key_file, store.hash_key_file.name, store, new)
    for file in sorted(store.documents.glob("*/*")):
        _reseal(file, file.name, store, new)
    checks = {batch_id: _reencrypt_calls(file, store, new) for batch_id, file in _call_files(store)}
    fresh = path.with_name(f"{path.name}.fresh")
    copy_with_key(path, store.database_key, fresh, keys.of_database)
    fresh.replace(path)
    database = Database(path, key=keys.of_database)
    with database.write() as session:
        _write_checks(session, checks)
    database.close()
    KeySettings.sealing(keys, key).write(new.folder)


def _reseal(file: Path, name: str, store: Store, new: Store) -> None:
    try:
        content = store.unsealed(name, file.read_bytes())
    except ValueError:
        content = b""
    is_document = file != store.hash_key_file
    if not content or (is_document and hashlib.sha256(content).hexdigest() != name):
        raise BadConfiguration(_("{file} was changed; put it back from an earlier backup.").format(file=file.name))
    with file.open("wb") as opened, new.sealing(name, opened) as sealed:
        sealed.write(content)


def _call_files(store: Store) -> list[tuple[int, Path]]:
    """Return the call files with the numbers of their batches."""
    files = sorted(store.calls.glob("calls-*.parquet"))
    return [(int(file.stem.removeprefix("calls-")), file) for file in files]


def _reencrypt_calls(file: Path, store: Store, new: Store) -> CallFileCheck:
    """Encrypt a call file with the new secret, and return its check values."""
    part = file.with_name(f"{file.name}.part")
    with open_engine(file.parent, new.keys) as duck:
        duck.with_keys(store.keys).open_calls([file])
        os.close(create_restricted_file(part))
        duck.write_calls("SELECT * EXCLUDE (place) FROM call", part, part=(0, 1))
    part.replace(file)
    return check_values_of(file)


def _write_checks(session: Session, checks: dict[int, CallFileCheck]) -> None:
    for batch_id, (size, digest) in checks.items():
        values = {"calls_bytes": size, "calls_sha256": digest}
        session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(values))
