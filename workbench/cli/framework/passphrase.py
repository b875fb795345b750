"""Asks for a passphrase in a terminal, without showing it."""

import sys
from collections.abc import Callable

from workbench.i18n import _


def passphrase_prompt() -> Callable[[], str] | None:
    """Return the function that asks for the passphrase of a database, None if there is no terminal."""
    return (lambda: ask_hidden(_("Passphrase"))) if is_terminal() else None


def is_terminal() -> bool:
    """Say whether a person can answer questions on a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_hidden(question: str) -> str:
    """Ask a question on the terminal, and return the answer, which is not shown."""
    from getpass import getpass

    # The question goes to stderr, because stdout is for data.
    return getpass(f"{question}: ", stream=sys.stderr)
