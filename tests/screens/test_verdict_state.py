import pytest

from screens.verdict_state import VerdictState
from tests.screens.cases import casefile, clean
from workbench.domain.verdict import problem_of
from workbench.domain.vocabulary import Verdict


@pytest.fixture
def state() -> VerdictState:
    return VerdictState.of(casefile(1, clean()), Verdict.PASS)


def test_of_the_ways_to_pass_only_the_last_one_marked_stands(state: VerdictState) -> None:
    assert state.reasons == ("OK",)

    mended = state.toggled("OK-MENDED")
    assert mended.reasons == ("OK-MENDED",)
    assert mended.toggled("OK").reasons == ("OK",)
    assert mended.toggled("OK-MENDED").reasons == ()


def test_an_override_may_stand_beside_what_was_mended(state: VerdictState) -> None:
    assert state.toggled("OK-MENDED").toggled("OK-OVERRIDE").reasons == ("OK-MENDED", "OK-OVERRIDE")


def test_a_verdict_with_both_ways_is_refused(state: VerdictState) -> None:
    case = casefile(1, clean())
    request = VerdictState(verdict=Verdict.PASS, reasons=("OK", "OK-MENDED"), items={}).request(
        case, None, knows_newest=False
    )

    problem = problem_of(request, case.policy, case.findings)
    assert problem is not None
    assert "OK, OK-MENDED" in problem
