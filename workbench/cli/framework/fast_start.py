"""Opening the workbench without building every command first, so that its first frame comes soon."""

from collections.abc import Sequence
from pathlib import Path

from workbench.cli.framework.command_context import Chosen
from workbench.i18n import LANGUAGES

_SYMBOLS = ("auto", "ascii")


def plain_opening(arguments: Sequence[str]) -> Chosen | None:
    """Return what the shared options say if there is nothing but them, each whole and valid, else None.

    Whatever is not plain, help and mistakes included, is for the command line proper.
    """
    said: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name, separator, value = rest.pop(0).partition("=")
        if not separator:
            if not rest:
                return None
            value = rest.pop(0)
        if name not in {"--database", "--lang", "--as", "--symbols", "--site"} or value.startswith("-"):
            return None
        said[name] = value
    if said.get("--lang", "en") not in LANGUAGES or said.get("--symbols", "auto") not in _SYMBOLS:
        return None
    return Chosen(
        database=said.get("--database"),
        language=said.get("--lang"),
        login=said.get("--as"),
        symbols=said.get("--symbols"),
        site=Path(said["--site"]) if "--site" in said else None,
    )
