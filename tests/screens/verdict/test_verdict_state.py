"""The state of a verdict: which reasons exclude each other, and which the panels contradict."""

from dataclasses import replace

import pytest

from screens.verdict.form_state import VerdictState
from screens.verdict.reason_picker import reasons_for
from tests.screens.cases import calls, casefile, clean, evidence, policy, troubled
from tests.screens.panels.test_history import with_decision
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.items import waiting_reasons
from workbench.domain.case.verdict import first_verdict_problem, is_reason_contradicted
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.evidence.evidence import Evidence


@pytest.fixture
def state() -> VerdictState:
    return VerdictState.of(casefile(1, clean()), Verdict.PASS)


def test_marking_a_pass_reason_replaces_the_previous_one(state: VerdictState) -> None:
    assert state.reasons == ("OK",)

    mended = state.toggled("OK-MENDED")
    assert mended.reasons == ("OK-MENDED",)
    assert mended.toggled("OK").reasons == ("OK",)
    assert mended.toggled("OK-MENDED").reasons == ()


def test_rectified_is_offered_only_after_something_was_to_be_rectified() -> None:
    case = with_decision("applied")
    [decision] = case.decisions
    waived = replace(decision, items=(replace(decision.items[0], is_waived=True),))

    def is_offered(case: CaseFile) -> bool:
        return "OK-MENDED" in {reason.code for reason in reasons_for(case, Verdict.PASS, ())}

    assert is_offered(case)
    assert not is_offered(casefile(1, clean()))
    assert not is_offered(with_decision("undone"))
    assert not is_offered(replace(case, decisions=(waived,)))


def test_an_override_replaces_the_other_pass_reasons(state: VerdictState) -> None:
    assert state.toggled("OK-OVERRIDE").reasons == ("OK-OVERRIDE",)
    assert state.toggled("OK-OVERRIDE").toggled("OK").reasons == ("OK",)


@pytest.mark.parametrize("other", ["OK-MENDED", "OK-OVERRIDE"])
def test_a_verdict_with_two_pass_reasons_is_refused(other: str) -> None:
    case = casefile(1, clean())
    request = VerdictState(verdict=Verdict.PASS, reasons=("OK", other), items={}).request(
        case, None, accepts_new_evidence=False
    )

    problem = first_verdict_problem(request, case)
    assert problem is not None
    assert "in order (OK)" in problem
    assert f"({other})" in problem


@pytest.mark.parametrize(
    ("found", "code", "is_expected"),
    [
        (clean(), "ID-USCC", True),
        (clean(), "ID-CARD-COUNT", True),
        (clean(), "ACT-PEAK-HOUR", True),
        (clean(), "CR-DEBTOR", True),
        (evidence(credit=()), "CR-DEBTOR", False),
        (clean(), "ID-MSISDN", True),
        (clean(), "ID-ICCID", False),
        (troubled(), "ID-RIC-EXPIRED", False),
        (troubled(), "ID-RIC-EXPIRING", False),
        (evidence(all_calls=calls("", answered=3, short_calls=0)), "ACT-SHORT-CALLS", False),
        (clean(), "DOC-UNSEALED", False),
        (clean(), "USE-CONSENT", False),
        (clean(), "ID-HANDHELD", False),
    ],
)
def test_only_checked_facts_contradict_a_reason(found: Evidence, code: str, *, is_expected: bool) -> None:
    assert is_reason_contradicted(code, casefile(1, found)) is is_expected


def test_a_case_waits_for_one_party_only() -> None:
    waiting = waiting_reasons(policy()).values()
    state = VerdictState(verdict=Verdict.PENDING, reasons=("ID-RIC", "WAIT-APPLICANT"))

    assert state.toggled("WAIT-CARRIER", waiting).reasons == ("ID-RIC", "WAIT-CARRIER")
