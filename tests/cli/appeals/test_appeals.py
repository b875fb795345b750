"""An appeal is filed, decided, checked, answered and undone by command."""

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.appeals.filed_appeals import FAILED_AT, appealed, decided, failed, lapsed, letters, office, show
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
    filed = services.at("2026-12-01 10:00").terminal.document("a", "appeal", case, "--grounds", "Not us: 13812345678")

    assert (filed["state"], filed["status"], filed["assignee"]) == ("appealed", "open", "sup")
    assert filed["due_at"] == "2026-12-10T18:00:00+08:00"
    assert "2026年12月10日（周四）" in filed["notice"]
    found = show(services, case)
    [appeal] = found["appeals"]
    assert (appeal["grounds"], appeal["due_at"]) == ("Not us: 138••••••78", found["due_at"])
    assert letters(services, case) == ["fail", "appeal-received"]
    assert "calendar days after the receipt" in services.terminal.as_person("a", "clock", case).stdout


def test_the_receipt_counts_and_not_the_entry(services: ClockSite) -> None:
    case = failed(services)
    services.at("2026-12-03 10:00")
    services.run("a", "appeal", case, "--grounds", "Not us.", "--received-at", "2026-12-01 10:00")

    assert services.due(case) == "2026-12-10 18:00"


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


def test_a_second_lapse_can_be_appealed_although_the_appeal_against_the_first_was_answered(services: ClockSite) -> None:
    case = decided(services, appealed(services, lapsed(services)))
    services.run("sup2", "check", case, "approve", "--note", "yes")
    context = services.at("2026-12-02 10:00").site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'rectifying'"))
    services.at("2026-12-03 09:00").run("a", "tick")
    assert letters(services, case).count("lapsed") == 2

    appealed(services, case, at="2026-12-03 10:00")


def test_a_lapse_can_be_appealed_from_its_own_notice(services: ClockSite) -> None:
    case = lapsed(services)
    assert "2026-12-23" in refuse(services.at("2026-12-24 09:00"), 77, "a", "appeal", case, "--grounds", "x")

    appealed(services, case, at="2026-12-23 09:00")
    decided(services, case, "stands", login="sup2")
    services.run("b", "check", case, "approve", "--note", "yes")
    assert show(services, case)["state"] == "lapsed"


@pytest.mark.parametrize(
    ("received_at", "words"), [("2026-12-09", "in the future"), ("2026-11-23", "before its notice of 2026-11-24")]
)
def test_an_appeal_cannot_be_received_in_the_future_or_before_the_notice(
    services: ClockSite, received_at: str, words: str
) -> None:
    case = failed(services)
    services.at("2026-12-01 10:00")

    assert words in refuse(services, 2, "a", "appeal", case, "--grounds", "x", "--received-at", received_at)
    assert show(services, case)["appeals"] == []


def test_only_a_supervisor_who_never_touched_the_case_gets_and_decides_its_appeal(services: ClockSite) -> None:
    case = failed(services)
    services.run("sup", "comment", case, "I looked into this one")
    appealed(services, case)
    assert show(services, case)["assignee"] == "sup2"

    assert "before the appeal" in refuse(services, 77, "sup", "appeal-decide", case, "stands", "--note", "no")
    services.run("sup2", "comment", case, "I called them about the appeal")
    decided(services, case, login="sup2")


def test_who_moved_a_deadline_of_the_case_does_not_get_its_appeal(services: ClockSite) -> None:
    case = services.received(FAILED_AT)
    services.ask_for_a_seal(FAILED_AT, case, until="2026-11-30")
    services.run("sup", "extend", case, "--until", "2026-12-01", "--reason", "more time")
    services.at("2026-12-02 09:00").run("a", "tick")

    assert show(services, appealed(services, case, at="2026-12-02 10:00"))["assignee"] == "sup2"
    assert "before the appeal" in refuse(services, 77, "sup", "appeal-decide", case, "stands", "--note", "no")


def test_appeals_go_to_the_present_supervisor_with_the_fewest_and_to_nobody_if_there_is_none(
    services: ClockSite,
) -> None:
    cases = [failed(services) for _number in range(4)]
    for case in cases[:3]:
        appealed(services, case)
    assert [show(services, case)["assignee"] for case in cases[:3]] == ["sup", "sup2", "sup"]
    decided(services, cases[0])
    for login in ("sup2", "sup"):
        services.run("admin", "reviewers", "away", login, "--from", "2026-12-01")

    filed = services.terminal.as_person("a", "appeal", cases[3], "--grounds", "x").stdout
    assert "nobody" in filed
    decided(services, cases[3])


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


@pytest.mark.parametrize(("to", "state"), [((), "queued"), (("--to", "passed"), "passed")])
def test_an_overturned_appeal_passes_the_case_or_queues_it_with_a_corrected_notice_owed(
    services: ClockSite, to: tuple[str, ...], state: str
) -> None:
    case = decided(services, appealed(services), "overturned", *to)
    services.at("2026-12-04 10:00").run("c", "check", case, "approve", "--note", "fine")

    found = show(services, case)
    assert (found["state"], found["assignee"]) == (state, None)
    with services.site.services("admin").context.read() as session:
        corrected = session.execute(text('SELECT corrects_id FROM "case"')).scalar()
    assert bool(corrected) is (state == "queued")
    if state == "queued":
        assert found["due_at"] == "2026-12-09T18:00:00+08:00"
        assert services.terminal.document("a", "next")["case"] == case


def test_a_returned_decision_goes_back_to_its_decider_until_the_same_date(services: ClockSite) -> None:
    case = decided(services, appealed(services), login="sup2")
    before = services.due(case)
    services.at("2026-12-02 10:00").run("c", "check", case, "return", "--note", "say why")

    found = show(services, case)
    assert (found["state"], found["assignee"], services.due(case)) == ("appealed", "sup2", before)
    assert found["appeals"][0]["check_note"] == "say why"
    decided(services, case, "overturned", login="sup2")


def test_a_return_can_be_undone_once_the_decision_after_it_was_taken_back(services: ClockSite) -> None:
    case = decided(services, appealed(services), "overturned")
    services.run("c", "check", case, "return", "--note", "x")
    decided(services, case, "overturned")
    services.run("sup", "undo", case)
    services.run("c", "undo", case)

    assert show(services, case)["state"] == "awaiting_check"
    assert services.terminal.document("c", "check", case, "approve", "--note", "x")["outcome"] == "overturned"


def test_an_appeal_undone_after_its_decision_was_leaves_no_trace_in_the_due_date(services: ClockSite) -> None:
    case, other = lapsed(services), lapsed(services.at("2026-11-24 10:00"))
    appealed(services, case)
    decided(services, case, login="sup2")
    services.run("sup2", "undo", case)
    services.run("a", "undo", case)

    for one in (case, other):
        services.run("a", "resubmit", one, "--received-at", "2026-11-30 12:00")
    assert show(services, case)["due_at"] == show(services, other)["due_at"]


def test_a_staged_decision_can_be_taken_back_until_its_check_and_the_filing_for_a_minute(services: ClockSite) -> None:
    case = decided(services, appealed(services))
    services.at("2026-12-02 15:00").run("sup", "undo", case)

    assert show(services, case)["state"] == "appealed"
    refuse(services, 77, "a", "undo", case)


def test_withdrawing_an_appeal_brings_back_the_result_and_it_can_be_filed_again(services: ClockSite) -> None:
    case = decided(services, appealed(services))
    services.run("a", "withdraw", case, "--reason", "the applicant wrote")

    assert show(services, case)["state"] == "failed"
    assert letters(services, case)[-1] == "appeal-withdrawn"
    refuse(services, 77, "c", "check", case, "approve", "--note", "x")
    appealed(services, case)


def test_a_decision_needs_an_open_appeal_a_reason_and_a_state_that_fits(services: ClockSite) -> None:
    case = failed(services)
    refuse(services, 77, "sup", "appeal-decide", case, "stands", "--note", "x")
    appealed(services, case)

    refuse(services, 2, "sup", "appeal-decide", case, "stands", "--note", " ")
    refuse(services, 2, "sup", "appeal-decide", case, "stands", "--to", "passed", "--note", "x")
    refuse(services, 77, "a", "appeal-decide", case, "stands", "--note", "x")
    assert services.terminal.as_person("b", "next").exit_code == 69


def test_an_overturned_lapse_closes_its_rectification_and_an_undo_opens_it_again(services: ClockSite) -> None:
    case = decided(services, appealed(services, lapsed(services)), "overturned", login="sup2")
    services.run("b", "check", case, "approve", "--note", "yes")

    def rectification() -> tuple[object, object]:
        with services.site.services("admin").context.read() as session:
            row = session.execute(text('SELECT is_open, corrects_id FROM rectification JOIN "case"')).one()
            return bool(row.is_open), row.corrects_id

    assert rectification() == (False, 1)
    services.run("b", "undo", case)
    assert rectification() == (True, None)


def test_a_case_that_was_failed_again_after_an_appeal_can_be_appealed_to_somebody_else(services: ClockSite) -> None:
    case = decided(services, appealed(services), "overturned", login="sup2")
    services.run("c", "check", case, "approve", "--note", "yes")
    services.at("2026-12-02 10:00").run("b", "next")
    services.run("b", "decide", case, "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    services.run("a", "check", case, "approve", "--note", "yes")
    appealed(services, case, at="2026-12-03 10:00")

    assert show(services, case)["assignee"] == "sup"
    assert "before the appeal" in refuse(services, 77, "sup2", "appeal-decide", case, "stands", "--note", "x")


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
