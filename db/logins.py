"""The logins of a server, and the log, to which they can only append under their own name."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, insert

from db.columns import to_us
from db.models.event import EventRow

_LOGIN = (
    "SELECT CASE WHEN pg_has_role(datdba, 'USAGE') THEN '' ELSE session_user END"
    " FROM pg_database WHERE datname = current_database()"
)
_EXCESS = """SELECT l.rolname, g.rolname, b.rolname FROM pg_auth_members m JOIN pg_roles l ON l.oid = m.member
    JOIN pg_roles g ON g.oid = m.roleid AND g.rolname IN (site_group('desks'), site_group('admins'))
    JOIN pg_roles b ON b.oid = m.grantor
    JOIN pg_database d ON d.datname = current_database() AND NOT pg_has_role(l.oid, d.datdba, 'USAGE')
    WHERE l.rolname <> site_group('admins') AND NOT EXISTS (SELECT FROM reviewer p
        JOIN reviewer_role r ON r.reviewer_id = p.id
        WHERE p.login = l.rolname AND p.is_active AND (g.rolname = site_group('desks') OR r.role = 'admin'))
    ORDER BY 1, 2"""
_FORBIDDEN = "42501"
_INSERT = insert(EventRow.__table__)  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table


def append_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append events to the log. On a server, only a function of the schema does that, which checks who is logged in."""
    if connection.dialect.name == "sqlite":
        connection.execute(_INSERT, rows)
        return
    as_json = json.dumps([{**row, "at": to_us(row["at"])} for row in rows])
    # Its row says nothing, so nothing waits for it.
    driver: Any = connection.connection.driver_connection
    driver.run("SELECT append_events(%s)", (as_json,))


def session_login(connection: Connection) -> str:
    """Return the login of the server under which a connection works, "" for a file and for the owner of a database.

    The owner is trusted as who can write a file is: such a person is known by the operating system's user.
    """
    return "" if connection.dialect.name == "sqlite" else str(connection.exec_driver_sql(_LOGIN).scalar_one())


def try_misuses(engine: Engine) -> tuple[list[str], int]:
    """Try on a server what a login must not do, without the lock of writers and without a change.

    Returns:
        The statements that the server permits, and how many were tried.
    """
    from db.dialects.postgresql import roles

    with closing(engine.raw_connection()) as connection:
        return roles.try_misuses(connection.driver_connection)


def excess_members(connection: Connection) -> Sequence[tuple[str, str, str]]:
    """Return each login of a server that is in a group of a site without the role for it, the group, and who let it in.

    What another login granted, the owner of a database cannot take away.
    """
    if connection.dialect.name == "sqlite":
        return ()
    return [(login, group, grantor) for login, group, grantor in connection.exec_driver_sql(_EXCESS)]


def is_forbidden(error: BaseException | None) -> bool:
    """Say whether an error of the driver means that the login may not do this."""
    return getattr(error, "sqlstate", None) == _FORBIDDEN


def has_login(connection: Connection, login: str) -> bool:
    """Say whether the server of a database has a login."""
    found = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s AND rolcanlogin)"
    return bool(connection.exec_driver_sql(found, (login,)).scalar())
