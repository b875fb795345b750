"""How a command fails: one sentence on stderr and an exit code, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from workbench.cli.framework import output
from workbench.errors import ExitCode, WorkbenchError
from workbench.failure import sentence
from workbench.i18n import _


class AlreadyReported(Exception):
    """A failure that was already reported; it carries only the exit code."""

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def reported() -> Iterator[None]:
    """Turn exceptions into one sentence on stderr and an exit code.

    Typer handles a closed pipe and an interrupt itself.
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
        # The last resort: a traceback would print stored values.
        output.complain(sentence(error))
        raise typer.Exit(ExitCode.IO) from error


def _not_text(error: UnicodeEncodeError) -> str:
    """Return the message about invalid bytes in an argument, which Python passes on as surrogates."""
    if error.encoding.lower().replace("-", "") == "utf8":
        return _("An argument contains bytes that are not text; type it again.")
    return sentence(error)
