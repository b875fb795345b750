"""What a failed command says: one sentence and an exit code, never a traceback."""

import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from workbench.cli import output
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _

_ROOT = Path(__file__).resolve().parents[2]


class Told(Exception):
    """A failure about which everything was printed already; only the exit code is left."""

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def told() -> Iterator[None]:
    """Turn what goes wrong inside into one sentence on stderr and an exit code.

    A reader that closes the pipe and a key that interrupts are Typer's to handle.
    """
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
        raise
    except Told as error:
        raise typer.Exit(error.code) from error
    except WorkbenchError as error:
        output.complain(str(error))
        raise typer.Exit(error.exit_code) from error
    except Exception as error:
        # The last line of defence: whatever the cause, no stored value may be printed with a traceback.
        output.complain(_sentence(error))
        raise typer.Exit(ExitCode.IO) from error


def _sentence(error: Exception) -> str:
    """Return a sentence about a failure that nobody expected, without the values that it holds."""
    if isinstance(error, OSError) and not isinstance(error, sqlite3.Error):
        return _("The disk or another program failed: {cause}.").format(cause=error.strerror or type(error).__name__)
    original = getattr(error, "orig", None)
    if isinstance(original, Exception):
        return _("The database failed: {cause}.").format(cause=original)
    return _("The program failed unexpectedly at {place} ({kind}); please report this.").format(
        place=_place(error), kind=type(error).__name__
    )


def _place(error: Exception) -> str:
    """Return the innermost line of this program where a failure came up."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and "site-packages" not in frame.filename
    ]
    if not frames:
        return "?"
    return f"{Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}"
