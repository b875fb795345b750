"""What comes next for a case: who acts, by when, and what is still owed."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.enums import FINAL_STATES, CaseState, WaitsFor
from workbench.domain.case.appeal import open_appeal
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.case.records import DecisionLine, NoticeLine
from workbench.i18n import _, comma_joined, current_language, with_remark
from workbench.wording import amounts
from workbench.wording.case.history import items_words
from workbench.wording.case.labels import DECIDED_WORDS, WAITS_FOR_WORDS, check_cause_words
from workbench.wording.case.times import CaseTimes
from workbench.wording.letters import has_moving_deadline, letter_kind_words
from workbench.wording.measures import owed_order_words
from workbench.wording.what_would_help import asked_words, listed_items, missing_items, missing_names


def newest_decision(case: CaseFile) -> DecisionLine | None:
    """Return the newest decision on a case that was not undone."""
    return max((line for line in case.decisions if line.status != "undone"), key=lambda line: line.id, default=None)


def re_review_sentences(case: CaseFile, *, is_open: bool) -> list[str]:
    """Return a sentence for each case in which a campaign reviews this case again, for open or for closed cases."""
    message = _("reviewed again as {case} ({state})")
    later = (line for line in case.re_reviews if line.passed_id == case.header.id)
    shown = (line for line in later if (line.state not in FINAL_STATES) is is_open)
    return [message.format(case=format_case(line.opened_id), state=_(STATE_WORDS[line.state])) for line in shown]


def missed_item_title(decision: DecisionLine, case: CaseFile, at: datetime) -> str:
    """Return the title of the open item that missed its own deadline first; empty if none missed it by `at`."""
    due = [(item.deadline_at, item.code) for item in decision.items if item.is_open and item.deadline_at is not None]
    first_at, code = min(due, default=(None, ""))
    return "" if first_at is None or first_at > at else case.policy.reason_title(code, current_language())


def passed_due_date(header: CaseHeader, until: date | None, zone: ZoneInfo) -> datetime | None:
    """Return the due date if it passes while a case waits until a day, else None; the case returns on the day after."""
    if header.is_overdue or header.due_at is None or until is None:
        return None
    return header.due_at if header.due_at.astimezone(zone).date() <= until else None


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What comes next for a case, in sentences without full stops."""

    case: CaseFile
    times: CaseTimes

    @property
    def lines(self) -> tuple[str, ...]:
        """Who acts next, and by when; then each duty that is still owed: letters, bars and restorings.

        For an erased case, the only line says what is left of it.
        """
        header = self.case.header
        if header.erased_at is not None:
            erased = _("erased on {day} (retention): only numbers, days, states and codes are left")
            return (erased.format(day=self._day_of(header.erased_at)),)
        if header.legal_hold_at is not None:
            held = _("under legal hold since {day}: retention erases nothing of it")
            return (*self._steps(), held.format(day=self._day_of(header.legal_hold_at)))
        return self._steps()

    def _day_of(self, at: datetime) -> str:
        return self.times.day(at.astimezone(self.times.zone).date())

    def _steps(self) -> tuple[str, ...]:
        next_step = {
            CaseState.INCOMPLETE: self._missing,
            CaseState.QUEUED: self._review,
            CaseState.IN_REVIEW: self._review,
            CaseState.PENDING: self._pending,
            CaseState.AWAITING_CHECK: self._check,
            CaseState.RECTIFYING: self._rectification,
            CaseState.APPEALED: self._appeal_decision,
        }.get(self.case.header.state)
        orders = owed_order_words(self.case.measures, self.times.now, ZoneInfo(self.case.policy.zone))
        owed = [*self._owed_letters(), *orders]
        if next_step is not None:
            return (
                next_step(),
                *self._still_missing(),
                *self._correction(),
                *asked_words(self.case.asked_documents, self.case.policy, self.times.today),
                *owed,
            )
        owed += [*re_review_sentences(self.case, is_open=True), *self._appeal_deadline()]
        return (_("the review is closed"), *owed) if owed else (_("the review is closed, nothing is left to do"),)

    def _still_missing(self) -> list[str]:
        """Return one sentence about the missing items, but none for an incomplete case."""
        items = () if self.case.header.state is CaseState.INCOMPLETE else missing_items(self.case)
        return [_("still missing: {items}").format(items=listed_items(items))] if items else []

    def _correction(self) -> list[str]:
        """Return which decision the letter of the next verdict corrects; nothing if it corrects none."""
        message = _("the next verdict's letter corrects that of verdict {decision} ({verdict}, {when})")
        return [
            message.format(
                decision=format_decision(line.id),
                verdict=_(DECIDED_WORDS[line.verdict]),
                when=self._day_of(line.decided_at),
            )
            for line in self.case.decisions
            if line.id == self.case.header.corrects_id
        ]

    def _owed_letters(self) -> list[str]:
        """Return one sentence about the unsent letters, with the earliest date by which one must be sent."""
        unsent = sorted((line for line in self.case.notices if line.sent_at is None), key=lambda line: line.due_by)
        if not unsent:
            return []
        first = unsent[0]
        when = self.times.instant(first.due_by)
        late = sum(line.is_overdue for line in unsent)
        if len(unsent) == 1:
            words = _("letter “{kind}” is still to be sent, due by {when}").format(kind=self._kind(first), when=when)
            if late:
                words = _(", ").join([words, _("overdue")])
        else:
            message = _("{count} letters ({kinds}) are still to be sent, the first due by {when}")
            if late:
                message = _("{count} letters ({kinds}) are still to be sent, {late} overdue, the first since {when}")
            kinds = _("; ").join(dict.fromkeys(map(self._kind, unsent)))
            words = message.format(count=amounts.commas(len(unsent)), kinds=kinds, late=amounts.commas(late), when=when)
        return [words, *self._effect_of_late_letter(unsent)]

    def _effect_of_late_letter(self, unsent: list[NoticeLine]) -> list[str]:
        """Return the effect of sending a late letter that gives the applicant's deadline; nothing without one."""
        header = self.case.header
        letter = next((line for line in unsent if line.is_overdue and has_moving_deadline(line, header)), None)
        if letter is None:
            return []
        message = _("letter “{kind}” is late: sending it moves the applicant's deadline on")
        if header.state is CaseState.LAPSED:
            message = _("letter “{kind}” is late: sending it takes the lapse back and cancels the letter about it")
        return [message.format(kind=letter_kind_words(letter))]

    def _kind(self, letter: NoticeLine) -> str:
        return with_remark(letter_kind_words(letter), "" if letter.failed_at is None else _("sending failed"))

    def _with_due_date(self, sentence: str) -> str:
        """Add the due date to a sentence. The date is left out while work is suspended, because it still moves."""
        header = self.case.header
        if header.due_at is None:
            return sentence
        if header.suspended_from is not None and header.suspended_from <= self.times.now and not header.is_overdue:
            return _(", ").join([sentence, _("due date open while work is suspended")])
        due = _("due {when}").format(when=self.times.instant(header.due_at))
        return _(", ").join([sentence, due, *([_("overdue")] if header.is_overdue else [])])

    def _missing(self) -> str:
        names = missing_names(self.case.evidence, self.case.policy, current_language())
        if not names:
            return _("waits for documents of the applicant; the clock starts when they have come")
        message = _("waits for documents of the applicant: {names}; the clock starts when they have come")
        return message.format(names=comma_joined(names))

    def _review(self) -> str:
        header = self.case.header
        if header.aside_until is not None and header.aside_until > self.times.now:
            words = _("{login} put it aside until {when}, to decide round {round} after that")
            words = words.format(
                login=header.held_by or "?", when=self.times.instant(header.aside_until), round=header.round
            )
        elif header.held_by is not None:
            words = _("{login} decides round {round}").format(login=header.held_by, round=header.round)
        elif header.assignee is not None and not self._absence:
            words = _("waits for {login} to decide round {round}").format(login=header.assignee, round=header.round)
        else:
            words = _("any free reviewer decides round {round}").format(round=header.round)
            words = with_remark(words, self._absence)
        return self._with_due_date(words)

    @property
    def _absence(self) -> str:
        """That the assignee is away, so that somebody else acts; empty if that is not so."""
        header = self.case.header
        return _("{login} is away").format(login=header.assignee) if header.is_assignee_away else ""

    def _assignee_or(self, others: str) -> str:
        """Return the assignee, or who acts instead if there is none, or if the assignee is away."""
        assignee = self.case.header.assignee
        return with_remark(others, self._absence) if assignee is None or self._absence else assignee

    def _pending(self) -> str:
        header = self.case.header
        when = self.times.day(header.next_action_on)
        if header.waits_for is WaitsFor.APPLICANT:
            message = _("waits for the applicant's answer until {when}, then returns to the queue")
            return self._with_paused_clock(message.format(when=when))
        who = "?" if header.waits_for is None else _(WAITS_FOR_WORDS[header.waits_for])
        due_at = passed_due_date(header, header.next_action_on, self.times.zone)
        if due_at is None:
            message = _("waits for {who} until {when} at the latest, then returns to the queue")
            return self._with_due_date(message.format(who=who, when=when))
        message = _("waits for {who} until {when} at the latest, then returns to the queue after its due date ({due})")
        return message.format(who=who, when=when, due=self.times.instant(due_at))

    def _with_paused_clock(self, sentence: str) -> str:
        """Add the latest due date to a sentence about what the applicant does while the clock is paused."""
        header, verdict = self.case.header, newest_decision(self.case)
        if header.suspended_from is not None and header.suspended_from <= self.times.now:
            return _("; ").join([sentence, _("work is suspended, and no deadline passes until it resumes")])
        was_due = verdict is not None and header.due_at and header.due_at <= (verdict.checked_at or verdict.decided_at)
        if was_due:
            return _("; ").join([sentence, _("clock paused, overdue when the answer comes")])
        if header.due_if_answered_at is None:
            return sentence
        paused = _("clock paused, due {when} if the answer comes on the last day")
        return _("; ").join([sentence, paused.format(when=self.times.instant(header.due_if_answered_at))])

    def _check(self) -> str:
        newest, appeal, assignee = newest_decision(self.case), open_appeal(self.case.appeals), self.case.header.assignee
        maker = None if newest is None else newest.maker
        if appeal is not None:
            maker = appeal.decided_by
        another = _("a person other than {login}").format(login=maker or "?")
        who = self._assignee_or(another) if assignee is not None and assignee != maker else another
        if appeal is not None or newest is None:
            return self._with_due_date(_("waits for {login} to check the decision on the appeal").format(login=who))
        if not newest.check_for:
            return self._with_due_date(_("waits for {login} to check it").format(login=who))
        why = check_cause_words(newest.check_for)
        return self._with_due_date(_("waits for {login} to check it ({why})").format(login=who, why=why))

    def _rectification(self) -> str:
        newest = next((line for line in reversed(self.case.decisions_in_effect) if line.items), None)
        deadline_at = self.case.header.deadline_at if newest is None else newest.deadline_at
        if newest is None or deadline_at is None:
            return _("waits for the applicant to rectify")
        first, progress = self.case.header.deadline_at or deadline_at, items_words(newest.items)
        when = self.times.instant(deadline_at)
        if first < deadline_at:
            message = _("the applicant rectifies “{item}” by {first}, all by {when} ({progress}), or the case lapses")
            item = missed_item_title(newest, self.case, first) or "?"
            words = message.format(item=item, first=self.times.instant(first), when=when, progress=progress)
        else:
            message = _("the applicant rectifies by {when} ({progress}), or the case lapses")
            words = message.format(when=when, progress=progress)
        return self._with_paused_clock(words)

    def _appeal_decision(self) -> str:
        who = self._assignee_or(_("a supervisor"))
        return self._with_due_date(_("{login} decides the appeal").format(login=who))

    def _appeal_deadline(self) -> list[str]:
        """Return until when an appeal is possible; nothing if the case did not fail."""
        if self.case.header.state not in {CaseState.FAILED, CaseState.LAPSED}:
            return []
        until = self.case.appeal_until
        if until is None:
            return [_("no appeal is possible any more")]
        is_over = self.times.today > until
        message = _("the last day to appeal was {day}") if is_over else _("an appeal is possible until {day}")
        return [message.format(day=self.times.day(until))]
