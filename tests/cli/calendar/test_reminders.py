"""Letters to applicants who have not answered, and about cases that lapse or go on without an answer."""

from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import DocumentKind, Language
from tests.clock_site import ClockSite, local
from tests.policies import amend_policy
from tests.prepared import prepared
from tests.proofs.racing import open_for_race, run_concurrently
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sites import Site

pytestmark = pytest.mark.proof

LANGUAGES = pytest.mark.parametrize("language", list(Language))
CLOSING = {
    Language.ZH: ("投诉途径：", "特此通知。", "远声移动通信有限公司"),
    Language.EN: ("Complaints: ", "Yours sincerely,", "Far Voice Mobile"),
}


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    return Desk(site, tmp_path)


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 10:00")


def tick(services: ClockSite, at: str) -> dict[str, int]:
    """Tick at a time, check that a second tick does nothing, and return what the first did."""
    found: dict[str, int] = services.at(at).terminal.document("audit", "tick")
    assert not any(services.terminal.document("a", "tick").values())
    return {name: number for name, number in found.items() if number}


def letters(services: ClockSite, *kinds: str) -> list[Any]:
    found = services.terminal.document("a", "notices")["notices"]
    return [one for one in found if one["kind"] in kinds]


def kinds(services: ClockSite) -> list[str]:
    return [one["kind"] for one in services.terminal.document("a", "notices")["notices"]]


def write_in(services: ClockSite, language: Language) -> None:
    """Set the language of every applicant."""
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET language = :language"), {"language": language.value})


def check_pages(services: ClockSite, folder: Path, language: Language, kind: str, *parts: str) -> None:
    """Check that the newest letter is of a kind and printed as text and as a page, with its parts and its closing."""
    write_in(services, language)
    report = services.terminal.as_person("admin", "export", "notices", "--to", str(folder), "--sms")
    assert report.exit_code == 0, report.output
    [letter] = folder.glob(f"*-{kind}.txt")
    page = letter.with_suffix(".html").read_text(encoding="utf-8")
    plain = letter.read_text(encoding="utf-8")
    for part in (*parts, *CLOSING[language]):
        assert part.replace(" ", "") in plain.replace("\n", "").replace(" ", ""), plain
        assert part in page.replace("&#34;", '"'), page
    assert "None" not in plain
    assert "\n\n\n" not in plain


@prepared
def fail(services: ClockSite, *more: str, until: str = "2026-12-01") -> str:
    """Fail a case that must rectify two items by a day, and return its number."""
    case = services.received("2026-11-24 10:00")
    services.run("a", "next")
    asked = ("--item", "DOC-UNSEALED:BIZ_LICENSE", "--item", "ACT-PEAK-HOUR:plan")
    services.run("a", "decide", case, "fail", "--reason", "DOC-UNSEALED", *asked, "--until", until, *more)
    return case


def test_an_incomplete_application_gets_one_letter_and_one_reminder(services: ClockSite, desk: Desk) -> None:
    desk.applications(application())
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[1:])

    assert tick(services, "2026-11-24 10:05") == {"reminded": 1}
    [letter] = letters(services, "incomplete")
    assert "补交材料期限：2026年12月2日（周三）" in letter["body"]
    assert "1. 营业执照" in letter["body"]
    assert "2. " not in letter["body"]
    assert tick(services, "2026-12-02 17:59") == {}
    assert tick(services, "2026-12-02 18:01") == {"reminded": 1}
    assert "我司不再另行提醒" in letters(services, "still-incomplete")[0]["body"]
    assert tick(services, "2027-02-01 10:00") == {}
    assert kinds(services) == ["incomplete", "still-incomplete"]


def test_an_application_that_becomes_complete_is_not_reminded(services: ClockSite, desk: Desk) -> None:
    desk.applications(application(**PERSON))
    assert tick(services, "2026-11-24 10:05") == {"reminded": 1}
    assert "1. 身份证" in letters(services, "incomplete")[0]["body"]
    desk.documents(kinds=INDIVIDUAL_DOCUMENTS, received_at="2026-11-24 10:04")

    assert kinds(services) == ["receipt"]
    assert "reminded" not in tick(services, "2026-12-02 10:00")


def test_a_letter_about_missing_documents_goes_out_at_the_end_of_the_day(services: ClockSite, desk: Desk) -> None:
    desk.applications(application())
    tick(services, "2026-11-24 10:05")
    assert letters(services, "incomplete")[0]["release_at"] == "2026-11-25T00:00:00+08:00"

    # The documents of the same day: the letter is written again, with those that are still missing.
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[2:])
    assert letters(services, "incomplete") == []
    assert tick(services, "2026-11-24 18:00") == {"reminded": 1}
    [letter] = letters(services, "incomplete")
    assert "2. 经办人身份证" in letter["body"]
    assert "3. " not in letter["body"]

    # It is released, and stands.
    services.at("2026-11-25 09:00")
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[1:2])
    assert [one["body"] for one in letters(services, "incomplete")] == [letter["body"]]
    assert tick(services, "2026-11-25 18:00") == {}


def test_the_policy_sets_when_an_incomplete_application_is_reminded(services: ClockSite, desk: Desk) -> None:
    amend_policy(services.site, ("incomplete_days = 5", "incomplete_days = 1"))
    desk.applications(application())

    assert tick(services, "2026-11-24 10:05") == {"reminded": 1}
    assert tick(services, "2026-11-25 18:01") == {}
    assert tick(services, "2026-11-26 18:01") == {"reminded": 1}


@pytest.mark.parametrize(("on", "count"), [("2026-09-29 23:59", 0), ("2026-09-30 00:01", 1), ("2026-10-04 12:00", 1)])
def test_a_deadline_is_reminded_of_on_the_working_day_before_across_a_holiday(
    services: ClockSite, on: str, count: int
) -> None:
    # The site was created in November.
    services.at("2026-09-24 10:00").run("admin", "tick", "--clock-is-right")
    case = fail(services, until="2026-10-08")

    assert tick(services, on).get("reminded", 0) == count
    if count:
        [letter] = letters(services, "deadline-near")
        assert letter["case"] == case
        assert "整改期限：2026年10月8日（周四）18:00" in letter["body"]
        assert tick(services, "2026-10-07 12:00") == {}


def test_an_item_that_came_is_left_out_of_the_reminder(services: ClockSite, desk: Desk) -> None:
    desk.queued()
    services.run("a", "next")
    items = ("--item", "BIZ_LICENSE", "--item", "AUTH_LETTER", "--until", "2026-12-01")
    services.run("a", "decide", "C-000001", "fail", "--reason", "DOC-UNSEALED", *items)
    services.at("2026-11-25 10:00")
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at="2026-11-25 09:00")

    tick(services, "2026-11-30 10:00")
    [letter] = letters(services, "deadline-near")
    assert "尚待提交或整改：\n1. 授权委托书\n\n" in letter["body"]


def test_a_deadline_given_on_the_day_before_needs_no_reminder(services: ClockSite) -> None:
    fail(services, until="2026-11-25")

    assert tick(services, "2026-11-24 17:00") == {}


def test_a_letter_to_another_applicant_with_the_same_deadline_is_no_reminder(services: ClockSite) -> None:
    services.at("2026-11-24 12:00")
    fail(services)
    services.at("2026-11-30 10:00")
    fail(services)

    assert tick(services, "2026-11-30 18:01") == {"reminded": 1}


def test_an_extended_deadline_is_reminded_of_again(services: ClockSite) -> None:
    case = fail(services)
    assert tick(services, "2026-11-30 10:00") == {"reminded": 1}
    services.run("sup", "extend", case, "--until", "2026-12-04", "--reason", "more time")
    assert tick(services, "2026-12-02 10:00") == {}

    assert tick(services, "2026-12-03 10:00") == {"reminded": 1}


@LANGUAGES
def test_the_letters_about_missing_documents_are_printed(
    services: ClockSite, desk: Desk, language: Language, tmp_path: Path
) -> None:
    desk.applications(application(language=language.value))
    tick(services, "2026-11-24 10:05")
    services.at("2026-11-25 00:01")
    until = {Language.ZH: "2026年12月2日（周三）", Language.EN: "Wednesday, 2 December 2026"}[language]
    name = {Language.ZH: "1. 营业执照", Language.EN: "1. business licence"}[language]
    check_pages(services, tmp_path / "one", language, "incomplete", until, name)
    tick(services, "2026-12-03 10:00")
    until = {Language.ZH: "2026年12月10日（周四）", Language.EN: "Thursday, 10 December 2026"}[language]
    check_pages(services, tmp_path / "two", language, "still-incomplete", until, name)


@LANGUAGES
def test_the_letters_before_and_after_a_missed_deadline_are_printed(
    services: ClockSite, language: Language, tmp_path: Path
) -> None:
    case = fail(services, "--measure", "bar-out")
    write_in(services, language)
    tick(services, "2026-11-30 10:00")
    until = {Language.ZH: "2026年12月1日（周二）18:00", Language.EN: "Tuesday, 1 December 2026, 18:00"}[language]
    stays = {Language.ZH: "已采取的限制措施继续有效", Language.EN: "the measure already taken stays in force"}[language]
    check_pages(services, tmp_path / "near", language, "deadline-near", until, stays, "plan", case)

    assert tick(services, "2026-12-01 18:01") == {"lapsed": 1}
    services.at("2026-12-02 00:00")
    appeal = {Language.ZH: "2026年12月23日（周三）", Language.EN: "Wednesday, 23 December 2026"}[language]
    ways = {Language.ZH: ("按“逾期未整改”办结", "12300"), Language.EN: ("closed", "12300")}[language]
    check_pages(services, tmp_path / "lapsed", language, "lapsed", until, appeal, "plan", *ways)


@LANGUAGES
def test_the_letter_after_an_unanswered_question_is_printed(
    services: ClockSite, language: Language, tmp_path: Path
) -> None:
    case = services.received("2026-11-24 10:00")
    write_in(services, language)
    services.run("a", "next")
    asked = ("--reason", "WAIT-APPLICANT", "--item", "BIZ_LICENSE", "--until", "2026-11-26")
    services.run("a", "decide", case, "pending", *asked)

    assert tick(services, "2026-11-27 08:00") == {"queued": 1}
    due = {Language.ZH: "办结时限：2026年12月2日（周三）", Language.EN: "Due date: Wednesday, 2 December 2026"}[
        language
    ]
    day = {Language.ZH: "截至2026年11月26日（周四）", Language.EN: "By Thursday, 26 November 2026"}[language]
    name = {Language.ZH: "1. 营业执照", Language.EN: "1. business licence"}[language]
    check_pages(services, tmp_path / "letters", language, "expired", due, day, name)


def test_a_pending_case_that_waited_for_others_gets_no_letter_when_its_date_passes(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("a", "next")
    services.run("a", "decide", case, "pending", "--reason", "WAIT-CARRIER", "--until", "2026-11-26")

    assert tick(services, "2026-11-27 08:00") == {"queued": 1}
    assert kinds(services) == ["pending"]


def tick_at_once(path: Path, at: str, barrier: Barrier, queue: Any) -> None:
    """Tick at the same moment as the other processes, and put the number of reminders into the queue."""
    services = open_for_race(path, "a", local(at))
    barrier.wait()
    queue.put(services.ticking.tick().reminded)
    services.close()


@pytest.mark.proof
def test_parallel_ticks_write_each_letter_once(services: ClockSite, desk: Desk) -> None:
    desk.applications(*(application(f"A-{number}") for number in range(8)))
    fail(services)

    for at, count in (("2026-11-24 10:05", 8), ("2026-11-30 10:00", 1), ("2026-12-03 10:00", 8)):
        workers = [(tick_at_once, (services.site.path, at)) for _process in range(3)]
        assert sum(run_concurrently(workers)) == count
    found = kinds(services.at("2026-12-03 10:00"))
    # The lapse cancels the reminder, which was not sent.
    assert sorted(set(found)) == ["fail", "incomplete", "lapsed", "still-incomplete"]
    assert len(found) == 8 + 8 + 2


def test_no_letter_is_written_about_what_happened_long_ago(services: ClockSite, desk: Desk) -> None:
    desk.applications(application())
    fail(services, until="2026-11-26")
    pending = services.received("2026-11-24 10:00", "extended")
    services.run("a", "next")
    services.run("a", "decide", pending, "pending", "--reason", "WAIT-APPLICANT", "--until", "2026-11-26")
    services.at("2026-11-27 10:00").run("audit", "tick")
    with services.site.services("admin").context.write() as session:
        session.execute(text("DELETE FROM notice WHERE kind IN ('incomplete', 'lapsed', 'expired')"))

    assert tick(services, "2026-12-09 10:00").keys() <= {"delayed"}
    assert set(kinds(services)) <= {"fail", "pending", "delay"}


def test_a_deadline_is_reminded_of_although_its_day_now_closes_earlier(services: ClockSite) -> None:
    fail(services, until="2026-12-01")
    services.run("admin", "calendar", "set", "2026-12-01", "09:00-12:00", "--reason", "inventory")

    assert tick(services, "2026-11-30 10:00") == {"reminded": 1}
