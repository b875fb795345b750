"""The key settings of a store: where its key comes from, and a secret that is sealed with this key.

The data are encrypted with keys derived from the random secret. To replace the key, only this small file changes.
"""

import hashlib
import json
import os
import secrets
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from db.access import access_of, new_file, sync
from workbench.errors import BadConfiguration, CannotCreate, StorageFailed
from workbench.i18n import _
from workbench.services.encryption import KEY_SETTINGS
from workbench.services.encryption.data_keys import DataKeys, SealBroken, derive_key, seal, unseal
from workbench.services.encryption.key_source import Ask, Key, KeyKind, KeySource, sharing_group

_INTRODUCTION = (
    "# How this database gets its key. Without this file and the key, nothing in the database can be read.\n"
)
_MAX_BYTES = 1 << 16
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 1 << 16, 8, 1
_SCRYPT = f"scrypt {_SCRYPT_N} {_SCRYPT_R} {_SCRYPT_P}"
_RANDOM = "random"
_KEY_DIGITS = 64
_CHECK = b"check = "
_PURPOSE = "key of the secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """The content of the settings file."""

    source: KeySource
    strength: str
    """How the sealing key is derived: from a random key, or with scrypt from a passphrase."""
    salt: bytes
    sealed_secret: bytes = b""

    @classmethod
    def read(cls, store: Path) -> "KeySettings | None":
        """Return the key settings of a store, None if it is not encrypted.

        Raises:
            BadConfiguration: If the file cannot be read or was changed.
        """
        file = store / KEY_SETTINGS
        try:
            handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as opened:
                return cls._parse(opened.read(_MAX_BYTES))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _damaged(file, error.strerror or "") from error
        except (ValueError, KeyError) as error:
            raise _damaged(file, _("it was changed")) from error

    @classmethod
    def _parse(cls, content: bytes) -> "KeySettings":
        """Return the settings in a file.

        Raises:
            ValueError: If the file was changed.
        """
        body, _mark, check = content.rpartition(_CHECK)
        values = tomllib.loads(body.decode())
        # Compared as bytes, so that no bit may differ.
        if check != _check_of(body) or values["strength"] not in {_RANDOM, _SCRYPT}:
            raise ValueError
        return cls(
            source=KeySource(kind=KeyKind(values["source"]), where=values["where"]),
            strength=values["strength"],
            salt=bytes.fromhex(values["salt"]),
            sealed_secret=bytes.fromhex(values["secret"]),
        )

    @classmethod
    def sealing(cls, keys: DataKeys, key: Key) -> "KeySettings":
        """Return settings that seal the secret of a database with a key."""
        strength = _RANDOM if _is_random(key.text) else _SCRYPT
        settings = cls(source=key.source, strength=strength, salt=secrets.token_bytes(16))
        return replace(settings, sealed_secret=seal(settings._sealing_key(key.text), settings._name(), keys.secret))

    def opened_with(self, key: Key) -> DataKeys | None:
        """Return the keys of the database, None if the key is not the right one."""
        try:
            return DataKeys(unseal(self._sealing_key(key.text), self._name(), self.sealed_secret))
        except SealBroken:
            return None

    def write(self, store: Path) -> None:
        """Write the settings into a store, completely or not at all, and wait until they are on the disk.

        Raises:
            CannotCreate: If they cannot be written; the former settings are unchanged.
            StorageFailed: If they are written, but may not be on the disk yet.
        """
        content = self._content()
        file = store / KEY_SETTINGS
        draft = file.with_name(f".{KEY_SETTINGS}.new")
        try:
            # A killed process may have left this file.
            draft.unlink(missing_ok=True)
            with new_file(draft, access_of(store).file_mode) as opened:
                opened.write(content)
            draft.replace(file)
        except OSError as error:
            message = _("{file} cannot be written: {cause}. The key is unchanged.")
            raise CannotCreate(message.format(file=file, cause=error.strerror)) from error
        finally:
            draft.unlink(missing_ok=True)
        try:
            sync(store)
        except OSError as error:
            message = _("{file} may not be on the disk yet ({cause}); keep both keys, the former and the new one.")
            raise StorageFailed(message.format(file=file, cause=error.strerror)) from error

    def _content(self) -> bytes:
        """Return the content of the settings file.

        Raises:
            CannotCreate: If the content would not be read as these settings.
        """
        try:
            body = self._body()
            content = body + _CHECK + _check_of(body)
            is_readable = self._parse(content) == self
        except ValueError:
            # The path or command may contain characters that UTF-8 or TOML cannot hold.
            is_readable = False
        if not is_readable:
            message = _("The path or command {where} cannot be written into a settings file; choose a simpler one.")
            raise CannotCreate(message.format(where=ascii(self.source.where)))
        return content

    def _body(self) -> bytes:
        texts = {
            "source": self.source.kind.value,
            "where": self.source.where,
            "strength": self.strength,
            "salt": self.salt.hex(),
            "secret": self.sealed_secret.hex(),
        }
        lines = (f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in texts.items())
        return (_INTRODUCTION + "".join(lines)).encode()

    def _name(self) -> bytes:
        return f"secret {self.strength} {self.salt.hex()}".encode()

    def _sealing_key(self, key: str) -> bytes:
        if self.strength == _RANDOM:
            return derive_key(bytes.fromhex(key) if _is_random(key) else key.encode(), _PURPOSE, self.salt)
        strong = hashlib.scrypt(
            key.encode(), salt=self.salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, maxmem=1 << 27, dklen=32
        )
        return derive_key(strong, _PURPOSE, self.salt)


def unlock(store: Path, ask: Ask | None = None) -> DataKeys | None:
    """Return the keys of a store, None if it is not encrypted; `ask` asks for a passphrase if one is needed.

    Raises:
        BadConfiguration: If the key is missing or is not the right one, or the settings are damaged.
    """
    settings = KeySettings.read(store)
    if settings is None:
        return None
    if settings.source.kind is KeyKind.COMMAND:
        _refuse_foreign_command(store / KEY_SETTINGS)
    return open_data_keys(settings, Key(settings.source, settings.source.read(sharing_group(store), ask)))


def open_data_keys(settings: KeySettings, key: Key) -> DataKeys:
    """Open the secret of a database with a key, and return its data keys.

    Raises:
        BadConfiguration: If the key is not the right one.
    """
    keys = settings.opened_with(key)
    if keys is None:
        message = _("The database was not opened, because {source} is wrong; give the right one.")
        if key.source.kind is KeyKind.PROMPT:
            message = _("The database was not opened, because {source} is wrong; run the command again and type it.")
        raise BadConfiguration(message.format(source=key.source))
    return keys


def _refuse_foreign_command(file: Path) -> None:
    """Refuse to run a command that another user may have written into the settings.

    Raises:
        BadConfiguration: If neither this user nor root owns the file.
    """
    if file.lstat().st_uid not in {0, os.geteuid()}:
        message = _("Another user owns {file}, so its key command was not run; make root its owner, or use a key file.")
        raise BadConfiguration(message.format(file=file))


def _is_random(key: str) -> bool:
    return len(key) == _KEY_DIGITS and not set(key) - set("0123456789abcdefABCDEF")


def _check_of(body: bytes) -> bytes:
    return f'"{hashlib.sha256(body).hexdigest()}"\n'.encode()


def _damaged(file: Path, cause: str) -> BadConfiguration:
    message = _("The key settings {file} cannot be used ({cause}); put the file back from a backup.")
    return BadConfiguration(message.format(file=file, cause=cause))
