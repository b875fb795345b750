"""Letters to applicants who have not answered, and about cases that lapse or go on without an answer."""

from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Language
from tests.clock_site import ClockSite, local
from tests.prepared import prepared
from tests.proofs.racing import open_for_race, run_concurrently
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application

pytestmark = pytest.mark.proof

LANGUAGES = pytest.mark.parametrize("language", list(Language))
CLOSING = {
    Language.ZH: ("投诉途径：", "特此通知。", "远声移动通信有限公司"),
    Language.EN: ("Complaints: ", "Yours sincerely,", "Far Voice Mobile"),
}


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


def test_a_deadline_given_on_the_day_before_needs_no_reminder(services: ClockSite) -> None:
    fail(services, until="2026-11-25")

    assert tick(services, "2026-11-24 17:00") == {}


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


def test_a_deadline_is_reminded_of_although_its_day_now_closes_earlier(services: ClockSite) -> None:
    fail(services, until="2026-12-01")
    services.run("admin", "calendar", "set", "2026-12-01", "09:00-12:00", "--reason", "inventory")

    assert tick(services, "2026-11-30 10:00") == {"reminded": 1}
