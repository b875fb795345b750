"""The board on a real database, by keys."""

from collections.abc import Mapping, Set
from datetime import datetime
from threading import Event

import pytest
from sqlmodel import Session

from screens.queue.screen import QueueScreen
from tests.screens.driver import KeyDriver, site_workbench
from tests.services.review.verdict_acts import take
from tests.sites import Site
from workbench.domain.clock.late_risk import LateChance
from workbench.domain.filter.figures import Board
from workbench.services.forecast.forecasts import Forecasts
from workbench.services.queue.board import Boards


def listed(desk: KeyDriver) -> list[int]:
    """Return the ids of the list that is shown."""
    screen = desk.app.screen
    assert isinstance(screen, QueueScreen)
    pages = screen.rows.pages
    assert pages is not None
    return list(screen.services.queue.ids(screen.cases.filter_text, 100))


async def test_enter_lists_exactly_the_cases_of_the_figure_under_the_cursor(site: Site) -> None:
    late = site.plant(3, due_in_days=-1)
    site.plant(2, due_in_days=9)
    held = take(site, "b").header.id
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("b")
        assert "overdue 3" in desk.text
        await desk.press(*["right"] * 7, "enter")
        assert sorted(listed(desk)) == sorted(late)

        await desk.go("b")
        # The rows are those of a, admin, b, c and nobody.
        await desk.press(*["down"] * 3, *["left"] * 20, "enter")
        assert listed(desk) == [held]
        assert "holder:b" in desk.text
        assert "Esc back" in desk.text
        await desk.press("escape")
        assert desk.app.current_mode == "board"
        await desk.go("q")
        await desk.press("escape")
        assert desk.app.current_mode == "desk"


def logins(desk: KeyDriver) -> list[list[str]]:
    """Return the beginning of some rows: the login and the first figure."""
    return [line.split()[:2] for line in desk.text.splitlines() if line.split()[:1] in (["a"], ["b"], ["nobody"])]


async def test_the_people_are_sorted_by_a_column_also_after_others_acted_and_the_cursor_stays_on_its_person(
    site: Site,
) -> None:
    site.plant(3)
    take(site, "a")
    async with site_workbench(site, "sup") as desk:
        await desk.go("b")
        await desk.press("down", *["left"] * 20, "o")
        assert logins(desk) == [["a", "1"], ["b", "–"], ["nobody", "–"]]
        elsewhere = site.elsewhere()
        elsewhere.services("b").claims.next()
        elsewhere.services("a").claims.release(1)
        await desk.poll()
        assert logins(desk) == [["b", "1"], ["a", "–"], ["nobody", "–"]]
        await desk.press("enter")
        assert "holder:a" in desk.text


async def test_a_figure_that_counts_no_cases_has_no_list_and_a_reviewer_sees_the_own_row(site: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "a", language="zh") as desk:
        await desk.go("b")
        assert "看板" in desk.text
        assert not any(line.strip().startswith(("b ", "无人")) for line in desk.text.splitlines())
        await desk.press(*["right"] * 12, "enter")
        assert "没有对应列表" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_the_board_says_when_the_queue_is_cleared_with_more_or_fewer_reviewers(site: Site) -> None:
    site.plant(30)
    async with site_workbench(site, "sup") as desk:
        await desk.go("b")
        days = [_days_to_clear(desk)]
        for key in ("plus", "minus", "minus"):
            await desk.press(key)
            days.append(_days_to_clear(desk))
        assert days[1] < days[0] == days[2] < days[3]


def _days_to_clear(desk: KeyDriver) -> float:
    return float(desk.text.partition("days to clear the queue")[2].split()[0])


async def test_the_counts_appear_before_the_forecast(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.plant(3, due_in_days=-1)
    may_forecast, compute = Event(), Forecasts.late_chances

    def later(self: Forecasts, session: Session) -> tuple[datetime, Mapping[int, LateChance]]:
        may_forecast.wait()
        return compute(self, session)

    monkeypatch.setattr(Forecasts, "late_chances", later)
    async with site_workbench(site, "sup") as desk:
        await desk.pilot.press("g", "b")
        await desk.until("overdue 3")
        assert "likely late …" in desk.text
        may_forecast.set()
        await desk.until("likely late 3")


async def test_the_likely_late_cases_of_a_person_are_moved_in_few_keys_and_moved_back(site: Site) -> None:
    late, early = site.plant(3, due_in_days=-1), site.plant(2, due_in_days=90)
    assigning, today = site.services("sup").assigning, site.clock.at.date()
    assigning.move(dict.fromkeys([*late, *early], "c"), "hers")
    site.clock.advance(minutes=2)
    site.services("admin").absences.away("admin", today, today)
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.press("g", "b", *["down"] * 4, "a")
        assert "Move 3 cases: likely late of c" in desk.text
        assert "C-000001   c → " in desk.text
        await desk.press("l")
        assert "Move 5 cases: all open of c" in desk.text
        await desk.press("l", "enter")
        await desk.type("ill")
        await desk.press("enter")
        assert "3 cases go to a (" in " ".join(desk.notes)
        loads = {one.login: one.load.cases for one in assigning.candidates()}
        assert (loads["c"], sorted((loads["a"], loads["b"]))) == (2, [1, 2])

        await desk.press("u")
        assert desk.notes == ["Moved back: 3 cases."]
        assert site.services("sup").queue.count("owner:c") == 5
        await desk.press("u")
        assert "None of your moves can be undone now." in desk.notes


async def test_a_person_without_cases_to_move_is_named_as_such_and_nothing_seems_to_load(site: Site) -> None:
    async with site_workbench(site, "sup") as desk:
        await desk.go("b")
        await desk.press("down", "a")
        assert "This person has no open cases that can be moved." in desk.text
        assert "Loading" not in desk.text


async def test_the_desk_takes_back_all_cases_of_a_move(site: Site) -> None:
    cases = site.plant(3)
    site.services("sup").assigning.move(dict.fromkeys(cases, "c"), "ill")
    async with site_workbench(site, "sup") as desk:
        assert "3 cases: assigned; u takes it back within 60 s" in desk.text
        assert "u undo move" in desk.text
        await desk.press("u")
        assert "Moved back: 3 cases." in desk.notes
        assert "takes it back" not in desk.text
    assert site.services("sup").queue.count("owner:nobody") == 3


async def test_a_reviewer_moves_nothing_from_the_board(site: Site) -> None:
    site.plant(1)
    take(site, "a")
    async with site_workbench(site, "a") as desk:
        await desk.press("g", "b", "down", "a")
        assert desk.dialog == "BoardScreen"


async def test_keys_pressed_before_the_board_is_read_choose_the_person(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant(2)
    site.services("sup").assigning.move({1: "b"}, "knows it")
    may_read, read = Event(), Boards.read

    def later(self: Boards, *, without: Set[str] = frozenset()) -> Board:
        may_read.wait()
        return read(self, without=without)

    monkeypatch.setattr(Boards, "read", later)
    async with site_workbench(site, "sup") as desk:
        await desk.pilot.press("g", "b", *["down"] * 3, "a")
        may_read.set()
        await desk.until("all open of b")
