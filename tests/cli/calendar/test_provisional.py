"""A due date that depends on an unpublished year is marked as provisional everywhere."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from db.enums import Language
from db.models import CaseRow
from tests.cli.framework.terminal import Terminal
from tests.screens.driver import site_workbench
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.clock import ClockBudget, clock_state

TUESDAY_29_DECEMBER = datetime(2026, 12, 29, 2, tzinfo=UTC)


@pytest.fixture
def case(terminal: Terminal) -> str:
    """A case received on 29 December and provisionally due on 4 January 2027."""
    terminal.site.clock.at = TUESDAY_29_DECEMBER
    [case_id] = terminal.site.plant(severity="block")
    context = terminal.site.services("admin").context
    with context.write() as session:
        row = session.get_one(CaseRow, case_id)
        due = clock_state(ClockBudget(start=TUESDAY_29_DECEMBER, days=3), (), context.calendar(session))
        row.due_at, row.is_due_provisional = due.due_at, due.is_due_provisional
    return format_case(case_id)


@pytest.mark.promise("P10")
def test_show_queue_and_next_mark_a_provisional_due_date(terminal: Terminal, case: str) -> None:
    shown = terminal.document("a", "show", case)
    assert (shown["due_at"], shown["due_provisional"]) == ("2027-01-04T18:00:00+08:00", True)
    [row] = terminal.document("a", "queue")["cases"]
    assert (row["due_at"], row["due_provisional"]) == ("2027-01-04T18:00:00+08:00", True)
    assert "Mon 4 Jan 2027 18:00 (provisional)" in terminal.as_person("a", "show", case).stdout
    assert "Mon 4 Jan 2027 18:00 (provisional)" in terminal.as_person("a", "queue").stdout
    assert terminal.document("a", "next")["due_provisional"] is True
    assert "provisional" in terminal.as_person("a", "explain", case).stdout


async def test_desk_queue_and_dialog_show_the_provisional_mark(terminal: Terminal, case: str) -> None:
    async with site_workbench(terminal.site, "a") as desk:
        await desk.go("q")
        [line] = [line for line in desk.text.splitlines() if case in line]
        assert "◐" in line

        await desk.press("escape", "n")
        assert "due Mon 4 Jan 2027 18:00 ◐ provisional" in desk.text

        await desk.press("f")
        assert "working days ◐ provisional" in desk.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ZH, "2027年的放假调休安排尚未公布，以上涉及该年的日期为暂定日期"),
        (
            Language.EN,
            "The working days of 2027 are not published yet, so the dates above that depend on them are provis",
        ),
    ],
)
def test_letters_name_the_unpublished_year(terminal: Terminal, case: str, language: str, sentence: str) -> None:
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET language = :language"), {"language": language})

    assert sentence in _letter(terminal, case)


def test_letters_do_not_mention_a_published_year(terminal: Terminal) -> None:
    [case_id] = terminal.site.plant(severity="block")

    letter = _letter(terminal, format_case(case_id))

    assert "2026年12月" in letter
    assert "暂定" not in letter


def _letter(terminal: Terminal, case: str) -> str:
    terminal.document("a", "next")
    notice = terminal.document("a", "decide", case, "fail", "--reason", "ACT-PEAK-HOUR")["notice"]
    assert isinstance(notice, str)
    return notice
