"""The acts of the walk by which applicants answer, resubmit and withdraw, and imports bring what they sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from db.enums import DocumentKind, ImportKind, Measure
from tests.lifecycle.acts import act, in_states, is_open
from tests.lifecycle.clock_model import SHANGHAI, CaseClock
from tests.lifecycle.first_cases import ID_NUMBERS, applied
from tests.lifecycle.model import Case
from tests.lifecycle.people import anybody
from tests.lifecycle.stored import Row
from tests.lifecycle.verdict_acts import VerdictActs
from tests.lifecycle.walk import CLASS_DAYS


class ApplicantActs(VerdictActs):
    """The walk with what applicants do."""

    @act(10, in_states("pending"), anybody)
    def answer(self, who: str, number: int) -> None:
        case = self.cases[number]
        before = case.before()
        call = self.services(who).remarks.answer
        if self.attempt("answer", who, case, lambda: call(number), allowed=case.state == "pending"):
            case.to_queue(self.now)
            self.can_undo(case, who, "answer", before)
            self.expect(who, ("answer", number))

    @act(12, in_states("rectifying", "lapsed"), anybody, is_late=st.booleans())
    def resubmit(self, who: str, number: int, is_late: bool) -> None:
        """Record what came now, or what came before the deadline and is recorded late."""
        case = self.cases[number]
        before, received = case.before(), self.now
        if is_late and case.ends_at is not None:
            received = min(self.now, case.ends_at)
        is_in_time = case.ends_at is not None and (case.ends_at >= received or self.suspensions.keep_open(case.ends_at))
        allowed = case.state in {"rectifying", "lapsed"} and is_in_time and self.may_come_back(case)
        notices = self._corrected_lapse(case)
        call = self.services(who).remarks.resubmit
        if self.attempt("resubmit", who, case, lambda: call(number, "", received), allowed=allowed):
            case.begin_round(received, self.maker_of(case), self.days_of(case))
            self.can_undo(case, who, "resubmit", before)
            self.expect(who, ("resubmit", number), notices=notices)

    @act(6, in_states("lapsed"), anybody)
    def resubmit_what_came_in_time(self, who: str, number: int) -> None:
        """Record after the lapse what came before the deadline."""
        self.resubmit(who, number, is_late=True)

    def _corrected_lapse(self, case: Case) -> list[tuple[int, str]]:
        """Return the letter that takes a lapse back: none if the letter about the lapse is not released yet."""
        letter = self.stored.letter(case.id, "lapsed")
        is_told = letter is not None and (letter["release_at"] <= self.now or letter["sent_at"] is not None)
        return [(case.id, "lapse-undone")] if case.state == "lapsed" and is_told else []

    @act(1, is_open, anybody)
    def withdraw(self, who: str, number: int) -> None:
        case = self.cases[number]
        before, is_appeal = case.before(), case.state == "appealed" or bool(case.decider)
        call = self.services(who).remarks.withdraw
        if self.attempt("withdraw", who, case, lambda: call(number, "x"), allowed=case.is_open):
            acts: list[tuple[str, int]] = []
            notices = [(number, "appeal-withdrawn" if is_appeal else "withdrawn")]
            if is_appeal:
                case.end_appeal()
                acts, letters = self.take_back_early_lapse(case, self.letters_about(case, self.stored_before))
                notices += letters
            else:
                case.letterless |= self._letterless(case, lambda row: row["measure"] == Measure.NONE)
                case.let_go()
                case.enter("withdrawn", self.now)
                case.assignee = case.returned_to = None
                case.is_rectification_open = False
            self.can_undo(case, who, "withdraw", before)
            self.expect(who, ("withdraw", number), *acts, notices=notices)

    def _letterless(self, case: Case, condition: Callable[[Row], bool]) -> frozenset[int]:
        """Return the verdicts on a case whose letters are not released yet."""
        return frozenset(
            number
            for number, row in self.stored.decisions.items()
            if row["case_id"] == case.id and row["release_at"] and row["release_at"] > self.now and condition(row)
        )

    @act(3, in_states("pending", "rectifying", "lapsed"))
    def hand_in_again(self, number: int) -> None:
        """Import a changed application: an answer, a resubmission or new evidence; for a lapsed case, late."""
        case, self.extra = self.current(self.cases[number].application), self.extra + 1
        number, received = case.id, self.now
        if case.state == "lapsed" and case.ends_at:
            received = min(self.now, case.ends_at - timedelta(seconds=1))
        is_late = case.state == "rectifying" and case.ends_at is not None and received > case.ends_at
        is_late = is_late and not self.suspensions.keep_open(case.ends_at)
        allowed = case.state not in {"passed", "failed", "withdrawn"} and not is_late
        row = self.changed_application(case, received)
        corrected = self._corrected_lapse(case)
        if self.attempt("import", "admin", None, lambda: self.desk.applications(row), allowed=allowed):
            received = received.replace(microsecond=0)
            act = "evidence"
            is_new = case.asked_at is not None and received >= case.asked_at
            if case.state in {"rectifying", "lapsed"} and is_new:
                act = "resubmit"
            elif case.state == "pending" and case.waits_for == "applicant":
                act = "answer"
            if act == "resubmit":
                case.begin_round(received, self.maker_of(case), self.days_of(case))
            elif act == "answer":
                case.to_queue(received)
            else:
                case.new_evidence()
            self.expect("admin", ("import", None), (act, number), notices=corrected if act == "resubmit" else ())

    def changed_application(self, case: Case, received: datetime) -> Any:
        """Return the row of an application that was handed in again."""
        text = local_text(received)
        return applied(case.application, stated_use=f"use {self.extra}", received_at=text, submitted_at=text)

    @act(1, in_states("awaiting_check", "passed", "in_review"))
    def land_on_a_list(self, number: int) -> None:
        """Import a punishment record: a block finding, which voids a staged verdict and questions a pass."""
        case, self.extra = self.current(self.cases[number].application), self.extra + 1
        number = case.id
        row = {
            "subject_no": ID_NUMBERS[case.application - 1],
            "list": "punishment",
            "match": "exact",
            "reference": f"R{self.extra}",
        }
        self.attempt("import", "admin", None, lambda: self.desk.run(ImportKind.CREDIT, [row]), allowed=True)
        acts: list[tuple[str, int | None]] = [("import", None)]
        if case.state == "awaiting_check" and case.decider:
            case.state, case.assignee, case.decider = "appealed", case.decider, ""
            case.new_evidence()
            acts.append(("void", number))
        elif case.state == "awaiting_check":
            owner = case.returned_to or case.maker
            case.to_queue(self.now)
            case.assignee = case.returned_to = owner
            case.maker = ""
            acts.append(("void", number))
        elif case.is_open:
            case.new_evidence()
            acts.append(("evidence", number))
        elif case.state == "passed":
            case.is_contradicted = True
            acts += [(event["action"], number) for event in self.events if event["action"] == "attention"]
            case.skipped_by.clear()
        self.expect("admin", *acts)

    @act(3, in_states("incomplete"))
    def send_the_missing_document(self, number: int) -> None:
        case, at = self.cases[number], local_text(self.now)
        if case.state != "incomplete":
            return
        kinds, name = [DocumentKind.COMMITMENT_LETTER], f"A-{case.application}"
        self.attempt("import", "admin", None, lambda: self.desk.documents(name, kinds, received_at=at), allowed=True)
        row = self.stored.cases[case.id]
        case.clock = CaseClock(self.now.replace(microsecond=0), CLASS_DAYS[row["service_class"]])
        case.to_queue(self.now)
        is_owed = row["due_at"] > self.now
        self.expect("admin", ("import", None), ("complete", case.id), notices=[(case.id, "receipt")] if is_owed else [])


def local_text(at: datetime) -> str:
    """Return a time as a cell of a file."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
