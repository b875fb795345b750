"""Prepares equal sites once in a process: a preparation runs the first time, and afterwards its result is copied."""

import pickle
import shutil
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ParamSpec, TypeVar

from tests.offices import Site
from workbench import i18n

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

_known: dict[bytes, tuple[TemporaryDirectory[str], bytes]] = {}
"""The folder that each preparation left, and what it returned and changed."""


def prepared(build: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Make a function a preparation of the site among its arguments, whose folder it may change.

    A later call with equal arguments, at the same time and with an equal folder, copies what the first call left. So a
    preparation must depend on nothing else, such as a patch of the program.
    """

    @wraps(build)
    def prepare(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        places: list[Any] = [one for one in given if _site_of(one)]
        site: Any = _site_of(places[0])
        folder = site.path.parent
        site.close()
        desks = [one for one in places if hasattr(one, "files")]
        values = [one for one in given if one not in places], named, [(desk.files, desk.options) for desk in desks]
        about = (build.__module__, build.__qualname__, values, site.clock.at, i18n.current_language())
        key = sha256(pickle.dumps((about, _contents(folder)))).digest()
        if key not in _known:
            made = build(*given, **named)
            site.close()
            kept = TemporaryDirectory(prefix="prepared-")
            shutil.copytree(folder, kept.name, dirs_exist_ok=True)
            _known[key] = kept, pickle.dumps((made, site.clock.at, [desk.files for desk in desks]))
        else:
            # Files are overwritten, not replaced, so that services that were opened before can go on.
            shutil.copytree(_known[key][0].name, folder, dirs_exist_ok=True)
        result: _Result
        result, site.clock.at, counts = pickle.loads(_known[key][1])
        for desk, count in zip(desks, counts, strict=True):
            desk.files = count
        return result

    return prepare


def _site_of(one: object) -> Site | None:
    found = one if isinstance(one, Site) else getattr(one, "site", None)
    return found if isinstance(found, Site) else None


def _contents(folder: Path) -> list[tuple[str, bytes]]:
    """Return the relative paths and the digests of all files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), sha256(path.read_bytes()).digest()) for path in files]
