"""The act to undo is found with an index, whatever the number of decisions."""

from typing import Any

import pytest
from sqlalchemy import event, text

from db.enums import FailKind, Verdict
from tests.services.review.verdict_acts import decide, failing, held, passing, staged, take
from tests.sites import Site
from workbench.domain.case.casefile import VerdictRequest
from workbench.errors import NotAllowed
from workbench.services.outbox.recording import Delivery


def final(case: int) -> VerdictRequest:
    return failing(case, fail_kind=FailKind.FINAL)


def read_plans(site: Site, login: str) -> list[str]:
    """Return the query plans of the statements of `undo.last` on decisions, appeals and events."""
    context = site.services(login).context
    statements: list[tuple[str, Any]] = []

    def ask(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        statements.append((statement, values))

    event.listen(context.database.reader, "before_cursor_execute", ask)
    site.services(login).undo.last()
    event.remove(context.database.reader, "before_cursor_execute", ask)
    with context.read() as session:
        connection = session.connection()
        return [
            str(step[3])
            for statement, values in statements
            if any(f"FROM {table}" in statement for table in ("decision", "appeal", "event"))
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.sqlite("plans of SQLite")
def test_the_newest_act_is_found_without_reading_every_decision(site: Site) -> None:
    case = held(site)
    decide(site, passing(case))

    plans = read_plans(site, "a")

    searches = {step for step in plans if step.startswith(("SCAN ", "SEARCH ")) and "newest" not in step}
    # Events and decisions are very many; journals are kept for a minute, or until a check.
    assert searches == {
        "SEARCH event USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH event USING INDEX ix_event_case (case_id=?)",
        "SEARCH decision USING INTEGER PRIMARY KEY (rowid=?)",
    }


def journals(site: Site) -> int:
    with site.services("admin").context.read() as session:
        return int(session.execute(text("SELECT count(*) FROM act")).scalar_one())


def test_a_journal_is_deleted_once_its_act_can_no_longer_be_undone(site: Site) -> None:
    passed, checked, void = site.plant(3)
    for request in (passing(passed), final(checked), final(void)):
        take(site)
        decide(site, request)
    assert journals(site) == 3
    site.services("b").remarks.withdraw(void, "x")
    site.services("b").undo.undo(void)
    assert journals(site) == 3

    site.clock.advance(seconds=60)
    site.services("a").ticking.tick()
    assert journals(site) == 2
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'queued' WHERE id = :id"), {"id": void})
    site.services("b").checks.approve(checked, "seen")
    site.clock.advance(seconds=60)
    site.services("a").ticking.tick()

    assert journals(site) == 0


@pytest.mark.parametrize("act", ["approved", "returned"])
def test_only_the_checker_can_undo_a_check(site: Site, act: str) -> None:
    case = staged(site)
    offered, checks = site.services("a").undo.last(), site.services("b").checks
    assert offered is not None
    assert (offered.case_id, offered.act, offered.until) == (case, "decided", None), "it stays undoable until its check"
    (checks.approve if act == "approved" else checks.give_back)(case, "seen")

    with pytest.raises(NotAllowed, match="Another person acted last"):
        site.services("a").undo.undo(case, offered)
    assert site.services("a").undo.last() is None
    newest = site.services("b").undo.last()
    assert newest is not None
    assert (newest.case_id, newest.act, newest.verdict) == (case, act, Verdict.FAIL)

    site.clock.advance(seconds=60)
    assert site.services("b").undo.last() is None


def test_a_verdict_whose_notice_was_sent_is_not_undone_when_the_clock_is_set_back(site: Site) -> None:
    case = held(site)
    decide(site, passing(case))
    site.clock.advance(minutes=2)
    services = site.services("a")
    released = services.notices.list(unsent=True)
    services.notices.record([Delivery(notice_id=notice.id) for notice in released])

    site.clock.advance(minutes=-2)

    assert services.undo.last() is None
    with pytest.raises(NotAllowed, match="was sent"):
        services.undo.undo(case)


def test_the_newest_act_is_offered_first_and_then_the_one_before_it(site: Site) -> None:
    first, second = site.plant(2)
    services = site.services("a")
    services.remarks.withdraw(first, "x")
    decide(site, passing(take(site).header.id))

    offered = []
    while (last := services.undo.last()) is not None:
        offered.append((last.act, last.case_id))
        services.undo.undo(last.case_id, last)

    assert offered == [("decided", second), ("withdraw", first)]
