"""Reports a failed command by one sentence on stderr and an exit code, never by a traceback."""

from collections.abc import Callable
from typing import Any

import typer

from workbench.cli.framework import output
from workbench.cli.framework.usage_errors import usage_error_sentence
from workbench.errors import ExitCode, WorkbenchError
from workbench.failure import describe_error
from workbench.i18n import _


def run_to_exit_code(run: Callable[[], Any]) -> Any:
    """Run a command and return its exit code; print a sentence on stderr for an exception, or for each error in a file.

    Typer handles a closed pipe, an interrupt, and the exit of a command that reported its failure itself.
    """
    try:
        return run()
    except typer.TyperException as error:
        output.complain(usage_error_sentence(error))
        return error.exit_code
    except WorkbenchError as error:
        for sentence in str(error).splitlines():
            output.complain(sentence)
        return error.exit_code
    except UnicodeEncodeError as error:
        output.complain(_not_text(error))
        return ExitCode.USAGE
    except Exception as error:
        # The last resort: a traceback would print stored values. Typer turns an EOFError into an abort; one without a
        # cause left a question with Ctrl+C.
        cause = error.__cause__ if isinstance(error, typer.Abort) else None
        if isinstance(error, typer.Abort) and cause is None:
            return ExitCode.INTERRUPTED
        output.complain(describe_error(cause if isinstance(cause, Exception) else error))
        return ExitCode.IO


def _not_text(error: UnicodeEncodeError) -> str:
    """Return the message about invalid bytes in an argument, which Python passes on as surrogates."""
    if error.encoding.lower().replace("-", "") == "utf8":
        return _("An argument contains bytes that are not text; type it again.")
    return describe_error(error)
