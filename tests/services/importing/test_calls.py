"""Call records and opt-outs: what they make of numbers, applications and cases."""

import json

import pytest

from db.enums import ImportKind
from tests.services.importing.files import Cells, Desk, application
from workbench.domain.case.casefile import CaseFile


def call(minute: int, *, caller: str = "13800138000", callee: str = "02112345678", day: str = "2026-11-20") -> Cells:
    return {
        "caller": caller,
        "callee": callee,
        "start_at": f"{day} {10 + minute // 60}:{minute % 60:02}:00",
        "duration_s": "40",
    }


def shown(desk: Desk, number: str = "A-1") -> CaseFile:
    return desk.site.services("sup").casefiles.show(desk.case(number).id or 0)


def test_calls_of_a_card_reach_its_open_case(desk: Desk) -> None:
    desk.queued()
    assert "ACT-NO-DATA" in desk.findings()
    desk.run(ImportKind.CALLS, [call(minute, callee=f"0211234{minute:04}") for minute in range(30)])
    casefile = shown(desk)
    assert casefile.evidence.all_calls.calls == 30
    assert casefile.evidence.all_calls.distinct_callees == 30
    assert "ACT-NO-DATA" not in desk.findings()
    assert [count for _day, count in casefile.days] == [30]
    assert casefile.hours[4][10] == 30
    assert desk.case().evidence_no == 2


def test_calls_that_come_before_the_application_are_its_evidence(desk: Desk) -> None:
    desk.run(ImportKind.CALLS, [call(0), call(1, caller="13900139000")])
    desk.applications(application(msisdns="13800138000;13900139000"))
    evidence = shown(desk).evidence
    assert [calls.msisdn for calls in evidence.calls] != []
    assert (evidence.all_calls.calls, evidence.all_calls.distinct_callees) == (2, 1)


def test_over_all_cards_a_callee_of_two_cards_counts_once(desk: Desk) -> None:
    desk.applications(application(msisdns="13800138000;13900139000"))
    desk.run(ImportKind.CALLS, [call(0), call(1, caller="13900139000"), call(2, callee="02187654321")])
    assert shown(desk).evidence.all_calls.distinct_callees == 2


def test_a_card_that_comes_later_brings_its_calls(desk: Desk) -> None:
    desk.applications(application())
    desk.run(ImportKind.CALLS, [call(0), call(1, caller="13900139000")])
    assert shown(desk).evidence.all_calls.calls == 1
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13900139000"}])
    assert shown(desk).evidence.all_calls.calls == 2


def test_a_file_that_overlaps_another_counts_nothing_twice(desk: Desk) -> None:
    desk.applications(application())
    desk.run(ImportKind.CALLS, [call(0), call(1)])
    report = desk.run(ImportKind.CALLS, [call(1), call(2)])
    assert (report.created, report.unchanged) == (1, 1)
    assert shown(desk).evidence.all_calls.calls == 3


def test_callers_that_are_no_card_of_ours_are_kept_and_counted(desk: Desk) -> None:
    report = desk.run(ImportKind.CALLS, [call(0, caller="13700137000"), call(1, caller="13600136000")])
    assert (report.created, report.unknown_callers) == (2, 2)
    desk.applications(application(msisdns="13700137000"))
    assert shown(desk).evidence.all_calls.calls == 1


def test_callees_are_kept_as_hashes_only(desk: Desk) -> None:
    desk.run(ImportKind.CALLS, [call(0)])
    desk.run(ImportKind.OPTOUTS, [{"callee": "02112345678", "since": "2026-11-01"}])
    for path in desk.site.path.parent.rglob("*"):
        if path.is_file() and desk.folder not in path.parents:
            assert b"02112345678" not in path.read_bytes()


@pytest.mark.parametrize("since", ["2026-11-01", "2026-11-21"])
def test_opt_outs_that_come_after_the_calls_are_laid_over_them(desk: Desk, since: str) -> None:
    desk.queued()
    desk.run(ImportKind.CALLS, [call(0)])
    desk.run(ImportKind.OPTOUTS, [{"callee": "02112345678", "since": since}])
    assert ("ACT-OPT-OUT" in desk.findings()) == (since == "2026-11-01")


def test_opt_outs_that_come_before_the_calls_are_laid_over_them(desk: Desk) -> None:
    desk.queued()
    desk.run(ImportKind.OPTOUTS, [{"callee": "02112345678", "since": "2026-11-01"}])
    desk.run(ImportKind.CALLS, [call(0)])
    assert desk.findings()["ACT-OPT-OUT"][0] == "block"


def test_a_case_that_has_not_taken_a_batch_in_shows_the_calls_before_it(desk: Desk) -> None:
    desk.queued()
    desk.run(ImportKind.CALLS, [call(0)])
    desk.change(state="passed")
    desk.run(ImportKind.CALLS, [call(1)])
    casefile = shown(desk)
    assert casefile.evidence.all_calls.calls == 1
    assert [count for _day, count in casefile.days] == [1]
    assert json.loads(desk.sql("SELECT half_hours FROM call_window ORDER BY id DESC LIMIT 1")[0][0])[20] == 2


def test_days_without_a_call_are_gaps_between_days_with_calls(desk: Desk) -> None:
    desk.queued()
    desk.run(ImportKind.CALLS, [call(0, day="2026-11-17"), call(1, day="2026-11-20"), call(2, day="2026-11-20")])
    assert [count for _day, count in shown(desk).days] == [1, 0, 0, 2]
