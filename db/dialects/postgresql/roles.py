"""What the logins of a server may do: two group roles for each database, and the only function that appends to the log.

The groups are called after the database, so that sites on one server do not share them. A registered person whose login
the server knows is in the group of desks, and an admin also in that of admins.
"""

from collections.abc import Iterator
from typing import Any

import psycopg

WRITE_LOCK = 0x54535257
"""The key of the lock that each write transaction takes. Writers then have it in the order in which they asked."""

_OF_ADMINS = "reviewer, reviewer_role, policy_version, alembic_version"
"""The tables that desks only read, apart from the column that says that all cases changed to a policy version."""

_SETTINGS_OF_DESKS = ("calendar_edition", "clock", "days_off_to_follow", "last_batch", "last_case")
"""The settings that ordinary acts write."""

_DEFINED_BY_OWNER = ("append_events(jsonb)", "follow_roles()", "raise_sequence()")
"""The functions that have the rights of the owner, whoever calls them."""

# The names are those of the database when the site was made or restored; a copy that pg_restore makes keeps them.
_GROUP_NAMES = """DO $$ BEGIN EXECUTE format(
    'CREATE OR REPLACE FUNCTION site_group(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN %L || $1',
    left(current_database(), 50) || '_'); END $$"""

_APPEND = """CREATE OR REPLACE FUNCTION append_events(added jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        last event; one event;
        is_owner boolean := pg_has_role(session_user, current_user, 'USAGE');
    BEGIN
        PERFORM pg_advisory_xact_lock(WRITE_LOCK);
        SELECT * INTO last FROM event ORDER BY seq DESC LIMIT 1;
        FOR one IN SELECT * FROM jsonb_populate_recordset(NULL::event, added) LOOP
            IF one.seq <> coalesce(last.seq, 0) + 1 OR one.prev_hash <> coalesce(last.hash, repeat('0', 64)) THEN
                RAISE EXCEPTION 'the event does not follow the last one';
            END IF;
            IF NOT is_owner AND (one.identity <> 'db:' || session_user OR one.actor_login <> session_user
                OR NOT EXISTS (SELECT FROM reviewer WHERE id = one.actor_id AND login = session_user)) THEN
                RAISE insufficient_privilege USING MESSAGE = 'the event is not of the person who is logged in';
            END IF;
            INSERT INTO event SELECT one.*;
            last := one;
        END LOOP;
    END $$""".replace("WRITE_LOCK", str(WRITE_LOCK))

_FOLLOW = """CREATE OR REPLACE FUNCTION follow_roles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE one record; kind text; is_in boolean; BEGIN
        FOR one IN SELECT login, is_active AND EXISTS (SELECT FROM reviewer_role WHERE reviewer_id = id) AS desks,
            is_active AND EXISTS (SELECT FROM reviewer_role WHERE reviewer_id = id AND role = 'admin') AS admins
            FROM reviewer JOIN pg_roles ON rolname = login AND NOT pg_has_role(rolname, current_user, 'USAGE')
        LOOP
            FOREACH kind IN ARRAY ARRAY['desks', 'admins'] LOOP
                is_in := EXISTS (SELECT FROM pg_auth_members WHERE member = one.login::regrole
                    AND roleid = quote_ident(site_group(kind))::regrole);
                IF (kind = 'desks' AND one.desks OR kind = 'admins' AND one.admins) IS DISTINCT FROM is_in THEN
                    EXECUTE format(CASE WHEN is_in THEN 'REVOKE %I FROM %I' ELSE 'GRANT %I TO %I' END,
                        site_group(kind), one.login);
                END IF;
            END LOOP;
        END LOOP;
        RETURN NULL;
    END $$"""


_ON_LOG = (
    "UPDATE event SET seq = seq WHERE false",
    "DELETE FROM event WHERE false",
    "INSERT INTO event SELECT * FROM event WHERE false",
)
_ON_ROLES_AND_POLICY = (
    "UPDATE reviewer SET login = login WHERE false",
    "INSERT INTO reviewer_role SELECT * FROM reviewer_role WHERE false",
    "DELETE FROM reviewer_role WHERE false",
    "INSERT INTO policy_version SELECT * FROM policy_version WHERE false",
    "UPDATE policy_version SET body = body WHERE false",
    "DELETE FROM policy_version WHERE false",
)
_IS_ADMIN = "SELECT pg_has_role(session_user, site_group('admins'), 'USAGE')"


def try_misuses(driver: Any) -> tuple[list[str], int]:
    """Try what the login of a connection must not do, on no row; return what the server permits, and the tries."""
    tried = _ON_LOG if driver.execute(_IS_ADMIN).fetchone()[0] else _ON_LOG + _ON_ROLES_AND_POLICY
    permitted = []
    for statement in tried:
        try:
            driver.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            continue
        permitted.append(statement)
    return permitted, len(tried)


def statements() -> Iterator[str]:
    """Yield the statements that create the groups and say what they may do; they follow those of the tables."""
    yield _GROUP_NAMES
    yield """DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY[site_group('desks'), site_group('admins')] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I', name); END IF;
        END LOOP; EXECUTE format('GRANT %I TO %I', site_group('desks'), site_group('admins')); END $$"""
    yield from renewed()


def renewed() -> Iterator[str]:
    """Yield the statements that fit an upgraded schema: the functions, and what the groups may do with each table."""
    yield _APPEND
    yield _FOLLOW
    for table in ("reviewer", "reviewer_role"):
        yield (
            f"CREATE OR REPLACE TRIGGER follow_roles AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " EXECUTE FUNCTION follow_roles()"
        )
    for function in _DEFINED_BY_OWNER:
        yield _granted(f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = %3$I, pg_temp")
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"
    yield _granted("REVOKE CREATE ON SCHEMA %3$I FROM PUBLIC")
    yield _granted("GRANT USAGE ON SCHEMA %3$I TO %1$I")
    yield _granted("GRANT SELECT ON ALL TABLES IN SCHEMA %3$I TO %1$I")
    yield _granted("GRANT USAGE ON ALL SEQUENCES IN SCHEMA %3$I TO %1$I")
    yield _granted("GRANT EXECUTE ON FUNCTION append_events(jsonb) TO %1$I")
    # Not by name: an older copy that is restored has fewer tables.
    yield _granted("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %3$I TO %1$I")
    yield _granted(f"REVOKE INSERT, UPDATE, DELETE ON event, {_OF_ADMINS} FROM %1$I")
    yield _granted("GRANT UPDATE (settled_at) ON policy_version TO %1$I")
    yield _granted(f"GRANT INSERT, UPDATE, DELETE ON {_OF_ADMINS} TO %2$I")
    yield from _for_settings()


def _for_settings() -> Iterator[str]:
    """Yield the statements that say which settings a login may write."""
    are_of_desks = "name IN ({})".format(", ".join(f"'{name}'" for name in _SETTINGS_OF_DESKS))
    # A name that could be changed would make another setting of one that desks may write.
    yield _granted("REVOKE UPDATE ON setting FROM %1$I")
    yield _granted("GRANT UPDATE (value) ON setting TO %1$I")
    yield "ALTER TABLE setting ENABLE ROW LEVEL SECURITY"
    for policy, rows in (
        ("readers", "FOR SELECT USING (true)"),
        ("desks", f"TO %1$I USING ({are_of_desks})"),
        # The other rows are seen too, because a change of a row that is not seen does nothing, and says nothing.
        ("changes", f"FOR UPDATE TO %1$I USING (true) WITH CHECK ({are_of_desks})"),
        ("admins", "TO %2$I USING (true)"),
    ):
        yield f"DROP POLICY IF EXISTS {policy} ON setting"
        yield _granted(f"CREATE POLICY {policy} ON setting {rows}")


def _granted(statement: str) -> str:
    """Return a statement about the group of desks (1), that of admins (2) or the schema (3)."""
    quoted = statement.replace("'", "''")
    arguments = "site_group('desks'), site_group('admins'), current_schema()"
    return f"DO $$ BEGIN EXECUTE format('{quoted}', {arguments}); END $$"
