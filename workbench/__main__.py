"""The composition root: chooses the language, then builds the command line and, if asked, the screens."""

import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import i18n
from workbench.errors import ExitCode

if TYPE_CHECKING:
    from workbench.services.wiring import Services


def now() -> datetime:
    """Return the time; the only clock of the program."""
    return datetime.now(UTC)  # noqa: TID251 - the injected clock itself


def spoken(arguments: Sequence[str]) -> str:
    """Return the language that `--lang` asks for, else the locale's."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return i18n.language_of()


def open_workbench(find: Callable[[], Path], as_login: str | None, symbols: str) -> int:
    """Open the terminal interface and return its exit code; the database is opened after the first frame."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from workbench.cli.framework import output

        output.complain(i18n._("The workbench needs a terminal; elsewhere use its commands, such as `workbench next`."))
        return ExitCode.UNAVAILABLE
    from screens.app import WorkbenchApp
    from workbench.look import own_look

    def open_services() -> "Services":
        from workbench.services.opening import open_services as opened

        try:
            # What was broken off is finished once the first case can be taken.
            return opened(find(), as_login, now, resumes=False)
        finally:
            # What was imported stays to the end; looking through it again and again would only take time.
            gc.freeze()
            gc.enable()

    app = WorkbenchApp(open_services, now=now, symbols=symbols, look=own_look())
    try:
        app.run()
    finally:
        if app.services is not None:
            app.services.close()
    return app.return_code or 0


def main() -> None:
    """Run the program."""
    # Whatever the caller's umask is: files hold personal data and are the owner's alone.
    os.umask(0o077)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A locale that does not know Chinese must not end a command in the middle.
        sys.stdout.reconfigure(errors="backslashreplace")
    # Importing makes a great many objects and no garbage; collecting meanwhile only delays the first frame.
    gc.disable()
    language = spoken(sys.argv[1:])
    if language in i18n.LANGUAGES:
        i18n.use(language)
    from workbench.cli.framework.command_context import CommandContext
    from workbench.cli.framework.fast_start import plain_opening

    chosen = plain_opening(sys.argv[1:])
    if chosen is not None:
        sys.exit(CommandContext(now=now, open_workbench=open_workbench, chosen=chosen).workbench())
    from workbench.cli.app import build_app

    gc.enable()
    build_app(open_workbench, now)()


if __name__ == "__main__":
    main()
