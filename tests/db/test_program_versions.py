"""Programs of other versions use one database: an older schema is upgraded, a newer one used or refused with 78."""

import json
from contextlib import closing
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from db import dialect, schema
from db.engine import Database
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from workbench.errors import BadConfiguration, ExitCode
from workbench.services.site.log_checks.unexplained_rows import log_faults

_WITHOUT_THE_LAST_STEPS = (
    "ALTER TABLE application DROP COLUMN file_no",
    "ALTER TABLE application DROP COLUMN line",
    'ALTER TABLE "case" DROP COLUMN arrived_without',
    "DROP INDEX ix_event_case",
    "CREATE INDEX ix_event_case_id ON event (case_id)",
    # A file has its version in its head and here.
    "UPDATE alembic_version SET version_num = '0023'",
)


def upgrade(site: Site, **step: int) -> None:
    """Finish a step to the next schema, as a newer program does."""
    done = SimpleNamespace(
        up_revision_id=f"{schema.VERSION + 1:04d}", up_revision=SimpleNamespace(module=SimpleNamespace(**step))
    )
    with (
        closing(Database(site.path)) as database,
        dialect.changing_schema(database.writer) as connection,
        connection.begin(),
    ):
        schema._finish_step(site.path, connection, None, step=done)


@pytest.mark.promise("S6")
def test_a_newer_schema_is_used_if_its_step_allows_it_and_else_the_refusal_says_who_must_upgrade(site: Site) -> None:
    (case,) = site.plant()
    open_desk = site.services("a")
    upgrade(site, min_program=schema.VERSION)

    take(site)
    with closing(site.elsewhere()) as other:
        assert decide(other, passing(case)).case_id == case

    upgrade(site)
    for act in (open_desk.claims.next, lambda: site.elsewhere().services("a")):
        with pytest.raises(BadConfiguration, match="whoever installs") as caught:
            act()
        assert caught.value.exit_code is ExitCode.CONFIG


@pytest.mark.promise("S6")
def test_an_older_schema_is_upgraded_when_it_is_opened(site: Site) -> None:
    (case,) = site.plant()
    site.close()
    with (
        closing(Database(site.path)) as database,
        dialect.changing_schema(database.writer) as connection,
        connection.begin(),
    ):
        for statement in _WITHOUT_THE_LAST_STEPS:
            connection.exec_driver_sql(statement)
        dialect.stamp(connection, 23)

    with closing(site.elsewhere()) as other:
        take(other)
        assert decide(other, passing(case)).case_id == case
        with other.services("a").context.read() as session:
            bodies = session.execute(text("SELECT body FROM event WHERE action = 'upgrade'")).scalars().all()
            assert [json.loads(body) for body in bodies] == [{"schema": schema.VERSION}]
            assert list(log_faults(session)) == []
            assert session.execute(text('SELECT arrived_without FROM "case"')).scalars().all() == [""]
