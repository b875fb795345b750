"""Asks for a passphrase in a terminal, without showing it."""

import sys
from collections.abc import Callable

from workbench.i18n import _


def asking() -> Callable[[], str] | None:
    """Return the function that asks for the passphrase of a database, None if there is no terminal."""
    return (lambda: answered(_("Passphrase"))) if is_terminal() else None


def is_terminal() -> bool:
    """Say whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def answered(question: str) -> str:
    """Return what a person typed."""
    from getpass import getpass

    # Not on stdout, which is data.
    return getpass(f"{question}: ", stream=sys.stderr)
