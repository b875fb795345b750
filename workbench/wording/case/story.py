"""Where a case stands: what happened to it, and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from db.enums import FINAL_STATES, AppealOutcome, AppealStatus, CaseState, FailKind, WaitsFor
from workbench.domain.case.appeal import AppealLine, open_appeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.case.records import DecisionLine, HistoryLine, ReReview
from workbench.i18n import _, comma_joined, current_language
from workbench.wording import amounts
from workbench.wording.case.history import act_words, items_words, outcome_words
from workbench.wording.case.labels import CHECK_FOR, DECIDED, WAITS_FOR
from workbench.wording.measures import owed_orders
from workbench.wording.what_would_help import asked_words, missing_names

_VERDICT_EVENTS = frozenset({"decide", "appeal", "appeal-decide"})
_LATER_EVENTS = frozenset({"answer", "day-passed", "resubmit", "lapse", "lapse-undone", "reopen", "withdraw", "undo"})
"""The events after a verdict that decide what comes next."""

_SAME_ACT = timedelta(seconds=1)
"""How far the times of an act and of its comment can differ."""

_OF_PEOPLE = frozenset({"reopen", "withdraw", "undo", "waive"})


def verdict_words(decision: DecisionLine) -> str:
    """Return the verdict of a decision, with the kind of a fail."""
    words = _(DECIDED[decision.verdict])
    if decision.fail_kind is None:
        return words
    kind = _("final") if decision.fail_kind is FailKind.FINAL else _("can be rectified")
    return _("{verdict}, {kind}").format(verdict=words, kind=kind)


def _newest(case: CaseFile) -> DecisionLine | None:
    """Return the newest decision that was not undone."""
    return max((line for line in case.decisions if line.status != "undone"), key=lambda line: line.id, default=None)


def _decides_what_is_next(event: HistoryLine) -> bool:
    """Say whether an event after a verdict decides what comes next; waiving the last item starts the next round."""
    if event.action == "waive":
        return event.state is CaseState.QUEUED
    return event.action in _LATER_EVENTS and event.text != "appeal"


@dataclass(frozen=True, slots=True)
class CaseStory:
    """Where a case stands at a time, in sentences without full stops."""

    case: CaseFile
    now: datetime

    @property
    def is_new(self) -> bool:
        """Whether nothing happened yet: a reviewer has the case for its first verdict."""
        return self._waits_for_verdict and self.case.header.held_by is not None and not self.happened

    @property
    def _waits_for_verdict(self) -> bool:
        return self.case.header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}

    @property
    def happened(self) -> str:
        """The last verdict, by whom, and what came since; empty for a case without any verdict."""
        parts = [self._origin(each) for each in self.case.re_reviews if each.opened_id == self.case.header.id]
        if (decision := _newest(self.case)) is not None:
            parts.append(self._decision(decision))
            if (appeal := self._appeal_since(decision)) is not None:
                parts.append(self._appeal(appeal))
        since = tuple(takewhile(lambda line: line.action not in _VERDICT_EVENTS, self.case.history))
        if (event := next(filter(_decides_what_is_next, since), None)) is not None:
            parts.append(self._event(event, decision))
        if (change := next((line for line in since if line.action == "policy"), None)) is not None:
            about = (change.text.partition(":")[0], self._instant(change.at))
            parts.append(_("{what} ({by})").format(what=act_words(change), by=_(", ").join(about)))
        parts += self._re_reviews(is_open=False)
        return _("; ").join(parts)

    @property
    def check_note(self) -> str:
        """Who returned the verdict, and the note that says what to review again; empty if nobody did."""
        returned: DecisionLine | AppealLine | None = _newest(self.case)
        if self.case.header.state is CaseState.APPEALED:
            returned = open_appeal(self.case.appeals)
        elif returned is None or returned.status != "returned" or not self._waits_for_verdict:
            return ""
        if returned is None or not returned.check_note:
            return ""
        message = _("Returned by {checker}: {note}")
        return message.format(checker=returned.checker or "?", note=returned.check_note)

    @property
    def next(self) -> str:
        """Who acts next, and by when; then the measures that are not carried out yet."""
        after = {
            CaseState.INCOMPLETE: self._missing,
            CaseState.QUEUED: self._review,
            CaseState.IN_REVIEW: self._review,
            CaseState.PENDING: self._pending,
            CaseState.AWAITING_CHECK: self._check,
            CaseState.RECTIFYING: self._rectification,
            CaseState.APPEALED: self._appealed,
        }.get(self.case.header.state)
        if after is None:
            return self._closed()
        asked = asked_words(self.case, self.now.astimezone(ZoneInfo(self.case.policy.zone)).date())
        return _("; ").join([after(), *asked, *self._owed_orders()])

    def _owed_orders(self) -> tuple[str, ...]:
        return owed_orders(self.case.measures, self.now, ZoneInfo(self.case.policy.zone))

    def _origin(self, re_review: ReReview) -> str:
        """Return which case a campaign reviews again in this one, and why."""
        passed_at = "?" if re_review.passed_at is None else self._instant(re_review.passed_at)
        message = _("re-review of {case}, passed {when} (campaign {number}: {reason})")
        case = format_case(re_review.passed_id)
        return message.format(case=case, when=passed_at, number=re_review.campaign, reason=re_review.reason)

    def _re_reviews(self, *, is_open: bool) -> list[str]:
        """Return the cases in which campaigns review this one again, the open ones or the closed ones."""
        return [
            _("reviewed again as {case} ({state})").format(
                case=format_case(each.opened_id), state=_(STATE_WORDS[each.state])
            )
            for each in self.case.re_reviews
            if each.passed_id == self.case.header.id and (each.state not in FINAL_STATES) is is_open
        ]

    def _instant(self, at: datetime) -> str:
        zone = ZoneInfo(self.case.policy.zone)
        return amounts.instant_on_screen(at, self.now.astimezone(zone).date(), zone)

    def _decision(self, decision: DecisionLine) -> str:
        by = [decision.maker, self._instant(decision.decided_at)]
        if decision.status == "approved":
            by.append(_("checked by {login}").format(login=decision.checker or "?"))
        elif decision.status == "returned":
            by.append(_("returned by {login}").format(login=decision.checker or "?"))
        elif decision.status == "void":
            has_new_findings = self._is_void_by_findings(decision)
            by.append(_("void: the findings changed") if has_new_findings else _("void: the policy changed"))
        message = _("round {round}: {verdict} ({by})")
        return message.format(round=decision.round, verdict=verdict_words(decision), by=_(", ").join(by))

    def _is_void_by_findings(self, decision: DecisionLine) -> bool:
        """Say whether new findings voided a verdict; a change of policy has no event `void` of its own."""
        return any(line.action == "void" and line.at >= decision.decided_at for line in self.case.history)

    def _appeal_since(self, decision: DecisionLine) -> AppealLine | None:
        appeals = [line for line in self.case.appeals if line.status is not AppealStatus.UNDONE]
        newest = max(appeals, key=lambda line: line.id, default=None)
        return newest if newest is not None and newest.filed_at >= decision.decided_at else None

    def _appeal(self, appeal: AppealLine) -> str:
        received = self._instant(appeal.received_at)
        if appeal.status is AppealStatus.WITHDRAWN:
            return _("appeal received {when}, withdrawn").format(when=received)
        if appeal.outcome is None:
            return _("appeal received {when}").format(when=received)
        by = [appeal.decided_by or "?"]
        if appeal.decided_at is not None:
            by.append(self._instant(appeal.decided_at))
        if appeal.status is AppealStatus.CLOSED and appeal.checker:
            by.append(_("checked by {login}").format(login=appeal.checker))
        is_overturned = appeal.outcome is AppealOutcome.OVERTURNED
        outcome = outcome_words(appeal.outcome, appeal.to_state) if is_overturned else _("the decision stands")
        message = _("appeal: {outcome} ({by})")
        return message.format(outcome=outcome, by=_(", ").join(by))

    def _event(self, event: HistoryLine, decision: DecisionLine | None) -> str:
        about = [self._instant(event.at)]
        if event.action in _OF_PEOPLE:
            about.insert(0, event.who)
        if event.action in {"resubmit", "lapse"} and decision is not None and decision.items:
            about.append(self._progress(decision))
            if event.action == "lapse" and (missed := self._item_due(decision, event.at)):
                about.append(_("“{item}” missed").format(item=missed))
        words = _("{what} ({by})").format(what=act_words(event), by=_(", ").join(about))
        reason = self._reason_of(event)
        return _("{what}: {details}").format(what=words, details=reason) if reason else words

    def _reason_of(self, event: HistoryLine) -> str:
        """Return the reason that a person gave for an act, which the history lists as a comment."""
        said = (line for line in self.case.history if line.action == "comment" and line.who == event.who)
        return next((line.text for line in said if abs(line.at - event.at) < _SAME_ACT), "")

    def _progress(self, decision: DecisionLine) -> str:
        return items_words(decision.items)

    def _item_due(self, decision: DecisionLine, at: datetime) -> str:
        """Return the title of the open item whose own deadline is the first by a time; empty without one."""
        due = [
            (item.deadline_at, item.code) for item in decision.items if item.is_open and item.deadline_at is not None
        ]
        first_at, code = min(due, default=(None, ""))
        reason = self.case.policy.reasons.get(code)
        if first_at is None or first_at > at:
            return ""
        return code if reason is None else reason.title.in_language(current_language())

    def _missing(self) -> str:
        names = missing_names(self.case.evidence, self.case.policy, current_language())
        if not names:
            return _("waits for documents of the applicant; the clock starts when they have come")
        message = _("waits for documents of the applicant: {names}; the clock starts when they have come")
        return message.format(names=comma_joined(names))

    def _review(self) -> str:
        header = self.case.header
        if header.aside_until is not None and header.aside_until > self.now:
            message = _("{login} put it aside until {when}")
            return message.format(login=header.held_by or "?", when=self._instant(header.aside_until))
        if header.held_by is not None:
            return _("{login} decides round {round}").format(login=header.held_by, round=header.round)
        if header.assignee is not None:
            return _("waits for {login} to decide").format(login=header.assignee)
        if header.due_at is None:
            return _("any free reviewer decides")
        return _("any free reviewer decides, due {when}").format(when=self._instant(header.due_at))

    def _pending(self) -> str:
        header = self.case.header
        zone = ZoneInfo(self.case.policy.zone)
        day = header.next_action_on
        when = "?" if day is None else amounts.day_on_screen(day, self.now.astimezone(zone).date())
        if header.waits_for is not WaitsFor.APPLICANT:
            who = _(WAITS_FOR[header.waits_for]) if header.waits_for is not None else "?"
            return _("waits for {who} until {when}, then returns to the queue").format(who=who, when=when)
        return _("waits for the applicant's answer until {when}, then returns to the queue").format(when=when)

    def _check(self) -> str:
        newest = _newest(self.case)
        if open_appeal(self.case.appeals) is not None or newest is None:
            return _("waits for another person to check the decision on the appeal")
        if not newest.check_for:
            return _("waits for another person to check it")
        why = comma_joined(_(CHECK_FOR.get(name, name)) for name in newest.check_for)
        return _("waits for another person to check it ({why})").format(why=why)

    def _rectification(self) -> str:
        newest = next((line for line in reversed(self.case.decisions_in_effect) if line.items), None)
        deadline_at = self.case.header.deadline_at if newest is None else newest.deadline_at
        if newest is None or deadline_at is None:
            return _("waits for the applicant to rectify")
        first, progress = self.case.header.deadline_at or deadline_at, self._progress(newest)
        if first < deadline_at:
            message = _("the applicant rectifies “{item}” by {first}, all by {when} ({progress}), or the case lapses")
            when = self._instant(deadline_at)
            item = self._item_due(newest, first) or "?"
            return message.format(item=item, first=self._instant(first), when=when, progress=progress)
        message = _("the applicant rectifies by {when} ({progress}), or the case lapses")
        return message.format(when=self._instant(deadline_at), progress=progress)

    def _appealed(self) -> str:
        header = self.case.header
        when = "?" if header.due_at is None else self._instant(header.due_at)
        if header.assignee is None:
            return _("a supervisor decides the appeal by {when}").format(when=when)
        return _("{login} decides the appeal by {when}").format(login=header.assignee, when=when)

    def _closed(self) -> str:
        """Return what is still owed, or else that the case is closed; then whether an appeal is possible."""
        zone = ZoneInfo(self.case.policy.zone)
        owed = [*self._re_reviews(is_open=True), *self._owed_orders()]
        if self.case.letter_due_by is not None:
            owed.append(_("letter not sent yet, due by {when}").format(when=self._instant(self.case.letter_due_by)))
        return _("; ").join([*(owed or [_("closed")]), *self._appeal_words(self.now.astimezone(zone).date())])

    def _appeal_words(self, today: date) -> list[str]:
        if self.case.header.state not in {CaseState.FAILED, CaseState.LAPSED}:
            return []
        until = self.case.appeal_until
        if until is None:
            return [_("no appeal is possible any more")]
        day = amounts.day_on_screen(until, today)
        message = _("the last day to appeal was {day}") if today > until else _("an appeal is possible until {day}")
        return [message.format(day=day)]
