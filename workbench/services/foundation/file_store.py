"""The file store: the folder next to the database with documents, call records, column maps and the hash key."""

import hashlib
import os
import secrets
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from db.access import FOLDER_FLAGS, FileAccess, access_of, make_folder, new_file
from workbench.errors import BadConfiguration, BadData, CannotCreate, WorkbenchError
from workbench.i18n import _
from workbench.services.encryption import KEY_SETTINGS
from workbench.services.foundation.safe_files import read_whole

if TYPE_CHECKING:
    # Never imported at run time for a database that is not encrypted: importing it would delay the first frame.
    from workbench.services.encryption.data_keys import DataKeys

_KEY_BYTES = 32
_MAX_KEY_BYTES = 1 << 10


class Store:
    """The file store of one database.

    Attributes:
        keys: The keys of an encrypted database, None for any other one.
        batches: The folder with the locks and temporary files of imports.
        maps: The folder with the column maps of reseller sheets.
    """

    def __init__(self, folder: Path, keys: "DataKeys | None" = None) -> None:
        self.folder = folder
        self.keys = keys
        self.documents = folder / "documents"
        self.calls = folder / "calls"
        self.batches = folder / "batches"
        self.maps = folder / "maps"

    @classmethod
    def beside(cls, database: Path) -> "Store":
        """Return the file store of a database file."""
        return cls(database.with_name(database.name + ".store"))

    @classmethod
    def unlocked(cls, database: Path, ask: Callable[[], str] | None = None) -> "Store":
        """Return the file store of a database file with its keys; `ask` asks for a passphrase if one is needed.

        Raises:
            BadConfiguration: If a folder of the store is a link or is open to others, or if the key of an encrypted
                database is missing or is not the right one.
        """
        store = cls.beside(database)
        # If the folder cannot be entered, opening the database reports that later and says what to do.
        if os.path.exists(database):  # noqa: PTH110 - `Path.exists` raises for a folder that cannot be entered
            store.check_folders(database.stat(), access_of(database))
        if os.path.lexists(store.folder / KEY_SETTINGS):
            from workbench.services.encryption.key_settings import unlock

            store.keys = unlock(store.folder, ask)
        return store

    @property
    def database(self) -> Path:
        """The path of the database."""
        return self.folder.with_suffix("")

    @property
    def database_key(self) -> bytes | None:
        """The key of the database file, None if it is not encrypted."""
        return self.keys.of_database if self.keys else None

    @cached_property
    def access(self) -> FileAccess:
        """Who may read the files in the store; new files get the same access."""
        return access_of(self.folder)

    def create(self, access: FileAccess = FileAccess.PRIVATE) -> None:
        """Create the folders and a new hash key.

        Raises:
            CannotCreate: If a folder or the key cannot be written.
        """
        try:
            # `maps` is created with the first map.
            for folder in (self.folder, self.documents, self.calls, self.batches):
                make_folder(folder, access)
            path = self.hash_key_file
            with new_file(path, access.file_mode) as file, self.sealing(path.name, file) as content:
                content.write(secrets.token_bytes(_KEY_BYTES))
        except OSError as error:
            message = _("The store {folder} cannot be created: {cause}.")
            raise CannotCreate(message.format(folder=self.folder, cause=error.strerror)) from error

    def check_folders(self, database: os.stat_result, access: FileAccess) -> None:
        """Check that only the owner of the database, or the group that shares it, can write into the store.

        Raises:
            BadConfiguration: If a folder is a link, belongs to somebody else, or is open to others.
        """
        valid_id = database.st_gid if access is FileAccess.SHARED else database.st_uid
        folders = (self.folder, self.documents, self.calls, self.batches, self.maps)
        # A missing folder is reported when it is first used.
        for folder in filter(os.path.lexists, folders):
            status = folder.lstat()
            _refuse_link(folder, is_link=not stat.S_ISDIR(status.st_mode))
            if problem := access_problem(folder, status, valid_id, access):
                raise BadConfiguration(problem)
        for folder in self.documents.glob("*"):
            _refuse_link(folder, is_link=folder.is_symlink())

    @property
    def hash_key_file(self) -> Path:
        """The path of the hash key; without the key no stored hash can be matched again."""
        return self.folder / "hash.key"

    @cached_property
    def hash_key(self) -> bytes:
        """The key of all keyed hashes.

        Raises:
            BadConfiguration: If the file is missing or damaged.
        """
        try:
            key = self.unsealed(self.hash_key_file.name, read_whole(self.hash_key_file, _MAX_KEY_BYTES))
        except (BadData, ValueError):
            key = b""
        except WorkbenchError as error:
            message = _("The hash key {file} is missing; put it back from a backup, or numbers cannot be matched.")
            raise BadConfiguration(message.format(file=self.hash_key_file)) from error
        if len(key) != _KEY_BYTES:
            message = _("The hash key {file} is damaged; put it back from a backup.")
            raise BadConfiguration(message.format(file=self.hash_key_file))
        return key

    def hashed(self, number: str) -> str:
        """Return the keyed hash of a normalised phone or identity number, "" for ""."""
        return hashlib.blake2b(number.encode(), key=self.hash_key, digest_size=16).hexdigest() if number else ""

    def document_path(self, sha256: str) -> Path:
        """Return the path of a document by its SHA-256."""
        return self.documents / sha256[:2] / sha256

    def open_document(self, sha256: str) -> BinaryIO:
        """Open a document by its SHA-256; the caller compares the digest.

        Raises:
            OSError: If the file is missing or cannot be read.
            ValueError: If the store is encrypted, and the file was changed or is another one.
        """
        path = self.document_path(sha256)
        folder = os.open(path.parent, FOLDER_FLAGS)
        try:
            handle = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
        file = os.fdopen(handle, "rb")
        if self.keys is None:
            return file
        with file:
            return BytesIO(self.keys.unsealed(sha256, file.read()))

    def size_of(self, content_size: int) -> int:
        """Return the size of a file in the store, given the size of its content."""
        return content_size + (self.keys.SEAL_BYTES if self.keys else 0)

    @contextmanager
    def sealing(self, name: str, file: BinaryIO) -> Iterator[BinaryIO]:
        """Yield a file object for the content of a new file in the store, which is sealed if the store is encrypted.

        The name is part of the seal: only the file with this name can be read.
        """
        if self.keys is None:
            yield file
            return
        content = BytesIO()
        yield content
        file.write(self.keys.sealed(name, content.getvalue()))

    def new_keys(self) -> "DataKeys | None":
        """Return new keys for files that only this process reads, None if the store is not encrypted."""
        return self.keys.new() if self.keys else None

    def unsealed(self, name: str, content: bytes) -> bytes:
        """Return the unsealed content of the file with a name in the store.

        Raises:
            ValueError: If the store is encrypted, and the file was changed or is another one.
        """
        return self.keys.unsealed(name, content) if self.keys else content


def _refuse_link(folder: Path, *, is_link: bool) -> None:
    if is_link:
        message = _("{folder} is a link or no folder, so the store is not opened; put the folder itself in its place.")
        raise BadConfiguration(message.format(folder=folder))


def access_problem(path: Path, status: os.stat_result, valid_id: int, access: FileAccess) -> str:
    """Return the problem with the access to a file or folder, "" if only the users of the database can open it.

    `valid_id` is the id of the group that must own a shared file, or of the user who must own a private one.
    """
    mode = access.folder_mode if stat.S_ISDIR(status.st_mode) else access.file_mode
    if access is FileAccess.SHARED:
        command = "chgrp"
        is_right = status.st_gid == valid_id and stat.S_IMODE(status.st_mode) == mode
    else:
        command = "chown"
        is_right = status.st_uid == valid_id and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if is_right:
        return ""
    message = _(
        "{file} has mode {mode}, owner {owner} and group {group}, which do not fit the database; correct it with"
        " `{command}`."
    )
    commands = f"sudo {command} {valid_id}", f"sudo chmod {mode:o}"
    values = {"mode": stat.filemode(status.st_mode), "owner": status.st_uid, "group": status.st_gid}
    return message.format(
        file=path, command=" && ".join(f"{one} {shlex.quote(str(path))}" for one in commands), **values
    )


def move_with_store(database: Path, target: Path) -> None:
    """Move a database file and its store to a path: both or neither, unless the process is killed.

    Raises:
        OSError: If they cannot be moved, or a store is there already.
    """
    store, new_store = Store.beside(database).folder, Store.beside(target).folder
    try:
        store.rename(new_store)
        database.rename(target)
    except BaseException:
        # A store without its database would prevent the next restore.
        if database.exists() and not store.exists():
            new_store.rename(store)
        raise
