"""The figures of the board count exactly the cases of their filters."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import pytest
from sqlalchemy import text

from db.columns import to_us
from db.enums import Role
from tests.demos import NOW, fresh_demo, made_demo
from tests.domain.forecast.queue.simulated_office import Plan
from tests.services.forecast.lived_office import lived
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import TUESDAY, ManualClock, Site
from tests.sizes import sized
from workbench.domain.filter.figures import NOBODY, OFFICE_FIGURES, PERSON_FIGURES
from workbench.errors import NotAllowed
from workbench.services.database.opening import open_services

__all__ = ["fresh_demo", "made_demo"]

_PLAN = Plan(
    seed=11,
    cases=sized(ci=1_500, full=5_000),
    arrivals=sized(ci=17, full=56),
    reviewers=sized(ci=3, full=10),
    drift=1,
    holiday_after_days=300,
    first_day=date(2026, 7, 23),
)
_RUNS = """c.state IN ('queued', 'in_review', 'awaiting_check', 'appealed')
    OR c.state = 'pending' AND c.waits_for <> 'applicant'"""
_RECOUNTS = {
    "queued": "c.state = 'queued' OR c.state = 'in_review' AND c.held_until <= :now",
    "in_review": "c.state = 'in_review' AND c.held_until > :now",
    "pending": "c.state = 'pending'",
    "rectifying": "c.state = 'rectifying'",
    "awaiting_check": "c.state = 'awaiting_check'",
    "overdue": f"({_RUNS}) AND c.due_at <= :now",
    "due_today": f"({_RUNS}) AND c.due_at > :now AND c.due_at <= :day_end",
}
"""The figures again as plain SQL."""

_HELD = """SELECT r.login, count(*) AS held FROM "case" c JOIN reviewer r ON r.id = c.held_by_id
    WHERE c.state = 'in_review' AND c.held_until > :now GROUP BY r.login"""


def _hand_out(site: Site, people: Sequence[str]) -> None:
    """Let people hold, have put aside, or own every third open case."""
    with site.services("admin").context.database.write() as session:
        ids = {row.login: row.id for row in session.execute(text("SELECT login, id FROM reviewer"))}
        queued = session.execute(text("SELECT id FROM \"case\" WHERE state = 'queued' ORDER BY id")).scalars().all()
        for number, case in enumerate(queued[::3]):
            person, until = ids[people[number % len(people)]], TUESDAY + timedelta(minutes=number % 5 * 10 - 10)
            if number % 2:
                statement = 'UPDATE "case" SET assignee_id = :person WHERE id = :case'
            else:
                statement = """UPDATE "case" SET state = 'in_review', held_by_id = :person, held_until = :until,
                    aside_until = CASE WHEN :aside THEN :until END WHERE id = :case"""
            values = {"person": person, "case": case, "until": to_us(until), "aside": number % 4 == 0}
            session.execute(text(statement), values)


@pytest.mark.proof
def test_each_figure_of_the_demo_is_the_count_of_its_filter(fresh_demo: Path) -> None:
    services = open_services(fresh_demo, "sup", ManualClock(NOW))

    board = services.boards.read()

    for figure in OFFICE_FIGURES:
        if figure.filter is not None:
            assert board.counts[figure.name] == services.queue.count(figure.filter), figure
    assert [row.login for row in board.people] == ["rev1", "rev2", "rev3", "rev4", NOBODY]
    for row in board.people:
        for each in PERSON_FIGURES:
            assert row.counts[each.name] == services.queue.count(each.filter_of(row.login)), (row.login, each)
    counted = {each.name for each in PERSON_FIGURES if any(row.counts[each.name] for row in board.people)}
    assert counted >= {"held", "aside", "assigned", "pending", "staged", "overdue", "due_today", "likely_late"}
    away = next(row for row in board.people if row.is_away)
    assert (away.login, away.away_until, away.counts["likely_late"]) == ("rev4", date(2026, 12, 1), 6)
    services.close()


def test_a_reviewer_sees_the_office_and_the_own_row_and_an_admin_nothing(site: Site) -> None:
    site.plant(3, due_in_days=-1)
    take(site)

    board = site.services("a").boards.read()

    assert [row.login for row in board.people] == ["a"]
    assert board.people[0].counts["held"] == board.people[0].counts["overdue"] == 1
    assert board.counts["overdue"] == 3
    with pytest.raises(NotAllowed):
        site.services("auditor").boards.read()


def test_the_median_and_the_days_count_verdicts_and_arrivals(site: Site) -> None:
    site.plant(2)
    for minutes in (4, 10):
        case = take(site).header.id
        site.clock.advance(minutes=minutes)
        decide(site, passing(case))

    board = site.services("a").boards.read()

    assert board.people[0].median_minutes == 7
    assert board.people[0].counts["decided_today"] == 2
    assert (board.days[-1].arrived, board.days[-1].decided, len(board.days)) == (2, 2, 30)


@pytest.mark.proof
def test_each_figure_of_a_large_office_is_the_count_of_its_filter_and_of_its_rows(tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db").create()
    people = [f"r{number:03}" for number in range(sized(ci=20, full=200))]
    for login in people:
        site.services("admin").roles.add(login, (Role.REVIEWER,))
    for _office in range(sized(ci=1, full=20)):
        lived(site, _PLAN)
    _hand_out(site, people)
    services = site.services("sup")

    board = services.boards.read()

    started = process_time()
    services.boards.read()
    print(f"\n{process_time() - started:.3f} s of CPU")  # noqa: T201 - the figure of the proof
    for figure in OFFICE_FIGURES:
        if figure.filter is not None:
            assert board.counts[figure.name] == services.queue.count(figure.filter), figure
    for row in board.people[::20]:
        for each in PERSON_FIGURES:
            assert row.counts[each.name] == services.queue.count(each.filter_of(row.login)), (row.login, each)
    with services.context.read() as session:
        for name, where in _RECOUNTS.items():
            values = {"now": to_us(TUESDAY), "day_end": to_us(TUESDAY.replace(hour=23, minute=59))}
            counted = session.execute(text(f'SELECT count(*) FROM "case" c WHERE {where}'), values).scalar_one()
            assert board.counts[name] == counted, name
        held = {row.login: row.held for row in session.execute(text(_HELD), {"now": to_us(TUESDAY)})}
    assert {row.login: row.counts["held"] for row in board.people[:-1] if row.counts["held"]} == held
    assert held
    assert min(board.counts[name] for name in _RECOUNTS) > 0
    site.close()
