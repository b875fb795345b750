"""What an applicant must rectify: deadlines by kind of item, waivers, late imports of timely answers, and limits."""

from typing import Any

import pytest

from db.enums import DocumentKind, ImportKind
from tests.cli.calendar.test_reminders import fail, kinds, letters, tick
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.policies import amend_policy, require_no_documents_of_individuals
from tests.prepared import prepared
from tests.services.intake.importing.files import PERSON, Desk, application
from workbench.services.intake.importing.plan import ImportRefused

ANSWERS = (
    ("fail", "CR-ARREARS:proof of payment, as the service agreement requires", "USE_STATEMENT", False),
    ("fail", "CR-ARREARS:proof of payment, as the service agreement requires", "SERVICE_AGREEMENT", False),
    ("fail", "CR-ARREARS:SERVICE_AGREEMENT", "SERVICE_AGREEMENT", True),
    ("fail", "USE-TRADE:photos of the premises (the business licence is in order)", "PREMISES_MEDIA", False),
    ("fail", "USE-TRADE:photos of the premises, or the permit", "INDUSTRY_PERMIT", True),
    ("pending", "USE-SCRIPT:说明外呼话术为何与录音不一致", "USE_STATEMENT", False),
    # Only a listed document answers an item that lists documents.
    ("fail", "CR-ARREARS:SERVICE_AGREEMENT", "USE_STATEMENT", None),
    ("fail", "BIZ_LICENSE:a copy", "USE_STATEMENT", None),
    ("fail", "USE-SCRIPT", "USE_STATEMENT", None),
)
"""Verdict, item, document that came, and whether it is what the item names; None if it does not answer it."""


VERIFY = "ID-REVERIFY"
PLAN = "ACT-PEAK-HOUR:plan"


def show(services: ClockSite, case: str) -> Any:
    return services.terminal.document("a", "show", case)


def standing(services: ClockSite, case: str) -> tuple[str, int]:
    found = show(services, case)
    return found["state"], found["round"]


def items(services: ClockSite, case: str) -> list[Any]:
    found: list[Any] = show(services, case)["decisions"][-1]["items"]
    return found


def own_deadlines(services: ClockSite, case: str) -> list[str | None]:
    return [item["deadline_at"] for item in items(services, case)]


@prepared
def verifying(services: ClockSite, *more: str, at: str = "2026-11-24 10:00") -> str:
    """Fail a new case that must verify its identity again and, with `more`, rectify other items."""
    case = services.at(at).received(at)
    services.run("a", "next")
    services.run("a", "decide", case, "fail", "--reason", VERIFY, "--item", VERIFY, *more)
    return case


@prepared
def submitted(services: ClockSite, desk: Desk) -> str:
    """Fail an imported case that must submit a licence and an authority letter by 1 December."""
    case = f"C-{desk.queued().id:06}"
    services.run("a", "next")
    asked = ("--item", "BIZ_LICENSE", "--item", "AUTH_LETTER", "--until", "2026-12-01")
    services.run("a", "decide", case, "fail", "--reason", "DOC-UNSEALED", *asked)
    return case


def bring(desk: Desk, *wanted: DocumentKind, received_at: str) -> None:
    desk.documents(kinds=wanted, content="2", received_at=received_at)


def test_an_item_in_hours_has_its_own_deadline_beside_that_of_the_letter_and_a_miss_of_it_lapses_the_case(
    services: ClockSite,
) -> None:
    case = verifying(services, "--item", PLAN)

    assert own_deadlines(services, case) == ["2026-11-25T10:01:00+08:00", None]
    assert show(services, case)["decisions"][0]["deadline_at"] == "2026-12-03T18:00:00+08:00"
    body = letters(services, "fail")[0]["body"]
    assert "整改期限：2026年12月3日（周四）18:00" in body
    assert "（期限：2026年11月25日（周三）10:01）\n2. " in body
    assert "任一事项逾期未完成的" in body
    shown = services.terminal.as_person("a", "show", case).stdout
    assert f"1  {VERIFY}    outstanding, by Wed 25 Nov 10:01" in shown
    assert "2  ACT-PEAK-HOUR  outstanding, by Thu 3 Dec 18:00" in shown
    assert tick(services, "2026-11-25 10:01") == {}

    assert tick(services, "2026-11-25 10:02") == {"lapsed": 1}
    assert standing(services, case) == ("lapsed", 1)
    body = letters(services, "lapsed")[0]["body"]
    assert "截至整改期限2026年11月25日（周三）10:01" in body
    assert "二次实人认证" in body
    assert "plan" not in body


def test_waiving_the_last_open_item_queues_the_case_in_its_next_round(services: ClockSite) -> None:
    case = fail(services)
    services.run("sup", "waive", case, "doc-unsealed", "--reason", "x")
    services.at("2026-11-25 10:00")
    done = services.terminal.as_person("sup", "waive", case, "ACT-PEAK-HOUR", "--reason", "x")
    assert "Nothing is left to rectify: round 2 is in the queue." in done.output

    assert standing(services, case) == ("queued", 2)
    # The case was with the applicant for eight working hours.
    assert services.due(case) == "2026-11-30 18:00"
    body = letters(services, "waived")[-1]["body"]
    assert "无需再提交材料" in body
    assert "整改期限" not in body
    assert tick(services, "2026-12-01 18:01").get("lapsed") is None


def test_an_item_is_waived_once_by_a_clear_name_and_only_while_the_case_is_being_rectified(
    services: ClockSite,
) -> None:
    case = fail(services, "--item", "DOC-UNSEALED:AUTH_LETTER")
    unclear = services.terminal.as_person("sup", "waive", case, "DOC-UNSEALED", "--reason", "x")
    assert "1 DOC-UNSEALED, 2 DOC-UNSEALED, 3 " in refused(unclear, 2)
    services.run("sup", "waive", case, "1", "--reason", "x")
    assert "waived already" in refused(services.terminal.as_person("sup", "waive", case, "1", "--reason", "x"), 77)

    services.run("a", "resubmit", case)
    assert "is queued" in refused(services.terminal.as_person("sup", "waive", case, "2", "--reason", "x"), 77)


def test_an_item_without_listed_documents_is_for_the_reviewer_to_judge(services: ClockSite) -> None:
    case = fail(services, "--item", "DOC-QUALITY:a better copy of the licence")
    told = services.terminal.as_person("a", "resubmit", case).stderr
    assert "Not received: DOC-UNSEALED.\nFor the reviewer to judge: ACT-PEAK-HOUR, DOC-QUALITY." in told
    shown = services.terminal.as_person("a", "show", case).stdout
    assert "1  DOC-UNSEALED   not received " in shown
    assert "2  ACT-PEAK-HOUR  for the reviewer to judge" in shown
    assert "3  DOC-QUALITY    for the reviewer to judge" in shown


def test_an_extension_replaces_unsent_letters_with_the_old_deadline_and_names_what_was_waived(
    services: ClockSite,
) -> None:
    case = fail(services)
    services.at("2026-11-25 10:00").run("sup", "waive", case, "2", "--reason", "x")
    tick(services, "2026-11-30 10:00")
    before = kinds(services)
    services.run("sup", "extend", case, "--until", "2026-12-03", "--reason", "the licence office is closed")
    assert (before, kinds(services)) == (["fail", "waived", "deadline-near"], ["fail", "deadline"])

    services.run("sup", "extend", case, "--until", "2026-12-04", "--reason", "still closed")
    [letter] = letters(services, "deadline")
    waived, left = "无需再提交或整改", "尚待提交或整改"
    assert "12月4日" in letter["body"]
    assert "plan" in letter["body"].split(waived)[1].split(left)[0]
    assert "plan" not in letter["body"].split(left)[1]
    tick(services, "2026-12-03 10:00")
    assert kinds(services) == ["fail", "deadline", "deadline-near"]


def limit(services: ClockSite, words: str) -> None:
    """Add a limit to the policy in force."""
    amend_policy(services.site, ("hours_end_on_days_off = false", f"hours_end_on_days_off = false\n{words} #"))


def test_in_the_last_round_of_the_policy_only_a_final_fail_is_possible(services: ClockSite) -> None:
    limit(services, "max_rounds = 2")
    case = fail(services)
    services.run("a", "resubmit", case)
    services.run("a", "next")
    again = ("decide", case, "fail", "--reason", "ID-NAME")

    refusal = refused(services.terminal.as_person("a", *again), 77)
    assert refusal == "The case is in round 2, and the policy allows 2; fail it finally, or decide otherwise."
    services.run("a", *again, "--final")


@prepared
def failed(services: ClockSite, desk: Desk, **changes: str) -> None:
    """Fail an imported case finally, confirmed on 25 November."""
    desk.queued(**changes)
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--final", "--reason", "ID-NAME")
    services.at("2026-11-25 10:00").run("b", "check", "C-1", "approve", "--note", "x")


def test_a_checked_verdict_gives_the_time_that_it_waited_or_that_was_suspended_meanwhile(
    services: ClockSite, desk: Desk
) -> None:
    amend_policy(services.site, ('fail = ["none",', 'fail = ["none", "restore",'))
    desk.queued()
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--reason", "ID-NAME", "--until", "2026-11-30", "--measure", "restore")
    suspend = ("calendar", "suspend", "--reason", "台风停工")
    services.run("sup", *suspend, "2026-11-26", "2026-11-27")
    approve = ("check", "C-1", "approve", "--note", "seen")
    services.at("2026-11-25 10:00").run("b", *approve)
    assert deadline(services) == "2026-12-03T18:00:00+08:00"
    assert "2026年12月3日（周四）18:00" in services.terminal.document("a", "notices")["notices"][-1]["body"]
    services.run("b", "undo", "C-1")
    services.run("b", *approve)
    assert deadline(services) == "2026-12-03T18:00:00+08:00"

    services.at("2026-11-30 09:00").run("sup", *suspend, "2026-12-01", "2026-12-01")
    assert deadline(services) == "2026-12-04T18:00:00+08:00"


def deadline(services: ClockSite) -> str:
    found: str = services.terminal.document("a", "show", "C-1")["decisions"][-1]["deadline_at"]
    return found


def apply_again(desk: Desk, received_at: str) -> None:
    desk.applications(application(province="河北省", received_at=received_at), as_new=True)


def test_a_new_application_is_refused_in_the_cooldown_after_a_final_fail(services: ClockSite, desk: Desk) -> None:
    limit(services, "cooldown_days = 3")
    failed(services, desk)
    services.at("2026-12-05 10:00")

    with pytest.raises(ImportRefused, match="C-000001 failed finally; a new application is possible from 2026-12-01"):
        apply_again(desk, "2026-11-30 18:00")
    assert len(desk.cases()) == 1
    apply_again(desk, "2026-12-01 09:00")
    assert len(desk.cases()) == 2


@pytest.mark.parametrize(
    ("kind", "received_at", "is_named"),
    [
        ("enterprise", "2026-12-01 09:00", False),
        ("enterprise", "2026-11-24 09:00", False),
        ("individual", "2026-11-30 18:00", True),
        ("other", "2026-11-30 18:00", False),
    ],
)
def test_another_application_of_an_applicant_in_the_cooldown_names_the_final_fail(
    services: ClockSite, desk: Desk, kind: str, received_at: str, *, is_named: bool
) -> None:
    limit(services, "cooldown_days = 3")
    person = PERSON if kind == "individual" else {}
    failed(services, desk, **person)
    other = {"uscc": "91350211M000100Y43"} if kind == "other" else person
    services.at("2026-12-05 10:00")
    desk.applications(application("A-2", received_at=received_at, **other))

    shown = services.terminal.document("a", "show", "C-2")["earlier_fail"]
    expected = {"case": "C-000001", "failed_on": "2026-11-25", "again_from": "2026-12-01"}
    assert shown == (expected if is_named else None)
    text = services.terminal.as_person("a", "show", "C-2").stdout
    assert ("failed finally on 2026-11-25 (C-000001) and may apply again from 2026-12-01" in text) is is_named


def test_rectified_is_a_reason_for_a_pass_only_after_something_was_to_be_rectified(
    services: ClockSite, desk: Desk
) -> None:
    desk.queued()
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "李四"}])
    services.run("a", "next")
    passing = ("decide", "C-1", "pass", "--reason", "OK-MENDED")

    assert "Nothing was to be rectified" in refused(services.terminal.as_person("a", *passing), 77)
    services.run("a", "decide", "C-1", "fail", "--reason", "ID-NAME")
    services.at("2026-11-25 10:00").run("a", "resubmit", "C-1")
    services.run("a", "next")
    services.run("a", *passing)
    body = letters(services, "pass")[0]["body"]
    assert "要求整改的事项已完成整改" in body
    assert "此前通知所列情况和要求的事项均无需再处理" in body


def test_any_document_may_answer_an_item_in_free_words_and_only_a_listed_one_an_item_that_lists_some(
    services: ClockSite, desk: Desk
) -> None:
    require_no_documents_of_individuals(services.site)
    desk.applications(*(application(f"A-{number}", **PERSON) for number in range(1, len(ANSWERS) + 1)))
    for number, (verdict, item, *_came) in enumerate(ANSWERS, start=1):
        services.run("a", "next", "--filter", f"C-{number}")
        reason = item.partition(":")[0].replace("BIZ_LICENSE", "USE-SCRIPT")
        only = ("--only-items",) if reason != item.partition(":")[0] else ()
        services.run(
            "a", "decide", f"C-{number}", verdict, "--reason", reason, "--item", item, *only, "--until", "2026-12-01"
        )
    services.at("2026-11-25 10:00")
    for number, (_verdict, _item, brought, _is_received) in enumerate(ANSWERS, start=1):
        desk.documents(f"A-{number}", kinds=(DocumentKind(brought),), content="2", received_at="2026-11-24 10:30")

    answered = {f"C-{number:06}": came for number, (*_asked, came) in enumerate(ANSWERS, start=1)}
    for case, is_received in answered.items():
        if is_received is None:
            assert standing(services, case) == ("rectifying", 1)
    tick(services, "2026-12-02 10:00")
    told = services.terminal.document("a", "notices")["notices"]
    closed = {one["case"] for one in told if one["kind"] in {"expired", "lapsed"}}
    assert closed == {case for case, is_received in answered.items() if is_received is None}
    for number, (verdict, *_rest, is_received) in enumerate(ANSWERS, start=1):
        if is_received is not None:
            assert standing(services, f"C-{number}") == ("queued", 1 if verdict == "pending" else 2)
            assert [one["is_satisfied"] for one in items(services, f"C-{number}")] == [is_received]
