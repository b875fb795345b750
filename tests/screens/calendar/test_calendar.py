"""The calendar screen driven by keys: moving around, explaining days, and setting them after a preview."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from textual.color import Color
from textual.widgets import Static

from db.enums import Role
from db.models import CaseRow
from tests.clock_site import ClockSite
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, KeyDriver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.errors import StorageFailed

SHANGHAI = ZoneInfo("Asia/Shanghai")


def as_admin(services: MemoryServices) -> None:
    services.actor = replace(services.actor, roles=frozenset(Role))


def shown_day(desk: KeyDriver) -> str:
    """The text about the selected day."""
    return str(desk.app.screen.query_one("#day", Static).content)


def chosen_cell(desk: Driver) -> str:
    """The day number that is drawn in reverse in the visible months."""
    shown = [
        segment.text
        for strip in desk.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style is not None and segment.style.reverse and re.fullmatch(r"[ \d]\d.", segment.text)
    ]
    return "".join(shown).strip()


WALK: tuple[tuple[str, str], ...] = (
    ("left", "Mon 23 Nov"),
    ("up", "Mon 16 Nov"),
    ("right", "Tue 17 Nov"),
    ("down", "Tue 24 Nov"),
    ("end", "Mon 30 Nov"),
    ("home", "Sun 1 Nov"),
    ("pagedown", "Mon 1 Nov 2027"),
    ("f4", "Tue 24 Nov"),
    ("pageup", "Mon 24 Nov 2025"),
    ("t", "Tue 24 Nov"),
)


async def test_arrows_move_by_day_and_week_and_pages_turn_the_year() -> None:
    async with memory_workbench(size=(80, 24)) as desk:
        await desk.go("k")
        for key, day in WALK:
            await desk.press(key)
            assert shown_day(desk).startswith(f"{day} ·"), key
            assert chosen_cell(desk).strip(".*+ ") == re.findall(r"\d+", day)[0]

        await choose(desk, date(2026, 12, 31))
        await desk.press("right")
        assert shown_day(desk).startswith("Fri 1 Jan 2027 ·")
        await desk.press("up")
        assert shown_day(desk).startswith("Fri 25 Dec ·")
        await choose(desk, date(2028, 2, 29))
        await desk.press("pageup")
        assert shown_day(desk).startswith("Sun 28 Feb 2027 ·")


async def choose(desk: Driver, day: date) -> None:
    desk.app.screen.load(day)  # type: ignore[attr-defined]  # the calendar
    await desk.settle()


EXPLAINED = {
    date(2026, 10, 1): "holiday · 国庆节 · official\nno working hours",
    date(2026, 10, 10): "make-up working day · 调休上班日 · official\n09:00–12:00, 13:00–18:00",
    date(2026, 11, 21): "weekend · official\nno working hours",
    date(2027, 1, 1): "holiday · 元旦 · ◐ provisional\nno working hours",
    date(2027, 1, 4): "working day · ◐ provisional\n09:00–12:00, 13:00–18:00",
}


async def test_the_selected_day_is_explained_and_kinds_of_days_and_an_unpublished_year_are_marked() -> None:
    async with memory_workbench() as desk:
        await desk.go("k")
        assert " 5* 6* 7* 8  9 10+11." in desk.text
        assert "* holiday   + make-up working day   . weekend   / own hours" in desk.text
        colours: dict[str, Color] = {}
        for strip in desk.app.screen._compositor.render_strips():
            for segment in strip:
                if segment.text in {"*", "+", "."} and segment.style is not None and segment.style.color is not None:
                    colours[segment.text] = Color.from_rich_color(segment.style.color)
        assert len(set(colours.values())) == 3

        assert "◐" not in desk.text.splitlines()[0]
        await desk.press("pagedown")
        assert "2027 · ◐ " in desk.text
        assert desk.text.count("◐") >= 15
        assert "not published yet" in desk.text
        for day, explanation in EXPLAINED.items():
            await choose(desk, day)
            assert explanation in shown_day(desk)


async def test_a_reviewer_sets_no_days_and_enters_no_suspensions() -> None:
    async with memory_workbench() as desk:
        await desk.go("k")
        for key in ("o", "w", "h", "u", "f5", "f6", "f7", "f3", "s", "e", "f8", "f9"):
            await desk.press(key)
            assert desk.dialog == "CalendarScreen"
        assert "day off" not in desk.text.splitlines()[-1]

        await desk.press("?")
        assert "Only an admin can set days; you can view them." in desk.text
        assert "no working hours" not in desk.text


async def test_setting_a_day_off_previews_its_effect_and_requires_a_reason() -> None:
    async with memory_workbench(arrange=as_admin) as desk:
        await desk.go("k")
        await desk.press("right", "o")

        assert "Wed 25 Nov: day off" in desk.text
        assert "7 due dates would move." in desk.text
        assert "C-000002  Thu 26 Nov 22:32 → Mon 30 Nov 22:32 ◐ provisional" in desk.text
        assert "… and 2 more." in desk.text

        await desk.type("台风")
        await desk.press("enter", "enter")
        assert "Enter some text first" in desk.text
        assert desk.services.calendars.by_hand == {}

        await desk.type("storm [/b]")
        await desk.press("enter")
        assert desk.dialog == "CalendarScreen"
        assert desk.services.calendars.reasons == ["storm [/b]"]
        assert "off, set by hand · 台风 · official\nno working hours\nSet by admin" in shown_day(desk)
        assert "storm [/b]. Published: working day." in shown_day(desk)
        assert "25x" in desk.text
        assert desk.notes == ["Wed 25 Nov saved; due dates moved: 7."]


async def test_a_half_day_requires_valid_hours() -> None:
    async with memory_workbench(arrange=as_admin) as desk:
        await desk.go("k")
        await desk.press("h")
        assert "09:00-12:00" in desk.text

        await desk.type("09:00-8")
        assert "is not valid as working hours; write them like" in desk.text
        # Enter gives the refused field the focus back, from the last field too.
        await desk.press("tab", "tab")
        await desk.type("inventory")
        await desk.press("enter")
        assert desk.services.calendars.by_hand == {}

        await desk.type("09:00-11:30")
        assert "7 due dates would move." in desk.text
        await desk.press("enter", "enter", "enter")
        assert desk.services.calendars.by_hand[date(2026, 11, 24)].hours == ((time(9), time(11, 30)),)
        assert "hours set by hand · official · today\n09:00–11:30" in shown_day(desk)


async def test_only_a_day_set_by_hand_can_be_reset_and_escape_changes_nothing() -> None:
    async with memory_workbench(arrange=as_admin) as desk:
        await desk.go("k")
        await desk.press("u")
        assert desk.dialog == "CalendarScreen"
        await desk.press("o", "escape")
        assert desk.dialog == "CalendarScreen"
        assert desk.services.calendars.by_hand == {}

        await desk.press("w", "enter")
        await desk.type("backlog")
        await desk.press("enter")
        assert "working day, set by hand" in shown_day(desk)
        await desk.press("u")
        await desk.type("over")
        await desk.press("enter")
        assert shown_day(desk).startswith("Tue 24 Nov · working day · official · today")

        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_a_calendar_that_cannot_be_read_reports_it_and_can_be_reloaded() -> None:
    def broken(services: MemoryServices) -> None:
        services.calendars.broken = StorageFailed("The storage failed: disk I/O error; nothing was written.")

    async with memory_workbench(arrange=broken) as desk:
        await desk.go("k")
        assert "disk I/O error" in desk.text
        assert "Press n to reload." in desk.text

        await desk.press("left", "t", "pagedown", "o")
        desk.services.calendars.broken = None
        await desk.press("n")
        assert shown_day(desk).startswith("Tue 24 Nov")

        desk.services.calendars.broken = StorageFailed("The storage failed: disk I/O error; nothing was written.")
        await desk.press("pagedown")
        assert shown_day(desk).startswith("Tue 24 Nov")
        assert "disk I/O error" in desk.notes[0]


def due_on_friday(site: Site, count: int) -> None:
    case_ids = site.plant(count)
    with site.services("admin").context.write() as session:
        for case_id in case_ids:
            session.get_one(CaseRow, case_id).due_at = datetime(2026, 11, 27, 18, tzinfo=SHANGHAI)


@pytest.fixture
def reading(site: Site) -> Callable[[], list[str]]:
    """Read the due dates of a site."""

    def due_dates() -> list[str]:
        rows = site.services("a").queue.page("")
        return [f"{row.due_at.astimezone(SHANGHAI):%a %d %H:%M}" for row in rows if row.due_at is not None]

    return due_dates


async def test_on_a_real_database_the_written_change_equals_its_preview(
    site: Site, reading: Callable[[], list[str]]
) -> None:
    due_on_friday(site, 2)
    async with site_workbench(site, "admin") as desk:
        await desk.go("k")
        await desk.press("right", "right", "right", "h")
        assert "2 due dates would move." in desk.text
        assert "C-000001  Fri 27 Nov 18:00 → Fri 27 Nov 12:00" in desk.text
        assert reading() == ["Fri 27 18:00"] * 2

        await desk.press("enter", "enter")
        await desk.type("inventory")
        await desk.press("enter")

    assert reading() == ["Fri 27 12:00"] * 2


@pytest.mark.proof
async def test_a_suspension_is_previewed_entered_and_ended_on_its_day(site: Site) -> None:
    ClockSite(site).received("2026-11-24 10:00")
    async with site_workbench(site, "sup") as desk:
        await desk.go("k")
        await desk.press("s")
        assert "1 case would be affected." in desk.text
        assert "1 applicant would be told." in desk.text
        await desk.press("enter")
        await desk.type("2026-11-25")
        assert "C-000001  Fri 27 Nov 18:00 → Tue 1 Dec" in desk.text
        await desk.press("enter")
        await desk.type("Atlantis")
        assert "There is no province Atlantis." in desk.text
        await desk.press(*["backspace"] * 8, "enter", "enter", "enter")
        assert "Enter some text first" in desk.text
        assert site.services("sup").suspending.list() == []
        await desk.type("typhoon")
        await desk.press("enter")
        assert desk.dialog == "CalendarScreen"
        assert "Suspension 1: " in shown_day(desk)
        assert "typhoon" in shown_day(desk)
        assert "25!" in desk.text
        assert desk.notes == ["Suspended; cases affected: 1."]

        site.clock.advance(hours=26)
        await desk.press("n", "t")
        await desk.press("e")
        assert "1 case would be affected." in desk.text
        await desk.press("enter")
        assert desk.notes[-1] == "Resumed; cases affected: 1."
        (row,) = site.services("sup").suspending.list()
        assert row.to_at == site.clock.at


@pytest.mark.parametrize(("words", "language"), [("typhoon", "zh"), ("不可抗力", "en")])
async def test_the_palette_finds_the_suspension_by_what_happened(site: Site, words: str, language: str) -> None:
    async with site_workbench(site, "sup", language=language) as desk:
        await desk.press("ctrl+p")
        await desk.type(words)
        await desk.press("enter")
        assert desk.dialog == "CalendarScreen"
        await desk.press("ctrl+p")
        await desk.type(words)
        await desk.press("enter")
        assert desk.dialog == "FormDialog"
