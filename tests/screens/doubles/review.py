"""The services that decide cases, in memory; the rules are the real ones."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.enums import CaseState, FailKind, Verdict
from workbench.domain.case.casefile import (
    CaseFile,
    DecisionResult,
    VerdictPreview,
    VerdictRequest,
)
from workbench.domain.case.items import asks_for_items, items_for, vague_words
from workbench.domain.case.measures import is_barred
from workbench.domain.case.records import ChangesSinceSeen, DecisionLine, ItemLine, UndoableAct
from workbench.domain.case.verdict import check_reasons_for, pending_waits_for, verdict_problems
from workbench.errors import Busy, NotAllowed
from workbench.services.notices.result_letters import causes, worded_items
from workbench.services.review.reopening import Reopening
from workbench.services.review.second_checks import Checks, StagedRow
from workbench.services.review.undo import Undo
from workbench.services.review.verdict_plan import translation_of
from workbench.services.review.verdicts import Verdicts

if TYPE_CHECKING:
    from tests.screens.doubles.services import MemoryServices


class MemoryVerdicts(Verdicts):
    """Verdicts in memory, checked by the real rules."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def preview(self, request: VerdictRequest) -> VerdictPreview:
        found = self._services.show(request.case_id)
        waits_for = request.waits_for or pending_waits_for(request.reasons, found.policy)
        asks = asks_for_items(replace(request, waits_for=waits_for))
        fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
        is_new, policy = self._services.new_evidence and request.evidence_no is not None, self._services.policy_news
        return VerdictPreview(
            letter=causes(found, request.reasons, request.items) if request.letter is None else request.letter,
            items=worded_items(found, items_for(request, found.policy, found.findings)) if asks else (),
            own_items=worded_items(
                found, items_for(replace(request, items=(), only_items=False), found.policy, found.findings)
            )
            if asks
            else (),
            deadline_at=self._deadline() if fixable else None,
            until=request.until or (self._deadline().date() if request.verdict is Verdict.PENDING else None),
            waits_for=waits_for,
            measures=found.policy.measures.get(request.verdict, ()),
            check_for=(
                check_for := check_reasons_for(
                    request, found.policy, found.findings, found.header.risk, is_barred=is_barred(found.measures)
                )
            ),
            waiver_reason=self._services.why_alone if check_for else "",
            open_questions=tuple(line.question for line in found.checklist if line.answer is None),
            news=ChangesSinceSeen(has_evidence=is_new and not policy, policy=policy if is_new else ""),
            problems=self._problems(request, found),
            translation=translation_of(
                request, found, items_for(request, found.policy, found.findings) if asks else ()
            ),
            unopened=self._services.documents.unopened(request.case_id),
            warnings=vague_words(replace(request, waits_for=waits_for), found.policy, found.findings),
        )

    def recent_reasons(self, case_id: int) -> tuple[str, ...]:
        others = (request for request in reversed(self._services.decided) if request.case_id != case_id)
        used = (code for request in others for code in request.reasons)
        return tuple(dict.fromkeys(used))

    def letter(self, request: VerdictRequest) -> tuple[str, str]:
        preview = self.preview(request)
        until = "" if preview.until is None else f"\n{preview.until:%Y-%m-%d}"
        items = "".join(f"\n{number}. {item.text}" for number, item in enumerate(preview.items, start=1))
        return f"虚构远声:\n{preview.letter}{items}{until}", preview.translation

    def _problems(self, request: VerdictRequest, found: CaseFile) -> tuple[str, ...]:
        filled = replace(request, waits_for=request.waits_for or pending_waits_for(request.reasons, found.policy))
        return verdict_problems(filled, found)

    def _deadline(self) -> datetime:
        return self._services.clocks.now() + timedelta(days=9)

    def decide(self, request: VerdictRequest) -> DecisionResult:
        found = self._services.show(request.case_id)
        if found.header.held_by != self._services.actor.login:
            raise NotAllowed("Nobody holds it.")
        if self._services.new_evidence and request.evidence_no is not None:
            raise Busy("Evidence arrived.")
        problems = self._problems(request, found)
        if problems:
            raise NotAllowed(problems[0])
        self._services.decided.append(request)
        preview = self.preview(request)
        until = None if preview.check_for else self._services.clocks.now() + timedelta(seconds=60)
        line = DecisionLine(
            id=len(self._services.decided),
            round=1,
            verdict=request.verdict,
            fail_kind=request.fail_kind,
            measure=request.measure,
            reasons=request.reasons,
            note=request.note,
            letter=preview.letter,
            status="staged" if preview.check_for else "applied",
            maker=self._services.actor.login,
            decided_at=self._services.clocks.now(),
            release_at=until,
            checker=None,
            check_note="",
            deadline_at=preview.deadline_at,
            until_on=preview.until,
            items=tuple(
                ItemLine(code=item.code, text=item.text, is_satisfied=False, is_waived=False) for item in preview.items
            ),
        )
        states = {
            Verdict.PASS: CaseState.PASSED,
            Verdict.FAIL: CaseState.RECTIFYING,
            Verdict.PENDING: CaseState.PENDING,
        }
        state = CaseState.AWAITING_CHECK if preview.check_for else states[request.verdict]
        self._services.files[request.case_id] = replace(
            self._services.files[request.case_id], decisions=(line, *found.decisions)
        )
        self._services.change(request.case_id, state=state, held_by=None, held_until=None)
        self._services.undoable = UndoableAct(
            case_id=request.case_id,
            at=self._services.clocks.now(),
            decision_id=line.id,
            verdict=request.verdict,
            until=until,
        )
        return DecisionResult(
            case_id=request.case_id,
            decision_id=line.id,
            verdict=request.verdict,
            state=state,
            decided_at=self._services.clocks.now(),
            release_at=until,
            notice=f"虚构远声:\n{preview.letter}",
            deadline_at=preview.deadline_at,
            check_for=preview.check_for,
        )


class MemoryUndo(Undo):
    """Undoes the last verdict."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def last(self) -> UndoableAct | None:
        return self._services.undoable

    def undo(self, case_id: int, offered: UndoableAct | None = None) -> CaseFile:
        assert offered is None or offered.case_id == case_id
        self._services.log.append(("undo", case_id))
        self._services.undoable = None
        self._services.hold(case_id)
        return self._services.show(case_id)


class MemoryChecks(Checks):
    """Staged verdicts in memory."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def why_alone(self) -> str:
        return self._services.why_alone

    def why_not(self, case_id: int) -> str:  # noqa: ARG002 - the signature of the service
        return ""

    def letter(self, case_id: int) -> tuple[str, str]:
        decisions = self._services.files[case_id].decisions
        return (decisions[-1].letter if decisions else ""), ""

    def waiting(self) -> tuple[StagedRow, ...]:
        return tuple(
            StagedRow(
                id=case_id,
                agent="",
                application_no=found.header.application_no,
                applicant_name=found.header.applicant_name,
                state=found.header.state,
                round=1,
                priority=found.header.priority,
                due_at=found.header.due_at,
                is_due_provisional=False,
                is_overdue=False,
                waits_for=None,
                assignee=None,
                held_by=None,
                held_until=None,
                blocks=2,
                warns=3,
                maker=found.decisions[-1].maker if found.decisions else "",
                received_at=found.header.received_at,
            )
            for case_id, found in self._services.files.items()
            if found.header.state is CaseState.AWAITING_CHECK
        )

    def approve(
        self, case_id: int, note: str, decision_id: int | None = None, evidence_no: int | None = None
    ) -> DecisionResult:
        assert decision_id is not None
        assert evidence_no is not None
        self._services.log.append(("approve", case_id, note))
        self._services.change(case_id, state=CaseState.FAILED)
        return DecisionResult(
            case_id=case_id,
            decision_id=1,
            verdict=Verdict.FAIL,
            state=CaseState.FAILED,
            decided_at=self._services.clocks.now(),
            release_at=None,
            notice=None,
            deadline_at=None,
            check_for=(),
        )

    def give_back(self, case_id: int, note: str, decision_id: int | None = None) -> CaseFile:
        assert decision_id is not None
        self._services.log.append(("give_back", case_id, note))
        self._services.change(case_id, state=CaseState.QUEUED)
        return self._services.show(case_id)


class MemoryReopening(Reopening):
    """Opens final cases again."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def why_not(self, case_id: int) -> str:
        return "Your own verdict." if case_id in self._services.own_verdicts else ""

    def reopen(self, case_id: int, reason: str) -> None:
        self._services.log.append(("reopen", case_id, reason))
        if case_id in self._services.files:
            self._services.change(case_id, state=CaseState.QUEUED, corrects_id=7)
        self._services.queue.put(case_id, state=CaseState.QUEUED, reopen_for=())
