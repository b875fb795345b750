import pytest

from screens.verdict.form_state import VerdictState
from tests.screens.cases import casefile, clean
from workbench.domain.case.verdict import problem_of
from workbench.domain.case.vocabulary import Verdict


@pytest.fixture
def state() -> VerdictState:
    return VerdictState.of(casefile(1, clean()), Verdict.PASS)


def test_of_the_ways_to_pass_only_the_last_one_marked_stands(state: VerdictState) -> None:
    assert state.reasons == ("OK",)

    mended = state.toggled("OK-MENDED")
    assert mended.reasons == ("OK-MENDED",)
    assert mended.toggled("OK").reasons == ("OK",)
    assert mended.toggled("OK-MENDED").reasons == ()


def test_an_override_stands_alone(state: VerdictState) -> None:
    assert state.toggled("OK-OVERRIDE").reasons == ("OK-OVERRIDE",)
    assert state.toggled("OK-OVERRIDE").toggled("OK").reasons == ("OK",)


@pytest.mark.parametrize("other", ["OK-MENDED", "OK-OVERRIDE"])
def test_a_verdict_with_two_ways_is_refused(other: str) -> None:
    case = casefile(1, clean())
    request = VerdictState(verdict=Verdict.PASS, reasons=("OK", other), items={}).request(
        case, None, accepts_new_evidence=False
    )

    problem = problem_of(request, case.policy, case.findings)
    assert problem is not None
    assert "in order (OK)" in problem
    assert f"({other})" in problem
