"""A shortcut that opens the workbench without building the commands, so that the first frame appears sooner."""

from collections.abc import Sequence
from pathlib import Path

from workbench.cli.framework.command_context import SharedOptions
from workbench.i18n import LANGUAGES

_SYMBOLS = ("auto", "ascii")


def shared_options_only(arguments: Sequence[str]) -> SharedOptions | None:
    """Return the shared options if the arguments are nothing else and all are valid, else None.

    Everything else, including help and mistakes, goes through the full command line.
    """
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name, separator, value = rest.pop(0).partition("=")
        if not separator:
            if not rest:
                return None
            value = rest.pop(0)
        if name not in {"--database", "--lang", "--as", "--symbols", "--site"} or value.startswith("-"):
            return None
        given[name] = value
    if given.get("--lang", "en") not in LANGUAGES or given.get("--symbols", "auto") not in _SYMBOLS:
        return None
    return SharedOptions(
        database=given.get("--database"),
        language=given.get("--lang"),
        login=given.get("--as"),
        symbols=given.get("--symbols"),
        site=Path(given["--site"]) if "--site" in given else None,
    )
