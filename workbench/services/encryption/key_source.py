"""The sources of the key of an encrypted database: a file, a command, or a typed passphrase."""

import os
import secrets
import shlex
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from db.access import FileAccess, access_of, new_file, sync
from workbench.errors import BadConfiguration, CannotCreate, PassphraseNeeded
from workbench.i18n import _

Ask = Callable[[], str]
"""A function that asks the person for the passphrase."""

_MAX_BYTES = 4096
_COMMAND_TIMEOUT_S = 60


class KeyKind(StrEnum):
    """The kinds of key sources."""

    FILE = "file"
    COMMAND = "command"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """Where a key comes from; `where` is the path of the file, or the command line."""

    kind: KeyKind
    where: str = ""

    def __str__(self) -> str:
        """Name the source in a sentence."""
        if self.kind is KeyKind.FILE:
            return _("the key file {file}").format(file=self.where)
        return _("the key command") if self.kind is KeyKind.COMMAND else _("the passphrase")

    def read(self, group_id: int | None, ask: Ask | None) -> str:
        """Return the key as text.

        Args:
            group_id: The group that shares the database and may read the key file, None if there is none.
            ask: Asks for a passphrase, None if nobody can be asked.

        Raises:
            PassphraseNeeded: If the key is a passphrase and nobody can be asked.
            BadConfiguration: If the key file is missing, empty or open to others, or the command fails.
        """
        if self.kind is KeyKind.FILE:
            return _from_file(Path(self.where), group_id)
        if self.kind is KeyKind.COMMAND:
            return _from_command(self.where)
        if ask is None:
            raise PassphraseNeeded(
                _("The database is encrypted with a passphrase, which is typed in a terminal; run this command in one.")
            )
        return ask().strip()


@dataclass(frozen=True, slots=True)
class Key:
    """A key as a text, and where it came from."""

    source: KeySource
    text: str = field(repr=False)


def new_key_file(path: Path, group_id: int | None) -> None:
    """Write a new random key into a new file, for its owner or for a group that shares the database.

    Raises:
        CannotCreate: If the file cannot be written.
    """
    try:
        with new_file(path, 0o600 if group_id is None else 0o640) as file:
            if group_id is not None:
                os.chown(file.fileno(), -1, group_id)
            file.write(f"{secrets.token_hex(32)}\n".encode())
        sync(path.parent)
    except OSError as error:
        message = _("The key file {file} cannot be created: {cause}.")
        if isinstance(error, FileNotFoundError):
            message = _("The key file {file} cannot be created: its folder does not exist. Make the folder first.")
        raise CannotCreate(message.format(file=path, cause=error.strerror)) from error


def sharing_group(folder: Path) -> int | None:
    """Return the number of the group that shares a folder, None if it is private."""
    return folder.stat().st_gid if access_of(folder) is FileAccess.SHARED else None


def protection_problem(status: os.stat_result, path: Path, group_id: int | None) -> str:
    """Return what is wrong with the protection of a key file, "" if only the users of the database can read it."""
    allowed = 0o640 if status.st_gid == group_id else 0o600
    if not stat.S_IMODE(status.st_mode) & ~allowed & 0o077:
        return ""
    message = _("Other users can open the key file {file} ({mode}); run `chmod {wanted}` on it.")
    return message.format(file=path, mode=stat.filemode(status.st_mode), wanted=f"{allowed:o}")


def _from_file(path: Path, group_id: int | None) -> str:
    try:
        # Opening a pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        message = _("The key file {file} is missing; put it back. Without it, nothing in the database can be read.")
        raise BadConfiguration(message.format(file=path)) from error
    except OSError as error:
        message = _("The key file {file} cannot be opened ({cause}); check its permissions.")
        raise BadConfiguration(message.format(file=path, cause=error.strerror)) from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadConfiguration(_("The key file {file} is not a regular file.").format(file=path))
        if problem := protection_problem(status, path, group_id):
            raise BadConfiguration(problem)
        return _text(file.read(_MAX_BYTES + 1), _("The key file {file} is empty, too large or not text."), path)


def _from_command(command: str) -> str:
    failed = _("The key command failed ({cause}); run `{command}` yourself to see why.")
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command line, without a shell
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_COMMAND_TIMEOUT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        cause = _("exit code {code}").format(code=error.returncode)
        raise BadConfiguration(failed.format(cause=cause, command=command)) from None
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise BadConfiguration(failed.format(cause=cause, command=command)) from None
    return _text(done.stdout, _("The output of the key command `{file}` is empty, too large or not text."), command)


def _text(content: bytes, message: str, where: object) -> str:
    """Return the key in the content of a file or the output of a command, without the line end.

    Raises:
        BadConfiguration: If the content is empty, too large or not text, with `message`.
    """
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(content) > _MAX_BYTES:
        raise BadConfiguration(message.format(file=where))
    return text
