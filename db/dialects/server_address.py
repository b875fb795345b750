"""The address of a database on a PostgreSQL server: a URL, and a file that stands for it.

A site has a path in any case: its store, its locks and the messages about it are beside that path. For a database of a
server, a small file is there, with the URL without its password. The password comes with the URL that the user gives,
or from where PostgreSQL's own library looks for it (PGPASSWORD, ~/.pgpass).
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from db.access import FileAccess, new_file
from db.errors import DatabaseRefused, Refusal

SCHEMES = ("postgresql://", "postgres://")
_SUFFIX = ".postgresql"
_MOST_CHARACTERS = 4_000
_given: dict[Path, str] = {}
"""The URLs that were given to this process, with their passwords, by the file that stands for each."""


def is_server(path: Path) -> bool:
    """Say whether a path stands for a database of a server."""
    return path.suffix == _SUFFIX


def file_of(url: str, folder: Path) -> Path:
    """Return the file in a folder that stands for the database of a URL; this process then opens it by this URL.

    Raises:
        DatabaseRefused: If the port is not valid.
    """
    parts = urlsplit(url)
    host = parts.hostname or dict(parse_qsl(parts.query)).get("host", "local")
    try:
        names = (host, str(parts.port or ""), parts.path.strip("/"))
    except ValueError as error:
        raise DatabaseRefused(Refusal.UNKNOWN_SCHEME, without_password(url)) from error
    path = folder / (re.sub(r"[^\w.]+", "-", "-".join(filter(None, names))).strip("-") + _SUFFIX)
    _given[path] = url
    return path


def url_of(path: Path) -> str:
    """Return the URL of the database that a file stands for.

    Raises:
        DatabaseRefused: If the file is missing or has no URL.
    """
    if path in _given:
        return _given[path]
    try:
        with path.open(encoding="utf-8") as file:
            url = file.read(_MOST_CHARACTERS).strip()
    except FileNotFoundError as error:
        raise DatabaseRefused(Refusal.MISSING, str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatabaseRefused(Refusal.UNREADABLE, str(path), getattr(error, "strerror", None) or "UTF-8") from error
    if not url.startswith(SCHEMES):
        raise DatabaseRefused(Refusal.NOT_OURS, str(path))
    return url


def remember_address(path: Path, url: str) -> None:
    """Open the database that a file stands for by this URL, in this process."""
    _given[path] = url


def without_password(url: str) -> str:
    """Return the URL of a server without its password, to be shown and stored; a path is returned as it is."""
    if not url.startswith(SCHEMES):
        return url
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if not name.endswith("password")]
    rest = f"?{urlencode(query, safe='/')}" if query else ""
    return f"{parts.scheme}://{user.partition(':')[0]}{at}{host}{parts.path}{rest}"


def write_file(path: Path, url: str, access: FileAccess) -> None:
    """Write the file that stands for a database; for a shared one without the user, because each has a login.

    Raises:
        FileExistsError: If there is a file.
    """
    if access is FileAccess.SHARED:
        url = re.sub("//[^/@]*@", "//", without_password(url), count=1)
    with new_file(path, access.file_mode) as file:
        file.write(f"{without_password(url)}\n".encode())
