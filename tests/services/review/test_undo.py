"""The act to undo is found with an index, whatever the number of decisions."""

from typing import Any

import pytest
from sqlalchemy import event

from db.enums import FailKind, Verdict
from tests.offices import Site
from tests.services.review.verdict_acts import decide, failing, passing, take
from workbench.domain.case.casefile import VerdictRequest
from workbench.errors import NotAllowed
from workbench.services.outbox.recording import Delivery


def staged(case: int) -> VerdictRequest:
    return failing(case, fail_kind=FailKind.FINAL)


def read_plans(site: Site, login: str) -> list[str]:
    """Return the query plans of the statements of `undo.last` on decisions."""
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
            if "FROM decision" in statement
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


def test_the_newest_act_is_found_without_reading_every_decision(site: Site) -> None:
    (case,) = site.plant()
    take(site)
    decide(site, passing(case))

    plans = read_plans(site, "a")

    searches = [step for step in plans if step.startswith(("SCAN decision", "SEARCH decision"))]
    # Released decisions may be very many; staged ones wait for a checker only for a short time.
    assert searches == [
        "SEARCH decision USING INDEX ix_decision_release (status=?)",
        "SEARCH decision USING INDEX ix_decision_release (status=? AND release_at>?)",
    ]


def test_a_staged_verdict_stays_undoable_for_days(site: Site) -> None:
    (case,) = site.plant()
    take(site)
    decide(site, staged(case))

    site.clock.on(days=9)

    newest = site.services("a").undo.last()
    assert newest is not None
    assert (newest.case_id, newest.act, newest.until) == (case, "decided", None)


@pytest.mark.parametrize("act", ["approved", "returned"])
def test_only_the_checker_can_undo_a_check(site: Site, act: str) -> None:
    (case,) = site.plant()
    take(site)
    decide(site, staged(case))
    checks = site.services("b").checks
    (checks.approve if act == "approved" else checks.give_back)(case, "seen")

    assert site.services("a").undo.last() is None
    newest = site.services("b").undo.last()
    assert newest is not None
    assert (newest.case_id, newest.act, newest.verdict) == (case, act, Verdict.FAIL)

    site.clock.on(seconds=60)
    assert site.services("b").undo.last() is None


def test_a_verdict_whose_notice_was_sent_is_not_undone_when_the_clock_is_set_back(site: Site) -> None:
    (case,) = site.plant()
    take(site)
    decide(site, passing(case))
    site.clock.on(minutes=2)
    services = site.services("a")
    released = services.notices.list(unsent=True)
    services.notices.record([Delivery(notice_id=notice.id) for notice in released])

    site.clock.on(minutes=-2)

    assert services.undo.last() is None
    with pytest.raises(NotAllowed, match="was sent"):
        services.undo.undo(case)
