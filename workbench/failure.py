"""What is said about a failure that nobody expected: where it came up and of which kind, never a stored value."""

import sqlite3
import traceback
from pathlib import Path

from workbench.i18n import _

_ROOT = Path(__file__).resolve().parents[1]


def sentence(error: BaseException) -> str:
    """Return one sentence about a failure, without the values that it holds."""
    if isinstance(error, OSError) and not isinstance(error, sqlite3.Error):
        return _("The disk or another program failed: {cause}.").format(cause=error.strerror or type(error).__name__)
    original = getattr(error, "orig", None)
    if isinstance(original, Exception):
        return _("The database failed: {cause}.").format(cause=original)
    return _("The program failed unexpectedly at {place} ({kind}); please report this.").format(
        place=place(error), kind=type(error).__name__
    )


def place(error: BaseException) -> str:
    """Return the innermost line of this program where a failure came up."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and "site-packages" not in frame.filename
    ]
    if not frames:
        return "?"
    return f"{Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}"


def steps(error: BaseException) -> list[str]:
    """Return the way through the program to a failure: files, lines and functions, but nothing that they held."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
