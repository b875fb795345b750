"""A shortcut that opens the workbench without building the commands, so that the first frame appears sooner."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.cli.framework.command_context import FLAGS, SharedOptions
from workbench.i18n import LANGUAGES


def shared_options_only(arguments: Sequence[str]) -> SharedOptions | None:
    """Return the shared options if all arguments are valid shared options, else None.

    Any other command line, including one with --help or a mistake, needs the commands.
    """
    given: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        name, separator, value = rest.pop(0).partition("=")
        if not separator:
            if not rest:
                return None
            value = rest.pop(0)
        if name not in FLAGS or value.startswith("-"):
            return None
        given[FLAGS[name]] = Path(value) if name == "--site" else value
    if given.get("language", "en") not in LANGUAGES or given.get("symbols", "auto") not in {"auto", "ascii"}:
        return None
    return SharedOptions(**given)
