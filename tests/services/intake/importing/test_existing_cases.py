"""What an import does to cases that are there already, state by state."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import AppealOutcome, CaseState, DocumentKind, FailKind, ImportKind, Priority, Verdict, WaitsFor
from tests.policies import require_no_documents_of_individuals
from tests.prepared import prepared
from tests.services.intake.importing.files import PERSON, Desk, application
from workbench.domain.case.appeal import AppealDecision
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.errors import Busy
from workbench.services.case.assessment import refresh_findings
from workbench.services.foundation.case_access import LostHold
from workbench.services.intake.importing.plan import ImportRefused


def new_licence(desk: Desk, *, received_at: str = "2026-11-23 15:00") -> None:
    """Hand in another licence of A-1."""
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at=received_at)


@prepared
def rectifying(desk: Desk, *, codes: tuple[str, ...] = ("BIZ_LICENSE",)) -> int:
    """Bring A-1 to where the applicant must mend it until Friday, decided on Tuesday at 10:00."""
    items = tuple(ItemRequest(code=code) for code in codes)
    return decided(desk, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=("ID-NAME",), items=items)


@prepared
def pending(desk: Desk) -> int:
    """Let A-1 wait for the applicant, decided on Tuesday at 10:00."""
    return decided(desk, verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",), waits_for=WaitsFor.APPLICANT)


def decided(desk: Desk, **verdict: Any) -> int:
    """Import A-1 and let a reviewer decide it."""
    case_id, services = desk.queued().id or 0, desk.site.services("a")
    services.claims.next()
    services.verdicts.decide(VerdictRequest(case_id=case_id, **verdict))
    return case_id


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


def stage(desk: Desk) -> None:
    """Let a reviewer fail A-1 for good, which a second person checks."""
    services = desk.site.services("a")
    casefile: Any = services.claims.next()
    final: dict[str, Any] = {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("ID-NAME",)}
    services.verdicts.decide(VerdictRequest(case_id=casefile.header.id, note="不符", **final))


def test_what_was_received_before_the_verdict_is_late_evidence(desk: Desk) -> None:
    rectifying(desk)
    desk.applications(application(province="北京市", received_at="2026-11-24 09:59"))
    new_licence(desk, received_at="2026-11-24 09:59")
    case = desk.case()
    assert (case.state, case.round, case.evidence_no) == ("rectifying", 1, 3)
    desk.applications(application(province="河北省", received_at="2026-11-24 10:01"))
    assert (desk.case().state, desk.case().round) == ("queued", 2)


def test_what_was_received_after_the_deadline_is_refused_with_the_reason_and_at_it_in_time(desk: Desk) -> None:
    case_id = rectifying(desk)
    desk.site.clock.advance(days=30)
    # What names no new receipt is received when it is imported.
    with pytest.raises(ImportRefused):
        desk.applications(application(province="北京市"))
    with pytest.raises(ImportRefused, match=r"C-00000.*2026-11-27 18:00"):
        new_licence(desk, received_at="2026-11-27 18:01")
    assert desk.case().state == "rectifying"
    assert desk.site.actions(case_id)[-1] == "decide"
    desk.applications(application(province="北京市", received_at="2026-11-27 18:00"))
    assert desk.case().state == "queued"


def test_a_row_of_an_unknown_application_names_the_agent_that_has_its_number(desk: Desk) -> None:
    desk.applications(application("HB-002", agent="虚构渠道"), application("HB-003"))

    def cause(number: str, agent: str) -> str:
        with pytest.raises(ImportRefused) as caught:
            desk.run(ImportKind.CARDS, [{"application_no": number, "msisdn": "13800138000", "agent": agent}])
        [error] = caught.value.report.errors
        return error.message

    assert cause("HB-002", "").endswith("but one of agent “虚构渠道”; name it (for all: --agent).")
    assert cause("HB-003", "虚构渠道").endswith("but there is one without an agent; leave the agent empty.")
    assert cause("HB-004", "").endswith("import it first, or correct the number.")


def test_a_finding_that_vanishes_leaves_a_queued_case_its_priority(desk: Desk) -> None:
    require_no_documents_of_individuals(desk.site)
    ways, expired = ("A-import", "A-day", "A-policy"), {**PERSON, "msisdns": "", "handler_id_valid_to": "2026-11-23"}
    desk.applications(*(application(way, **expired) for way in ways))
    assert {("ID-RIC-EXPIRED" in desk.findings(way), desk.case(way).priority) for way in ways} == {(True, "high")}
    admin = desk.site.services("admin")
    desk.applications(application("A-import", **{**expired, "handler_id_valid_to": "长期"}))
    # The findings of a day are computed again on the next one.
    with admin.context.write() as session:
        session.execute(
            text("UPDATE application SET handler_id_valid_to = '9999-12-31' WHERE application_no = 'A-day'")
        )
    desk.site.clock.advance(days=1)
    # Reading alone shows them, and stores nothing.
    shown = {found.rule for found in admin.casefiles.show(desk.case("A-day").id or 0).findings}
    assert "ID-RIC-EXPIRED" not in shown
    assert "ID-RIC-EXPIRED" in desk.findings("A-day")
    refresh_findings(admin.context, desk.case("A-day").id or 0)
    assert "ID-RIC-EXPIRED" in desk.findings("A-policy")
    body = desk.sql("SELECT body FROM policy_version")[0][0]
    rule = body.index("[rules.ID-RIC-EXPIRED]")
    path = desk.folder / "policy.toml"
    path.write_text(body[:rule] + body[rule:].replace('severity = "block"', 'severity = "info"', 1), "utf-8")
    admin.policies.apply(path, for_open_cases=True)
    admin.policy_changes.finish()
    for way in ways:
        assert "block" not in {severity for severity, _observed in desk.findings(way).values()}, way
        assert desk.case(way).priority == "high", way
    # By hand it may fall.
    desk.site.services("sup").rescheduling.change_priority(desk.case("A-day").id or 0, Priority.LOW, "按队列")
    assert desk.case("A-day").priority == "low"


def test_only_evidence_voids_what_waits_for_its_check_and_time_alone_does_not(desk: Desk) -> None:
    brought = {"ID-LICENCE-EXPIRED", "CR-STALE"}
    case_id = desk.queued(licence_valid_to="2026-11-24").id or 0
    checked = {"subject_no": "91110000600037341L", "list": "court", "match": "none", "checked_on": "2026-11-20"}
    desk.run(ImportKind.CREDIT, [checked])
    stage(desk)
    # What brings no more than an info leaves it, what brings a block voids it, also if time brought something too.
    desk.site.clock.advance(days=1)
    new_licence(desk)
    assert (desk.case().state, desk.sql("SELECT status FROM decision")) == ("awaiting_check", [("staged",)])
    desk.run(ImportKind.CREDIT, [{**checked, "match": "exact", "checked_on": "2026-11-24"}])
    assert (desk.case().state, desk.case().returned_to_id) == ("queued", 2)
    assert desk.site.actions(case_id)[-1] == "void"

    stage(desk)
    assert not brought <= desk.findings().keys()
    desk.site.clock.advance(days=31)
    b, decider, checker = (desk.site.services(login) for login in ("b", "sup", "c"))
    assert b.checks.approve(case_id, "seen").state is CaseState.FAILED
    assert brought < desk.findings().keys()
    desk.site.services("a").appeals.file(case_id, "not us")
    decider.appeals.decide(AppealDecision(case_id=case_id, outcome=AppealOutcome.STANDS, note="x"))
    desk.site.clock.advance(days=1)
    assert checker.appeal_checks.approve(case_id, "seen").state is CaseState.FAILED


def test_a_pending_case_waits_for_each_document_that_its_reasons_name(desk: Desk) -> None:
    reasons = ("USE-SCRIPT", "ID-LICENCE-EXPIRING", "WAIT-APPLICANT")
    case_id, services = decided(desk, verdict=Verdict.PENDING, reasons=reasons), desk.site.services("a")
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "carrier": "mobile"}])
    new_licence(desk)
    assert desk.case().state == "pending"
    shown = services.casefiles.show(case_id)
    assert shown.history[0].text == "documents 1/2"
    assert [item.is_open for item in shown.decisions[-1].items] == [True, False, True]
    desk.documents(kinds=(DocumentKind.CALL_SCRIPT,), content="2")
    assert desk.case().state == "queued"


def test_a_closed_case_takes_nothing_in_and_as_new_opens_another_beside_it(desk: Desk) -> None:
    old, card = desk.queued(), {"application_no": "A-1", "msisdn": "13900139000"}
    ways: dict[str, Callable[[], Any]] = {
        "withdrawn": lambda: new_licence(desk),
        "failed": lambda: desk.run(ImportKind.CARDS, [card]),
        "passed": lambda: desk.applications(application(province="北京市")),
    }
    for state, way in ways.items():
        desk.change(state=state)
        with pytest.raises(ImportRefused, match="--as-new"):
            way()
        assert desk.case().state == state
    # But evidence of a number is kept.
    before = desk.case()
    report = desk.run(ImportKind.COMPLAINTS, [{"msisdn": "13800138000", "received_at": "2026-11-20"}])
    assert report.created == 1
    assert (desk.case().evidence_no, desk.case().evidence_seq) == (before.evidence_no, before.evidence_seq)

    path = desk.write([application(), application("A-2")])
    report = desk.take(ImportKind.APPLICATIONS, path, as_new=True)
    assert (report.created, report.updated, desk.case().state) == (1, 1, "queued"), "the same rows are a new case too"
    desk.change(state="failed")
    desk.applications(application(applicant_name="虚构丙号信息服务有限公司"), as_new=True)
    assert [(case.state, case.round) for case in desk.cases()] == [("passed", 1), ("failed", 1), ("queued", 1)]
    assert desk.case().applicant_name == "虚构丙号信息服务有限公司"
    closed = desk.site.services("sup").casefiles.show(old.id or 0)
    assert closed.evidence.application.applicant_name == old.applicant_name
