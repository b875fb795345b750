"""Explains a due date in sentences, step by step, in the current language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from db.enums import CaseState, ServiceClass
from workbench.domain.case.lifecycle import CLASS_WORDS, STATE_WORDS
from workbench.domain.clock.calendar import DayKind
from workbench.domain.clock.explanation import ClockExplanation, ClockStep, StepKind
from workbench.i18n import N_, _, current_language, ngettext
from workbench.wording.amounts import day_on_screen, duration_words, instant_on_screen, working_days_left

_MICROSECOND = timedelta(microseconds=1)

_SENTENCES = {
    StepKind.INCOMPLETE: N_("{start}: received; complete on {end}, when the clock starts."),
    StepKind.OUTSIDE_HOURS: N_("{start}: outside the hours; counts as {end}, day 0, before the days that count."),
    StepKind.RUNNING: N_("{span}: the clock runs, {hours} of work."),
    StepKind.LATE: N_("{span}: overdue, {hours} of work."),
    StepKind.MAKE_UP: N_("{span}: a make-up working day, {hours} of work."),
    StepKind.OWN_HOURS: N_("{span}: hours set by hand, {hours} of work."),
    StepKind.HOLIDAY: N_("{span}: {name}, no work."),
    StepKind.APPLICANT: N_("{span}: waiting for the applicant; {hours} of work do not count."),
    StepKind.RECTIFYING: N_("{span}: the applicant was rectifying; {hours} of work do not count."),
    StepKind.SUSPENDED: N_("{span}: work suspended ({cause}); {hours} of work do not count."),
    StepKind.EXTENDED: N_("{start}: extended until {until}, by {hours} of work."),
}
_SENTENCES_WITHOUT_END = {
    StepKind.INCOMPLETE: N_("{start}: received, not complete; the clock has not started."),
    StepKind.APPLICANT: N_("Since {start}: waiting for the applicant; the clock is paused."),
    StepKind.RECTIFYING: N_("Since {start}: the applicant is rectifying; the clock is paused."),
    StepKind.SUSPENDED: N_("From {start}, end unknown: work is suspended ({cause}); the clock is paused."),
}
"""The sentences of steps whose end is unknown."""


@dataclass(frozen=True, slots=True)
class ClockWords:
    """The sentences of one explanation, as seen on one day in the policy's zone."""

    explanation: ClockExplanation
    today: date
    zone: tzinfo

    def lines(self) -> Iterator[str]:
        """Yield a sentence for each step, then the current state of the clock."""
        steps = self.explanation.steps
        for step in steps:
            # The sentence about an application that was incomplete says when it was received, and complete.
            if step.what is not StepKind.RECEIVED or step is steps[0]:
                yield self.line(step)
        yield self._current_state()

    def line(self, step: ClockStep) -> str:
        """Return the sentence of one step."""
        if step.what is StepKind.DUE:
            return self._due_sentence(step)
        if step.what is StepKind.CLASS:
            before, after = (_(CLASS_WORDS[ServiceClass(word)]) for word in step.detail.split())
            sentence = _("{start}: class changed from {before} to {after}; the new days count from the same day 0.")
            return sentence.format(start=self._instant(step.start), before=before, after=after)
        if step.what is StepKind.CLOSED:
            word = _(STATE_WORDS[CaseState(step.detail)])
            return _("{start}: {state}; the clock stops.").format(start=self._instant(step.start), state=word)
        return self._sentence(step).format(
            start=self._instant(step.start),
            end=self._end(step),
            span=self._span(step),
            hours=duration_words(step.working_s),
            name=self._holiday(step),
            cause=step.detail,
            until="" if step.until_on is None else day_on_screen(step.until_on, self.today),
        )

    def _sentence(self, step: ClockStep) -> str:
        """Return the sentence of a step, with placeholders."""
        if step.what is StepKind.RECEIVED:
            return self._receipt_sentence(step)
        if step.what is StepKind.MAKE_UP and step.detail:
            return _("{span}: set as a working day, {hours} of work.")
        sentence = _SENTENCES[step.what]
        return _(_SENTENCES_WITHOUT_END.get(step.what, sentence) if step.end is None else sentence)

    def _receipt_sentence(self, step: ClockStep) -> str:
        if self.explanation.cap_days is not None:
            return _("{start}: the appeal was received.")
        is_renewed = bool(step.detail)
        renewed = _("{start}: a new period begins, because the case was opened again or appealed.")
        return renewed if is_renewed else _("{start}: received.")

    def _due_sentence(self, step: ClockStep) -> str:
        explanation = self.explanation
        days = ngettext("{days} working day after day 0", "{days} working days after day 0", explanation.class_days)
        basis = _("{days} (day 0 is the day that the receipt counts for)").format(
            days=days.format(days=explanation.class_days)
        )
        if explanation.is_moved:
            basis = _("{basis}, moved by the steps listed here").format(basis=basis)
        if explanation.cap_days is not None:
            basis = _("{basis}, but at most {days} calendar days after the receipt").format(
                basis=basis, days=explanation.cap_days
            )
        sentence = _("Due {when}; {basis}.")
        if explanation.due_provisional:
            sentence = _("Due {when} (provisional: the calendar of that year is not published yet); {basis}.")
        message = sentence.format(when=self._instant(step.start), basis=basis)
        if explanation.will_be_postponed:
            message = _("{due} It will move on by the working time lost until work resumes.").format(due=message)
        return message

    def _current_state(self) -> str:
        explanation = self.explanation
        if explanation.due_at is None:
            return _("No due date yet: the clock starts when every required document is there.")
        if explanation.is_suspended:
            return _("Work is suspended now; the clock stands still.")
        if explanation.is_paused or explanation.rectify_by is not None:
            return self._paused_state()
        if explanation.working_days_left is None:
            return _("The case is closed; the due date no longer changes.")
        return _("The clock runs; {left}.").format(left=working_days_left(explanation.working_days_left))

    def _paused_state(self) -> str:
        explanation = self.explanation
        message = _("Waiting for the applicant: the due date is extended by the working time until the answer.")
        if explanation.rectify_by is not None:
            message = _(
                "The applicant has until {until} to rectify; the due date is extended by the working time it takes."
            )
            message = message.format(until=self._instant(explanation.rectify_by))
        if explanation.due_if_answered_at is None:
            return message
        answered = _("{paused} If the answer comes at the last moment, it is {when}.")
        return answered.format(paused=message, when=self._instant(explanation.due_if_answered_at))

    def _holiday(self, step: ClockStep) -> str:
        if step.detail == DayKind.OVERRIDE.value:
            return _("day off, set by hand")
        return step.detail if step.detail and current_language() == "zh" else _("public holiday")

    def _instant(self, at: datetime) -> str:
        return instant_on_screen(at, self.today, self.zone)

    def _end(self, step: ClockStep) -> str:
        return "" if step.end is None else self._instant(step.end)

    def _span(self, step: ClockStep) -> str:
        """Return a span as `Tue 24 Nov 10:00 – Wed 25 Nov 11:00`, or as days if it is whole days."""
        start, end = step.start.astimezone(self.zone), (step.end or step.start).astimezone(self.zone)
        if step.what in {StepKind.HOLIDAY, StepKind.MAKE_UP}:
            first, last = start.date(), (end - _MICROSECOND).date()
            days = [day_on_screen(day, self.today) for day in dict.fromkeys((first, last))]
            return " – ".join(days)
        if start.date() == end.date():
            return f"{self._instant(start)} – {end:%H:%M}"
        return f"{self._instant(start)} – {self._instant(end)}"
