"""Notices to applicants when a suspension starts and ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.enums import CaseState, Language, SuspensionNotice
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.suspension_notices import SuspensionHistories
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import ClockState, affects_due_date, clock_state, is_suspended
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, stored_standing
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueNews, tell_each

TOLD_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and so is told of due dates."""


@dataclass(frozen=True, slots=True)
class SuspensionLetters:
    """Collects the notices that applicants are owed about suspensions, for the write transaction of some clocks.

    `told` is what they were told before. `letters` are the notices to write, `facts` what they tell (case, suspension,
    kind), and `resumed` the cases on which work goes on.
    """

    context: Context
    clocks: Clocks
    told: SuspensionHistories = field(default_factory=dict)
    letters: list[tuple[CaseRow, Mapping[Language, DueNews]]] = field(default_factory=list)
    facts: list[tuple[int, int, SuspensionNotice]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)

    def untold(self, case: CaseRow, *, has_news: bool) -> Sequence[Suspension]:
        """Return the suspensions that are not settled and of which the applicant of a case was not told.

        Unless the due date has just changed (`has_news`), a receipt written since told of them.
        """
        history = self.told[case.id or 0]
        found = (
            one
            for one in self.clocks.concerning(case)
            if not one.is_settled
            and one.id not in history[SuspensionNotice.ENDED if one.is_ended else SuspensionNotice.STARTED]
            and (has_news or one.id not in history[ClockLetterKind.RECEIPT])
        )
        return sorted(found, key=lambda one: (one.is_ended, one.id))

    def standing_as_told(self, case: CaseRow, untold: Sequence[Suspension]) -> ClockState | None:
        """Return the standing of a clock that its applicant knows: without the suspensions they were not told of."""
        budget = self.clocks.budget(case)
        known = (one.announced if one in untold else one for one in self.clocks.concerning(case))
        stops = [one for one in known if one is not None]
        return None if budget is None else clock_state(budget, stops, self.clocks.calendar(case))

    def tell(self, case: CaseRow, untold: Sequence[Suspension], before: ClockState) -> list[int]:
        """Add the notices that an applicant is owed, and return the numbers of the suspensions they are about.

        Args:
            case: The case, with its due date recomputed.
            untold: The suspensions of which its applicant was not told.
            before: The standing of its clock that its applicant knows.
        """
        standing, case_id = stored_standing(case), case.id or 0
        if standing is None or CaseState(case.state) not in TOLD_STATES:
            return []
        history = self.told[case_id]
        known = history[SuspensionNotice.STARTED] | history[SuspensionNotice.HELD]
        ended = [one for one in untold if one.is_ended and one.id in known]
        resumed = ended if ended and self.tell_end(case, ended) else []
        # The notice that work goes on also covers a suspension that ended and of which the applicant never knew.
        late = [one for one in untold if not (one.is_ended and ended) and is_owed(case, one, before, standing)]
        if len(late) > 1:
            late = [one for one in late if one.span.is_open or self._moves(case, one, standing)] or late
        if late:
            self._add(case, ClockLetterKind.DELAY, late)
        return [one.id for one in (*resumed, *late)]

    def tell_end(self, case: CaseRow, ended: Sequence[Suspension]) -> bool:
        """Add the notice that work goes on after suspensions ended, and say whether it is owed now.

        If another suspension stops the clock now, its end is told instead.
        """
        case_id, now = case.id or 0, self.context.now()
        stopped_by = [one.id for one in self.clocks.concerning(case) if is_suspended([one], now)]
        if stopped_by:
            self.facts.extend((case_id, number, SuspensionNotice.HELD) for number in stopped_by)
            return False
        self._add(case, ClockLetterKind.RESUMED, ended)
        self.resumed.append(case_id)
        return True

    def write(self) -> None:
        """Write the notices, and keep what they tell."""
        session, now = self.clocks.session, self.context.now()
        tell_each(session, self.context, self.letters)
        suspension_notices.record(session, self.facts, now)
        suspension_notices.record_resumption(session, self.resumed, now)

    def _moves(self, case: CaseRow, stop: Suspension, standing: ClockState) -> bool:
        """Say whether a suspension moves the due date in addition to the others."""
        without = tuple(one for one in self.clocks.suspensions if one.id != stop.id)
        other = replace(self.clocks, stops=without).standing(case)
        return other is not None and other.due_at < standing.due_at

    def _add(self, case: CaseRow, kind: ClockLetterKind, stops: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in stops)
        cause = "\n".join(dict.fromkeys(one.reason for one in stops))
        news = DueNews(kind=kind, cause=cause, is_called_off=is_called_off)
        self.letters.append((case, dict.fromkeys(Language, news)))
        for one in stops:
            self.facts.append((case.id or 0, one.id, SuspensionNotice.STARTED))
            if one.is_ended:
                self.facts.append((case.id or 0, one.id, SuspensionNotice.ENDED))


def is_owed(case: CaseRow, stop: Suspension, before: ClockState, standing: ClockState) -> bool:
    """Say whether an applicant is owed a notice of a suspension, given the clock's standing before and with it."""
    state = CaseState(case.state)
    return state in TOLD_STATES and affects_due_date(
        stop, before.due_at, standing, runs=clock_runs(state, case.waits_for)
    )
