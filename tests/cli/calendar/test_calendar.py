"""The calendar commands: show, set and import, the due dates that move, and provisional ones."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from db.models import CaseRow
from tests.cli.framework.terminal import Terminal, refused
from tests.screens.driver import site_workbench
from tests.shared_data import shared_data
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.clock import ClockBudget, clock_state

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def plant_case(terminal: Terminal, complete_at: datetime, days: int = 3, paused_s: int = 0) -> str:
    """Plant a queued case whose due date follows the calendar, and return its number."""
    classes = {1: "expedited", 3: "standard", 5: "complex", 7: "maximum", 10: "extended"}
    [case_id] = terminal.site.plant()
    context = terminal.site.services("admin").context
    with context.write() as session:
        calendar = context.calendar(session)
        due = clock_state(ClockBudget(start=complete_at, days=days), (), calendar)
        case = session.get_one(CaseRow, case_id)
        case.complete_at = case.received_at = complete_at
        case.service_class = classes[days]
        case.due_at, case.is_due_provisional = (
            calendar.add_working_seconds(due.due_at, paused_s),
            due.is_due_provisional,
        )
    return format_case(case_id)


def due_of(terminal: Terminal, case: str) -> tuple[str, bool]:
    shown = terminal.document("a", "show", case)
    return shown["due_at"], shown["due_provisional"]


def notice(folder: Path, year: int, days: list[dict[str, Any]]) -> Path:
    path = folder / f"{year}.json"
    path.write_text(json.dumps({"year": year, "papers": [], "days": days}, ensure_ascii=False), encoding="utf-8")
    return path


def off(day: str, name: str = "元旦") -> dict[str, Any]:
    return {"name": name, "date": day, "isOffDay": True}


def worked(day: str, name: str = "元旦") -> dict[str, Any]:
    return {"name": name, "date": day, "isOffDay": False}


def test_an_empty_year_is_not_published_and_stays_provisional(terminal: Terminal) -> None:
    before = terminal.document("a", "calendar", "2027")
    done = terminal.document("admin", "import", "calendar", str(shared_data("holidays_cn", "2027.json")))

    assert (done["unpublished"], done["written"], done["days"]) == ([2027], False, [])
    after = terminal.document("a", "calendar", "2027")
    assert before == after
    assert {day["status"] for day in after["days"]} == {"provisional"}
    shown = terminal.as_person("a", "calendar", "2027").stdout
    assert "provisional" in shown.splitlines()[0]
    assert "The calendar of 2027 is not published yet" in shown


def test_a_year_has_its_days_with_their_kinds_and_a_year_beyond_the_table_is_assumed(terminal: Terminal) -> None:
    days = {day["date"]: day for day in terminal.document("a", "calendar", "show", "2026")["days"]}

    assert len(days) == 365
    assert days["2026-10-01"] == {
        "date": "2026-10-01",
        "working": False,
        "kind": "holiday",
        "status": "official",
        "name": "国庆节",
        "hours": None,
    }
    assert (days["2026-10-10"]["working"], days["2026-10-10"]["kind"]) == (True, "make_up")
    assert (days["2026-11-21"]["kind"], days["2026-11-21"]["name"]) == ("weekend", None)
    assert days["2026-11-24"]["hours"] == "09:00-12:00,13:00-18:00"
    shown = terminal.as_person("a", "calendar").stdout
    assert " 5* 6* 7* 8  9 10+11." in shown
    assert "* holiday   + make-up working day" in shown
    assumed = terminal.document("a", "calendar", "2031")
    assert (assumed["status"], assumed["working_days"]) == ("provisional", 261)
    refused(terminal.as_person("a", "calendar", "show", "12026", "--json"), 2)


def test_a_dry_run_says_which_due_dates_move_and_writes_nothing(terminal: Terminal) -> None:
    moving, staying = plant_case(terminal, local(11, 24, 10)), plant_case(terminal, local(11, 24, 10), days=1)

    done = terminal.document("admin", "calendar", "set", "2026-11-26", "off", "--dry-run")

    assert done["moved"] == [
        {
            "case": moving,
            "before": "2026-11-27T18:00:00+08:00",
            "after": "2026-11-30T18:00:00+08:00",
            "due_provisional": False,
        }
    ]
    assert (done["moved_count"], done["written"]) == (1, False)
    assert due_of(terminal, moving)[0] == "2026-11-27T18:00:00+08:00"
    assert due_of(terminal, staying)[0] == "2026-11-25T18:00:00+08:00"
    assert terminal.document("a", "calendar")["days"][329]["kind"] == "workday"


def test_setting_a_day_off_moves_the_due_dates_that_depend_on_it(terminal: Terminal) -> None:
    case = plant_case(terminal, local(11, 24, 10))

    result = terminal.as_person("admin", "calendar", "set", "2026-11-26", "off", "--name", "台风", "--reason", "storm")

    assert result.exit_code == 0, result.output
    assert f"{case}  Fri 27 Nov 18:00 → Mon 30 Nov 18:00" in result.stdout
    assert "1 day changed. 1 due date moved." in result.stderr
    assert due_of(terminal, case) == ("2026-11-30T18:00:00+08:00", False)
    history = terminal.document("a", "show", case)["history"]
    assert ("due", "2026-11-30T18:00:00+08:00") in [(line["action"], line["text"]) for line in history]
    day = terminal.document("a", "calendar")["days"][329]
    assert (day["date"], day["working"], day["kind"], day["name"]) == ("2026-11-26", False, "override", "台风")
    assert "off, set by hand · 台风 · admin · storm" in terminal.as_person("a", "calendar").stdout

    terminal.document("admin", "calendar", "set", "2026-11-30", "09:00-12:00", "--reason", "inventory")
    assert due_of(terminal, case)[0] == "2026-11-30T12:00:00+08:00"
    assert terminal.document("a", "calendar")["days"][333]["hours"] == "09:00-12:00"
    terminal.document("admin", "calendar", "set", "2026-11-30", "published", "--reason", "done")
    assert due_of(terminal, case)[0] == "2026-11-30T18:00:00+08:00"
    assert terminal.document("a", "calendar")["days"][333]["kind"] == "workday"


def test_importing_a_year_moves_due_dates_and_makes_them_final(terminal: Terminal, tmp_path: Path) -> None:
    moving = plant_case(terminal, local(12, 24, 10), days=7)
    certain = plant_case(terminal, local(12, 31, 10), days=3)
    assert due_of(terminal, moving) == ("2027-01-05T18:00:00+08:00", True)
    assert due_of(terminal, certain) == ("2027-01-06T18:00:00+08:00", True)
    days = [off("2027-01-01"), off("2027-01-02"), off("2027-01-03"), worked("2027-01-09"), worked("2026-12-26")]
    path = notice(tmp_path, 2027, days)

    result = terminal.as_person("admin", "import", "calendar", str(path), "--dry-run")
    assert result.exit_code == 0, result.output
    assert f"{moving}  2027" not in result.stdout
    assert f"{moving}  Tue 5 Jan 2027 18:00 → Mon 4 Jan 2027 18:00" in result.stdout
    assert "Dry run: nothing was written." in result.stderr
    assert "1 due date would move. 1 due date stays" in result.stderr
    assert due_of(terminal, moving) == ("2027-01-05T18:00:00+08:00", True)

    done = terminal.document("admin", "import", "calendar", str(path))
    assert [done[name] for name in ("moved_count", "settled_count", "told", "written")] == [1, 1, 0, True]
    assert due_of(terminal, moving) == ("2027-01-04T18:00:00+08:00", False)
    assert due_of(terminal, certain) == ("2027-01-06T18:00:00+08:00", False)
    assert terminal.document("a", "calendar", "2027")["status"] == "official"
    assert terminal.document("a", "calendar")["days"][359]["kind"] == "make_up"
    events = [line for line in _events(terminal) if line[0] == "calendar import"]
    assert [json.loads(body)["moved"] for _action, body in events] == [1]
    again = terminal.document("admin", "import", "calendar", str(path))
    assert (again["written"], again["days"], again["unchanged"]) == (False, [], 5)


def _events(terminal: Terminal) -> list[tuple[str, str]]:
    with terminal.site.services("admin").context.read() as session:
        return [tuple(row) for row in session.execute(text("SELECT action, body FROM event ORDER BY seq"))]


def test_days_set_by_hand_are_kept_when_the_year_is_imported(terminal: Terminal, tmp_path: Path) -> None:
    terminal.document("admin", "calendar", "set", "2027-01-04", "off", "--reason", "move")
    done = terminal.document("admin", "import", "calendar", str(notice(tmp_path, 2027, [off("2027-01-01")])))

    assert done["kept"] == ["2027-01-04"]
    day = terminal.document("a", "calendar", "2027")["days"][3]
    assert (day["working"], day["kind"], day["status"]) == (False, "override", "official")


def test_a_wrong_setting_is_refused_with_its_cause(terminal: Terminal) -> None:
    for words, message in (
        (("2026-11-26", "off"), "Give --reason; it must not be empty"),
        (("2026-13-01", "off", "--reason", "x"), "DATE: "),
        (("2026-11-26", "maybe", "--reason", "x"), "use off, work, published, or hours such as 09:00-12:00"),
        (("2026-11-26", "12:00-09:00", "--reason", "x"), "run backwards"),
        (("2026-11-26", "09:00-12:00,11:00-13:00", "--reason", "x"), "overlap"),
        (("2026-11-26", "off", "--name", "x" * 65, "--reason", "x"), "at most 64 characters"),
    ):
        assert message in refused(terminal.as_person("admin", "calendar", "set", *words, "--json"), 2)


def test_an_error_in_a_file_is_reported_with_its_position_and_nothing_is_written(
    terminal: Terminal, tmp_path: Path
) -> None:
    wrong = tmp_path / "2027.json"
    wrong.write_text('{"year": 2027, "days": [\n{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]}')
    good = notice(tmp_path, 2025, [off("2025-01-01")])

    result = terminal.as_person("admin", "import", "calendar", str(good), str(wrong))

    assert result.exit_code == 65, result.output
    assert result.stderr == "workbench: 2027.json, line 2, column date: 2027-02-30 is no day of the calendar\n"
    listed = json.loads(terminal.as_person("admin", "import", "calendar", str(wrong), "--json", "--dry-run").stdout)
    assert listed["errors"] == [
        {
            "file": "2027.json",
            "sheet": None,
            "line": 2,
            "letters": None,
            "column": "date",
            "message": "2027-02-30 is no day of the calendar",
        }
    ]
    wrong.write_text('{"year": 2027, "days": [{"name": "元旦", "date": "x", "isOffDay": true}, {}]}')
    both = terminal.as_person(
        "admin", "import", "calendar", str(notice(tmp_path, 2028, [off("x")])), str(wrong), "--json"
    )
    assert (both.exit_code, json.loads(both.stdout)["error_count"]) == (65, 3)
    assert [line for line in _events(terminal) if line[0] == "calendar import"] == []
    assert terminal.document("a", "calendar", "2025")["days"][27]["working"] is False


def test_each_start_extends_the_calendar_into_next_year(terminal: Terminal) -> None:
    terminal.site.clock.at = local(12, 30, 10, year=2027)
    case = plant_case(terminal, local(12, 30, 10, year=2027))
    assert due_of(terminal, case) == ("2028-01-05T18:00:00+08:00", True)
    with terminal.site.services("admin").context.read() as session:
        assert str(session.execute(text("SELECT max(on_date) FROM calendar_day")).scalar_one()) == "2028-12-31"

    assert terminal.document("a", "calendar", "2028")["status"] == "provisional"
    assert terminal.document("a", "calendar", "2028")["days"][25]["name"]
    assert len([line for line in _events(terminal) if line[0] == "calendar seed"]) == 1


def letters(terminal: Terminal) -> dict[str, str]:
    """Return the delay letter of each case that has one."""
    found = terminal.document("a", "notices")["notices"]
    assert {one["kind"] for one in found} <= {"delay"}
    assert len(found) == len({one["case"] for one in found})
    return {one["case"]: one["body"] for one in found}


def test_applicants_with_a_later_due_date_get_a_letter_in_their_language(
    terminal: Terminal,
) -> None:
    chinese, english = plant_case(terminal, local(11, 24, 10)), plant_case(terminal, local(11, 24, 10))
    plant_case(terminal, local(11, 24, 10), days=1)
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET language = 'en', applicant_kind = 'individual' WHERE id = 2"))
    words = ("calendar", "set", "2026-11-26", "off")

    planned = terminal.document("admin", *words, "--dry-run")
    assert (planned["moved_count"], planned["told"], letters(terminal)) == (2, 2, {})
    output = terminal.as_person("admin", *words, "--dry-run").stderr
    assert "2 due dates would move. 2 applicants would be told." in output
    output = terminal.as_person("admin", *words, "--reason", "inventory").stderr
    assert "2 due dates moved. 2 applicants are told." in output

    bodies = letters(terminal)
    assert set(bodies) == {chinese, english}
    for part in ("新的办结时限：2026年11月30日（周一）", "工作日安排有调整。", f"受理编号：{chinese}", "虚构公司1"):
        assert part in bodies[chinese]
    for part in ("New due date: Monday, 30 November 2026", "The working calendar has changed.", english):
        assert part in bodies[english]
    assert "inventory" not in "".join(bodies.values())
    chinese_output = terminal.as_person("admin", "--lang", "zh", *words[:2], "2026-11-27", "off", "--dry-run").stderr
    assert "将为2位申请人起草通知。" in chinese_output


def test_an_earlier_or_past_date_or_a_stopped_clock_causes_no_notice(terminal: Terminal) -> None:
    earlier, past, rectifying, notified = (plant_case(terminal, local(11, 24, 10)) for _case in range(4))
    past_due, rectifying_case = int(past[2:]), int(rectifying[2:])
    with terminal.site.services("admin").context.write() as session:
        row = session.get_one(CaseRow, past_due)
        row.complete_at, row.due_at = local(11, 13, 10), local(11, 18, 18)
        pending = session.get_one(CaseRow, rectifying_case)
        pending.state, pending.waits_for = "pending", "applicant"
    done = terminal.document("admin", "calendar", "set", "2026-11-17", "off", "--reason", "x")
    assert (done["moved_count"], done["told"]) == (1, 0)
    done = terminal.document("admin", "calendar", "set", "2026-11-27", "off", "--reason", "x")
    assert (done["moved_count"], done["told"]) == (3, 2)
    done = terminal.document("admin", "calendar", "set", "2026-11-27", "published", "--reason", "x")
    assert (done["moved_count"], done["told"]) == (3, 0)

    assert set(letters(terminal)) == {earlier, notified}


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


def test_letters_name_the_unpublished_year(terminal: Terminal, case: str) -> None:
    sentence = "2027年的放假调休安排尚未公布，以上涉及该年的日期为暂定日期"
    assert sentence in _letter(terminal, case)

    terminal.site.clock.at = TUESDAY_29_DECEMBER - timedelta(days=35)
    [case_id] = terminal.site.plant(severity="block")
    letter = _letter(terminal, format_case(case_id))
    assert "2026年12月" in letter
    assert "暂定" not in letter


def _letter(terminal: Terminal, case: str) -> str:
    terminal.document("a", "next")
    notice = terminal.document("a", "decide", case, "fail", "--reason", "ACT-PEAK-HOUR")["notice"]
    assert isinstance(notice, str)
    return notice
