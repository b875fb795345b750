"""The acts of the walk that give, check and undo verdicts."""

import re
from collections import Counter
from functools import partial
from typing import Any

from hypothesis import strategies as st

from db.enums import DocumentKind, FailKind, Measure, Verdict, WaitsFor
from tests.lifecycle.acts import act, in_states
from tests.lifecycle.clock_model import CaseClock
from tests.lifecycle.late_letters import LateLetters
from tests.lifecycle.leftovers import leftovers
from tests.lifecycle.model import ASIDE, HOLD, MOST_HELD, Case, Item, Undoable, held_count
from tests.lifecycle.people import checker, holder, last_actor, maker
from tests.lifecycle.stored import Row
from workbench.domain.case.casefile import DecisionResult, ItemRequest, VerdictRequest

RESTORED = (
    *("state", "round", "waits_for", "assignee", "returned_to", "clock", "next_on", "deadline", "maker", "asked_at"),
    *("items", "is_rectification_open", "decider", "fit_to_decide", "before_appeal", "letterless", "undoable"),
    "lapsed_inquiries",
)
"""What an undo restores of a case."""

UNDONE: Counter[str] = Counter()
"""How often each act was undone at once, so that all tables were compared with those before it."""

ID_NAME = Item(frozenset({DocumentKind.BIZ_LICENSE, DocumentKind.AUTH_LETTER, DocumentKind.COMMITMENT_LETTER}))
ITEMS = {"two items": (ID_NAME, Item(frozenset({DocumentKind.AGENT_ID_FRONT})))}
"""What verdicts ask for, if not the name only."""

verdicts = st.sampled_from(
    [
        *("final", "fixable", "applicant", "pass", "two items", "carrier", "department", "department", "two items"),
        *("no reason", "final barred", "final barred", "fixable barred"),
    ]
)


class VerdictActs(LateLetters):
    """The walk with verdicts."""

    @act(12, in_states("in_review"), holder, verdict=verdicts)
    def decide(self, who: str, number: int, verdict: str) -> None:
        self._decide(who, self.cases[number], verdict, None)

    @act(2, verdict=verdicts, at=st.integers(0, 5))
    def decide_with_a_remembered_fence(self, verdict: str, at: int) -> None:
        # The undo of an import deletes its cases.
        fences = [one for one in self.fences if one[1] in self.cases]
        if fences:
            who, number, fence = fences[-1 - at % len(fences)]
            self._decide(who, self.cases[number], verdict, fence)

    def _decide(self, who: str, case: Case, verdict: str, fence: int | None) -> None:
        is_mine = case.state == "in_review" and case.held_by == who
        allowed = is_mine and (case.is_held(self.now) if fence is None else fence == case.fence)
        row = self.stored.cases[case.id]
        needs_check = row["block_count"] > 0 or row["risk"] == "high" or self.is_barred(case)
        is_staged = verdict.startswith("final") or (verdict == "pass" and needs_check)
        request = _request(case.id, verdict, fence, has_block=row["block_count"] > 0)
        before = case.before()
        verdicts, may_decide = self.services(who).verdicts, allowed and verdict != "no reason"
        if may_decide and verdict == "pass":
            self.open_documents(who, case)
        letter = verdicts.letter(request)[0] if may_decide else ""
        done = self.attempt("decide", who, case, lambda: verdicts.decide(request), allowed=may_decide)
        if not done:
            return
        decision = self.stored.decisions[done[0].decision_id]
        case.let_go()
        case.returned_to = None
        if is_staged:
            case.enter("awaiting_check", self.now)
            case.maker, case.is_contradicted = who, False
        else:
            assert done[0].notice == letter
            case.take_effect(decision, self.now)
            self.check_correction(decision)
            if case.state == "rectifying":
                case.items = ITEMS.get(verdict, (ID_NAME,))
        self.can_undo(case, who, "decide", before, is_staged=is_staged)
        self.expect(who, ("decide", case.id), notices=[] if is_staged else [(case.id, decision["verdict"])])

    def open_documents(self, who: str, case: Case) -> None:
        """Open the documents of a case, because the policy wants those of a finding opened before a pass."""
        documents = self.services(who).documents
        for line in documents.list(case.id):
            if who not in {access.login for access in line.openings}:
                opening = partial(documents.record_opening, case.id, line, "shown")
                self.attempt("documents", who, case, opening, allowed=True)
                self.expect(who, ("documents", case.id))

    @act(10, in_states("awaiting_check"), checker)
    def approve(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed, before = self._may_check(case, who), case.before()
        is_appeal = bool(case.decider)
        if case.is_contradicted and not is_appeal:
            # Its approval was undone after the finding came; approving it again would void it.
            return
        done = self.attempt(
            "approve", who, case, lambda: self.services(who).checks.approve(number, "x"), allowed=allowed
        )
        if done and is_appeal:
            self._answer_appeal(case)
            acts, notices = self.take_back_early_lapse(case, self.letters_about(case, self.stored_before))
            self.can_undo(case, who, "approve", before)
            self.expect(who, ("approve", number), *acts, notices=[(number, "appeal-decided"), *notices])
        elif done:
            assert isinstance(done[0], DecisionResult)
            decision = self.stored.decisions[done[0].decision_id]
            case.take_effect(decision, self.now)
            case.returned_to = None
            self.check_correction(decision)
            self.can_undo(case, who, "approve", before)
            self.expect(who, ("approve", number), notices=[(number, decision["verdict"])])

    def check_correction(self, decision: Row) -> None:
        """Check that the letter of a verdict that corrects an earlier result names the last letter that told one."""
        number = decision["case_id"]
        own = [one for one in self.stored.notices.values() if one["case_id"] == number and one["cancelled_at"] is None]
        (letter,) = (one for one in own if one["decision_id"] == decision["id"])
        answers = [one["id"] for one in own if one["kind"] == "appeal-decided"]
        closed = [one for one in self.stored.appeals.values() if one["case_id"] == number and one["status"] == "closed"]
        told = [one["id"] for one in own if one["kind"] in {"pass", "fail", "lapsed"} and one is not letter]
        told += [answer for answer, appeal in zip(answers, closed, strict=True) if appeal["to_state"] != "queued"]
        named = re.findall("通知编号([0-9]+)", letter["body"])
        assert named == ([str(max(told))] if decision["corrects_id"] else []), (letter["body"], told)

    def _may_check(self, case: Case, who: str) -> bool:
        """Say whether a person may check what waits: no own verdict, and no answer to an appeal against one."""
        involved = {case.maker, case.returned_to}
        if case.decider:
            verdict, logins = self.stored.in_force(case.id), self.stored.logins
            involved = {case.decider, logins[verdict["maker_id"]], logins.get(verdict["checker_id"])}
        return case.state == "awaiting_check" and who not in involved

    def _answer_appeal(self, case: Case) -> None:
        """Put the answer to an appeal into force."""
        appeal = next(row for row in reversed(self.stored.appeals.values()) if row["case_id"] == case.id)
        if appeal["outcome"] == "stands":
            case.end_appeal()
            return
        case.decider, case.assignee, case.returned_to, case.is_rectification_open = "", None, None, False
        if appeal["to_state"] == "passed":
            case.enter("passed", self.now)
        else:
            case.clock = CaseClock(self.now, self.days_of(case))
            case.enter("queued", self.now)
            case.skipped_by.clear()

    @act(2, in_states("awaiting_check"), maker)
    def approve_an_own_verdict(self, who: str, number: int) -> None:
        self.approve(who, number)

    @act(16, in_states("awaiting_check"), checker)
    def give_back(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed, before = self._may_check(case, who), case.before()
        if self.attempt("return", who, case, lambda: self.services(who).checks.give_back(number, "x"), allowed=allowed):
            if case.decider:
                case.state, case.assignee, case.decider = "appealed", case.decider, ""
                self.can_undo(case, who, "return", before)
                self.expect(who, ("return", number))
                return
            owner = case.returned_to or case.maker
            case.returned_to = case.assignee = owner
            case.new_evidence()
            if held_count(self.cases.values(), owner, self.now) < MOST_HELD:
                case.hold(owner, self.now)
            else:
                case.enter("queued", self.now)
            case.maker = ""
            self.can_undo(case, who, "return", before)
            self.expect(who, ("return", number))

    @act(8, lambda case: case.undoable is not None, last_actor)
    def undo(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed = case.can_be_undone_by(who, self.now) and self.may_come_back(case)
        act = case.undoable
        if self.attempt("undo", who, case, lambda: self.services(who).undo.undo(number), allowed=allowed):
            assert act is not None
            if act.turn == self.turn:
                left = leftovers(act.stored, self.stored, number)
                assert left == [], (act.act, left)
                UNDONE[act.act] += 1
            self._restore(case, act)
            letters = self.letters_about(case, act.stored)
            # What was sent late since the act moves the deadline that is in force again.
            moved = [row for row in letters if row["sent_at"] and self.moves_deadline(case, row, row["sent_at"])]
            is_moved = self.follow_suspensions(case)
            acts, notices = self.take_back_early_lapse(case, letters)
            acts += [("undo", number)] + [("deadline-moved", number)] * (len(moved) + is_moved)
            # A letter about the deadline of a lapsed case may also be about its appeal.
            is_open = case.state in {"rectifying", "pending"}
            told = (
                [(number, "deadline-moved")]
                if is_open
                else list(self.new_notices & Counter([(number, "deadline-moved")]))
            )
            self.expect(who, *acts, notices=notices + told * is_moved)

    def _restore(self, case: Case, act: Undoable) -> None:
        """Put a case back to what it was before an act; fence and skips stay."""
        before = act.before
        for name in RESTORED:
            setattr(case, name, getattr(before, name))
        if act.act == "extend-deadline":
            case.told, case.moved_to = before.told, before.moved_to
        assert all(self.stored.notices[number]["cancelled_at"] is not None for number in act.letters)
        # What the act ended is open again; what was asked since stays open, unless the case has its result again.
        case.inquiries = {**before.inquiries, **case.inquiries}
        case.end_inquiries()
        case.let_go()
        if act.act == "decide":
            self._hold_again(case, act.who)
        elif case.state == "in_review" and before.held_by is not None:
            aside, until = before.aside_until, before.held_until
            was_on_desk = until is not None and until > self.now and not (aside and aside > self.now)
            if was_on_desk and before.held_by == act.who:
                self._hold_again(case, act.who)
                return
            # Another's act gives the holder no more time, and leaves what is on the desk by now.
            case.held_by, case.held_until, case.aside_until = before.held_by, until, aside
            case.fence += 1
            if was_on_desk and self._on_desk(before.held_by, case):
                case.aside_until = until

    def _hold_again(self, case: Case, who: str) -> None:
        for other in self._on_desk(who, case):
            other.aside_until, other.held_until = self.now, self.now + ASIDE + HOLD
            other.changed()
        case.hold(who, self.now)

    def _on_desk(self, who: str, case: Case) -> list[Case]:
        """Return the other cases that a person has on the desk."""
        held = [one for one in self.cases.values() if one is not case and one.is_held(self.now, who)]
        return [one for one in held if not one.aside_until or one.aside_until <= self.now]


def _request(case_id: int, verdict: str, fence: int | None, *, has_block: bool) -> VerdictRequest:
    """Return the request of a verdict."""
    values: dict[str, dict[str, Any]] = {
        "pass": {"verdict": Verdict.PASS, "reasons": ("OK-OVERRIDE",) if has_block else ("OK",), "note": "x"},
        "final": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("ID-RIC",)},
        "fixable": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FIXABLE, "reasons": ("ID-NAME",)},
        "applicant": {"verdict": Verdict.PENDING, "reasons": ("WAIT-APPLICANT",), "waits_for": WaitsFor.APPLICANT},
        "department": {"verdict": Verdict.PENDING, "reasons": ("WAIT-DEPARTMENT",), "waits_for": WaitsFor.DEPARTMENT},
        "carrier": {"verdict": Verdict.PENDING, "reasons": ("WAIT-CARRIER",), "waits_for": WaitsFor.CARRIER},
        "two items": {
            "verdict": Verdict.FAIL,
            "fail_kind": FailKind.FIXABLE,
            "reasons": ("ID-NAME",),
            "items": (ItemRequest(code="ID-NAME"), ItemRequest(code="AGENT_ID_FRONT")),
        },
        "no reason": {"verdict": Verdict.PENDING},
    }
    kind = verdict.removesuffix(" barred")
    measure = Measure.NONE if kind == verdict else Measure.BAR_OUT
    return VerdictRequest(case_id=case_id, fence=fence, measure=measure, **values[kind])
