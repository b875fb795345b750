"""The file store: the folder next to the database with documents, call records and the hash key."""

import hashlib
import secrets
from functools import cached_property
from pathlib import Path

from db.access import Access, access_of, make_folder, new_file
from workbench.errors import BadConfiguration, BadData, CannotCreate, WorkbenchError
from workbench.i18n import _
from workbench.services.foundation.safe_files import read_whole

_KEY_BYTES = 32


class Store:
    """The file store of one database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents = folder / "documents"
        self.calls = folder / "calls"
        self.batches = folder / "batches"
        self.maps = folder / "maps"

    @classmethod
    def beside(cls, database: Path) -> "Store":
        """Return the file store of a database file."""
        return cls(database.with_name(database.name + ".store"))

    @cached_property
    def access(self) -> Access:
        """Who may read the files in the store; new files get the same access."""
        return access_of(self.folder)

    def create(self, access: Access = Access.PRIVATE) -> None:
        """Create the folders and a new hash key.

        Raises:
            CannotCreate: If a folder or the key cannot be written.
        """
        try:
            for folder in (self.folder, self.documents, self.calls, self.batches):
                make_folder(folder, access)
            with new_file(self.key_file, access.file_mode) as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
        except OSError as error:
            message = _("The store {folder} cannot be created: {cause}.")
            raise CannotCreate(message.format(folder=self.folder, cause=error.strerror)) from error

    @property
    def key_file(self) -> Path:
        """The path of the hash key; without the key no stored hash can be matched again."""
        return self.folder / "hash.key"

    @cached_property
    def hash_key(self) -> bytes:
        """The key of all keyed hashes.

        Raises:
            BadConfiguration: If the file is missing or damaged.
        """
        try:
            key = read_whole(self.key_file, _KEY_BYTES)
        except BadData:
            key = b""
        except WorkbenchError as error:
            message = _("The hash key {file} is missing; put it back from a backup, or numbers cannot be matched.")
            raise BadConfiguration(message.format(file=self.key_file)) from error
        if len(key) != _KEY_BYTES:
            message = _("The hash key {file} is damaged; put it back from a backup.")
            raise BadConfiguration(message.format(file=self.key_file))
        return key

    def hashed(self, number: str) -> str:
        """Return the keyed hash of a normalised phone or identity number, "" for ""."""
        return hashlib.blake2b(number.encode(), key=self.hash_key, digest_size=16).hexdigest() if number else ""

    def document_path(self, sha256: str) -> Path:
        """Return the path of a document by its SHA-256."""
        return self.documents / sha256[:2] / sha256
