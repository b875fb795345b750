"""Says which files of a store belong to a site, compares each with its SHA-256, and copies them to another store."""

import shutil
from collections.abc import Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path

from sqlalchemy import select, union
from sqlmodel import Session

from db.access import FileAccess, make_folder, new_file, sync
from db.models import DocumentRow
from db.queries.published import ANSWER_DOCUMENT, BATCH, is_published, table_of
from workbench.errors import BadConfiguration, BadData, NotFound
from workbench.i18n import _
from workbench.services.encryption import KEY_SETTINGS
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.files.reseller_sheets.maps import map_files
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import cannot_write, open_regular

HASH_KEY = "hash.key"
"""The name of the hash key in a store and in a backup."""

_PART = ".part"


def store_sums(session: Session, store: Store) -> Iterator[tuple[str, str]]:
    """Yield the path in the store and the SHA-256 of each file of a backup, except for the database.

    They are the keys, the maps, and the documents and calls of published batches.
    """
    yield HASH_KEY, sha256(store.hash_key_file.read_bytes() if store.keys else store.hash_key).hexdigest()
    if store.keys:
        yield KEY_SETTINGS, sha256((store.folder / KEY_SETTINGS).read_bytes()).hexdigest()
    for path in map_files(store):
        yield str(path.relative_to(store.folder)), sha256(path.read_bytes()).hexdigest()
    document = table_of(DocumentRow)
    kept = select(document.c.sha256).where(is_published(document.c.batch_id), document.c.erased_at.is_(None))
    for row in session.execute(union(kept, select(ANSWER_DOCUMENT.c.sha256))):
        yield str(store.document_path(row.sha256).relative_to(store.folder)), _document_sum(store, row.sha256)
    batches = select(BATCH.c.id, BATCH.c.calls_sha256).where(is_published(BATCH.c.id), BATCH.c.calls_sha256 != "")
    for batch in session.execute(batches):
        yield str(CallFiles(store.calls, {}).path(batch.id).relative_to(store.folder)), batch.calls_sha256


def _document_sum(store: Store, digest: str) -> str:
    """Return the SHA-256 of the file of a document; "" for a sealed file whose content has another digest."""
    if store.keys is None:
        return digest
    try:
        with store.open_document(digest) as content:
            is_right = sha256(content.read()).hexdigest() == digest
        return sha256(store.document_path(digest).read_bytes()).hexdigest() if is_right else ""
    except (OSError, ValueError):
        return ""


def verify_store(store: Store, sums: Mapping[str, str]) -> None:
    """Compare all files of a store with their SHA-256, given by their paths in the store.

    Raises:
        BadConfiguration: If a file is missing or was changed.
    """
    for name, digest in sums.items():
        if _digest(store.folder / name) != digest:
            message = _("{file} is missing or was changed; nothing was moved. Put it back from a backup.")
            raise BadConfiguration(message.format(file=store.folder / name))


def copy_store(source: Store, target: Store, sums: Mapping[str, str], access: FileAccess) -> None:
    """Make a store equal to another one, whose files have the SHA-256 given by their paths in the store.

    Files that an interrupted copy wrote are kept if they are right.

    Raises:
        BadConfiguration: If a file is missing or was changed.
        CannotCreate: If a file cannot be written.
    """
    try:
        for folder in (target.folder, target.documents, target.calls, target.batches):
            make_folder(folder, access)
        for name, digest in sums.items():
            path = target.folder / name
            if _digest(path) != digest:
                make_folder(path.parent, access)
                _copy(source.folder / name, path, access)
        wanted = {target.folder / name for name in sums}
        for path in [path for path in target.folder.rglob("*") if path.is_file() and path not in wanted]:
            path.unlink()
        for folder in [target.folder, *filter(Path.is_dir, target.folder.rglob("*"))]:
            sync(folder)
    except OSError as error:
        raise cannot_write(target.folder, error) from error
    verify_store(target, sums)


def _copy(source: Path, path: Path, access: FileAccess) -> None:
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)
    with open_regular(source, follow_links=False) as read, new_file(part, access.file_mode) as written:
        shutil.copyfileobj(read, written)
    part.replace(path)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, "" if there is none that could be copied."""
    try:
        with open_regular(path, follow_links=False) as file:
            return file_digest(file, "sha256").hexdigest()
    except (NotFound, BadData):
        return ""
