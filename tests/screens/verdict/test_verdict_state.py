"""The state of a verdict: pass reasons exclude each other."""

import pytest

from screens.verdict.form_state import VerdictState
from tests.screens.cases import casefile, clean
from workbench.domain.case.verdict import problem_of
from workbench.domain.case.vocabulary import Verdict


@pytest.fixture
def state() -> VerdictState:
    return VerdictState.of(casefile(1, clean()), Verdict.PASS)


def test_marking_a_pass_reason_replaces_the_previous_one(state: VerdictState) -> None:
    assert state.reasons == ("OK",)

    mended = state.toggled("OK-MENDED")
    assert mended.reasons == ("OK-MENDED",)
    assert mended.toggled("OK").reasons == ("OK",)
    assert mended.toggled("OK-MENDED").reasons == ()


def test_an_override_replaces_the_other_pass_reasons(state: VerdictState) -> None:
    assert state.toggled("OK-OVERRIDE").reasons == ("OK-OVERRIDE",)
    assert state.toggled("OK-OVERRIDE").toggled("OK").reasons == ("OK",)


@pytest.mark.parametrize("other", ["OK-MENDED", "OK-OVERRIDE"])
def test_a_verdict_with_two_pass_reasons_is_refused(other: str) -> None:
    case = casefile(1, clean())
    request = VerdictState(verdict=Verdict.PASS, reasons=("OK", other), items={}).request(
        case, None, accepts_new_evidence=False
    )

    problem = problem_of(request, case.policy, case.findings)
    assert problem is not None
    assert "in order (OK)" in problem
    assert f"({other})" in problem
