"""Copies a database of a server with PostgreSQL's own programs, and fills an empty one from such a copy."""

import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy import Connection

from db.dialects import server_address
from db.dialects.postgresql import roles, schema
from db.dialects.postgresql.connection import ServerConnection, refused
from db.dialects.postgresql.engine import driver_errors, refuse_unfit
from db.errors import DatabaseRefused, Refusal

_POLICY = re.compile(r"\d+; \d+ \d+ POLICY ")
_FOLLOW = "UPDATE reviewer SET login = login WHERE false"
"""Changes no row; the trigger for changes of people then lets their logins in."""


def dump(path: Path, copy: Path, connection: Connection) -> None:
    """Copy what a transaction of the owner reads to a file.

    Raises:
        DatabaseRefused: If PostgreSQL's program is missing or fails.
    """
    snapshot = str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
    _run("pg_dump", path, "--format", "custom", "--snapshot", snapshot, "--file", str(copy), "--dbname")


def load(copy: Path, path: Path) -> None:
    """Fill an empty database from a copy, completely or not at all.

    Raises:
        DatabaseRefused: If the database cannot be used, or PostgreSQL's program is missing or fails.
    """
    refuse_unfit(path)
    chosen = copy.with_suffix(".list")
    lines = _run("pg_restore", path, "--list", str(copy)).splitlines()
    # The policies are about the groups of the site that was copied, which this server need not have.
    chosen.write_text("\n".join(line for line in lines if not _POLICY.match(line)), "utf-8")
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-acl")
    _run("pg_restore", path, *whole, "--use-list", str(chosen), str(copy), "--dbname")
    chosen.unlink()


def grant_rights(path: Path) -> None:
    """Give a filled database group roles of its own, and let the logins of its people in.

    Raises:
        DatabaseRefused: If the server does not let this user do so.
    """
    with driver_errors(path), closing(ServerConnection.of(path)) as connection:
        connection.execute("; ".join((*roles.statements(), _FOLLOW)))


def empty(path: Path) -> None:
    """Remove the tables and functions from a database that could not be made as a whole."""
    with driver_errors(path), closing(ServerConnection.of(path)) as connection:
        connection.execute(schema.REMOVE_ALL)


def _run(program: str, path: Path, *arguments: str) -> str:
    """Run a program of PostgreSQL and return its output; after `--dbname` comes the database."""
    url = server_address.url_of(path)
    where = server_address.without_password(url)
    if (found := shutil.which(program)) is None:
        raise DatabaseRefused(Refusal.NO_CLIENT, where, program)
    # Every user of the machine can read the arguments of a program, but not its environment.
    parts = urlsplit(url)
    password = unquote(parts.password or "") or dict(parse_qsl(parts.query)).get("password", "")
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    last = (where,) if arguments[-1] == "--dbname" else ()
    done = subprocess.run(  # noqa: S603 - a fixed program, no shell
        [found, *(("--no-password",) if last else ()), *arguments, *last],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        # Other lines are of the system, such as warnings about the language.
        own = "; ".join(line for line in done.stderr.splitlines() if line.startswith(program))
        raise refused(Refusal.STOPPED, path, RuntimeError(own or done.stderr))
    return done.stdout
