"""The figures of the board count exactly the cases of their filters."""

from pathlib import Path

import pytest

from tests.demos import NOW
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import ManualClock, Site
from workbench.domain.filter.figures import NOBODY, OFFICE_FIGURES, PERSON_FIGURES
from workbench.errors import NotAllowed
from workbench.services.database.opening import open_services
from workbench.services.demo.preparing import prepare


def test_each_figure_of_the_demo_is_the_count_of_its_filter(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    services = open_services(prepare(tmp_path, clock), "sup", clock)
    services.absences.away("rev3", NOW.date(), NOW.date())

    board = services.boards.read()

    for figure in OFFICE_FIGURES:
        if figure.filter is not None:
            assert board.counts[figure.name] == services.queue.count(figure.filter), figure
    assert [row.login for row in board.people] == ["rev1", "rev2", "rev3", NOBODY]
    for row in board.people:
        for each in PERSON_FIGURES:
            assert row.counts[each.name] == services.queue.count(each.filter_of(row.login)), (row.login, each)
    counted = {each.name for each in PERSON_FIGURES if any(row.counts[each.name] for row in board.people)}
    assert counted >= {"held", "aside", "assigned", "pending", "staged", "overdue", "due_today", "likely_late"}
    assert [row.away_until for row in board.people if row.is_away] == [NOW.date()]
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
