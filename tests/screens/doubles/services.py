"""An office in memory for tests of the screens: the rules are the real ones, the database is a dictionary."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from types import SimpleNamespace
from typing import Any

from db.enums import CaseState, ChecklistValue, FailKind, Role, Verdict, VerificationKind
from tests.screens.cases import NOW, casefile, clean, troubled
from tests.screens.documents.papers import PaperStore
from tests.screens.doubles.calendar import MemoryCalendars
from tests.screens.doubles.forecast import MemoryForecasts
from tests.screens.doubles.queue import MemoryAssigning, MemoryQueue
from workbench.domain.case.actor import Actor
from workbench.domain.case.casefile import (
    CaseFile,
    CaseRowView,
    Decided,
    DecisionLine,
    DeskCounts,
    Empty,
    ItemLine,
    Undoable,
    VerdictPreview,
    VerdictRequest,
    VerificationLine,
)
from workbench.domain.case.verdict import check_reasons_for, items_for, pending_waits_for, problems_of
from workbench.domain.evidence.evidence import Evidence
from workbench.errors import Busy, NotAllowed
from workbench.services.deadlines.tick import Ticked
from workbench.services.notices.verdict_letter_facts import causes, worded_items
from workbench.services.queue.lost_holds import LostHold

HOLD = timedelta(minutes=30)


class Clocks:
    """Two clocks that stand still until a test moves them."""

    def __init__(self) -> None:
        self.at = NOW
        self.seconds = 100.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


class MemoryServices:
    """What the screens use of an office, and what a test may look at afterwards."""

    def __init__(self, clocks: Clocks, *evidence: Evidence, login: str = "rev1") -> None:
        self.clocks = clocks
        self.actor = Actor(id=1, login=login, roles=frozenset({Role.REVIEWER}), identity="named:1")
        self.evidence = dict(enumerate(evidence or (clean(), troubled()), start=123))
        self.files: dict[int, CaseFile] = {number: casefile(number, found) for number, found in self.evidence.items()}
        self.saved: dict[int, dict[str, Any]] = {}
        self.decided: list[VerdictRequest] = []
        self.log: list[tuple[Any, ...]] = []
        self.empty = Empty(kind="none")
        self.renewal_is_lost = False
        self.why_alone = ""
        self.new_evidence = False
        self.loss: LostHold | None = None
        self._undoable: Undoable | None = None
        self._lock = Lock()
        self.claims = SimpleNamespace(
            next=self._next,
            renew=self._renew,
            release=self._release,
            skip=self._skip,
            aside=self._aside,
            explain=self._explain,
            loss=lambda _number, _fence: self.loss,
        )
        self.casefiles = SimpleNamespace(
            show=self._show,
            reveal=self._reveal,
            reveal_identity=self._reveal_identity,
            evidence_no=self._evidence_no,
        )
        self.drafts = SimpleNamespace(save=self._save)
        self.verdicts = SimpleNamespace(preview=self._preview, decide=self._decide)
        self.undo = SimpleNamespace(last=lambda: self._undoable, undo=self._undo)
        self.checks = SimpleNamespace(
            waiting=self._waiting, approve=self._approve, give_back=self._give_back, why_alone=lambda: self.why_alone
        )
        self.documents = PaperStore(self)
        self.remarks = SimpleNamespace(comment=self._comment, verify=self._verify, checklist=self._checklist)
        self.queue = MemoryQueue(self._counts, lambda: self.actor.login)
        self.assigning = MemoryAssigning(self.queue)
        self.calendars = MemoryCalendars(next(iter(self.files.values())).policy.hours.periods)
        self.forecasts = MemoryForecasts(lambda number: self.files[number].header.state)

    def catch_up(self) -> Ticked:
        """Do what is due by now; here nothing ever is."""
        return Ticked(queued=0, lapsed=0, delayed=0, resumed=0)

    def leave(self) -> None:
        """Break off what is done beside the work; here nothing is."""

    def change(self, number: int, **changes: Any) -> None:
        """Change the head of a case."""
        kept = self.files[number]
        self.files[number] = replace(kept, header=replace(kept.header, **changes))

    def _show(self, number: int) -> CaseFile:
        return replace(self.files[number], draft=self.saved.get(number, {}))

    def _evidence_no(self, number: int) -> int:
        return self.files[number].header.evidence_no

    def _counts(self) -> DeskCounts:
        states = [found.header.state for found in self.files.values()]
        return DeskCounts(
            queued=states.count(CaseState.QUEUED),
            due_today=1,
            breached=0,
            held_by_me=states.count(CaseState.IN_REVIEW),
            to_check=states.count(CaseState.AWAITING_CHECK),
        )

    def _next(self) -> CaseFile | Empty:
        with self._lock:
            for state in (CaseState.IN_REVIEW, CaseState.QUEUED):
                for number, found in self.files.items():
                    if found.header.state is state and found.header.aside_until is None:
                        self._hold(number)
                        return self._show(number)
        return self.empty

    def _hold(self, number: int) -> None:
        self.change(
            number,
            state=CaseState.IN_REVIEW,
            held_by=self.actor.login,
            held_until=self.clocks.now() + HOLD,
            fence=self.files[number].header.fence + 1,
        )

    def _renew(self, number: int) -> datetime | None:
        self.log.append(("renew", number))
        return None if self.renewal_is_lost else self.clocks.now() + HOLD

    def _release(self, number: int) -> None:
        self.log.append(("release", number))
        self.change(number, state=CaseState.QUEUED, held_by=None, held_until=None)

    def _skip(self, number: int, reason: str) -> None:
        self.log.append(("skip", number, reason))
        self.change(number, state=CaseState.PENDING, held_by=None, held_until=None)

    def _aside(self, number: int, until: datetime | None) -> None:
        self.log.append(("aside", number, until))
        self.change(number, aside_until=until or self.clocks.now() + timedelta(hours=2))

    def _explain(self, number: int) -> tuple[str, ...]:
        return ("Priority high, class standard, risk high [/b].", f"Due on the second working day, C-{number:06}.")

    def _reveal(self, number: int, field: str) -> str:
        self.log.append(("reveal", number, field))
        return self._clear(number)[field]

    def _reveal_identity(self, number: int) -> dict[str, str]:
        self.log.append(("reveal", number, "identity"))
        return self._clear(number)

    def _clear(self, number: int) -> dict[str, str]:
        found = self.evidence[number]
        names = ("legal_rep_name", "legal_rep_id_no", "handler_name", "handler_id_no", "contact_phone")
        values = {name: str(getattr(found.application, name)) for name in names}
        return values | {f"msisdn:{at}": card.msisdn for at, card in enumerate(found.cards)}

    def _save(self, number: int, body: Mapping[str, Any]) -> None:
        self.saved[number] = dict(body)

    def _preview(self, request: VerdictRequest) -> VerdictPreview:
        found = self._show(request.case_id)
        fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
        return VerdictPreview(
            letter=causes(found, request.reasons) if request.letter is None else request.letter,
            items=worded_items(found, items_for(request, found.policy)) if fixable else (),
            own_items=worded_items(found, items_for(replace(request, items=()), found.policy)) if fixable else (),
            deadline_at=self._deadline() if fixable else None,
            until=request.until or (self._deadline().date() if request.verdict is Verdict.PENDING else None),
            waits_for=request.waits_for or pending_waits_for(request.reasons, found.policy),
            measures=found.policy.measures.get(request.verdict, ()),
            check_for=check_reasons_for(request, found.policy, found.findings, found.header.risk),
            open_questions=tuple(line.question for line in found.checklist if line.answer is None),
            has_new_evidence=self.new_evidence and request.evidence_no is not None,
            problems=self._problems(request, found),
            unopened=self.documents.unopened(request.case_id),
        )

    def _problems(self, request: VerdictRequest, found: CaseFile) -> tuple[str, ...]:
        filled = replace(request, waits_for=request.waits_for or pending_waits_for(request.reasons, found.policy))
        return problems_of(filled, found.policy, found.findings)

    def _deadline(self) -> datetime:
        return self.clocks.now() + timedelta(days=9)

    def _decide(self, request: VerdictRequest) -> Decided:
        found = self._show(request.case_id)
        if found.header.held_by != self.actor.login:
            raise NotAllowed("Nobody holds it.")
        if self.new_evidence and request.evidence_no is not None:
            raise Busy("Evidence arrived.")
        problems = self._problems(request, found)
        if problems:
            raise NotAllowed(problems[0])
        self.decided.append(request)
        preview = self._preview(request)
        until = None if preview.check_for else self.clocks.now() + timedelta(seconds=60)
        line = DecisionLine(
            id=len(self.decided),
            round=1,
            verdict=request.verdict,
            fail_kind=request.fail_kind,
            measure=request.measure,
            reasons=request.reasons,
            note=request.note,
            letter=preview.letter,
            status="staged" if preview.check_for else "applied",
            maker=self.actor.login,
            decided_at=self.clocks.now(),
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
        self.files[request.case_id] = replace(self.files[request.case_id], decisions=(line, *found.decisions))
        self.change(request.case_id, state=state, held_by=None, held_until=None)
        self._undoable = Undoable(case_id=request.case_id, decision_id=line.id, verdict=request.verdict, until=until)
        return Decided(
            case_id=request.case_id,
            decision_id=line.id,
            verdict=request.verdict,
            state=state,
            decided_at=self.clocks.now(),
            release_at=until,
            notice=f"虚构远声:\n{preview.letter}",
            deadline_at=preview.deadline_at,
            check_for=preview.check_for,
        )

    def _undo(self, number: int) -> CaseFile:
        self.log.append(("undo", number))
        self._undoable = None
        self._hold(number)
        return self._show(number)

    def _waiting(self) -> tuple[CaseRowView, ...]:
        return tuple(
            CaseRowView(
                id=number,
                agent="",
                application_no=found.header.application_no,
                applicant_name=found.header.applicant_name,
                state=found.header.state,
                round=1,
                priority=found.header.priority,
                due_at=found.header.due_at,
                is_due_provisional=False,
                is_breached=False,
                waits_for=None,
                assignee=None,
                held_by=None,
                held_until=None,
                blocks=2,
                warns=3,
                received_at=found.header.received_at,
            )
            for number, found in self.files.items()
            if found.header.state is CaseState.AWAITING_CHECK
        )

    def _approve(self, number: int, note: str, decision_id: int | None = None) -> Decided:
        assert decision_id is not None
        self.log.append(("approve", number, note))
        self.change(number, state=CaseState.FAILED)
        return Decided(
            case_id=number,
            decision_id=1,
            verdict=Verdict.FAIL,
            state=CaseState.FAILED,
            decided_at=self.clocks.now(),
            release_at=None,
            notice=None,
            deadline_at=None,
            check_for=(),
        )

    def _give_back(self, number: int, note: str, decision_id: int | None = None) -> CaseFile:
        assert decision_id is not None
        self.log.append(("give_back", number, note))
        self.change(number, state=CaseState.QUEUED)
        return self._show(number)

    def _comment(self, number: int, text: str) -> None:
        self.log.append(("comment", number, text))

    def _verify(self, number: int, kind: VerificationKind, result: str) -> None:
        line = VerificationLine(kind=kind.value, result=result, by=self.actor.login, at=self.clocks.now())
        self.files[number] = replace(self.files[number], verifications=(line,))

    def _checklist(self, number: int, question: str, answer: ChecklistValue, _note: str) -> None:
        lines = tuple(
            replace(line, answer=answer.value) if line.question == question else line
            for line in self.files[number].checklist
        )
        self.files[number] = replace(self.files[number], checklist=lines)
