"""What Typer needs to know about an option or an argument."""

from typing import Any

import typer


def option(name: str, text: str, metavar: str | None = None, *short: str, **more: Any) -> Any:
    """Return what Typer needs to know about an option; its help text is translated when the command is built."""
    return typer.Option(name, *short, metavar=metavar, help=text, **more)


def argument(metavar: str, text: str, **more: Any) -> Any:
    """Return what Typer needs to know about an argument; its help text is translated when the command is built."""
    return typer.Argument(metavar=metavar, help=text, **more)
