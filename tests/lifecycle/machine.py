"""The random walk of reviewers, supervisors, an admin who imports what applicants send, and time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from db.enums import Priority, ServiceClass
from tests.lifecycle.acts import SUPERVISORS, act, drawn, in_states, is_open
from tests.lifecycle.applicant_acts import ApplicantActs
from tests.lifecycle.clock_model import SHANGHAI
from tests.lifecycle.model import OPEN, Case
from tests.lifecycle.people import supervisor
from tests.lifecycle.walk import CLASS_DAYS
from workbench.services.time.deadlines.suspensions import NewSuspension

RARE = {"answer", "resubmit", "approve", "return", "extend-deadline", "appeal", "appeal-decide", "waive", "reopen"}
"""The acts that are undone at once more often, because they succeed seldom."""


class LifecycleMachine(ApplicantActs):
    """Draws the acts, and adds those of supervisors."""

    @rule(data=st.data())
    def somebody_acts(self, data: Any) -> None:
        """Let one of the acts happen."""
        self.turn += 1
        chosen, arguments = drawn(data, self.cases, self.turn, self.tried)
        self.walking = chosen.name
        getattr(self, chosen.name)(**arguments)
        new = [case for case in self.cases.values() if case.undoable and case.undoable.turn == self.turn]
        for case in new:
            assert case.undoable is not None
            if data.draw(st.integers(0, 3)) < (3 if case.undoable.act in RARE else 1):
                self.undo(case.undoable.who, case.id)

    @act(14, in_states("rectifying", "pending"), supervisor, days=st.integers(1, 12))
    def extend(self, who: str, number: int, days: int) -> None:
        case = self.cases[number]
        until = self.now.astimezone(SHANGHAI).date() + timedelta(days=days)
        may = who in SUPERVISORS and case.is_open and case.state != "incomplete"
        call = self.services(who).rescheduling.extend
        done = self.attempt("extend", who, case, lambda: call(number, until, "x"), allowed=None if may else False)
        if not done:
            return
        before = case.before()
        case.changed()
        if case.state == "rectifying":
            hours = self.suspensions.hours
            case.tell(hours.closing(hours.working_day_from(until)), self.now)
            assert done[0].until == case.deadline
            self.can_undo(case, who, "extend-deadline", before)
            self.expect(who, ("extend-deadline", number), notices=[(number, "deadline")])
        else:
            assert case.clock is not None
            (event,) = self.events
            case.clock = replace(case.clock, extended_s=case.clock.extended_s + event["body"]["by_s"])
            self.expect(who, ("extend", number), notices=[(number, "delay")])

    @act(1, is_open, supervisor, chosen=st.sampled_from(list(ServiceClass)))
    def change_class(self, who: str, number: int, chosen: ServiceClass) -> None:
        case = self.cases[number]
        may = who in SUPERVISORS and case.state in OPEN
        is_other = self.stored.cases[number]["service_class"] != chosen
        call = self.services(who).rescheduling.change_class
        self.attempt("class", who, case, lambda: call(number, chosen, "x"), allowed=may and is_other)
        if may and is_other:
            case.changed()
            if case.clock is not None and case.clock.cap_days is None:
                case.clock = replace(case.clock, days=CLASS_DAYS[chosen.value])
            # Whether the new date is later than what the applicant knows is tested by itself.
            told = [key for key in self.new_notices if key == (number, "delay")]
            self.expect(who, ("class", number), notices=told)

    @act(1, is_open, supervisor, chosen=st.sampled_from(list(Priority)))
    def change_priority(self, who: str, number: int, chosen: Priority) -> None:
        case = self.cases[number]
        may = who in SUPERVISORS and case.state in OPEN and self.stored.cases[number]["priority"] != chosen
        call = self.services(who).rescheduling.change_priority
        if self.attempt("priority", who, case, lambda: call(number, chosen, "x"), allowed=may):
            case.new_evidence()
            self.expect(who, ("priority", number))

    @act(1, person=supervisor)
    def suspend(self, who: str) -> None:
        new = NewSuspension(from_at=self.now, to_at=None, reason="x")
        is_known = (self.now, None) in self.suspensions.spans
        call = self.services(who).suspending.suspend
        if self.attempt("suspend", who, None, lambda: call(new), allowed=who in SUPERVISORS and not is_known):
            self.suspensions.spans.append((self.now, None))
            self._expect_suspension(who, ["suspend"], "delay")

    @act(2, person=supervisor)
    def resume(self, who: str) -> None:
        call = self.services(who).suspending.resume
        allowed = who in SUPERVISORS and self.suspensions.is_open
        if self.attempt("resume", who, None, call, allowed=allowed):
            self._expect_suspension(who, ["resume"] * self.suspensions.end(self.now), "resumed")

    def _expect_suspension(self, who: str, acts: list[str], kind: str) -> None:
        """Check that each applicant gets one letter at most, and that the log has the acts and their effect."""
        told = [key for key in self.new_notices if key[1] in {kind, "delay", "deadline-moved"}]
        moved = [event["action"] for event in self.events if event["action"] == "due-moved"]
        assert len(moved) <= 1
        assert all(self.cases[number].is_open for number, told_kind in told if told_kind != "deadline-moved")
        # How far deadlines move is the matter of a walk of its own; this one takes them over.
        own = [(event["action"], event["case_id"]) for event in self.events if event["case_id"] is not None]
        assert {action for action, _number in own} <= {"deadline-moved", "lapse-undone"}
        for action, number in own:
            if action == "lapse-undone":
                self.cases[number].enter("rectifying", self.now)
        for case in self.cases.values():
            self._take_over_deadline(case)
        self.expect(who, *((act, None) for act in [*acts, *moved]), *own, notices=told)

    def _take_over_deadline(self, case: Case) -> None:
        """Take over the deadline in force of an applicant, which is never earlier than before."""
        if case.is_rectification_open:
            rows = [row for row in self.stored.rectifications.values() if row["case_id"] == case.id and row["is_open"]]
            case.moved_to = rows[0]["deadline_at"]
        if case.state == "pending":
            case.next_on = self.stored.cases[case.id]["next_action_on"]
