"""Departments answer inquiries about cases: evidence for the reviewer, never a verdict."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from db.enums import FailKind, InquiryOutcome, InquiryStatus, Role, Verdict
from tests.sites import Site
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.facts.inquiry_lines import InquiryLine
from workbench.errors import BadData, NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.policies import default_policy_text
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.wording.forecast import queue_lines

CONFIRMED, CONTRADICTED = InquiryOutcome.CONFIRMED, InquiryOutcome.CONTRADICTED


@pytest.fixture
def office(site: Site) -> Site:
    """A site with a verifier of each department, and one who is also a reviewer."""
    roles = site.services("admin").roles
    for department in ("numbers", "fraud", "channel"):
        roles.add(f"of-{department}", (Role.VERIFIER,), department)
    roles.add("both", (Role.VERIFIER, Role.REVIEWER), "fraud")
    return site


def asked(site: Site, case: int, department: str = "fraud", by: str = "a") -> InquiryLine:
    return site.services(by).inquiries.inquire(case, department, "Is the number known?")


def held(office: Site) -> int:
    """Plant a case and let a hold it; return its number."""
    (case,) = office.plant()
    office.services("a").claims.next()
    return case


def answered(site: Site, line: InquiryLine, outcome: InquiryOutcome = CONFIRMED) -> InquiryLine:
    return site.services(f"of-{line.department}").inquiries.answer(line.id, outcome, "known since May")


def evidence_no(site: Site, case: int) -> int:
    return site.services("a").casefiles.show(case).header.evidence_no


def decide(site: Site, case: int, verdict: Verdict, *reasons: str, kind: FailKind | None = None) -> None:
    request = VerdictRequest(case_id=case, verdict=verdict, reasons=reasons, fail_kind=kind)
    site.services("a").verdicts.decide(request)


def status(site: Site, line: InquiryLine) -> InquiryStatus:
    return next(one.status for one in site.services("a").inquiries.list() if one.id == line.id)


def test_several_departments_are_asked_and_an_answer_is_new_evidence_but_no_verdict(office: Site) -> None:
    case = held(office)
    before = evidence_no(office, case)

    lines = [asked(office, case, department) for department in ("numbers", "fraud", "channel")]
    assert [line.id for line in lines] == [1, 2, 3]
    assert office.services("of-fraud").inquiries.list() == (lines[1],)
    assert {line.id for line in office.services("audit").inquiries.list(case)} == {1, 2, 3}
    answer = answered(office, lines[1], CONTRADICTED)

    shown = office.services("a").casefiles.show(case)
    assert (answer.outcome, answer.ended_by, answer.is_overdue) == (CONTRADICTED, "of-fraud", False)
    assert (shown.header.evidence_no, shown.header.held_by) == (before + 1, "a")
    assert office.state(case) == "in_review"
    [verification] = shown.verifications
    assert (verification.kind, verification.by) == ("department", "of-fraud")
    assert verification.result.endswith("contradicted · known since May")
    assert office.services("a").casefiles.evidence_changes_since(case, before).has_evidence
    office.clock.advance(days=4)
    assert answered(office, lines[0]).is_overdue, "a late answer counts and is marked"


def test_a_department_is_named_by_code_or_name_and_has_its_working_days(office: Site) -> None:
    for name in ("fraud", "FRAUD", "反诈风控部", "anti-fraud and risk control"):
        (case,) = office.plant()
        line = asked(office, case, name)
        # Two working days after Tuesday, at closing time in Shanghai.
        assert (line.department, line.due_at.isoformat()) == ("fraud", "2026-11-26T10:00:00+00:00")
    with pytest.raises(NotFound, match="numbers"):
        asked(office, case, "legal")
    for day in (date(2026, 11, 23), date(2028, 1, 1)):
        with pytest.raises(WrongUsage):
            office.services("a").inquiries.inquire(case, "channel", "Known?", day)


def test_a_department_is_asked_again_only_after_its_inquiry_ended(office: Site) -> None:
    (case,) = office.plant()
    line = asked(office, case)
    with pytest.raises(NotAllowed, match="I-000001"):
        asked(office, case, by="b")

    office.services("b").inquiries.withdraw(line.id, "asked twice")

    assert status(office, line) is InquiryStatus.WITHDRAWN
    assert asked(office, case).id == 2
    with pytest.raises(NotAllowed, match="was withdrawn"):
        answered(office, line)


def test_neither_the_asker_nor_another_department_answers_reads_or_reveals(office: Site) -> None:
    (case,) = office.plant()
    line, other = asked(office, case, by="both"), office.services("of-numbers").inquiries

    for act in (
        lambda: other.answer(line.id, CONFIRMED, "known"),
        lambda: other.fields(line.id),
        lambda: other.reveal(line.id, "handler_name"),
    ):
        with pytest.raises(NotAllowed, match="another department"):
            act()
    assert other.list() == ()
    with pytest.raises(NotAllowed, match="yourself"):
        office.services("both").inquiries.answer(line.id, CONFIRMED, "I know it")
    assert status(office, line) is InquiryStatus.OPEN


@pytest.mark.parametrize(
    ("reason", "ending", "state"),
    [
        ("WAIT-DEPARTMENT", "answered", "queued"),
        ("WAIT-DEPARTMENT", "withdrawn", "queued"),
        ("WAIT-APPLICANT", "answered", "pending"),
    ],
)
def test_a_case_that_waits_for_departments_is_queued_when_the_last_inquiry_ends(
    office: Site, reason: str, ending: str, state: str
) -> None:
    case = held(office)
    first, last = (asked(office, case, department) for department in ("numbers", "fraud"))
    decide(office, case, Verdict.PENDING, reason)
    answered(office, first)
    assert office.state(case) == "pending"
    office.services("sup").absences.away("a", date(2026, 11, 24), None, "ill", "b")

    if ending == "answered":
        answered(office, last)
    else:
        office.services("c").inquiries.withdraw(last.id, "found it myself")

    assert office.state(case) == state
    if state == "queued":
        assert office.services("c").casefiles.show(case).header.assignee == "b", "the substitute gets it"


def test_a_verdict_and_a_withdrawal_end_open_inquiries_and_their_undo_opens_them_again(office: Site) -> None:
    case = held(office)
    open_line, done = asked(office, case), answered(office, asked(office, case, "numbers"))
    acts: list[Callable[[], object]] = [
        lambda: decide(office, case, Verdict.PASS, "OK"),
        lambda: office.services("a").remarks.withdraw(case, "asked for it by phone"),
    ]

    for act in acts:
        act()
        assert (status(office, open_line), status(office, done)) == (InquiryStatus.WITHDRAWN, InquiryStatus.ANSWERED)
        office.services("a").undo.undo(case)
        assert (status(office, open_line), status(office, done)) == (InquiryStatus.OPEN, InquiryStatus.ANSWERED)
    assert answered(office, open_line).outcome is CONFIRMED


def test_a_fixable_fail_keeps_inquiries_open_and_a_lapse_ends_them(office: Site) -> None:
    case = held(office)
    line = asked(office, case)
    decide(office, case, Verdict.FAIL, "ID-NAME", kind=FailKind.FIXABLE)
    assert status(office, line) is InquiryStatus.OPEN

    office.clock.advance(days=30)
    office.services("a").ticking.tick()

    assert office.state(case) == "lapsed"
    assert status(office, line) is InquiryStatus.WITHDRAWN


def test_a_staged_verdict_keeps_inquiries_open_until_its_check(office: Site) -> None:
    case = held(office)
    line = asked(office, case)
    decide(office, case, Verdict.FAIL, "ID-RIC", kind=FailKind.FINAL)
    assert (office.state(case), status(office, line)) == ("awaiting_check", InquiryStatus.OPEN)

    office.services("b").checks.approve(case, "seen")
    assert status(office, line) is InquiryStatus.WITHDRAWN
    office.services("b").undo.undo(case)

    assert status(office, line) is InquiryStatus.OPEN


def test_the_department_is_reminded_once_when_half_of_its_time_is_over(office: Site) -> None:
    (case,) = office.plant()
    asked(office, case)
    tick = office.services("a").ticking.tick
    office.clock.advance(days=1)
    assert tick().inquiries == 0

    office.clock.advance(hours=5)
    assert [tick().inquiries, tick().inquiries] == [1, 0]

    assert office.services("of-fraud").inquiries.list()[0].reminded_at == office.clock.at
    assert office.actions(case).count("inquiry-reminded") == 1


def test_an_inquiry_is_void_once_its_department_leaves_the_policy(office: Site, tmp_path: Path) -> None:
    case = held(office)
    lines = [asked(office, case, department) for department in ("numbers", "fraud")]
    decide(office, case, Verdict.PENDING, "WAIT-DEPARTMENT")
    answered(office, lines[0])
    text = default_policy_text()
    start, end = text.index("[departments.fraud]"), text.index("[departments.channel]")
    policy = tmp_path / "policy.toml"
    policy.write_text(text[:start] + text[end:])
    office.services("admin").policies.apply(policy)

    office.services("b").ticking.tick()

    assert (status(office, lines[1]), office.state(case)) == (InquiryStatus.VOID, "queued")
    with pytest.raises(NotAllowed, match="void"):
        answered(office, lines[1])


def test_a_verifier_sees_the_fields_of_the_policy_masked_and_reveals_them_one_by_one(office: Site) -> None:
    (case,) = office.plant()
    line, own = asked(office, case), office.services("of-fraud").inquiries
    fields = {field.key: field for field in own.fields(line.id)}
    assert [field.name for field in fields.values()][:5] == [
        *("applicant_name", "uscc", "handler_name", "handler_id_no", "contact_phone")
    ]
    assert "•" in str(fields["handler_name"].value)
    assert (fields["handler_name"].is_masked, fields["uscc"].is_masked) == (True, False)

    clear = own.reveal(line.id, "handler_name")

    assert "•" not in clear
    assert clear[0] == str(fields["handler_name"].value)[0]
    assert office.actions(case)[-1] == "reveal"
    with pytest.raises(WrongUsage):
        own.reveal(line.id, "legal_rep_name")
    answered(office, line)
    with pytest.raises(NotAllowed):
        own.reveal(line.id, "handler_name")


def test_a_document_of_an_answer_is_kept_with_the_case(office: Site, tmp_path: Path) -> None:
    (case,) = office.plant()
    line, own = asked(office, case), office.services("of-fraud").inquiries
    with pytest.raises(BadData):
        own.answer(line.id, CONFIRMED, "see the list", tmp_path / "none.pdf")
    file = tmp_path / "list.pdf"
    file.write_bytes(b"%PDF-1.4 a list")

    assert own.answer(line.id, CONFIRMED, "see the list", file).has_document

    [document] = office.services("a").documents.list(case)
    assert (document.media_type, document.is_stored, document.name("en")) == (
        *("application/pdf", True),
        "Anti-fraud and risk control, I-000001",
    )
    with office.services("a").documents.open(case, document.sha256) as content:
        assert content.read() == file.read_bytes()


def test_the_log_explains_every_row_of_an_inquiry(office: Site) -> None:
    (case,) = office.plant()
    answered(office, asked(office, case))
    office.services("a").inquiries.withdraw(asked(office, case).id, "not needed")
    with office.services("admin").context.read() as session:
        assert list(log_faults(session)) == []

    with office.tampering() as session:
        session.connection().exec_driver_sql("UPDATE inquiry SET outcome = 'confirmed', note = 'x'")

    with office.services("admin").context.read() as session:
        assert list(log_faults(session))


def test_a_verifier_and_nobody_else_has_a_department_of_the_policy(site: Site) -> None:
    roles = site.services("admin").roles
    for role, department in ((Role.VERIFIER, ""), (Role.VERIFIER, "legal"), (Role.REVIEWER, "fraud")):
        with pytest.raises(WorkbenchError):
            roles.add("v", (role,), department)


def test_the_filter_and_the_board_count_the_cases_with_inquiries(office: Site) -> None:
    first, second, third, fourth = office.plant(4)
    asked(office, first)
    asked(office, first, "numbers")
    answered(office, asked(office, second))
    office.clock.advance(days=3)
    office.services("a").inquiries.inquire(third, "channel", "Whose agent?")

    def found(filter_text: str) -> set[int]:
        return set(office.services("sup").queue.ids(filter_text, 10))

    assert found("inquiry:open") == {first, third}
    assert found("inquiry:overdue") == found("核实单:overdue") == {first}
    assert found("inquiry:answered") == {second}
    assert found("-inquiry:open") == {second, fourth}
    assert office.services("sup").boards.read().counts["inquiries_overdue"] == 1


def test_the_forecast_tells_how_long_each_department_takes_to_answer(office: Site) -> None:
    first, second = office.plant(2)
    quick, slow = asked(office, first), asked(office, second)
    asked(office, second, "numbers")
    office.clock.advance(days=1)
    answered(office, quick)
    office.clock.advance(days=2)
    answered(office, slow)
    office.services("a").inquiries.withdraw(asked(office, first).id, "asked twice")
    asked(office, first)
    office.clock.advance(days=1)

    forecast = office.services("sup").forecasts.of_queue()

    fraud, numbers = sorted(forecast.departments, key=lambda time: time.department)
    assert (fraud.answered, fraud.p50_days, fraud.p90_days) == (2, 2.0, 2.8)
    assert (fraud.open, fraud.overdue) == (1, 0)
    assert (numbers.answered, numbers.p50_days, numbers.open, numbers.overdue) == (0, None, 1, 1)
    lines = "\n".join(queue_lines(forecast, date(2026, 11, 28)))
    assert "Anti-fraud and risk control answers in 2 working days, 9 of 10 within 2.8; 1 open, 0 overdue." in lines
    assert "has not answered yet; 1 open, 1 overdue." in lines
