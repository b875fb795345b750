"""Finds the document files of an import, and copies them to the store under their SHA-256."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from db.access import make_folder, new_file, sync
from workbench.errors import BadData, NotFound, StorageFailed
from workbench.i18n import _
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import open_regular

MAX_BYTES = 50 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
_UNKNOWN = "application/octet-stream"
_LONGEST_MAGIC = 8


class BadDocument(ValueError):
    """A document file cannot be imported; the message is for the sender of the import file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A document's file: its digest, size and type."""

    sha256: str
    bytes_count: int
    media_type: str


def media_type_of(start: bytes) -> str:
    """Return the media type of a file by its first bytes."""
    return next((kind for magic, kind in _MAGIC if start.startswith(magic)), _UNKNOWN)


def resolve_beside(folder: Path, relative: str) -> Path:
    """Return the document at a path that an import file names, relative to the folder of the import file.

    Raises:
        BadDocument: If the path leaves the folder: it is absolute, has `..`, or leads through a symbolic link.
    """
    path = Path(relative)
    if path.is_absolute() or ".." in path.parts:
        raise BadDocument(_("The path leaves the folder of the import file; put the document beside it."))
    try:
        resolved = (folder / path).resolve()
    except (OSError, RuntimeError):
        raise BadDocument(_("The file is not there; check the path.")) from None
    if not resolved.is_relative_to(folder.resolve()):
        raise BadDocument(_("The path leaves the folder of the import file; put the document beside it."))
    return resolved


def inspect_document(path: Path) -> StoredFile:
    """Return digest, size and type of a file.

    Raises:
        BadDocument: If it is missing, empty, too large or not a regular file.
    """
    with _opened(path) as file:
        return _digested(file, None)


def copy_to_store(path: Path, sha256: str, store: Store) -> None:
    """Copy a file into the store under its SHA-256, completely or not at all; a damaged file of the store is replaced.

    Raises:
        BadDocument: If the file has changed since the import was planned.
        StorageFailed: If the store cannot be written.
    """
    target = store.document_path(sha256)
    if _undamaged(sha256, store):
        return
    try:
        make_folder(target.parent, store.access)
        draft = target.with_name(f".new-{secrets.token_hex(8)}")
        with (
            new_file(draft, store.access.file_mode) as stored,
            _opened(path) as file,
            store.sealing(sha256, stored) as copy,
        ):
            if _digested(file, copy).sha256 != sha256:
                raise BadDocument(_("The file changed while it was read; import it again when it is complete."))
        draft.replace(target)
        sync(target.parent)
    except OSError as error:
        message = _("The store cannot take {path} ({cause}); make room or check its rights.")
        raise StorageFailed(message.format(path=path, cause=error.strerror)) from error


def find_in_store(sha256: str, store: Store) -> StoredFile:
    """Return digest, size and type of a file of the store.

    Raises:
        BadDocument: If the store has no such file, or the file is damaged.
    """
    if not store.document_path(sha256).exists():
        raise BadDocument(_("The store has no file of this SHA-256; give its path instead."))
    file = _undamaged(sha256, store)
    if file is None:
        raise BadDocument(_("The store's file of this SHA-256 is damaged; give its path, and it is put back."))
    return file


def _undamaged(sha256: str, store: Store) -> StoredFile | None:
    """Return a file of the store if it is undamaged; it is read completely, because damage may not change its size."""
    # An unreadable file counts as damaged and is replaced; if that fails too, the import reports it.
    with suppress(OSError, ValueError), store.open_document(sha256) as content:
        file = _digested(content, None)
        return file if file.sha256 == sha256 else None
    return None


def _opened(path: Path) -> BinaryIO:
    """Open a regular file that is neither empty nor too large."""
    try:
        file = open_regular(path, follow_links=False)
    except NotFound:
        raise BadDocument(_("The file is not there; check the path.")) from None
    except BadData:
        raise BadDocument(_("This is no regular file; name a document.")) from None
    except StorageFailed:
        raise BadDocument(_("The file cannot be opened; check its rights.")) from None
    size = os.fstat(file.fileno()).st_size
    if 0 < size <= MAX_BYTES:
        return file
    file.close()
    if not size:
        raise BadDocument(_("The file is empty; put the document in its place."))
    raise BadDocument(_("The file is larger than {limit} MB; make it smaller.").format(limit=MAX_BYTES >> 20))


def _digested(file: BinaryIO, copy: BinaryIO | None) -> StoredFile:
    """Return digest, size and type of a file, and write it to `copy` if given."""
    digest, count, start = hashlib.sha256(), 0, b""
    while chunk := file.read(_CHUNK_BYTES):
        start = start or chunk[:_LONGEST_MAGIC]
        digest.update(chunk)
        count += len(chunk)
        if copy is not None:
            copy.write(chunk)
    return StoredFile(sha256=digest.hexdigest(), bytes_count=count, media_type=media_type_of(start))
