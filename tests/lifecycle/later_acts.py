"""The later acts of the walk: waivers, judgements, reopenings, appeals, policies, letters sent and measures done."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from db.enums import (
    AppealOutcome,
    CaseState,
    ChecklistValue,
    ContactChannel,
    InquiryOutcome,
    ItemResult,
    VerificationKind,
)
from tests.lifecycle.acts import SUPERVISORS, act, in_states
from tests.lifecycle.clock_model import SHANGHAI, CaseClock
from tests.lifecycle.machine import LifecycleMachine
from tests.lifecycle.model import Case
from tests.lifecycle.people import VERIFIES, anybody, decider, holder, supervisor, verifier
from tests.lifecycle.stored import Row
from workbench.domain.case.appeal import AppealDecision
from workbench.services.outbox.recording import Delivery

ANSWERING = ("admin", *SUPERVISORS)
"""The people who can answer appeals, the oldest first; the admin is a supervisor too."""

DEPARTMENTS = {"fraud": 2, "numbers": 3}
"""The working days of the departments that are asked."""

_VERDICTS = {"rectifying": "two items", "pending": "applicant", "passed": "pass"}
"""The verdicts that lead to some states; the others need a final one."""

FILE_DAYS, ANSWER_DAYS, CAP_DAYS = 15, 7, 15


class WholeLifeMachine(LifecycleMachine):
    """The walk with all acts."""

    @initialize(ends=st.lists(st.sampled_from([*_VERDICTS, "failed", "appealed", "appealed"]), min_size=2, max_size=4))
    def some_cases_have_come_far(self, ends: list[str]) -> None:
        """Let some cases have a verdict before the walk begins, so that it often reaches late acts."""
        self.walking = "some_cases_have_come_far"
        for end in ends:
            self.take_next("a")
            case = next((one for one in self.cases.values() if one.is_held(self.now, "a")), None)
            if case is None:
                return
            self.decide("a", case.id, _VERDICTS.get(end, "final"))
            if case.state == "awaiting_check":
                self.approve("b", case.id)
            if end == "appealed" and case.state == "failed":
                self.appeal("b", case.id)

    # --- Chosen cases and legal holds --------------------------------------------------------------------------------

    @act(2, in_states("queued", "in_review"), anybody)
    def take(self, who: str, number: int) -> None:
        """Take a chosen case out of turn, if nothing else is on the desk."""
        case = self.cases[number]
        if self._on_desk(who, case):
            return
        is_free = not case.is_held(self.now) or case.is_held(self.now, who)
        may = case.assignee in {None, who} or who in SUPERVISORS
        allowed = case.state in {"queued", "in_review"} and is_free and may
        is_on_desk = case.is_held(self.now, who) and (not case.aside_until or case.aside_until <= self.now)
        call = self.services(who).taking.take
        if not self.attempt("take", who, case, lambda: call(number, "x"), allowed=allowed):
            return
        if not is_on_desk:
            fence = case.fence + (not case.is_held(self.now))
            case.hold(who, self.now)
            case.fence, case.returned_to = fence, None
            case.changed()
            self.fences.append((who, number, fence))
        self.expect(who, *([] if is_on_desk else [("take", number)]))

    @act(5, lambda _case: True, supervisor)
    def hold_for_a_dispute(self, who: str, number: int) -> None:
        """Put a case under legal hold, or end the hold."""
        case, holds = self.cases[number], self.services(who).legal_holds
        is_held = any(row["case_id"] == number and row["ended_at"] is None for row in self.reader.rows("legal_hold"))
        act_name, call = ("legal-hold-end", holds.end) if is_held else ("legal-hold", holds.place)
        if self.attempt(act_name, who, case, lambda: call(number, "x"), allowed=who in SUPERVISORS):
            self.expect(who, (act_name, number))

    # --- Rectification ----------------------------------------------------------------------------------------------

    @act(14, in_states("rectifying"), supervisor, at=st.integers(1, 2))
    def waive(self, who: str, number: int, at: int) -> None:
        case = self.cases[number]
        before = case.before()
        is_open = at <= len(case.items) and self.is_awaited(case, case.items[at - 1])
        call = self.services(who).waiving.waive
        allowed = who in SUPERVISORS and case.state == "rectifying" and is_open
        if not self.attempt("waive", who, case, lambda: call(number, str(at), "x"), allowed=allowed):
            return
        waived = replace(case.items[at - 1], is_waived=True)
        case.items = (*case.items[: at - 1], waived, *case.items[at:])
        case.changed()
        if not any(self.is_awaited(case, item) for item in case.items):
            case.begin_round(self.now, self.maker_of(case), self.days_of(case))
        self.can_undo(case, who, "waive", before)
        self.expect(who, ("waive", number), notices=[(number, "waived")])

    @act(30, lambda case: case.state == "in_review" and bool(case.items), holder)
    def judge(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed = case.is_held(self.now, who) and any(not item.is_waived for item in case.items[:1])
        call = self.services(who).item_judging.judge
        if self.attempt("judge", who, case, lambda: call(number, "1", ItemResult.FIXED), allowed=allowed):
            self.expect(who, ("judge", number))

    @act(1, lambda _case: True, anybody)
    def remark(self, who: str, number: int) -> None:
        remarks, case = self.services(who).remarks, self.cases[number]
        write: dict[str, Callable[[], None]] = {
            "comment": lambda: remarks.comment(number, "x"),
            "verify": lambda: remarks.verify(number, VerificationKind.PHONE, "x"),
            "checklist": lambda: remarks.checklist(number, "NAMES-EQUAL", ChecklistValue.YES),
            "contact": lambda: remarks.contact(number, ContactChannel.PHONE, "x"),
        }
        for kind, call in write.items():
            if self.attempt(kind, who, case, call, allowed=case.is_open or kind in {"comment", "contact"}):
                self.expect(who, (kind, number))

    # --- Inquiries ---------------------------------------------------------------------------------------------------

    @act(
        2,
        lambda case: case.is_open and case.state != "incomplete",
        anybody,
        department=st.sampled_from(sorted(DEPARTMENTS)),
    )
    def inquire(self, who: str, number: int, department: str) -> None:
        case = self.cases[number]
        is_asked = any(asked == department for asked, _asker in case.inquiries.values())
        allowed = case.is_open and case.state != "incomplete" and not is_asked
        call = self.services(who).inquiries.inquire
        for line in self.attempt("inquire", who, case, lambda: call(number, department, "x"), allowed=allowed):
            case.inquiries = {**case.inquiries, line.id: (department, who)}
            assert line.due_at == CaseClock(self.now, DEPARTMENTS[department]).due_at(self.suspensions.hours, ())
            self.expect(who, ("inquire", number))

    @act(3, lambda case: bool(case.inquiries), verifier)
    def answer_an_inquiry(self, who: str, number: int) -> None:
        """Answer the oldest open inquiry; another department is refused before it learns of the case."""
        case = self.cases[number]
        for inquiry, (department, asker) in list(case.inquiries.items())[:1]:
            is_theirs, call = VERIFIES.get(who) == department, self.services(who).inquiries.answer
            answered, allowed = case if is_theirs else None, is_theirs and who != asker
            confirm = partial(call, inquiry, InquiryOutcome.CONFIRMED, "x")
            if self.attempt("inquiry-answer", who, answered, confirm, allowed=allowed):
                case.end_inquiry(inquiry, self.now)
                case.new_evidence()
                self.expect(who, ("inquiry-answer", number))

    @act(2, lambda case: bool(case.inquiries), anybody)
    def withdraw_an_inquiry(self, who: str, number: int) -> None:
        case = self.cases[number]
        for inquiry in list(case.inquiries)[-1:]:
            call = partial(self.services(who).inquiries.withdraw, inquiry, "x")
            if self.attempt("inquiry-withdraw", who, case, call, allowed=True):
                case.end_inquiry(inquiry, self.now)
                self.expect(who, ("inquiry-withdraw", number))

    @invariant()
    def inquiries_are_open_as_the_model_has_them(self) -> None:
        opened = {number: row["case_id"] for number, row in self.stored.inquiries.items() if row["status"] == "open"}
        assert opened == {number: case.id for case in self.cases.values() for number in case.inquiries}

    # --- Reopening and appeals ---------------------------------------------------------------------------------------

    @act(10, in_states("passed", "failed", "lapsed"), supervisor)
    def reopen(self, who: str, number: int) -> None:
        case = self.cases[number]
        before, allowed, corrects = case.before(), False, None
        if case.state in {"passed", "failed", "lapsed"}:
            verdict = self.stored.in_force(number)
            allowed = who in SUPERVISORS and who not in self._involved(case, verdict) and self.may_come_back(case)
            is_told = is_told_of(self.stored.notices.values(), verdict, self.now)
            corrects = verdict["id"] if is_told else verdict["corrects_id"]
        call = self.services(who).reopening.reopen
        letterless = self._letterless(case, lambda _row: True)
        if self.attempt("reopen", who, case, lambda: call(number, "x"), allowed=allowed):
            case.letterless |= letterless
            case.assignee = case.returned_to = None
            case.is_rectification_open = False
            case.clock = CaseClock(self.now, self.days_of(case))
            case.to_queue(self.now)
            assert self.stored.cases[number]["corrects_id"] == corrects
            self.can_undo(case, who, "reopen", before)
            self.expect(who, ("reopen", number), notices=[(number, "reopened")] if corrects else [])

    def _involved(self, case: Case, verdict: Row) -> set[str | None]:
        """Return who made or checked the result of a case."""
        ids = [verdict["maker_id"], verdict["checker_id"]]
        closed = [row for row in self._appeals(case) if row["status"] == "closed"]
        ids += [id_ for row in closed[-1:] for id_ in (row["decided_by_id"], row["checker_id"])]
        return {self.stored.logins[id_] for id_ in ids if id_ is not None}

    def _appeals(self, case: Case) -> list[Row]:
        return [row for row in self.stored.appeals.values() if row["case_id"] == case.id]

    @act(12, in_states("failed", "lapsed"), anybody)
    def appeal(self, who: str, number: int) -> None:
        case = self.cases[number]
        before, can_appeal = case.before(), case.state in {"failed", "lapsed"} and self.may_come_back(case)
        allowed = can_appeal and self._is_in_time(case)
        untouched = frozenset(ANSWERING) - self.touched[number]
        call = self.services(who).appeals.file
        if self.attempt("appeal", who, case, lambda: call(number, "x"), allowed=allowed):
            case.before_appeal, case.fit_to_decide = before, untouched
            case.enter("appealed", self.now)
            case.clock = CaseClock(self.now, ANSWER_DAYS, cap_days=CAP_DAYS)
            case.assignee = min(untouched, key=self._open_appeals, default=None)
            case.returned_to = None
            self.can_undo(case, who, "appeal", before)
            self.expect(who, ("appeal", number), notices=[(number, "appeal-received")])

    def _open_appeals(self, who: str) -> tuple[int, int]:
        mine = [one for one in self.cases.values() if one.state == "appealed" and one.assignee == who]
        return len(mine), ANSWERING.index(who)

    def _is_in_time(self, case: Case) -> bool:
        """Say whether the result of a case can still be appealed, and was not appealed before."""
        verdict = self.stored.in_force(case.id)
        closed = [row for row in self._appeals(case) if row["status"] == "closed"]
        if closed and closed[-1]["decision_id"] == verdict["id"]:
            return False
        letter = self.stored.letter(case.id, "lapsed" if case.state == "lapsed" else "fail")
        assert letter is not None
        told = max(letter["created_at"], letter["sent_at"] or letter["created_at"])
        last_day = self.suspensions.hours.working_days_after(told.astimezone(SHANGHAI).date(), FILE_DAYS)
        return bool(self.now.astimezone(SHANGHAI).date() <= last_day)

    @act(15, in_states("appealed"), decider, answer=st.sampled_from(["stands", "queued", "passed"]))
    def decide_appeal(self, who: str, number: int, answer: str) -> None:
        case = self.cases[number]
        before, outcome = case.before(), AppealOutcome.STANDS if answer == "stands" else AppealOutcome.OVERTURNED
        to_state = None if answer == "stands" else CaseState(answer)
        request = AppealDecision(case_id=number, outcome=outcome, note="x", to_state=to_state)
        allowed = case.state == "appealed" and who in case.fit_to_decide
        if allowed and answer == "passed":
            self.open_documents(who, case)
        call = self.services(who).appeals.decide
        if self.attempt("appeal-decide", who, case, lambda: call(request), allowed=allowed):
            case.enter("awaiting_check", self.now)
            case.decider = who
            self.can_undo(case, who, "appeal-decide", before, is_staged=True)
            self.expect(who, ("appeal-decide", number))

    @invariant()
    def nobody_answers_an_appeal_against_an_own_verdict_or_checks_an_own_answer(self) -> None:
        for row in self.stored.appeals.values():
            verdict = self.stored.decisions[row["decision_id"]]
            makers = {verdict["maker_id"], verdict["checker_id"]} - {None}
            assert not {row["decided_by_id"], row["checker_id"]} & makers, row
            assert row["checker_id"] is None or row["checker_id"] != row["decided_by_id"], row

    @invariant()
    def a_case_has_an_open_appeal_only_while_it_is_appealed(self) -> None:
        for case in self.cases.values():
            waiting = [row["status"] for row in self._appeals(case) if row["status"] in {"open", "staged"}]
            expected = ["staged"] if case.decider else ["open"] * (case.state == "appealed")
            assert waiting == expected, (case, waiting)

    @invariant()
    def every_appeal_has_its_letters_once(self) -> None:
        for case in self.cases.values():
            statuses = [row["status"] for row in self._appeals(case) if row["status"] != "undone"]
            letters = [
                row["kind"]
                for row in self.stored.notices.values()
                if row["case_id"] == case.id and row["cancelled_at"] is None
            ]
            assert letters.count("appeal-decided") == statuses.count("closed"), (case, statuses)
            assert letters.count("appeal-withdrawn") == statuses.count("withdrawn"), (case, statuses)

    # --- Letters and measures ----------------------------------------------------------------------------------------

    @act(4, in_states("rectifying", "pending", "lapsed"), supervisor)
    def send_its_letters(self, who: str, number: int) -> None:
        """Mark the letters of a case as sent; one sent late moves its deadline on."""
        case = self.cases[number]
        owed = [
            row
            for row in self.stored.notices.values()
            if row["case_id"] == number
            and row["cancelled_at"] is None
            and row["sent_at"] is None
            and row["release_at"] <= self.now
        ]
        if not owed:
            return
        call = self.services(who).notices.record
        sent = [Delivery(notice_id=row["id"], sent_at=self.now) for row in owed]
        done = self.attempt("notices sent", who, None, lambda: call(sent), allowed=True)
        assert done[0].sent == len(owed)
        letters = self.letters_about(case, self.stored_before)
        moved = [row for row in owed if self.moves_deadline(case, row, self.now)]
        acts, notices = self.take_back_early_lapse(case, letters) if moved else ([], [])
        if moved and not acts and case.state == "rectifying":
            notices = self.correct_deadline(case, letters)
        acts += [("notice-sent", number)] * len(owed) + [("sent-late", number)] * len(moved)
        self.expect(who, *acts, ("notices sent", None), notices=notices)

    @act(4, in_states("failed", "rectifying", "passed"), supervisor)
    def carry_out_its_measures(self, who: str, number: int) -> None:
        owed = [row["id"] for row in self._orders(number) if is_open(row) and row["release_at"] <= self.now]
        if not owed:
            return
        self.extra += 1
        path = Path(self.desk.folder) / f"done{self.extra}.txt"
        path.write_text("".join(f"{order}\n" for order in owed), encoding="utf-8")
        call = self.services(who).measures.report
        if self.attempt("measures done", who, None, lambda: call(path), allowed=who in SUPERVISORS):
            self.expect(who, ("measures done", number))

    def _orders(self, number: int) -> list[Row]:
        return [row for row in self.stored.orders.values() if row["case_id"] == number]

    @invariant()
    def a_number_has_one_open_order_at_most_and_a_pass_leaves_none_barred(self) -> None:
        for case in self.cases.values():
            orders = self._orders(case.id)
            assert sum(map(is_open, orders)) <= 1, orders
            assert case.state != "passed" or not self.is_barred(case), orders


def is_open(order: Row) -> bool:
    """Say whether an order is neither carried out nor cancelled."""
    return order["done_at"] is None and order["cancelled_at"] is None


def is_told_of(notices: Any, verdict: Row, now: Any) -> bool:
    """Say whether the letter of a verdict was released, so that the applicant knows it."""
    own = [row for row in notices if row["decision_id"] == verdict["id"] and row["cancelled_at"] is None]
    return any(row["release_at"] <= now for row in own)
