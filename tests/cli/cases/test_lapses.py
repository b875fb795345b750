"""Deadlines to rectify: too short, missed, and taken back."""

import pytest

from db.enums import DocumentKind
from tests.cli.calendar.test_reminders import fail, kinds, letters, tick
from tests.cli.cases.test_rectification import PLAN, VERIFY, bring, own_deadlines, show, standing, submitted, verifying
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.prepared import prepared
from tests.services.intake.importing.files import PDF, Desk, application
from workbench.services.site.log_checks.unexplained_rows import log_faults

BOTH = (DocumentKind.BIZ_LICENSE, DocumentKind.AUTH_LETTER)


@prepared
def lapsed(services: ClockSite, desk: Desk) -> str:
    """Let a case lapse on 1 December, with the letter released on the day after."""
    case = submitted(services, desk)
    assert tick(services, "2026-12-01 18:01") == {"lapsed": 1}
    services.at("2026-12-02 10:00")
    return case


def test_a_late_import_of_a_timely_answer_takes_the_lapse_back_with_a_corrected_notice(
    services: ClockSite, desk: Desk
) -> None:
    case = lapsed(services, desk)
    bring(desk, *BOTH, received_at="2026-12-01 17:00")

    assert standing(services, case) == ("queued", 2)
    # The case was with the applicant until 17:00 on 1 December.
    assert services.due(case) == "2026-12-04 16:00"
    [letter] = letters(services, "lapse-undone")
    corrects = (
        "更正并取代我司2026年12月1日的逾期未整改办结通知（通知编号3）。经核实，应于期限届满前提交的整改材料已按期送达"
    )
    assert corrects in letter["body"]
    assert "办结时限：2026年12月4日（周五）" in letter["body"]
    assert "None" not in letter["body"]
    assert kinds(services)[-2:] == ["lapsed", "lapse-undone"]


@pytest.mark.parametrize("way", ["import", "resubmit", "suspension"])
def test_a_lapse_that_is_taken_back_opens_its_inquiries_again(services: ClockSite, desk: Desk, way: str) -> None:
    case = submitted(services, desk)
    services.run("a", "inquire", case, "fraud", "--question", "x")
    services.run("a", "inquire", case, "numbers", "--question", "x")
    services.run("a", "inquiries", "withdraw", "I-2", "--reason", "not needed")
    assert tick(services, "2026-12-01 18:01")["lapsed"] == 1
    services.at("2026-12-02 10:00")
    assert [line["status"] for line in show(services, case)["inquiries"]] == ["withdrawn", "withdrawn"]

    if way == "import":
        bring(desk, *BOTH, received_at="2026-12-01 17:00")
    elif way == "resubmit":
        services.run("a", "resubmit", case, "--received-at", "2026-12-01 17:00")
    else:
        services.run("admin", "calendar", "suspend", "2026-12-01", "2026-12-03", "--reason", "typhoon")

    assert [line["status"] for line in show(services, case)["inquiries"]] == ["open", "withdrawn"]
    with services.site.services("admin").context.read() as session:
        assert list(log_faults(session)) == []


def test_what_was_received_after_the_own_deadline_of_an_item_does_not_take_the_lapse_back(
    services: ClockSite, desk: Desk
) -> None:
    desk.queued()
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--reason", VERIFY, "--item", VERIFY, "--item", "BIZ_LICENSE")
    tick(services, "2026-11-25 10:02")
    services.at("2026-11-25 15:00")
    bring(desk, DocumentKind.AGENT_HANDHELD, DocumentKind.BIZ_LICENSE, received_at="2026-11-25 10:02")
    assert standing(services, "C-1") == ("lapsed", 1)
    desk.applications(application(province="河北省", received_at="2026-11-25 10:02"))
    assert standing(services, "C-1") == ("lapsed", 1)

    # Another photo had been received in time.
    desk.documents(kinds=(DocumentKind.AGENT_HANDHELD,), content="3", received_at="2026-11-25 10:01")
    assert standing(services, "C-1") == ("queued", 2)


def test_a_lapsed_case_whose_other_items_are_not_due_yet_is_rectified_on(services: ClockSite, desk: Desk) -> None:
    desk.queued()
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--reason", VERIFY, "--item", VERIFY, "--item", "BIZ_LICENSE")
    tick(services, "2026-11-25 10:02")
    services.at("2026-11-26 10:00")
    bring(desk, DocumentKind.AGENT_HANDHELD, received_at="2026-11-25 10:01")

    assert standing(services, "C-1") == ("rectifying", 1)
    assert services.clock("C-1")["running"] is False
    [letter] = letters(services, "lapse-undone")
    assert "尚待提交或整改：\n1. 营业执照副本\n" in letter["body"]
    assert "整改期限：2026年12月1日（周二）18:00" in letter["body"]
    bring(desk, DocumentKind.BIZ_LICENSE, received_at="2026-11-26 09:00")
    assert standing(services, "C-1") == ("queued", 2)


def test_resubmit_records_an_earlier_receipt_and_takes_the_lapse_back(services: ClockSite, desk: Desk) -> None:
    case = lapsed(services, desk)
    words = ("resubmit", case, "--received-at")
    assert "2026-12-01 18:00" in refused(services.terminal.as_person("a", *words[:2]), 77)
    assert "2026-12-01 18:00" in refused(services.terminal.as_person("a", *words, "2026-12-01 18:01"), 77)
    assert "after the verdict" in refused(services.terminal.as_person("a", *words, "2026-11-24 09:59"), 2)
    assert "in the future" in refused(services.terminal.as_person("a", *words, "2026-12-03 09:00"), 2)

    services.run("a", *words, "2026-12-01 17:00")
    assert standing(services, case) == ("queued", 2)
    assert services.due(case) == "2026-12-04 16:00"
    assert kinds(services)[-1] == "lapse-undone"


def batches(services: ClockSite) -> int:
    return len(services.terminal.document("admin", "imports")["batches"])


def file_of(desk: Desk, *kinds: DocumentKind, received_at: str) -> str:
    """Write a file of documents of the case."""
    rows = []
    for kind in kinds:
        (desk.folder / f"new-{kind}.pdf").write_bytes(PDF + kind.encode() + received_at.encode())
        row = {"application_no": "A-1", "kind": kind.value, "path": f"new-{kind}.pdf", "sealed": "yes", "quality": "ok"}
        rows.append({**row, "received_at": received_at})
    return str(desk.write(rows))


@pytest.mark.parametrize(
    ("now", "received_at", "deadline"),
    [
        # Past the own deadline of the photo, which the file does not bring; not lapsed yet.
        ("2026-11-25 15:00", "2026-11-25 14:00", "2026-11-25 10:01"),
        # Received before the verdict, so the resubmission itself counts from now, past the deadline.
        ("2026-12-02 10:00", "2026-11-24 09:00", "2026-11-25 10:01"),
    ],
)
def test_a_file_after_which_the_case_cannot_be_resubmitted_is_not_imported(
    services: ClockSite, desk: Desk, now: str, received_at: str, deadline: str
) -> None:
    desk.queued()
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--reason", VERIFY, "--item", VERIFY, "--item", "BIZ_LICENSE")
    before = batches(services)
    services.at(now)
    report = services.terminal.as_person(
        "a", "resubmit", "C-1", file_of(desk, DocumentKind.BIZ_LICENSE, received_at=received_at)
    )

    told = refused(report, 77)
    assert deadline in told
    assert "give received_at in the file" in told
    assert (standing(services, "C-1"), batches(services)) == (("rectifying", 1), before)


def test_a_lapsed_case_is_resubmitted_with_a_part_that_was_received_in_time(services: ClockSite, desk: Desk) -> None:
    case = lapsed(services, desk)
    file = file_of(desk, BOTH[0], received_at="2026-12-01 17:00")
    services.run("a", "resubmit", case, file)

    assert standing(services, case) == ("queued", 2)
    assert kinds(services)[-1] == "lapse-undone"
    services.run("a", "next")
    services.run("a", "decide", case, "fail", "--reason", "DOC-UNSEALED", "--item", "BIZ_LICENSE")
    told = refused(services.terminal.as_person("a", "resubmit", case, file), 65)
    assert "imported already, as B-000003" in told
    assert "without the file" in told


def test_an_extension_moves_an_own_deadline_only_when_asked(services: ClockSite) -> None:
    case = verifying(services, "--item", PLAN)
    services.run("sup", "extend", case, "--until", "2026-12-04", "--reason", "x")
    assert own_deadlines(services, case) == ["2026-11-25T10:01:00+08:00", None]
    of_all = letters(services, "deadline")[-1]["body"]
    assert "（期限：2026年11月25日（周三）10:01）\n2. 我司说明（英文原文）：“plan”\n" in of_all
    assert "第1项须于其所注期限前完成，其余材料须于整改期限前送达我司。" in of_all

    services.run("sup", "extend", case, "--until", "2026-11-26", "--item", VERIFY, "--reason", "ill")
    assert own_deadlines(services, case) == ["2026-11-26T18:00:00+08:00", None]
    assert show(services, case)["decisions"][0]["deadline_at"] == "2026-12-04T18:00:00+08:00"
    assert services.clock(case)["mend_by"] == "2026-12-04T18:00:00+08:00"
    body = letters(services, "deadline")[-1]["body"]
    assert "整改项：经办人完成二次实人认证" in body
    assert "该整改项的新期限：2026年11月26日（周四）18:00" in body
    assert "（期限：2026年11月26日（周四）18:00）\n2. 我司说明（英文原文）：“plan”\n" in body
    assert "请完成上述事项并重新提交材料。其他事项的期限以此前最近一次通知为准；" in body
    assert tick(services, "2026-11-26 18:00") == {}
    assert tick(services, "2026-11-26 18:01") == {"lapsed": 1}


def test_an_own_deadline_is_extended_within_the_limits_and_moves_that_of_the_letter(services: ClockSite) -> None:
    case = verifying(services, "--item", PLAN)
    for words, code, message in (
        (("--until", "2026-11-26", "--item", "2"), 2, "leave out --item"),
        (("--until", "2026-11-26", "--item", "9"), 66, "1 ID-REVERIFY, 2 ACT-PEAK-HOUR"),
        (("--until", "2026-12-16", "--item", "1"), 77, "at most until 2026-12-15"),
    ):
        assert message in refused(services.terminal.as_person("sup", "extend", case, *words, "--reason", "x"), code)
    services.run("sup", "extend", case, "--until", "2026-12-10", "--item", "1", "--reason", "x")

    assert services.clock(case)["mend_by"] == "2026-12-10T18:00:00+08:00"


def test_all_extensions_together_end_at_the_cap_from_the_first_letter(services: ClockSite) -> None:
    case = verifying(services, "--item", PLAN)
    extend = ("extend", case, "--reason", "x", "--until")
    services.at("2026-12-02 10:00").run("sup", *extend, "2026-12-10")
    services.at("2026-12-09 10:00").run("sup", *extend, "2026-12-14")

    assert "at most until 2026-12-15" in refused(services.terminal.as_person("sup", *extend, "2026-12-16"), 77)
    services.at("2026-12-10 09:00")
    services.run("sup", "calendar", "suspend", "2026-12-10 09:00", "2026-12-11 18:00", "--reason", "flood")
    services.at("2026-12-14 09:00")
    assert "at most until 2026-12-17" in refused(services.terminal.as_person("sup", *extend, "2026-12-18"), 77)
    services.run("sup", *extend, "2026-12-17")
    assert services.clock(case)["mend_by"] == "2026-12-17T18:00:00+08:00"


def test_the_time_to_appeal_against_a_lapse_counts_from_when_its_letter_can_go_out(
    services: ClockSite, desk: Desk
) -> None:
    case = lapsed(services, desk)

    [letter] = letters(services, "lapsed")
    assert letter["release_at"] == "2026-12-02T00:00:00+08:00"
    assert "申诉截止日期：2026年12月23日（周三）" in letter["body"]
    assert show(services, case)["appeal_until"] == "2026-12-23"


def test_a_deadline_in_hours_gets_no_reminder(services: ClockSite) -> None:
    verifying(services, at="2026-11-27 16:00")

    for at in ("2026-11-27 23:00", "2026-11-28 10:00", "2026-11-29 10:00", "2026-11-30 09:00"):
        assert "reminded" not in tick(services, at)


@prepared
def taken(services: ClockSite, at: str) -> str:
    case = services.at(at).received("2026-11-24 10:00", "extended")
    services.run("a", "next")
    return case


ASKED = {
    "fail": ("fail", "--reason", "DOC-UNSEALED", "--item", "DOC-UNSEALED:BIZ_LICENSE"),
    "pending": ("pending", "--reason", "WAIT-APPLICANT"),
}


@pytest.mark.parametrize(
    ("at", "until", "first"),
    [("2026-11-24 16:01", "2026-11-24", "2026-11-25"), ("2026-09-30 22:00", "2026-09-30", "2026-10-08")],
)
def test_a_deadline_with_less_than_two_working_hours_is_refused(
    services: ClockSite, at: str, until: str, first: str
) -> None:
    for verdict in list(ASKED):
        case = taken(services, at)
        given = services.terminal.as_person("a", "decide", case, *ASKED[verdict], "--until", until)

        sentence = f"The deadline leaves less than two working hours; the first possible day is {first}."
        assert refused(given, 77) == sentence
        if verdict == "pending":
            far = services.terminal.as_person("a", "decide", case, *ASKED[verdict], "--until", "2036-11-24")
            assert "2036-11-24 is more than 366 days ahead; give a day until 2027-" in refused(far, 77)
        services.run("a", "decide", case, *ASKED[verdict], "--until", first)


def test_an_extended_deadline_with_less_than_two_working_hours_is_refused(services: ClockSite) -> None:
    case = fail(services.at("2026-11-24 10:00"), until="2026-11-25")
    services.at("2026-11-26 16:30")
    given = services.terminal.as_person("sup", "extend", case, "--until", "2026-11-26", "--reason", "x")

    assert "first possible day is 2026-11-27" in refused(given, 77)
    services.run("sup", "extend", case, "--until", "2026-11-27", "--reason", "x")


def test_a_letter_about_a_lapse_that_is_not_released_is_cancelled_instead(services: ClockSite, desk: Desk) -> None:
    case = submitted(services, desk)
    tick(services, "2026-12-01 18:01")
    services.at("2026-12-01 20:00")
    bring(desk, *BOTH, received_at="2026-12-01 17:00")

    assert standing(services, case) == ("queued", 2)
    assert set(kinds(services)) & {"lapsed", "lapse-undone"} == set()
