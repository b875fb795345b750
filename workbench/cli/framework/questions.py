"""Asks questions on the terminal."""

import sys
from collections.abc import Callable

import typer

from workbench.domain.text.safe import safe
from workbench.i18n import _


def passphrase_prompt() -> Callable[[], str] | None:
    """Return the function that asks for the passphrase of a database, None if there is no terminal."""
    return (lambda: ask_hidden(_("Passphrase"))) if is_terminal() else None


def is_terminal() -> bool:
    """Say whether a person can answer questions on a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, default: str | None = "") -> str:
    """Ask a question on the terminal, and return the answer without control characters.

    Enter takes the default answer; without one, the question is asked again.
    """
    # The question goes to stderr, because stdout is for data.
    answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return safe(answer.strip())


def ask_hidden(question: str) -> str:
    """Ask a question on the terminal, and return the answer, which is not shown."""
    from getpass import getpass

    return getpass(f"{question}: ", stream=sys.stderr)
