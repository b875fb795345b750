"""Prepares equal sites only once in a process: later preparations copy the result of the first."""

import pickle
import shutil
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ParamSpec, TypeVar

from db.dialect import is_server
from tests.sites import Site
from workbench import i18n

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_results: dict[bytes, tuple[TemporaryDirectory[str], bytes]] = {}
"""By preparation, the folder that it left, and the pickled values that it returned and changed."""


def prepared(build: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Cache a function that prepares the site among its arguments; it may change the folder of the site.

    A later call with equal arguments, at the same time and with an equal folder, copies the result of the first call.
    So the function must depend on nothing else, such as a patch of the program.
    """

    @wraps(build)
    def prepare(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> _Result:
        with_site: list[Any] = [argument for argument in arguments if _site_of(argument)]
        site: Any = _site_of(with_site[0])
        if is_server(site.path):
            # Its rows are not in the folder.
            return build(*arguments, **options)
        folder = site.path.parent
        site.close()
        desks = [argument for argument in with_site if hasattr(argument, "files")]
        values = (
            [argument for argument in arguments if argument not in with_site],
            options,
            [(desk.files, desk.options) for desk in desks],
        )
        call = (build.__module__, build.__qualname__, values, site.clock.at, i18n.current_language())
        key = sha256(pickle.dumps((call, _contents(folder)))).digest()
        if key not in _results:
            returned = build(*arguments, **options)
            site.close()
            copy = TemporaryDirectory(prefix="prepared-")
            shutil.copytree(folder, copy.name, dirs_exist_ok=True)
            _results[key] = copy, pickle.dumps((returned, site.clock.at, [desk.files for desk in desks]))
        else:
            # Files are overwritten, not replaced, so that services that were opened before can go on.
            shutil.copytree(_results[key][0].name, folder, dirs_exist_ok=True)
        result: _Result
        result, site.clock.at, file_counts = pickle.loads(_results[key][1])
        for desk, count in zip(desks, file_counts, strict=True):
            desk.files = count
        return result

    return prepare


def _site_of(argument: object) -> Site | None:
    site = argument if isinstance(argument, Site) else getattr(argument, "site", None)
    return site if isinstance(site, Site) else None


def _contents(folder: Path) -> list[tuple[str, bytes]]:
    """Return the relative paths and the digests of all files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), sha256(path.read_bytes()).digest()) for path in files]
