"""Messages about unexpected exceptions: their type and the line that raised them, never a stored value."""

import sqlite3
import traceback
from pathlib import Path

from workbench.i18n import _

_CODES_ABOUT_DATA = {"22", "23"}
"""The classes of PostgreSQL's error codes for data: they cannot be used, or break a constraint."""

_ROOT = Path(__file__).resolve().parents[1]


def describe_error(error: BaseException) -> str:
    """Return one sentence about an exception, without the stored values that its message may contain."""
    if isinstance(error, OSError) and not isinstance(error, sqlite3.Error):
        message = _("The operating system reported an error: {cause}.")
        return message.format(cause=error.strerror or type(error).__name__)
    if isinstance(error, MemoryError):
        return _("There is not enough memory; end other programs or raise `ulimit -v`, then run the command again.")
    original = getattr(error, "orig", None)
    if isinstance(original, Exception):
        return _("The database reported an error: {cause}.").format(cause=driver_message(original))
    message = _("Unexpected error at {place} ({kind}); please report it.")
    return message.format(place=location_of(error), kind=type(error).__name__)


def driver_message(error: BaseException | None) -> str:
    """Return the message of an error of the database driver, without the stored value that it may quote."""
    if error is not None and hasattr(error, "sqlstate"):
        # Messages about data quote them; the others go on with the lines of the statement, or with guesses.
        is_about_data = (error.sqlstate or "")[:2] in _CODES_ABOUT_DATA
        return type(error).__name__ if is_about_data else str(error).partition("\n")[0]
    return str(error).partition(" with text ")[0]


def location_of(error: BaseException) -> str:
    """Return the innermost line of this program in the traceback, as `file:line`, or `?` if there is none."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and "site-packages" not in frame.filename
    ]
    if not frames:
        return "?"
    return f"{Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}"


def frames_of(error: BaseException) -> list[str]:
    """Return the traceback as files, lines and functions, without any values."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
