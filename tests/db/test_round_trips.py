"""What a server's driver sends without waiting still fails or counts as if it had waited."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import Session

from db.dialect import append_events, read_together, row_count
from db.models import CaseRow, EventRow, SettingRow
from db.queries.published import table_of
from tests import tables
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from workbench.errors import StorageFailed

SETTING, CASE, EVENT = table_of(SettingRow), table_of(CaseRow), table_of(EventRow)


def _add_setting_twice(session: Session) -> None:
    session.connection().execute(insert(SETTING), [{"name": "identity", "value": "named"}])


def _append_event_twice(session: Session) -> None:
    append_events(session.connection(), [dict(session.execute(select(EVENT).limit(1)).mappings().one())])


@pytest.mark.parametrize("change", [_add_setting_twice, _append_event_twice])
def test_an_error_of_a_change_is_raised_at_the_end_of_its_transaction_at_the_latest(
    site: Site, change: Callable[[Session], None]
) -> None:
    before = tables.rows(site.path)

    with pytest.raises(StorageFailed), site.services("a").context.write() as session:
        change(session)

    assert tables.rows(site.path) == before


def test_changed_rows_are_counted(site: Site) -> None:
    site.plant(2)

    with site.services("a").context.database.write() as session:
        counts = [
            row_count(session.execute(update(CASE).where(condition).values(version=CASE.c.version + 1)))
            for condition in (CASE.c.id > 0, CASE.c.id < 0)
        ]

    assert counts == [2, 0]


def test_functions_that_read_together_get_the_rows_of_each(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = _turns(monkeypatch)
    by_name = select(SETTING.c.value).where(SETTING.c.name == "identity")

    with site.services("a").context.read() as session:
        before = len(turns)
        found = read_together(
            session,
            lambda: session.execute(by_name).scalar_one(),
            lambda: [session.execute(by_name).scalar_one(), session.execute(select(SETTING.c.name)).scalars().first()],
            lambda: session.get(EventRow, 1).action,  # type: ignore[union-attr]  # each log has this event
        )

    assert found[0] == found[1][0] == "named"
    assert found[2] == "init"
    assert len(turns) - before == (2 if Site.uses_server else 0)


def test_what_was_read_ahead_is_taken_once_and_not_after_a_change(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = _turns(monkeypatch)

    def read(session: Session) -> str:
        return str(session.execute(select(SETTING.c.value).where(SETTING.c.name == "identity")).scalar_one())

    with site.services("a").context.write(ahead=(read,)) as session:
        before = len(turns)
        assert read(session) == "named"
        assert len(turns) == before
        read_together(session, lambda: read(session))
        assert len(turns) == before + Site.uses_server
        session.execute(update(SETTING).where(SETTING.c.name == "identity").values(value="os"))
        assert read(session) == "os"


def test_a_verdict_on_an_unchanged_case_waits_three_times_for_a_server_with_the_lock(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant()
    found = take(site).header
    waits = _waits(monkeypatch)

    decide(site, passing(found.id, fence=found.fence))

    assert len(waits) == (3 if Site.uses_server else 0)


def _waits(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that grows with each wait for the answer of a server."""
    waits: list[bool] = []
    if Site.uses_server:
        from db.dialects.postgresql.pipeline import PipelinedConnection

        settle = PipelinedConnection.settle

        def noted(connection: PipelinedConnection) -> None:
            waits.extend([True] * connection.has_sent)
            settle(connection)

        monkeypatch.setattr(PipelinedConnection, "settle", noted)
    return waits


def _turns(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows with each wait for the answers of several statements."""
    turns: list[Any] = []
    if Site.uses_server:
        from db.dialects.postgresql.pipeline import PipelinedConnection

        real = PipelinedConnection._fetch_answers
        monkeypatch.setattr(PipelinedConnection, "_fetch_answers", lambda self: turns.append(real(self)))
    return turns
