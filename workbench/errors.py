"""The errors that users see, each with the exit code of a command that fails with it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the commands (sysexits)."""

    OK = 0
    USAGE = 2
    DATA = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    CANNOT_CREATE = 73
    IO = 74
    BUSY = 75
    NOT_ALLOWED = 77
    CONFIG = 78
    INTERRUPTED = 130


class WorkbenchError(Exception):
    """An error that the user can act on; its message says what happened, why, and what to do."""

    exit_code: ExitCode = ExitCode.IO


class WrongUsage(WorkbenchError):
    """The command line is invalid."""

    exit_code = ExitCode.USAGE


class BadData(WorkbenchError):
    """A file holds data that cannot be imported."""

    exit_code = ExitCode.DATA


class NotFound(WorkbenchError):
    """There is no such case, batch, login, file or database."""

    exit_code = ExitCode.NO_INPUT


class NothingAvailable(WorkbenchError):
    """Nothing is available, such as a case when the queue is empty."""

    exit_code = ExitCode.UNAVAILABLE


class CannotCreate(WorkbenchError):
    """A file or folder cannot be created."""

    exit_code = ExitCode.CANNOT_CREATE


class StorageFailed(WorkbenchError):
    """The disk or the database failed."""

    exit_code = ExitCode.IO


class DiskFull(StorageFailed):
    """There is no room on the disk for a change of the database."""


class DatabaseDamaged(StorageFailed):
    """The content of the database file is damaged."""


class StorageGone(StorageFailed):
    """The database file was replaced or removed while it was open."""


class ConnectionLost(StorageFailed):
    """The connection to the server of the database was lost; a repeated command gets another one."""

    exit_code = ExitCode.BUSY


class Busy(WorkbenchError):
    """The case, the database or a file is in use by another person or process."""

    exit_code = ExitCode.BUSY


class StorageBusy(WorkbenchError):
    """Other processes held the write lock for too long; nothing was written."""

    exit_code = ExitCode.BUSY


class NotAllowed(WorkbenchError):
    """The person, the role or the state does not permit the action."""

    exit_code = ExitCode.NOT_ALLOWED


class BadConfiguration(WorkbenchError):
    """A configuration, a policy or the database schema is invalid for this version of the program."""

    exit_code = ExitCode.CONFIG


class PassphraseNeeded(BadConfiguration):
    """Somebody must type the passphrase of the database, and nobody can be asked here."""
