"""The parts of the verdict form: its state and its letter."""

import random
import threading
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from screens.verdict.form_state import VerdictState
from screens.verdict.reason_picker import reasons_for
from tests.screens.cases import calls, casefile, clean, evidence, policy, troubled
from tests.screens.driver import Driver, memory_workbench
from tests.screens.panels.test_history import with_decision
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.items import waiting_reasons
from workbench.domain.case.verdict import first_verdict_problem, is_reason_contradicted
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.evidence.evidence import Evidence


def dialog(desk: Driver) -> Any:
    return desk.app.screen


@pytest.mark.proof
async def test_a_burst_of_keys_is_completely_in_the_letter() -> None:
    rng = random.Random(20261126)
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "1", "e")
        for _burst in range(20):
            for key, character in rng.choices((("b", "b"), ("backspace", "\x7f")), k=rng.randint(2, 6)):
                desk.app.post_message(events.Key(key, character))
            await desk.settle()

            assert dialog(desk)._state.letter == dialog(desk).letter.edit.text


async def test_a_letter_opened_before_its_preview_has_the_current_reasons() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f")
        preview, gate = dialog(desk)._actions.preview, threading.Event()

        def slow(request: Any) -> Any:
            gate.wait(60)
            return preview(request)

        dialog(desk)._actions = replace(dialog(desk)._actions, preview=slow)
        await desk.pilot.press("1")
        await desk.pilot.press("e")
        gate.set()
        await desk.settle()
        assert "ID-RIC-EXPIRED" not in dialog(desk).letter.edit.text

        await desk.type("x")
        assert "ID-RIC-EXPIRED" not in dialog(desk)._state.letter


async def test_a_text_in_another_language_than_the_letter_is_announced_as_a_quotation() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "r", "ctrl+u")
        await desk.type("+the letter of the bank")
        await desk.settle()
        assert "as a quotation" in desk.text
        assert "The letter goes out in Chinese. For you, it says:" in desk.text
        assert "- the missing documents: proof of the callees' consent, with the seal" in desk.text
        await desk.press("escape", "1", "e")
        assert "quotation" not in desk.text
        await desk.press("enter")
        await desk.type("Please resend the licence.")
        await desk.settle()

        assert "the letter shows it as a quotation" in " ".join(desk.text.split())


async def test_a_pending_verdict_asks_for_what_the_reviewer_types() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("DOC-UNSEALED")
        await desk.press("enter", "escape", "y")
        assert desk.services.decided == []
        assert "Say which documents" in desk.text

        dialog(desk).query_one(".item").focus()
        await desk.press("ctrl+u")
        await desk.type("AUTH_LETTER")
        await desk.press("enter", "y")

        [request] = desk.services.decided
        assert [(item.code, item.text) for item in request.items] == [("DOC-UNSEALED", "AUTH_LETTER")]


async def test_a_general_request_to_the_applicant_is_pointed_out_until_it_is_specific() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "w", "slash")
        await desk.type("WAIT-APPLICANT")
        await desk.press("enter", "escape", "y")
        assert desk.services.decided == []
        assert "does not say what the applicant has to send" in desk.text
        assert ("What the applicant must send" in desk.text, "To be rectified" in desk.text) == (True, False)

        dialog(desk).query_one(".item").focus()
        await desk.press("ctrl+u")
        await desk.type("the lease")
        await desk.settle()
        assert "does not say what the applicant has to send" not in desk.text


@pytest.fixture
def state() -> VerdictState:
    return VerdictState.of(casefile(1, clean()), Verdict.PASS)


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


def test_a_lone_plus_adds_no_item() -> None:
    state = VerdictState(verdict=Verdict.FAIL, reasons=("ID-RIC",), items={"ID-RIC": "+"})
    assert state.request(casefile(1, troubled()), None, accepts_new_evidence=False).items == ()


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


def test_a_verdict_without_a_usable_reason_is_told_the_codes_or_the_nearest() -> None:
    case = casefile(1, clean())
    without = VerdictRequest(case_id=1, verdict=Verdict.PASS)

    assert first_verdict_problem(without, case) == "Give at least one reason, such as OK, OK-OVERRIDE."
    unknown = first_verdict_problem(replace(without, reasons=("OK-MENDET",)), case)
    assert (unknown or "").startswith("The policy has no reason OK-MENDET; did you mean OK-MENDED")
    by_title = first_verdict_problem(replace(without, reasons=("符合",)), case)
    assert by_title == "The policy has no reason 符合; did you mean OK?"
    foreign = first_verdict_problem(replace(without, reasons=("zzz",)), case)
    assert foreign == "The policy has no reason zzz."
    found = first_verdict_problem(replace(without, verdict=Verdict.FAIL), casefile(1, troubled()))
    assert (found or "").startswith("Give at least one reason, such as ID-RIC-EXPIRED, ID-RIC-VALIDITY, ")


def test_a_case_waits_for_one_party_only() -> None:
    waiting = waiting_reasons(policy()).values()
    state = VerdictState(verdict=Verdict.PENDING, reasons=("ID-RIC", "WAIT-APPLICANT"))

    assert state.toggled("WAIT-CARRIER", waiting).reasons == ("ID-RIC", "WAIT-CARRIER")


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
        (evidence(all_calls=calls("", answered=19, short_calls=0)), "ACT-SHORT-CALLS", False),
        (evidence(all_calls=calls("", answered=20, short_calls=0)), "ACT-SHORT-CALLS", True),
        (clean(), "DOC-UNSEALED", False),
        (clean(), "USE-CONSENT", False),
        (clean(), "ID-HANDHELD", False),
    ],
)
def test_only_checked_facts_contradict_a_reason(found: Evidence, code: str, *, is_expected: bool) -> None:
    assert is_reason_contradicted(code, casefile(1, found)) is is_expected
