"""Lets each transaction of a person on the server have the rights of that person's login, as if each had their own.

The transactions of tests themselves, which plant or change rows, keep the rights of the superuser.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.dialects import server_address
from db.dialects.postgresql import engine, schema
from tests import servers
from workbench.domain.case import lifecycle
from workbench.domain.case.lifecycle import Actor
from workbench.services.database import opening
from workbench.services.foundation import context as contexts
from workbench.services.foundation.context import Context

_login: ContextVar[str] = ContextVar("login", default="")
"""The login of the person whose transaction begins, "" for that of a test."""

_known: set[tuple[Path, str]] = set()
_FOLLOW = "UPDATE reviewer SET login = login WHERE false"


def install(patched: pytest.MonkeyPatch) -> None:
    """Give the transactions of the services the login of who works, whoever's act they finish."""
    begin, identify = engine._has_begun, opening._identify

    def begun(connection: Any, path: Path, **options: Any) -> bool:
        login = _login.get()
        if login:
            _let_in(path, login)
        has_begun = begin(connection, path, **options)
        if has_begun and login:
            driver = connection.connection.driver_connection
            driver.execute(f'SET LOCAL SESSION AUTHORIZATION "{login}"')
            if _is_of_desks():
                driver.execute("SELECT set_config('role', site_group('desks'), true)")
        return has_begun

    def identified(*arguments: Any) -> Actor:
        actor = identify(*arguments)
        return replace(actor, identity=f"db:{actor.login}") if actor.identity.startswith("named:") else actor

    patched.setattr(
        schema,
        "SESSION",
        f"{schema.SESSION}; GRANT ALL ON pg_temp.changed_row, pg_temp.kept_row TO PUBLIC;"
        " GRANT ALL ON SEQUENCE pg_temp.changed_row_number_seq, pg_temp.kept_row_number_seq TO PUBLIC",
    )
    patched.setattr(engine, "_has_begun", begun)
    patched.setattr(opening, "_identify", identified)
    for name in ("read", "write", "commit_refusal"):
        patched.setattr(Context, name, _as_worker(getattr(Context, name), is_block=name != "commit_refusal"))


def follow(path: Path) -> None:
    """Give the logins on the server the groups that they have in a database, which may be a copy."""
    with psycopg.connect(server_address.url_of(path), autocommit=True) as connection:
        connection.execute(_FOLLOW)


def _is_of_desks() -> bool:
    """Say whether the act needs no admin; an admin then has only the rights of desks."""
    _context, check = contexts._required.get() or (None, None)
    return check is not lifecycle.admin_refusal


def _worker(context: Context) -> str:
    # Tests of what identifies people without a server keep the rights of the superuser.
    return context.actor.login if context.actor.identity.startswith("db:") else ""


def _let_in(path: Path, login: str) -> None:
    if (path, login) not in _known:
        _known.add((path, login))
        servers.create_login(f'"{login}"')
        follow(path)


def _as_worker(real: Any, *, is_block: bool) -> Any:
    @contextmanager
    def working(context: Context) -> Iterator[None]:
        token = _login.set(_worker(context))
        try:
            yield
        finally:
            _login.reset(token)

    def block(context: Context, **options: Any) -> Any:
        opened = real(context, **options)
        is_of_test = str(sys._getframe(1).f_globals["__name__"]).startswith("tests.")
        return opened if is_of_test else entered(context, opened)

    @contextmanager
    def entered(context: Context, opened: Any) -> Iterator[Any]:
        with working(context):
            session = opened.__enter__()
        try:
            yield session
        except BaseException as error:
            if not opened.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            opened.__exit__(None, None, None)

    def call(context: Context, *arguments: Any) -> Any:
        with working(context):
            return real(context, *arguments)

    return block if is_block else call
