"""The keys of an encrypted database, and the files that are sealed with them."""

import base64
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SealBroken(ValueError):
    """The content was changed after it was sealed, or it was sealed under another name or with another key."""


def derive_key(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """Return the key for one purpose; keys for other purposes do not reveal it."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, purpose.encode()).derive(secret)


def seal(key: bytes, name: bytes, content: bytes) -> bytes:
    """Encrypt bytes with AES-GCM, so that it can be decrypted only with this key and this name."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, name)


def unseal(key: bytes, name: bytes, sealed: bytes) -> bytes:
    """Return the content that was sealed with a key under a name.

    Raises:
        SealBroken: If it was changed, or was sealed under another name or with another key.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The keys of one database, all derived from one random secret, which never changes.

    Each file is sealed under its name with its own key, so that files cannot be exchanged.
    """

    SEAL_BYTES = _NONCE_BYTES + _TAG_BYTES
    """The number of bytes that sealing adds."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "DataKeys":
        """Make the keys of a new database."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def of_database(self) -> bytes:
        """The key of the database file and of its copies."""
        return derive_key(self.secret, "database")

    def of_call_file(self, name: str) -> str:
        """Return the key of a call file, in the base64 form that DuckDB takes."""
        return base64.b64encode(derive_key(self.secret, f"call file {name}")).decode()

    def sealed(self, name: str, content: bytes) -> bytes:
        """Encrypt the content of the file `name`."""
        return seal(derive_key(self.secret, f"file {name}"), name.encode(), content)

    def unsealed(self, name: str, sealed: bytes) -> bytes:
        """Return the decrypted content of the file `name`.

        Raises:
            SealBroken: If the file was changed or exchanged.
        """
        return unseal(derive_key(self.secret, f"file {name}"), name.encode(), sealed)
