"""What a failed command says: one sentence and an exit code, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from workbench.cli.framework import output
from workbench.errors import ExitCode, WorkbenchError
from workbench.failure import sentence
from workbench.i18n import _


class AlreadyReported(Exception):
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
    except AlreadyReported as error:
        raise typer.Exit(error.code) from error
    except WorkbenchError as error:
        output.complain(str(error))
        raise typer.Exit(error.exit_code) from error
    except UnicodeEncodeError as error:
        output.complain(_not_text(error))
        raise typer.Exit(ExitCode.USAGE) from error
    except Exception as error:
        # The last line of defence: whatever the cause, no stored value may be printed with a traceback.
        output.complain(sentence(error))
        raise typer.Exit(ExitCode.IO) from error


def _not_text(error: UnicodeEncodeError) -> str:
    """Return the sentence about bytes that are no text: the command line brings them in as half characters."""
    if error.encoding.lower().replace("-", "") == "utf8":
        return _("An argument holds bytes that are no text; type it again.")
    return sentence(error)
