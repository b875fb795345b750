"""Declares the options and arguments of commands for Typer."""

from typing import Any

import typer


def option(name: str, text: str, metavar: str | None = None, *short: str, **more: Any) -> Any:
    """Declare an option; its help text is translated when the command is built."""
    return typer.Option(name, *short, metavar=metavar, help=text, **more)


def argument(metavar: str, text: str, **more: Any) -> Any:
    """Declare an argument; its help text is translated when the command is built."""
    return typer.Argument(metavar=metavar, help=text, **more)
