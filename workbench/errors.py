"""Errors that a person can read, each with the exit code of its command."""

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


class WorkbenchError(Exception):
    """Something a person can do about; its text is one sentence that names the thing and the way out."""

    exit_code: ExitCode = ExitCode.IO


class WrongUsage(WorkbenchError):
    """The command line asks for what does not exist."""

    exit_code = ExitCode.USAGE


class BadData(WorkbenchError):
    """A file holds what cannot be taken in."""

    exit_code = ExitCode.DATA


class NotFound(WorkbenchError):
    """There is no such case, batch, login, file or database."""

    exit_code = ExitCode.NO_INPUT


class NothingAvailable(WorkbenchError):
    """There is nothing to give."""

    exit_code = ExitCode.UNAVAILABLE


class CannotCreate(WorkbenchError):
    """A file or folder cannot be made."""

    exit_code = ExitCode.CANNOT_CREATE


class StorageFailed(WorkbenchError):
    """The disk or the database failed."""

    exit_code = ExitCode.IO


class Busy(WorkbenchError):
    """Another was first, or holds it now; try again."""

    exit_code = ExitCode.BUSY


class StorageBusy(WorkbenchError):
    """Others kept the write lock for too long; nothing was written."""

    exit_code = ExitCode.BUSY


class NotAllowed(WorkbenchError):
    """This person may not do this now."""

    exit_code = ExitCode.NOT_ALLOWED


class BadConfiguration(WorkbenchError):
    """A configuration, policy or schema does not fit the program."""

    exit_code = ExitCode.CONFIG
