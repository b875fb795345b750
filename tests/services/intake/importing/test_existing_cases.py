"""What an import does to cases that are there already, state by state."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import AppealOutcome, CaseState, DocumentKind, FailKind, ImportKind, Priority, Verdict, WaitsFor
from db.models import DecisionRow, RectificationItemRow, RectificationRow
from tests.policies import require_no_documents_of_individuals
from tests.prepared import prepared
from tests.services.intake.importing.files import PERSON, Desk, application, shanghai
from workbench.domain.case.appeal import AppealRequest
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.errors import Busy
from workbench.services.case.assessment import refresh_findings
from workbench.services.foundation.case_access import LostHold
from workbench.services.intake.importing.plan import ImportRefused


def new_licence(desk: Desk, *, received_at: str = "2026-11-23 15:00") -> None:
    """Hand in another licence of A-1."""
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at=received_at)


@prepared
def rectifying(desk: Desk, *, deadline: str = "2026-12-01 18:00", codes: tuple[str, ...] = ("BIZ_LICENSE",)) -> int:
    """Bring A-1 to where the applicant must mend it, decided on Tuesday at 10:00."""
    case = desk.queued()
    with desk.site.services("admin").context.write() as session:
        decision = DecisionRow(
            case_id=case.id or 0,
            verdict="fail",
            measure="none",
            status="applied",
            maker_id=2,
            decided_at=shanghai("2026-11-24 10:00"),
        )
        session.add(decision)
        session.flush()
        rectification = RectificationRow(
            case_id=case.id or 0, decision_id=decision.id or 0, deadline_at=shanghai(deadline)
        )
        session.add(rectification)
        session.flush()
        for place, code in enumerate(codes):
            session.add(RectificationItemRow(rectification_id=rectification.id or 0, position=place, code=code))
    desk.change(state="rectifying")
    log_decision(desk, case.id or 0, CaseState.RECTIFYING)
    return case.id or 0


def log_decision(desk: Desk, case_id: int, state: CaseState, waits_for: str = "") -> None:
    """Write into the log that a case was decided, now."""
    context = desk.site.services("a").context
    with context.write() as session:
        context.log(session, "decide", case_id=case_id, state=state, waits_for=waits_for)


def test_new_evidence_of_a_queued_case_brings_it_back_to_who_skipped_it(desk: Desk) -> None:
    desk.queued()
    before = desk.case()
    new_licence(desk)
    after = desk.case()
    assert after.state == "queued"
    assert (after.evidence_no, after.version) == (before.evidence_no + 1, before.version + 1)
    assert after.due_at == before.due_at


def test_documents_that_complete_a_case_keep_its_priority(desk: Desk) -> None:
    desk.applications(application(msisdns=""))
    assert (desk.case().state, desk.case().priority) == ("incomplete", "high")
    desk.documents()
    assert (desk.case().state, desk.case().priority, desk.case().priority_rank) == ("queued", "high", 2)
    assert not [rule for rule, (severity, _observed) in desk.findings().items() if severity == "block"]


@pytest.mark.parametrize("way", ["import", "day", "policy"])
def test_a_finding_that_vanishes_leaves_a_queued_case_its_priority(desk: Desk, way: str) -> None:
    require_no_documents_of_individuals(desk.site)
    desk.applications(application(**PERSON, msisdns="", handler_id_valid_to="2026-11-23"))
    assert ("ID-RIC-EXPIRED" in desk.findings(), desk.case().priority) == (True, "high")
    admin = desk.site.services("admin")
    if way == "import":
        desk.applications(application(**PERSON, msisdns="", handler_id_valid_to="长期"))
    elif way == "day":
        # The findings of a day are computed again on the next one.
        with admin.context.write() as session:
            session.execute(text("UPDATE application SET handler_id_valid_to = '9999-12-31'"))
        desk.site.clock.advance(days=1)
        refresh_findings(admin.context, desk.case().id or 0)
    else:
        body = desk.sql("SELECT body FROM policy_version")[0][0]
        rule = body.index("[rules.ID-RIC-EXPIRED]")
        path = desk.folder / "policy.toml"
        path.write_text(body[:rule] + body[rule:].replace('severity = "block"', 'severity = "info"', 1), "utf-8")
        admin.policies.apply(path, for_open_cases=True)
        admin.policy_changes.finish()
    assert not [rule for rule, (severity, _observed) in desk.findings().items() if severity == "block"]
    assert desk.case().priority == "high"
    # By hand it may fall.
    desk.site.services("sup").rescheduling.change_priority(desk.case().id or 0, Priority.LOW, "按队列")
    assert desk.case().priority == "low"


def test_evidence_does_not_hide_who_took_a_case_over(desk: Desk) -> None:
    desk.queued()
    a, b = desk.site.services("a"), desk.site.services("b")
    mine = a.claims.next().header  # type: ignore[union-attr]  # a case, for one was imported
    taken_at = desk.site.clock.advance(minutes=31)
    b.claims.next()
    desk.site.clock.advance(minutes=5)
    b.claims.aside(mine.id)
    new_licence(desk)
    assert desk.site.actions(mine.id)[-1] == "evidence"

    assert a.claims.loss(mine.id, mine.fence) == LostHold(case_id=mine.id, action="next", by="b", to="", at=taken_at)
    b.claims.release(mine.id)
    new_licence(desk, received_at="2026-11-23 16:00")
    loss = a.claims.loss(mine.id, mine.fence)
    assert loss is not None
    assert (loss.action, loss.by) == ("release", "b")
    request = VerdictRequest(case_id=mine.id, verdict=Verdict.PASS, reasons=("OK",), fence=mine.fence)
    with pytest.raises(Busy, match="taken over by b at 10:36"):
        a.verdicts.decide(request)


def test_a_verdict_that_waits_for_its_check_is_void_when_a_finding_changed(desk: Desk) -> None:
    case = desk.queued()
    stage(desk)
    evidence_no = desk.case().evidence_no
    # What brings no more than an info leaves it.
    new_licence(desk)
    assert (desk.case().state, desk.case().evidence_no) == ("awaiting_check", evidence_no + 1)
    assert desk.sql("SELECT status FROM decision") == [("staged",)]
    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    after = desk.case()
    assert after.state == "queued"
    assert after.returned_to_id == 2
    assert desk.sql("SELECT status FROM decision") == [("void",)]
    assert desk.site.actions(case.id or 0)[-1] == "void"
    assert desk.site.services("a").claims.next().header.id == case.id  # type: ignore[union-attr]  # the case is free


def test_an_undone_approval_of_a_pass_is_void_when_a_finding_came_after_it(desk: Desk) -> None:
    case_id = desk.queued(licence_valid_to="2026-11-01").id or 0
    a, b = desk.site.services("a"), desk.site.services("b")
    a.claims.next()
    for line in a.documents.list(case_id):
        a.documents.record_opening(case_id, line, "shown")
    a.verdicts.decide(VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK-OVERRIDE",), note="renewed"))
    b.checks.approve(case_id, "yes")
    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    b.undo.undo(case_id)
    assert desk.case().state == "awaiting_check"

    with pytest.raises(Busy, match="the verdict is void"):
        b.checks.approve(case_id, "yes")
    assert (desk.case().state, desk.case().returned_to_id) == ("queued", 2)


def test_a_decision_on_an_appeal_is_void_when_a_finding_changed_and_goes_back_to_its_decider(desk: Desk) -> None:
    case_id = desk.queued().id or 0
    stage(desk)
    desk.site.services("b").checks.approve(case_id, "yes")
    desk.site.services("a").appeals.file(case_id, "not us")
    request = AppealRequest(case_id=case_id, outcome=AppealOutcome.OVERTURNED, note="x", to_state=CaseState.PASSED)
    desk.site.services("sup").appeals.decide(request)
    new_licence(desk)
    assert desk.case().state == "awaiting_check"

    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    after = desk.case()
    assert (after.state, after.reopen_for) == ("appealed", "")
    assert desk.sql('SELECT status, assignee_id = decided_by_id FROM appeal JOIN "case"') == [("open", 1)]


def appealed(desk: Desk, *, licence_valid_to: str = "长期") -> int:
    """Fail A-1 for good, and file its appeal the day after tomorrow."""
    case_id = desk.queued(licence_valid_to=licence_valid_to).id or 0
    stage(desk)
    desk.site.services("b").checks.approve(case_id, "yes")
    desk.site.clock.advance(days=2)
    desk.site.services("a").appeals.file(case_id, "not us")
    return case_id


def test_what_only_time_brought_voids_no_verdict_that_waits_for_its_check(desk: Desk) -> None:
    brought = {"ID-LICENCE-EXPIRED", "CR-STALE"}
    desk.queued(licence_valid_to="2026-11-24")
    checked = {"subject_no": "91110000600037341L", "list": "court", "match": "none", "checked_on": "2026-11-20"}
    desk.run(ImportKind.CREDIT, [checked])
    stage(desk)
    assert not brought & desk.findings().keys()
    desk.site.clock.advance(days=31)

    assert desk.site.services("b").checks.approve(1, "seen").state is CaseState.FAILED
    assert brought < desk.findings().keys()


def test_evidence_that_came_with_time_voids_a_verdict_that_waits_for_its_check(desk: Desk) -> None:
    desk.queued(licence_valid_to="2026-11-24")
    stage(desk)
    desk.site.clock.advance(days=1)
    new_licence(desk)
    assert desk.case().state == "awaiting_check"

    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])

    assert desk.case().state == "queued"


def test_what_only_time_brought_voids_no_answer_to_an_appeal(desk: Desk) -> None:
    case_id = appealed(desk, licence_valid_to="2027-01-25")
    decider, checker = desk.site.services("sup"), desk.site.services("c")
    assert "ID-LICENCE-EXPIRING" not in desk.findings()
    decider.appeals.decide(AppealRequest(case_id=case_id, outcome=AppealOutcome.STANDS, note="x"))
    desk.site.clock.advance(days=1)

    assert checker.appeal_checks.approve(case_id, "seen").state is CaseState.FAILED
    assert "ID-LICENCE-EXPIRING" in desk.findings()


def stage(desk: Desk) -> None:
    """Let a reviewer fail A-1 for good, which a second person checks."""
    services = desk.site.services("a")
    casefile: Any = services.claims.next()
    services.verdicts.decide(
        VerdictRequest(
            case_id=casefile.header.id,
            verdict=Verdict.FAIL,
            fail_kind=FailKind.FINAL,
            reasons=("ID-NAME",),
            note="不符",
        )
    )


@prepared
def pending(desk: Desk, waits_for: WaitsFor) -> int:
    """Let a case wait, decided on Tuesday at 10:00."""
    case = desk.queued()
    with desk.site.services("admin").context.write() as session:
        session.add(
            DecisionRow(
                case_id=case.id or 0,
                verdict="pending",
                status="applied",
                maker_id=2,
                decided_at=shanghai("2026-11-24 10:00"),
                seen=json.dumps({"evidence_seq": case.evidence_seq}),
            )
        )
    desk.change(state="pending", waits_for=waits_for.value, next_action_on=shanghai("2026-12-01 10:00").date())
    log_decision(desk, case.id or 0, CaseState.PENDING, waits_for.value)
    return case.id or 0


def test_what_a_pending_applicant_hands_in_is_an_answer(desk: Desk) -> None:
    case_id = pending(desk, WaitsFor.APPLICANT)
    new_licence(desk, received_at="2026-11-24 11:00")
    case = desk.case()
    assert (case.state, case.round, case.waits_for, case.next_action_on) == ("queued", 1, "", None)
    assert case.due_at == shanghai("2026-11-27 10:00")
    assert desk.site.actions(case_id)[-1] == "answer"


def test_documents_of_a_case_that_waits_for_others_are_evidence_only(desk: Desk) -> None:
    pending(desk, WaitsFor.CARRIER)
    new_licence(desk)
    assert desk.case().state == "pending"


def test_a_part_of_what_was_asked_for_is_progress_and_the_last_part_a_resubmission(desk: Desk) -> None:
    case_id = rectifying(desk, codes=("BIZ_LICENSE", "USE-SCRIPT"))
    due_at = desk.case().due_at
    new_licence(desk, received_at="2026-11-25 10:00")
    case = desk.case()
    assert (case.state, case.round) == ("rectifying", 1)
    shown = desk.site.services("a").casefiles.show(case_id)
    assert [item.is_satisfied for item in shown.decisions[-1].items] == [True, False]
    assert shown.history[0].text == "documents 1/2"

    desk.documents(kinds=(DocumentKind.CALL_SCRIPT,), content="2", received_at="2026-11-25 09:00")
    case = desk.case()
    assert (case.state, case.round) == ("queued", 2)
    assert due_at == shanghai("2026-11-26 18:00")
    assert case.due_at == shanghai("2026-11-27 18:00")
    assert desk.sql("SELECT is_open FROM rectification") == [(0,)]
    assert desk.site.actions(case_id)[-2:] == ["evidence", "resubmit"]
    assert desk.sql("SELECT round FROM submission WHERE batch_id = 4") == [(2,)]


@pytest.mark.parametrize("is_answer_first", [False, True])
def test_an_item_that_names_no_document_is_left_to_the_reviewer(desk: Desk, *, is_answer_first: bool) -> None:
    case_id = rectifying(desk, codes=("BIZ_LICENSE", "ACT-OFF-HOURS"))
    kinds = [DocumentKind.BIZ_LICENSE, DocumentKind.COMMITMENT_LETTER]
    for kind in reversed(kinds) if is_answer_first else kinds:
        assert (desk.case().state, desk.case().round) == ("rectifying", 1)
        desk.documents(kinds=(kind,), content="2", received_at="2026-11-25 10:00")

    assert (desk.case().state, desk.case().round) == ("queued", 2)
    shown = desk.site.services("a").casefiles.show(case_id)
    assert [item.is_satisfied for item in shown.decisions[-1].items] == [True, False]


def test_what_was_received_before_the_verdict_is_late_evidence(desk: Desk) -> None:
    rectifying(desk)
    desk.applications(application(province="北京市", received_at="2026-11-24 09:59"))
    new_licence(desk, received_at="2026-11-24 09:59")
    case = desk.case()
    assert (case.state, case.round, case.evidence_no) == ("rectifying", 1, 3)
    desk.applications(application(province="河北省", received_at="2026-11-24 10:01"))
    assert (desk.case().state, desk.case().round) == ("queued", 2)


def test_a_pending_case_waits_for_each_document_that_its_reasons_name(desk: Desk) -> None:
    case = desk.queued()
    services = desk.site.services("a")
    services.claims.next()
    services.verdicts.decide(
        VerdictRequest(
            case_id=case.id or 0,
            verdict=Verdict.PENDING,
            reasons=("USE-SCRIPT", "ID-LICENCE-EXPIRING", "WAIT-APPLICANT"),
        )
    )
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "carrier": "mobile"}])
    new_licence(desk)
    assert desk.case().state == "pending"
    assert services.casefiles.show(case.id or 0).history[0].text == "documents 1/2"
    desk.documents(kinds=(DocumentKind.CALL_SCRIPT,), content="2")
    assert desk.case().state == "queued"


def test_of_the_items_of_a_pending_case_those_that_came_are_marked(desk: Desk) -> None:
    case_id = desk.queued().id or 0
    services = desk.site.services("a")
    services.claims.next()
    asked = (DocumentKind.BIZ_LICENSE, DocumentKind.CALL_SCRIPT)
    items = tuple(ItemRequest(code="WAIT-APPLICANT", text=kind) for kind in asked)
    services.verdicts.decide(
        VerdictRequest(case_id=case_id, verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",), items=items)
    )
    new_licence(desk)

    assert [item.is_open for item in services.casefiles.show(case_id).decisions[-1].items] == [False, True]


def test_what_was_received_after_the_deadline_is_refused_with_the_reason_and_at_it_in_time(desk: Desk) -> None:
    case_id = rectifying(desk)
    desk.site.clock.advance(days=30)
    # What names no new receipt is received when it is imported.
    with pytest.raises(ImportRefused):
        desk.applications(application(province="北京市"))
    with pytest.raises(ImportRefused, match=r"C-00000.*2026-12-01 18:00"):
        new_licence(desk, received_at="2026-12-01 18:01")
    assert desk.case().state == "rectifying"
    assert desk.site.actions(case_id)[-1] == "decide"
    desk.applications(application(province="北京市", received_at="2026-12-01 18:00"))
    assert desk.case().state == "queued"


def test_a_lapsed_case_takes_what_had_been_received_in_time(desk: Desk) -> None:
    rectifying(desk)
    desk.change(state="lapsed")
    desk.site.clock.advance(days=30)
    new_licence(desk, received_at="2026-12-01 18:00")
    assert (desk.case().state, desk.case().round) == ("queued", 2)


def test_a_closed_case_takes_nothing_in(desk: Desk) -> None:
    desk.queued()
    for state in ("passed", "failed", "withdrawn"):
        desk.change(state=state)
        with pytest.raises(ImportRefused, match="--as-new"):
            desk.applications(application(province="北京市"))
        with pytest.raises(ImportRefused, match="--as-new"):
            desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13900139000"}])
        with pytest.raises(ImportRefused, match="--as-new"):
            new_licence(desk)
        assert desk.case().state == state
    # But evidence of a number is kept.
    before = desk.case()
    report = desk.run(ImportKind.COMPLAINTS, [{"msisdn": "13800138000", "received_at": "2026-11-20"}])
    assert report.created == 1
    assert (desk.case().evidence_no, desk.case().evidence_seq) == (before.evidence_no, before.evidence_seq)


def test_as_new_opens_another_case_and_leaves_the_closed_one_as_it_was(desk: Desk) -> None:
    old = desk.queued()
    desk.change(state="passed")
    desk.applications(application(applicant_name="虚构丙号信息服务有限公司"), as_new=True)
    closed, fresh = desk.cases()
    assert (closed.id, closed.state, closed.applicant_name) == (old.id, "passed", old.applicant_name)
    assert (fresh.state, fresh.round, fresh.applicant_name) == ("queued", 1, "虚构丙号信息服务有限公司")
    services = desk.site.services("sup")
    assert services.casefiles.show(closed.id or 0).evidence.application.applicant_name == old.applicant_name


def test_as_new_with_the_same_rows_opens_another_case_too(desk: Desk) -> None:
    desk.queued()
    desk.change(state="failed")
    path = desk.write([application(), application("A-2")])
    report = desk.take(ImportKind.APPLICATIONS, path, as_new=True)
    assert (report.created, report.updated) == (1, 1)
    assert [case.state for case in desk.cases()] == ["failed", "queued"]


def test_credit_records_concern_the_cases_of_their_subject(desk: Desk) -> None:
    before = desk.queued()
    assert desk.findings()["CR-NO-DATA"][0] == "warn"
    subjects = (("91110000600037341L", "court", "CR-DEBTOR"), ("11010519491231002X", "serious", "CR-SERIOUS"))
    for count, (subject, listed, rule) in enumerate(subjects, start=1):
        found = {"subject_no": subject, "list": listed, "match": "exact", "checked_on": "2026-11-20"}
        desk.run(ImportKind.CREDIT, [found])
        assert desk.findings()[rule][0] == "block"
        assert "CR-NO-DATA" not in desk.findings()
        assert (desk.case().risk, desk.case().block_count) == ("high", before.block_count + count)


def test_an_import_that_died_before_applying_is_finished_by_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.services.intake.importing import import_run

    desk.applications(application())
    sup = desk.site.services("sup")
    with monkeypatch.context() as patched:
        patched.setattr(import_run, "apply_batch", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            desk.documents()
    assert desk.case().state == "incomplete"
    assert sup.casefiles.show(desk.case().id or 0).evidence.documents == ()
    # Who imported acts, even if no longer active.
    for is_active in (False, True):
        with sup.context.write() as session:
            session.execute(text("UPDATE reviewer SET is_active = :is WHERE login = 'admin'"), {"is": is_active})
        desk.site.services("b")
    assert desk.case().state == "queued"
    assert [tuple(row) for row in desk.sql("SELECT action, actor_login FROM event WHERE case_id = 1")] == [
        ("complete", "admin")
    ]


def _interrupted(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_row_of_an_unknown_application_names_the_agent_that_has_its_number(desk: Desk) -> None:
    desk.applications(application("HB-002", agent="虚构渠道"), application("HB-003"))

    def cause(number: str, agent: str) -> str:
        with pytest.raises(ImportRefused) as caught:
            desk.run(ImportKind.CARDS, [{"application_no": number, "msisdn": "13800138000", "agent": agent}])
        [error] = caught.value.report.errors
        return error.message

    assert cause("HB-002", "").endswith("but one of agent “虚构渠道”; name it (for all: --agent).")
    assert cause("HB-003", "虚构渠道").endswith("but there is one without an agent; leave the agent empty.")
    assert cause("HB-004", "").endswith("import it first.")


def test_a_refused_import_counts_nothing_as_created_and_says_what_the_repeated_number_is(desk: Desk) -> None:
    with pytest.raises(ImportRefused) as caught:
        desk.applications(
            application("A-1"), application("A-2"), application("A-2", applicant_name="虚构乙号信息服务有限公司")
        )

    report = caught.value.report
    assert (report.rows, report.created, report.updated, report.rejected) == (3, 0, 0, 2)
    assert [error.message for error in report.errors] == [
        f"Line {line} has the same application number for another applicant; correct one of the numbers."
        for line in (4, 3)
    ]
