"""An appeal is filed, decided, checked, answered and undone by command."""

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.appeals.filed_appeals import appealed, decided, failed, lapsed, letters, office, show
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.sites import Site


@pytest.fixture
def services(site: Site) -> ClockSite:
    return office(site)


def refuse(services: ClockSite, code: int, login: str, *words: str) -> str:
    return refused(services.terminal.as_person(login, *words), code)


@pytest.mark.promise("D9")
def test_a_filed_appeal_goes_to_a_supervisor_with_a_receipt_that_says_by_when_it_is_answered(
    services: ClockSite,
) -> None:
    case = failed(services)
    words = ("appeal", case, "--grounds", "Not us: 13812345678", "--received-at")
    services.at("2026-12-03 10:00")
    for received_at, told in (("2026-12-09", "in the future"), ("2026-11-23", "before its notice of 2026-11-24")):
        assert told in refuse(services, 2, "a", *words, received_at)
    # The receipt counts and not the entry.
    filed = services.terminal.document("a", *words, "2026-12-01 10:00")

    assert (filed["state"], filed["status"], filed["assignee"]) == ("appealed", "open", "sup")
    assert filed["due_at"] == "2026-12-10T18:00:00+08:00"
    assert "2026年12月10日（周四）" in filed["notice"]
    found = show(services, case)
    [appeal] = found["appeals"]
    assert (appeal["grounds"], appeal["due_at"]) == ("Not us: 138••••••78", found["due_at"])
    assert letters(services, case) == ["fail", "appeal-received"]
    assert "calendar days after the receipt" in services.terminal.as_person("a", "clock", case).stdout


@pytest.mark.promise("D9")
@pytest.mark.parametrize("sent_at", ["", "2026-11-27 09:00"])
def test_the_time_to_appeal_counts_from_the_notice_or_from_when_it_was_sent(services: ClockSite, sent_at: str) -> None:
    case = failed(services)
    last_day = "2026-12-15"
    if sent_at:
        context = services.at(sent_at).site.services("admin").context
        with context.write() as session:
            session.execute(text("UPDATE notice SET sent_at = release_at + 3 * 86400000000"))
        last_day = "2026-12-18"
    services.at("2026-12-21 10:00")

    late = refuse(services, 77, "a", "appeal", case, "--grounds", "x", "--received-at", "2026-12-19 10:00")
    assert last_day in late
    services.run("a", "appeal", case, "--grounds", "x", "--received-at", f"{last_day} 23:00")


def test_the_last_day_that_the_notice_gives_stays_when_the_calendar_changes(services: ClockSite) -> None:
    case = failed(services)
    services.run("admin", "calendar", "set", "2026-12-05", "work", "--reason", "make-up")

    appealed(services, case, at="2026-12-15 10:00")
    assert show(services, case)["state"] == "appealed"


def test_only_a_supervisor_who_never_touched_the_case_gets_and_decides_its_appeal(services: ClockSite) -> None:
    case = failed(services)
    services.run("sup", "comment", case, "I looked into this one")
    appealed(services, case)
    assert show(services, case)["assignee"] == "sup2"

    assert "before the appeal" in refuse(services, 77, "sup", "appeal-decide", case, "stands", "--note", "no")
    services.run("sup2", "comment", case, "I called them about the appeal")
    decided(services, case, login="sup2")


def test_a_decision_waits_for_somebody_without_a_part_in_the_verdict_or_its_answer(services: ClockSite) -> None:
    case = decided(services, appealed(services))
    assert show(services, case)["state"] == "awaiting_check"

    for login in ("a", "b", "sup"):
        refuse(services, 77, login, "check", case, "approve", "--note", "fine")
    checked = services.terminal.document("c", "check", case, "approve", "--note", "fine")
    assert (checked["state"], checked["status"], checked["outcome"]) == ("failed", "closed", "stands")
    assert "12300" in checked["notice"]
    assert "We looked at it again." in checked["notice"]
    assert (checked["decision"], checked["reasons"]) == ("D-000001", ["ACT-PEAK-HOUR"])
    shown = services.terminal.as_person("c", "show", case).stdout
    assert re.search(r"Appealed verdict +D-000001 ACT-PEAK-HOUR", shown)
    assert "answered already" in refuse(services, 77, "a", "appeal", case, "--grounds", "once more")


def test_a_decision_needs_an_open_appeal_a_reason_and_a_state_that_fits(services: ClockSite) -> None:
    case = failed(services)
    refuse(services, 77, "sup", "appeal-decide", case, "stands", "--note", "x")
    appealed(services, case)

    refuse(services, 2, "sup", "appeal-decide", case, "stands", "--note", " ")
    refuse(services, 2, "sup", "appeal-decide", case, "stands", "--to", "passed", "--note", "x")
    refuse(services, 77, "a", "appeal-decide", case, "stands", "--note", "x")
    assert services.terminal.as_person("b", "next").exit_code == 69


def test_appeals_are_exported_with_their_outcome_and_counted_by_doctor(services: ClockSite, tmp_path: Path) -> None:
    decided(services, appealed(services), "stands")
    services.run("sup2", "check", "C-1", "approve", "--note", "x")
    appealed(services, lapsed(services), at="2026-12-02 10:00")
    services.at("2026-12-31 10:00")
    services.run("admin", "export", "appeals", "--output", str(tmp_path / "appeals.csv"))

    with (tmp_path / "appeals.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["against"], first["outcome"], first["decided_by"], first["checker"]) == (
        "failed",
        "stands",
        "sup",
        "sup2",
    )
    assert first["decided_at"].startswith("2026-12-01T10:00")
    assert (second["case"], second["against"], second["status"], second["overdue"]) == (
        "C-000002",
        "lapsed",
        "open",
        "yes",
    )
    noted = [line["text"] for line in services.terminal.document("audit", "doctor")["lines"]]
    assert any("appeals to answer: 1 of 1 open" in text for text in noted)
