"""New block findings on cases that were passed, or whose verdict waits for its check."""

from db.enums import AppealOutcome, CaseState, ImportKind
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk
from tests.services.intake.importing.test_existing_cases import stage
from workbench.domain.case.appeal import AppealDecision
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.case.vocabulary import Verdict

COURT = {"subject_no": "91110000600037341L", "list": "court", "match": "exact", "reference": "(2026)虚01号"}
CLEARED = {**COURT, "match": "none"}
REOPEN = "attention:reopen"


@prepared
def passed(desk: Desk) -> int:
    """Pass A-1, and return the number of its case."""
    desk.queued()
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "乙某某"}])
    desk.run(ImportKind.CREDIT, [{**COURT, "match": "none", "checked_on": "2026-11-20", "reference": ""}])
    services = desk.site.services("a")
    case_id = services.claims.next().header.id  # type: ignore[union-attr]  # the case that was just imported
    services.verdicts.decide(VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK",)))
    assert desk.case().state == "passed"
    return case_id


def listed(desk: Desk, login: str = "sup") -> list[tuple[int, tuple[str, ...]]]:
    return [(row.id, row.reopen_for) for row in desk.site.services(login).queue.page(REOPEN)]


def test_a_new_block_finding_puts_a_passed_case_on_the_list_until_it_or_the_pass_is_gone(desk: Desk) -> None:
    case_id = passed(desk)
    before = desk.case()
    desk.run(ImportKind.COMPLAINTS, [{"msisdn": "13800138000", "received_at": "2026-11-20", "verified": "yes"}])
    after = desk.case()
    assert listed(desk) == []
    assert (after.evidence_no, after.evidence_seq) == (before.evidence_no, before.evidence_seq)
    assert "ACT-COMPLAINTS" not in desk.findings(), "only a block finding is taken in"
    desk.run(ImportKind.CREDIT, [COURT])

    assert desk.case().state == "passed"
    assert listed(desk) == [(case_id, ("CR-DEBTOR",))]
    assert desk.findings()["CR-DEBTOR"][0] == "block"
    shown = desk.site.services("sup").casefiles.show(case_id)
    assert any(record.reference == COURT["reference"] for record in shown.evidence.credit)
    assert [(line.action, line.text) for line in shown.history if line.action == "attention"] == [
        ("attention", "credit CR-DEBTOR")
    ]
    assert desk.site.services("sup").queue.counts().to_reopen == 1
    assert desk.site.services("a").queue.counts().to_reopen == 0
    # The filter takes other terms too.
    count = desk.site.services("sup").queue.count
    wanted = (
        REOPEN,
        f"{REOPEN} state:passed",
        "关注:reopen",
        f"{REOPEN} state:queued",
        "state:passed -attention:reopen",
    )
    assert [count(terms) for terms in wanted] == [1, 1, 1, 0, 0]

    desk.run(ImportKind.CREDIT, [CLEARED])
    assert listed(desk) == []
    assert "CR-DEBTOR" not in desk.findings()
    desk.run(ImportKind.CREDIT, [{**COURT, "reference": "(2026)虚02号"}])
    assert listed(desk) == [(case_id, ("CR-DEBTOR",))]
    undone = desk.site.services("a").undo.undo(case_id)
    assert any(finding.rule == "CR-DEBTOR" for finding in undone.findings)
    assert listed(desk) == []


def test_a_block_finding_that_was_passed_over_is_new_only_if_it_gets_worse(desk: Desk) -> None:
    passed(desk)
    desk.change(state="queued")
    debt = {"subject_no": "91110000600037341L", "list": "arrears", "reference": "R-1", "overdue_days": "200"}
    desk.run(ImportKind.CREDIT, [{**debt, "amount_cny": "5000"}])
    assert desk.findings()["CR-ARREARS"][0] == "block"
    desk.change(state="passed")

    desk.run(ImportKind.CREDIT, [{**debt, "amount_cny": "5000", "overdue_days": "150"}])
    assert listed(desk) == []
    desk.run(ImportKind.CREDIT, [{**debt, "amount_cny": "9000", "overdue_days": "300"}])
    assert [rules for _case, rules in listed(desk)] == [("CR-ARREARS",)]


def test_a_case_that_is_open_already_is_not_on_the_list(desk: Desk) -> None:
    desk.queued()
    stage(desk)
    desk.run(ImportKind.CREDIT, [COURT])
    assert desk.sql("SELECT status FROM decision") == [("void",)]
    # Earlier versions noted the findings that made the staged verdict void.
    desk.change(reopen_for="CR-DEBTOR")
    assert listed(desk) == []
    assert desk.site.services("sup").queue.counts().to_reopen == 0


def test_cases_closed_otherwise_are_not_opened_again(desk: Desk) -> None:
    passed(desk)
    for place, state in enumerate(("failed", "withdrawn", "lapsed")):
        desk.change(state=state)
        desk.run(ImportKind.CREDIT, [{**COURT, "reference": f"{place}"}])
        assert desk.case().state == state
        assert listed(desk) == []


def test_what_came_while_a_case_was_failed_is_shown_to_who_decides_its_appeal_and_lists_it_if_it_passes(
    desk: Desk,
) -> None:
    case = desk.queued().id or 0
    stage(desk)
    desk.site.services("b").checks.approve(case, "yes")
    desk.run(ImportKind.CREDIT, [COURT])
    desk.site.services("a").appeals.file(case, "not us")
    sup, checker = desk.site.services("sup"), desk.site.services("c")
    assert "CR-DEBTOR" in {found.rule for found in sup.casefiles.show(case).findings}

    passed_now = AppealDecision(case_id=case, outcome=AppealOutcome.OVERTURNED, note="x", to_state=CaseState.PASSED)
    sup.appeals.decide(passed_now)
    assert listed(desk) == []
    checker.appeal_checks.approve(case, "yes")
    assert listed(desk) == [(case, ("CR-DEBTOR",))]
    checker.undo.undo(case)
    assert listed(desk) == []
