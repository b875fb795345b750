"""Letters about due dates state only what is true, in every situation and both languages."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from db.enums import CaseState, ImportKind, WaitsFor
from db.models import CaseRow, NoticeRow
from tests.clock_site import ClockSite, local
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site

EN, ZH = "en", "zh"


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-26 12:00")


def in_both_languages(services: ClockSite, received_at: str, service_class: str = "standard") -> dict[str, str]:
    """Plant a case for an applicant of each language, and return their numbers by language."""
    found = {language: services.received(received_at, service_class) for language in (EN, ZH)}
    with services.site.services("admin").context.write() as session:
        for language, case in found.items():
            values = {"language": language, "id": int(case[2:])}
            session.execute(text("UPDATE application SET language = :language WHERE id = :id"), values)
    return found


def letters(services: ClockSite, case: str) -> list[tuple[str, str]]:
    """Return the kind and text of each letter about a case, in order."""
    found = services.terminal.document("a", "notices")["notices"]
    return [(one["kind"], one["body"]) for one in found if one["case"] == case]


def newest(services: ClockSite, case: str) -> str:
    return letters(services, case)[-1][1]


def send_receipt(services: ClockSite, case: str) -> None:
    """Store a receipt that was sent long ago."""
    at = local("2026-11-01 10:00")
    with services.site.services("admin").context.write() as session:
        receipt = NoticeRow(
            case_id=int(case[2:]),
            kind="receipt",
            language=ZH,
            subject="x",
            body="x",
            created_at=at,
            release_at=at,
            told_due_at=at,
        )
        session.add(receipt)


def wait_for(services: ClockSite, case: str, waits_for: WaitsFor | None, state: CaseState = CaseState.PENDING) -> None:
    """Put the case into a state, waiting for somebody."""
    with services.site.services("admin").context.write() as session:
        row = session.get_one(CaseRow, int(case[2:]))
        row.state, row.waits_for = state.value, waits_for.value if waits_for else ""


def has(letter: str, parts: Sequence[str], others: Sequence[str]) -> None:
    for part in parts:
        assert part in letter, letter
    for part in others:
        assert part not in letter, letter


PROMISES = {EN: ("New due date", "by the new due date", "by the due date"), ZH: ("新的办结时限", "在新的办结时限前")}
NOT_FINISHED = {
    EN: (
        "Current due date: ",
        "The review of your application is not finished yet. We will finish it as soon as we can",
    ),
    ZH: ("此前的办结时限：", "申请的审核尚未完成，我司将尽快完成并告知结论。"),
}


def test_no_letter_promises_a_date_that_is_past(services: ClockSite) -> None:
    cases = in_both_languages(services, "2026-10-09 10:00")
    assert {services.due(case) for case in cases.values()} == {"2026-10-13 18:00"}
    services.run("audit", "tick")
    services.run("sup", "calendar", "suspend", "2026-10-12", "2026-10-12", "--reason", "x")
    for language, case in cases.items():
        services.run("sup", "class", case, "complex", "--reason", "x")
        found = letters(services, case)
        assert len(found) == 3
        for _kind, body in found:
            has(body, NOT_FINISHED[language], PROMISES[language])


AHEAD = {
    EN: ("Work will be suspended from Tuesday, 1 December 2026, 00:00", "has been called off."),
    ZH: ("审核工作将自2026年12月1日（周二）00:00起中止", "中止安排已经取消。"),
}


def test_letters_announce_a_future_suspension_and_its_cancellation(services: ClockSite) -> None:
    cases = in_both_languages(services, "2026-11-26 10:00", "extended")
    services.run("sup", "calendar", "suspend", "2026-12-01", "--reason", "x")
    for language, case in cases.items():
        has(newest(services, case), AHEAD[language][:1], ["has been suspended since", "审核工作自"])
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE notice SET sent_at = created_at"))
    services.run("sup", "calendar", "resume")

    for language, case in cases.items():
        has(newest(services, case), AHEAD[language][1:], ["have resumed", "已经恢复", *PROMISES[language][:2]])


def test_letters_to_applicants_who_must_act_do_not_say_to_do_nothing(services: ClockSite) -> None:
    for language, case in in_both_languages(services, "2026-11-26 10:00").items():
        wait_for(services, case, WaitsFor.APPLICANT)
        services.run("sup", "extend", case, "--until", "2026-12-04", "--reason", "x")

        reminder = "We still need what we asked you for." if language == EN else "此前要求补充的材料仍须提交。"
        has(newest(services, case), [reminder], ["do not need to do anything", "无需办理"])


def test_only_applicants_with_a_receipt_are_reminded_of_it(services: ClockSite) -> None:
    imported, accepted = (in_both_languages(services, "2026-10-09 10:00") for _time in range(2))
    for case in accepted.values():
        send_receipt(services, case)
    services.run("audit", "tick")

    for language, promised, planned in (
        (EN, ["longer than we had told you"], ["longer than planned"]),
        (ZH, ["晚于此前告知的时间"], ["晚于预定的时间"]),
    ):
        has(newest(services, imported[language]), planned, promised)
        has(newest(services, accepted[language]), promised, planned)


OTHERS = {
    EN: "We are still waiting for information from others that the review needs.",
    ZH: "审核所需的核查信息尚未返回。",
}


def test_a_delay_letter_gives_a_reason_only_if_it_is_known(services: ClockSite) -> None:
    states: list[tuple[CaseState, WaitsFor | None]] = [
        (CaseState.QUEUED, None),
        (CaseState.AWAITING_CHECK, None),
        *((CaseState.PENDING, whom) for whom in (WaitsFor.REGISTRY, WaitsFor.CARRIER, WaitsFor.DEPARTMENT)),
    ]
    cases = [in_both_languages(services, "2026-10-09 10:00") for _state in states]
    for pair, (state, waits_for) in zip(cases, states, strict=True):
        for case in pair.values():
            wait_for(services, case, waits_for, state)
    services.run("audit", "tick")

    found = {one["case"]: one["body"] for one in services.terminal.document("a", "notices")["notices"]}
    for pair, (state, _waits_for) in zip(cases, states, strict=True):
        for language, case in pair.items():
            reason = OTHERS[language] if state is CaseState.PENDING else ""
            has(found[case], [reason, *NOT_FINISHED[language]], ["still waiting for its review", "排队"])
            assert ("\nReason:\n" in found[case] or "\n原因：\n" in found[case]) is (state is CaseState.PENDING)
            assert "\n\n\n" not in found[case]


def test_a_receipt_during_a_suspension_says_so_and_is_followed_by_a_resumption_letter(
    services: ClockSite, tmp_path: Path
) -> None:
    require_no_documents_of_individuals(services.site)
    services.run("sup", "calendar", "suspend", "2026-11-26 12:00", "--reason", "x")
    desk = Desk(services.at("2026-11-26 14:00").site, tmp_path)
    person = {"applicant_kind": "individual", "uscc": "", "registered_capital_cny": "", "licence_valid_to": ""}
    received = {"received_at": "2026-11-26 13:30", "business_scope": "", **person}
    rows = [application(f"P-{language}", language=language, **received) for language in (EN, ZH)]
    desk.take(ImportKind.APPLICATIONS, desk.write(rows))
    english, chinese = newest(services, "C-000001"), newest(services, "C-000002")
    has(english, ["Work has been suspended since Thursday, 26 November 2026, 12:00"], ["by the due date."])
    has(chinese, ["审核工作自2026年11月26日（周四）12:00起中止"], ["在办结时限前"])
    services.at("2026-11-26 15:00").run("sup", "calendar", "resume")

    assert [kind for kind, _body in letters(services, "C-000001")] == ["receipt", "resumed"]
