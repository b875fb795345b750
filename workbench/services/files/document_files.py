"""Takes the document files of an import into the store, where they are named by their SHA-256."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple, TypeVar

from db.access import FOLDER_FLAGS, make_folder, new_file, sync
from db.queries.published import chunks
from workbench.errors import BadData, NotFound, StorageFailed, WorkbenchError
from workbench.i18n import _
from workbench.services.files.spill import spill_folder
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import open_regular

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MAX_BYTES = 50 * 1024 * 1024
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
_UNKNOWN = "application/octet-stream"
_THREADS = 4
"""The disk combines the syncs of a few threads; more threads gain nothing."""
_FILES_PER_TASK = 25
"""Enough to make the cost of a task small, and so few that no thread has to wait long for the last one."""
_LARGE_BYTES = 4 << 20
_large_file = Lock()
"""Held while a large file is in memory, so that the threads hold one at a time."""


class BadDocument(ValueError):
    """A document file cannot be imported; the message is for the sender of the import file."""


class StoredFile(NamedTuple):
    """A document's file: its digest, size and type."""

    sha256: str
    bytes_count: int
    media_type: str
    modified_ns: int
    """When the file at its path was modified, in nanoseconds; 0 if it is named by its digest."""


class DocumentToCopy(NamedTuple):
    """A document whose file the store must have when the batch is published."""

    path: str
    """The path that the row names; empty if the row names none, because the store has the file."""
    sha256: str
    modified_ns: int
    line: int


def media_type_of(start: bytes) -> str:
    """Return the media type of a file by its first bytes."""
    return next((kind for magic, kind in _MAGIC if start.startswith(magic)), _UNKNOWN)


@contextmanager
def drafts_folder(store: Store) -> Iterator[Path]:
    """Create a locked folder for the drafts of documents, and remove it afterwards.

    Raises:
        StorageFailed: If the store cannot be written.
    """
    with ExitStack() as opened:
        with _storing(store.documents):
            folder = opened.enter_context(spill_folder(store.documents))
        yield folder


def copy_to_store(path: Path, store: Store) -> StoredFile:
    """Copy a file into the store, completely or not at all; a damaged file of the store is replaced.

    Raises:
        BadDocument: If it is missing, empty, too large or not a regular file, or changes meanwhile.
        StorageFailed: If the store cannot be written.
    """
    with drafts_folder(store) as drafts:
        incoming = IncomingDocuments(store, drafts)
        file = incoming.take(_opened(path))
        document = DocumentToCopy(path.name, file.sha256, file.modified_ns, 0)
        if incoming.publish([document], path.parent):
            raise changed_meanwhile()
        incoming.sync_folders()
    return file


class IncomingDocuments:
    """The document files that come into the store: each is read once, and a file that the store lacks becomes a draft.

    A draft gets its name in the store when the row of its document is written, after its content is on the disk.
    Without a folder for drafts nothing is written.
    """

    def __init__(self, store: Store, drafts: Path | None) -> None:
        self._store = store
        self._drafts = drafts
        self._folders: set[Path] = set()

    def files_of(self, folder: Path, named: Sequence[tuple[str, str]]) -> list[StoredFile | BadDocument]:
        """Return the files that rows name by a path in a folder, by a SHA-256, or by both.

        A file may not be outside the folder, also not through a symbolic link.

        Raises:
            StorageFailed: If the store cannot be written.
        """
        if not named:
            return []
        # On Linux, a folder that one may enter but not list is enough.
        handle = os.open(folder, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return _in_threads(partial(self._file_of, folder, handle), named)
        finally:
            os.close(handle)

    def _file_of(self, folder: Path, handle: int, named: tuple[str, str]) -> StoredFile | BadDocument:
        path, sha256 = named
        try:
            file = self.take(_opened_beside(folder, handle, path)) if path else self._find(sha256)
        except BadDocument as problem:
            return problem
        if sha256 and sha256 != file.sha256:
            return BadDocument(_("The file has another SHA-256 than its row says; check which is right."))
        return file

    def take(self, opened: BinaryIO) -> StoredFile:
        """Read and close a file, and write a draft of it if the store has no undamaged one.

        Raises:
            BadDocument: If it cannot be read.
            StorageFailed: If the store cannot be written.
        """
        status = os.fstat(opened.fileno())
        with opened, _large_file if status.st_size > _LARGE_BYTES else nullcontext():
            try:
                content = opened.read(status.st_size)
            except OSError:
                raise _cannot_be_opened() from None
            file = _described(content, status.st_mtime_ns)
            if self._drafts is not None and not self._has(file.sha256, content):
                self._write(self._drafts / file.sha256, content)
        return file

    def _has(self, sha256: str, content: bytes) -> bool:
        """Say whether the store has a file; it is compared completely, because damage may not change its size."""
        # An unreadable file counts as damaged and is replaced; if that fails too, the import reports it.
        with suppress(OSError, ValueError), self._store.open_document(sha256) as stored:
            return stored.read(len(content) + 1) == content
        return False

    def _write(self, draft: Path, content: bytes) -> None:
        mode = self._store.access.file_mode
        # Another row may name a file with the same content.
        with (
            _storing(draft),
            suppress(FileExistsError),
            new_file(draft, mode, is_synced=False) as file,
            self._store.sealing(draft.name, file) as sealed,
        ):
            sealed.write(content)

    def _find(self, sha256: str) -> StoredFile:
        """Return an undamaged file of the store."""
        if not self._store.document_path(sha256).exists():
            raise BadDocument(_("The store has no file of this SHA-256; give its path instead."))
        with _large_file, suppress(OSError, ValueError), self._store.open_document(sha256) as stored:
            file = _described(stored.read(), 0)
            if file.sha256 == sha256:
                return file
        raise BadDocument(_("The store's file of this SHA-256 is damaged; give its path, and it is put back."))

    def publish(self, documents: Sequence[DocumentToCopy], folder: Path) -> list[DocumentToCopy]:
        """Name the drafts of documents in the store; return the documents whose files changed since the plan.

        Raises:
            StorageFailed: If the store cannot be written.
        """
        drafts, others = list[DocumentToCopy](), list[DocumentToCopy]()
        for document in {document.sha256: document for document in documents}.values():
            (drafts if self._draft_of(document).exists() else others).append(document)
        are_named = _in_threads(partial(self._publish, folder), drafts)
        are_stored = (self._store.document_path(document.sha256).exists() for document in others)
        all_done = zip(drafts + others, chain(are_named, are_stored), strict=True)
        return [document for document, is_done in all_done if not is_done]

    def _draft_of(self, document: DocumentToCopy) -> Path:
        return (self._drafts or self._store.documents) / document.sha256

    def _publish(self, folder: Path, document: DocumentToCopy) -> bool:
        """Name the draft of a document in the store, and return True, unless its file changed since the plan."""
        draft, target = self._draft_of(document), self._store.document_path(document.sha256)
        with suppress(OSError):
            if (folder / document.path).stat().st_mtime_ns == document.modified_ns:
                with _storing(target):
                    sync(draft)
                    if target.parent not in self._folders:
                        make_folder(target.parent, self._store.access)
                        self._folders |= {target.parent, target.parent.parent}
                    draft.replace(target)
                return True
        return False

    def sync_folders(self) -> None:
        """Wait until the names of all published documents are on the disk.

        Raises:
            StorageFailed: If the store cannot be written.
        """
        with _storing(self._store.documents):
            _in_threads(sync, list(self._folders))


def changed_meanwhile() -> BadDocument:
    """Return the problem of a document whose file changed during the import."""
    return BadDocument(_("The document changed while it was read; nothing was stored, so import again."))


def _in_threads(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """Return the results of a function for some items, in their order."""
    with ThreadPoolExecutor(_THREADS) as threads:
        portions = threads.map(lambda portion: [function(item) for item in portion], chunks(items, _FILES_PER_TASK))
        return [result for portion in portions for result in portion]


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Raise an error of the file system as one of the store."""
    try:
        yield
    except OSError as error:
        message = _("The store cannot take {path} ({cause}); make room or check its rights.")
        raise StorageFailed(message.format(path=path, cause=error.strerror)) from error


def _described(content: bytes, modified_ns: int) -> StoredFile:
    return StoredFile(hashlib.sha256(content).hexdigest(), len(content), media_type_of(content), modified_ns)


def _opened_beside(folder: Path, handle: int, relative: str) -> BinaryIO:
    """Open the document at a path that an import file names, relative to the folder of the import file.

    Raises:
        BadDocument: If the path leaves the folder: it is absolute, has `..`, or leads through a symbolic link. Also if
            the file is missing, empty, too large or not a regular file.
    """
    path = Path(relative)
    outside = BadDocument(_("The path leaves the folder of the import file; put the document beside it."))
    if path.is_absolute() or ".." in path.parts:
        raise outside
    # No link is followed, so nobody can replace a folder by a link to another one between a check and the opening.
    with suppress(OSError, ValueError, WorkbenchError), ExitStack() as opened:
        for name in path.parts[:-1]:
            handle = os.open(name, FOLDER_FLAGS, dir_fd=handle)
            opened.callback(os.close, handle)
        return _opened(Path(path.name), handle)
    try:
        resolved = (folder / path).resolve()
    except (OSError, RuntimeError):
        raise BadDocument(_("The file {path} is not there; check the path.").format(path=relative)) from None
    if not resolved.is_relative_to(folder.resolve()):
        raise outside
    return _opened(resolved, named=relative)


def _opened(path: Path, folder: int | None = None, named: str = "") -> BinaryIO:
    """Open a regular file that is neither empty nor too large; an error calls it by the path that the row names."""
    try:
        file = open_regular(path, follow_links=False, folder=folder)
    except NotFound:
        name = named or path.name
        raise BadDocument(_("The file {path} is not there; check the path.").format(path=name)) from None
    except BadData:
        raise BadDocument(_("This is no regular file; name a document.")) from None
    except StorageFailed:
        raise _cannot_be_opened() from None
    size = os.fstat(file.fileno()).st_size
    if 0 < size <= MAX_BYTES:
        return file
    file.close()
    if not size:
        raise BadDocument(_("The file is empty; put the document in its place."))
    raise BadDocument(_("The file is larger than {limit} MB; make it smaller.").format(limit=MAX_BYTES >> 20))


def _cannot_be_opened() -> BadDocument:
    return BadDocument(_("The file cannot be opened; check its rights."))
