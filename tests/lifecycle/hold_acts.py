"""The acts of the walk by which people get, keep and give up cases."""

from tests.lifecycle.acts import SUPERVISORS, act, in_states
from tests.lifecycle.model import ASIDE, HOLD, MOST_ASIDE
from tests.lifecycle.people import anybody, holder, people, supervisor
from tests.lifecycle.walk import WALKED, Walk
from workbench.domain.case.casefile import CaseFile


class HoldActs(Walk):
    """The walk with holds."""

    @act(6, person=anybody)
    def take_next(self, who: str) -> None:
        mine = [case for case in self.cases.values() if case.is_held(self.now, who)]
        ready = [case for case in mine if not case.aside_until or case.aside_until <= self.now]
        (found,) = self.attempt("next", who, None, self.services(who).claims.next, allowed=True)
        taken = self.cases[found.header.id] if isinstance(found, CaseFile) else None
        if ready:
            assert taken in ready
            taken.aside_until = None
            self.expect(who)
        elif len(mine) >= MOST_ASIDE:
            assert taken is None
            self.expect(who)
        elif taken is None:
            assert not [case for case in self.cases.values() if case.is_on_offer(self.now, who)]
            self.expect(who)
        else:
            assert taken.is_on_offer(self.now, who), taken
            WALKED["next", taken.state] += 1
            taken.hold(who, self.now)
            taken.returned_to = None
            taken.changed()
            self.expect(who, ("next", taken.id))
        if taken is not None:
            self.fences.append((who, taken.id, taken.fence))

    @act(1, in_states("in_review"), holder)
    def release(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        done = self.attempt("release", who, case, lambda: self.services(who).claims.release(number), allowed=held)
        if done:
            case.let_go()
            case.enter("queued", self.now)
            self.expect(who, ("release", number))

    @act(1, in_states("in_review"), holder)
    def skip(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        done = self.attempt("skip", who, case, lambda: self.services(who).claims.skip(number, "x"), allowed=held)
        if done:
            case.let_go()
            case.enter("queued", self.now)
            case.skipped_by.add(who)
            case.assignee = None if case.assignee == who else case.assignee
            self.expect(who, ("skip", number))

    @act(1, in_states("in_review"), holder)
    def put_aside(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        if self.attempt("aside", who, case, lambda: self.services(who).claims.aside(number), allowed=held):
            case.aside_until, case.held_until = self.now + ASIDE, self.now + ASIDE + HOLD
            case.changed()
            self.expect(who, ("aside", number))

    @act(2, in_states("queued", "in_review", "pending", "awaiting_check"), supervisor, to=people)
    def assign(self, who: str, number: int, to: str) -> None:
        case = self.cases[number]
        before = case.before()
        allowed = who in SUPERVISORS and not case.decider
        allowed &= case.state in {"queued", "in_review", "pending", "awaiting_check"}
        give = self.services(who).assigning.assign
        if self.attempt("assign", who, case, lambda: give([number], to, "x"), allowed=allowed):
            keeps = case.is_held(self.now, to)
            if case.held_by not in {None, to}:
                case.let_go()
                case.enter("queued", self.now)
            case.assignee = to
            if case.state == "awaiting_check":
                case.returned_to = None if to == case.maker else to
            elif case.state != "pending":
                case.returned_to = to if case.returned_to else None
                if not keeps:
                    case.new_evidence()
            self.can_undo(case, who, "assign", before)
            self.expect(who, ("assign", number))
