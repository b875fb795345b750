"""Suspensions and days off over whole lives: deadlines to rectify, to answer and to appeal, and their letters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Language
from tests.cli.appeals.filed_appeals import office
from tests.cli.calendar.transactions import after_first_transaction
from tests.cli.framework.terminal import refused
from tests.clock_site import SHANGHAI, ClockSite
from tests.sites import Site
from workbench.services.time.calendar import days_off
from workbench.services.time.deadlines import recompute

NOTHING = {"queued": 0, "lapsed": 0, "delayed": 0, "resumed": 0, "reminded": 0, "opened": 0, "inquiries": 0}


@pytest.fixture
def services(site: Site) -> Iterator[ClockSite]:
    made = office(site)
    yield made
    assert made.terminal.as_person("audit", "audit", "verify").exit_code == 0


def write_in(services: ClockSite, *languages: Language, agent: str = "", province: str = "") -> None:
    """Set the agent and the province of every applicant, and the languages of the first ones."""
    with services.site.services("admin").context.write() as session:
        session.execute(
            text("UPDATE application SET agent = :agent, province = :province"), {"agent": agent, "province": province}
        )
        session.execute(text('UPDATE "case" SET agent = :agent'), {"agent": agent})
        for number, language in enumerate(languages, start=1):
            values = {"language": language.value, "number": number}
            session.execute(text("UPDATE application SET language = :language WHERE id = :number"), values)


def suspend(services: ClockSite, *words: str) -> Any:
    return services.terminal.document("sup", "calendar", "suspend", *words, "--reason", "台风停工")


def tick(services: ClockSite, at: str) -> dict[str, int]:
    """Tick at a time, check that a second tick does nothing, and return what the first did."""
    found: dict[str, int] = services.at(at).terminal.document("audit", "tick")
    assert services.terminal.document("a", "tick") == NOTHING
    return {name: number for name, number in found.items() if number}


def show(services: ClockSite, case: str) -> Any:
    return services.terminal.document("a", "show", case)


def deadline(services: ClockSite, case: str) -> str:
    """Return the deadline to rectify."""
    newest = show(services, case)["decisions"][-1]["deadline_at"]
    return str(newest).removesuffix(":00+08:00").replace("T", " ")


def letters(services: ClockSite, kind: str = "deadline-moved") -> list[str]:
    """Return the texts of the letters of a kind, the oldest first, with one space between words."""
    found = services.terminal.document("a", "notices")["notices"]
    return [" ".join(one["body"].split()) for one in found if one["kind"] == kind]


def send_moved(services: ClockSite) -> None:
    """Record the letters about moved deadlines as sent now."""
    found = services.terminal.document("a", "notices")["notices"]
    unsent = [one["id"] for one in found if (one["kind"], one["sent_at"]) == ("deadline-moved", None)]
    file = services.site.path.with_name("sent.csv")
    now = services.site.clock.at.astimezone(SHANGHAI)
    file.write_text("".join(["notice,sent_at\n", *(f"{number},{now:%Y-%m-%d %H:%M}\n" for number in unsent)]))
    services.run("admin", "notices", "sent", str(file))


def shown(services: ClockSite, case: str) -> str:
    """Return the text that shows a case, with one space between words."""
    lines = services.terminal.as_person("a", "show", case).stdout.splitlines()
    return " ".join(" ".join(line.split()) for line in lines)


def test_a_deadline_to_rectify_waits_for_the_end_of_a_suspension_and_moves_on(services: ClockSite) -> None:
    cases = case, _english = [services.received("2026-11-24 10:00") for _language in Language]
    write_in(services, Language.ZH, Language.EN)
    for each in cases:
        services.ask_for_a_seal("2026-11-24 10:00", each, until="2026-11-30")
    dry_run = ("calendar", "suspend", "2026-11-25", "--dry-run")
    shown = services.at("2026-11-25 09:00").terminal.document("sup", *dry_run)
    assert [one["case"] for one in shown.pop("affected")] == ["C-000001", "C-000002"]
    assert shown == {
        "suspensions": [],
        "cases": 2,
        "notices": 2,
        "deadlines": 2,
        "written": False,
    }
    assert suspend(services, "2026-11-25")["notices"] == 2
    send_moved(services)
    for at in ("2026-11-27 09:00", "2026-11-30 18:01", "2026-12-04 09:00"):
        assert tick(services, at) == {}
    assert show(services, case)["state"] == "rectifying"
    assert "no deadline passes until it resumes" in services.terminal.as_person("a", "show", case).stdout
    services.at("2026-12-07 09:00").run("sup", "calendar", "resume")

    # Three days of one week and five of the next were lost.
    assert [deadline(services, each) for each in cases] == ["2026-12-10 18:00"] * 2
    began, began_en, ended, ended_en = letters(services)
    assert "二次审核工作自2026年11月25日（周三）00:00起中止，恢复时间尚无法确定。" in began
    assert "新的整改期限：工作恢复后另行告知（此前为2026年11月30日（周一）18:00）" in began
    assert "提交方式" not in began
    assert "新的整改期限：2026年12月10日（周四）18:00" in ended
    assert "提交方式" in ended
    assert "suspended since Wednesday, 25 November 2026, 00:00; the end date is not known yet." in began_en
    assert "How to submit" not in began_en
    assert "New deadline to rectify: Thursday, 10 December 2026, 18:00" in ended_en
    assert tick(services, "2026-12-09 09:00") == {"reminded": 2}
    services.at("2026-12-10 18:00").run("a", "resubmit", case)
    assert show(services, case)["state"] == "queued"
    assert "moved by suspension 1" in " ".join(services.terminal.as_person("a", "show", case).stdout.split())


def test_a_pending_case_does_not_go_on_without_an_answer_from_a_suspended_province(services: ClockSite) -> None:
    here, english, there = (services.received("2026-11-24 10:00") for _case in range(3))
    write_in(services, Language.ZH, Language.EN, province="四川省")
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET province = '广东省' WHERE id = 3"))
    for case in (here, english, there):
        services.run("a", "next")
        services.run("a", "decide", case, "pending", "--reason", "WAIT-APPLICANT", "--until", "2026-11-27")
    assert suspend(services, "2026-11-26", "2026-11-30", "--province", "Sichuan")["notices"] == 2
    send_moved(services)

    assert tick(services, "2026-11-30 09:00") == {"queued": 1}
    assert [show(services, case)["state"] for case in (here, english, there)] == ["pending", "pending", "queued"]
    assert tick(services, "2026-12-01 09:00") == {"resumed": 2}
    for letter in letters(services):
        words = "Wednesday, 2 December 2026" if "Yours" in letter else "2026年12月2日（周三）"
        assert words in letter
    assert tick(services, "2026-12-02 18:00") == {}
    assert tick(services, "2026-12-03 09:00") == {"queued": 2}
    assert len(letters(services, "expired")) == 3


def test_a_suspension_that_is_entered_afterwards_takes_a_lapse_back(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    assert tick(services, "2026-11-27 09:00") == {"lapsed": 1}
    services.at("2026-11-30 09:00").run("sup", "calendar", "suspend", "2026-11-25", "2026-11-27", "--reason", "洪水")

    assert show(services, case)["state"] == "rectifying"
    assert deadline(services, case) == "2026-12-01 18:00"
    [letter] = letters(services)
    assert "逾期未整改办结通知" in letter
    assert "“逾期未整改”的结论现予撤销" in letter
    assert "新的整改期限：2026年12月1日（周二）18:00" in letter


def test_a_verdict_during_an_open_suspension_is_followed_by_the_letter_about_it(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    suspend(services, "2026-11-24")
    services.ask_for_a_seal("2026-11-24 11:00", case, until="2026-11-30")
    assert tick(services, "2026-11-24 11:00") == {}

    assert tick(services, "2026-11-24 11:02") == {"resumed": 1}
    assert "恢复时间尚无法确定" in letters(services)[0]
    services.at("2026-11-26 09:00").run("sup", "calendar", "resume")
    # The letter about the end replaces the unsent one.
    assert len(letters(services)) == 1
    # Seven hours of Tuesday, eight of Wednesday.
    assert deadline(services, case) == "2026-12-02 16:00"


def test_a_day_that_is_set_off_moves_the_deadlines_on_it_with_a_letter(services: ClockSite) -> None:
    rectifying, pending, other = (services.received("2026-11-24 10:00") for _case in range(3))
    write_in(services, Language.ZH, Language.EN)
    services.ask_for_a_seal("2026-11-24 10:00", rectifying, until="2026-11-27")
    services.run("a", "next")
    services.run("a", "decide", pending, "pending", "--reason", "WAIT-APPLICANT", "--until", "2026-11-27")
    services.ask_for_a_seal("2026-11-24 10:00", other, until="2026-11-30")
    words = ("calendar", "set", "2026-11-27", "off", "--reason", "停电")
    dry = services.terminal.document("admin", *words, "--dry-run")
    done = services.terminal.document("admin", *words)

    assert dry["told"] == done["told"] == dry["deadline_count"] == 2
    moved = {"before": "2026-11-27T18:00:00+08:00", "after": "2026-11-30T18:00:00+08:00"}
    assert dry["deadlines"] == done["deadlines"] == [{"case": each, **moved} for each in (rectifying, pending)]
    assert (deadline(services, rectifying), deadline(services, other)) == ("2026-11-30 18:00", "2026-11-30 18:00")
    told, told_in_english = letters(services)
    assert "2026年11月30日（周一）" in told
    assert "Monday, 30 November 2026" in told_in_english
    assert tick(services, "2026-11-28 09:00") == {"reminded": 2}
    services.run("admin", "calendar", "set", "2026-11-27", "published", "--reason", "x")
    assert deadline(services, rectifying) == "2026-11-30 18:00"
    assert "moved from a day off (2026-11-27)" in shown(services, rectifying)


def test_the_days_of_a_late_letter_and_of_a_suspension_add_up(services: ClockSite, tmp_path: Path) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    services.at("2026-11-24 11:00")
    suspend(services, "2026-11-25", "2026-11-27")
    assert deadline(services, case) == "2026-12-03 18:00"
    (tmp_path / "sent").write_text("notice,sent_at\n1,2026-11-26 09:00\n")
    services.at("2026-11-26 10:00").run("admin", "notices", "sent", str(tmp_path / "sent"))
    assert deadline(services, case) == "2026-12-07 18:00"

    suspend(services.at("2026-11-30 09:00"), "2026-12-01", "2026-12-01")
    assert deadline(services, case) == "2026-12-08 18:00"


def test_a_suspension_entered_between_an_act_and_its_undo_moves_the_restored_deadline(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    services.at("2026-11-24 11:00").run("a", "resubmit", case)
    suspend(services.at("2026-11-24 11:00:20"), "2026-11-25", "2026-11-26")
    services.at("2026-11-24 11:00:40").run("a", "undo", case)

    assert deadline(services, case) == "2026-12-02 18:00"
    [letter] = letters(services)
    assert "此前的整改期限" not in letter
    assert "新的整改期限：2026年12月2日（周三）18:00" in letter
    assert tick(services, "2026-11-27 09:00") == {"resumed": 1}


def test_an_interrupted_suspension_moves_each_deadline_once(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 1)
    cases = [services.received("2026-11-24 10:00") for _case in range(3)]
    for case in cases:
        services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")

    def broken() -> None:
        raise KeyboardInterrupt

    services.at("2026-11-24 11:00")
    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken)
        services.terminal.as_person("sup", "calendar", "suspend", "2026-11-25", "2026-11-26", "--reason", "洪水")
    for _run in range(2):
        services.site.services("a").suspending.finish()

    assert {deadline(services, case) for case in cases} == {"2026-12-02 18:00"}
    assert len(letters(services)) == 3


@pytest.mark.parametrize(("end", "is_sent"), [("2026-11-26", True), ("", True), ("", False)])
def test_a_suspension_entered_by_mistake_is_taken_back_as_far_as_nobody_relies_on_it(
    services: ClockSite, end: str, is_sent: bool
) -> None:
    case = services.received("2026-11-20 10:00")
    services.ask_for_a_seal("2026-11-20 10:00", case, until="2026-11-30")
    suspend(services.at("2026-11-27 09:00"), "2026-11-25", *([end] if end else []))
    if is_sent:
        send_moved(services)
    services.at("2026-11-27 10:00")
    without_number = services.terminal.as_person("sup", "calendar", "resume", "--mistake")
    assert "takes the number of one suspension" in refused(without_number, 2)
    done = services.terminal.document("sup", "calendar", "resume", "1", "--mistake")

    # Without an end, the applicant waited until he is told otherwise: two days and an hour.
    relied_on = "2026-12-02 18:00" if end else "2026-12-03 10:00"
    assert deadline(services, case) == (relied_on if is_sent else "2026-11-30 18:00")
    assert [done["notices"], len(letters(services))] == ([0, 1] if end else [1, 2] if is_sent else [0, 0])
    again = services.terminal.as_person("sup", "calendar", "resume", "1", "--mistake")
    assert "called off already" in refused(again, 69)


def test_the_end_of_a_suspension_that_moved_nothing_does_not_say_that_a_deadline_moves(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    suspend(services.at("2026-11-24 18:30"), "2026-11-24 18:30")
    send_moved(services)
    services.at("2026-11-24 20:00").run("sup", "calendar", "resume")

    newest = services.terminal.document("a", "notices")["notices"][-1]
    assert "工作恢复及整改期限不变通知" in newest["subject"]
    assert "整改期限不变。" in newest["body"]
    assert "新的整改期限" not in newest["body"]
    assert "does not pass before suspension 1 ends" in shown(services, case)


def test_a_day_off_moves_deadlines_in_batches_and_goes_on_after_an_interruption(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days_off, "CASES_PER_TRANSACTION", 1)
    cases = [services.received("2026-11-24 10:00") for _case in range(3)]
    for case in cases[:2]:
        services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-27")
    services.run("a", "next")
    services.run("a", "decide", cases[2], "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", "none")
    services.run("b", "check", cases[2], "approve", "--note", "x")
    last = show(services, cases[2])["appeal_until"]

    def broken() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken, days_off)
        services.terminal.as_person("admin", "calendar", "set", "2026-11-27", "off", "--reason", "停电")
    services.terminal.document("admin", "calendar", "set", last, "off", "--reason", "停电")
    for _run in range(2):
        services.site.services("a").resume()

    assert {deadline(services, case) for case in cases[:2]} == {"2026-11-30 18:00"}
    assert show(services, cases[2])["appeal_until"] == "2026-12-17"
    assert len(letters(services)) == 3
    assert "新的申诉期限：2026年12月17日（周四）" in letters(services)[-1]


def test_a_deadline_that_leaves_time_after_a_late_letter_has_an_event(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    assert tick(services, "2026-11-27 09:00") == {"reminded": 1}
    file = services.site.path.with_name("sent.csv")
    file.write_text("notice,sent_at\n1,2026-11-25 11:00\n")
    services.at("2026-12-01 17:00").run("admin", "notices", "sent", str(file))

    assert deadline(services, case) == "2026-12-02 18:00"
    with services.site.services("admin").context.read() as session:
        actions = session.execute(text("SELECT action FROM event WHERE body LIKE '%\"deadlines\"%' ORDER BY seq"))
        assert actions.scalars().all() == ["sent-late", "deadline-moved"]


def test_the_time_of_an_ended_suspension_is_known_as_it_was_when_it_is_taken_back_later(services: ClockSite) -> None:
    suspend(services.at("2026-11-20 10:00"), "2026-11-25", "2026-11-27")
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    services.at("2026-11-26 09:00").run("sup", "calendar", "resume", "1")
    services.at("2026-11-26 10:00").run("sup", "calendar", "resume", "1", "--mistake")
    # The deadline was given when all of the three days were to be suspended.
    suspend(services.at("2026-11-26 11:00"), "2026-11-25", "2026-11-26")

    assert deadline(services, case) == "2026-11-30 18:00"


def test_a_deadline_that_a_sent_letter_told_is_kept_when_a_later_suspension_is_taken_back(services: ClockSite) -> None:
    case = services.received("2026-11-20 10:00")
    services.ask_for_a_seal("2026-11-20 10:00", case, until="2026-11-30")
    suspend(services.at("2026-11-30 17:30"), "2026-11-25 10:00", "2026-11-25 11:00")
    send_moved(services)
    suspend(services.at("2026-12-01 09:30"), "2026-12-01", "2026-12-01")
    assert deadline(services, case) == "2026-12-02 18:00"

    services.at("2026-12-01 09:31").run("sup", "calendar", "resume", "2", "--mistake")

    assert deadline(services, case) == "2026-12-01 18:00"


def test_overlapping_suspensions_move_a_deadline_once_and_are_told_at_the_end_of_both(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-30")
    services.at("2026-11-24 11:00")
    suspend(services, "2026-11-25")
    suspend(services, "2026-11-26", "2026-11-27")
    services.at("2026-11-27 09:00").run("sup", "calendar", "resume", "1")
    assert deadline(services, case) == "2026-12-03 18:00"

    send_moved(services)
    count = len(letters(services))
    assert tick(services, "2026-11-30 09:00") == {"resumed": 1}
    assert len(letters(services)) == count + 1
    assert "新的整改期限：2026年12月3日（周四）18:00" in letters(services)[-1]
