"""The composition root: the entry point that wires the command line to the terminal interface."""

import gc
import io
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import i18n
from workbench.errors import ExitCode, PassphraseNeeded

if TYPE_CHECKING:
    from workbench.cli.framework.command_context import FindDatabase
    from workbench.services.wiring import Services


_COMPLETION_FLAGS = frozenset({"--show-completion", "--install-completion"})


def now() -> datetime:
    """Return the current time; the only place where the program reads the clock."""
    return datetime.now(UTC)  # noqa: TID251 - the injected clock itself


def requested_language(arguments: Sequence[str]) -> str:
    """Return the language given by `--lang`, else the language of the locale."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return i18n.language_of()


def asks_for_completion(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return whether Typer must answer: a shell asks for completions, or a person for the completion script."""
    return "_WORKBENCH_COMPLETE" in environment or not _COMPLETION_FLAGS.isdisjoint(arguments)


def open_workbench(find_database: "FindDatabase", as_login: str | None, symbols: str, opening: str) -> int:
    """Run the terminal interface and return its exit code; the database is opened after the first frame."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from workbench.cli.framework import output

        output.complain(i18n._("The workbench needs a terminal; without one, use a command such as `workbench next`."))
        return ExitCode.UNAVAILABLE
    from workbench.domain.clock.typed.tense import set_date_order
    from workbench.keys.command import use_keys
    from workbench.settings.look import own_look
    from workbench.settings.user_settings import load_settings, settings_file

    passphrase = ""
    settings = load_settings(settings_file())
    set_date_order(settings.values.date_order)
    use_keys(settings.values.keys)
    # Textual reads its frame rate at import. A high rate shows the steps of a key's effect without delay.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    # Imported after the user's keys are set, because the bindings of the screens are created with their classes.
    from screens.app import WorkbenchApp

    while True:
        app = WorkbenchApp(
            partial(_open_services, find_database, as_login, passphrase),
            now=now,
            symbols=symbols,
            look=own_look(),
            settings=settings,
        )
        app.start_screen.opening = opening
        try:
            app.run()
        finally:
            if app.services is not None:
                app.services.close()
        if not isinstance(app.error, PassphraseNeeded):
            return app.return_code or 0
        from workbench.cli.framework.questions import ask_hidden

        try:
            passphrase = ask_hidden(i18n._("Passphrase"))
        except (EOFError, KeyboardInterrupt):
            return ExitCode.INTERRUPTED


def _open_services(find_database: "FindDatabase", as_login: str | None, passphrase: str) -> "Services":
    """Open the services of the workbench, with the typed passphrase if there is one."""
    from workbench.services.database import opening
    from workbench.services.foundation.file_store import Store

    try:
        path = find_database()
        if not isinstance(path, Path):
            return path
        store = Store.unlocked(path, (lambda: passphrase) if passphrase else None)
        # `resumes=False`: interrupted work is finished later, so that the first case opens sooner.
        return opening.open_services(path, as_login, now, resumes=False, store=store)
    finally:
        # Imported modules live until the program exits, so garbage collection need not scan them.
        gc.freeze()
        # Full collections wait until nobody types; see collect_if_idle.
        gc.set_threshold(10_000, 20, 1_000)
        gc.enable()


def main() -> None:
    """Run the command line, or open the workbench if no command is given."""
    # Files hold personal data: only the owner may read them, whatever the caller's umask is.
    os.umask(0o077)
    # A core dump would hold personal data too.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A locale without Chinese must not make a command fail while it prints.
        sys.stdout.reconfigure(errors="backslashreplace")
    # Importing modules creates many objects and no garbage, so a collection would only delay the first frame.
    gc.disable()
    language = requested_language(sys.argv[1:])
    if language in i18n.LANGUAGES:
        i18n.use_language(language)
    from workbench.cli.framework.command_context import CommandContext
    from workbench.cli.framework.fast_start import shared_options_only

    completes = asks_for_completion(sys.argv[1:], os.environ)
    shared = None if completes else shared_options_only(sys.argv[1:])
    if shared is not None:
        sys.exit(CommandContext(now=now, open_workbench=open_workbench, shared=shared).run_workbench())
    from workbench.cli.app import build_app
    from workbench.cli.framework.interruption import interrupted_by_signals
    from workbench.services.foundation.memory import collect_garbage_rarely

    collect_garbage_rarely()
    gc.enable()
    with interrupted_by_signals():
        build_app(open_workbench, now, completes=completes)()


if __name__ == "__main__":
    main()
