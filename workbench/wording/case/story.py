"""The story of a case: what happened to it, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from db.enums import IN_EFFECT, AppealOutcome, AppealStatus, CaseState, FailKind, Measure, Verdict
from workbench.domain.case.appeal import AppealLine, open_appeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import DecisionLine, HistoryLine, ReReview
from workbench.i18n import N_, _, comma_joined, current_language, with_details, with_remark
from workbench.wording.case.history import appeal_outcome_words, detail_words, event_words, items_words
from workbench.wording.case.labels import WAITS_FOR_WORDS, decided_words, measure_words
from workbench.wording.case.next_steps import NextSteps, missed_item_title, newest_decision, re_review_sentences
from workbench.wording.case.times import CaseTimes

_VERDICT_EVENTS = frozenset({"decide", "appeal", "appeal-decide"})
_ALWAYS_IN_STORY = frozenset({"lapse", "lapse-undone", "reopen", "withdraw"})
_IN_STORY_SINCE_VERDICT = frozenset({"answer", "day-passed", "resubmit", "undo", "policy"})
"""The events that explain the current state of a case, until the next verdict."""

_ROUND_EVENTS = frozenset({"decide", "lapse", "lapse-undone", "resubmit"})

_SAME_ACT = timedelta(seconds=1)
"""How far the times of an act and of its comment can differ."""

_WAITING = "WAIT-"
"""The prefix of the codes of reasons whose titles already say whom a case waits for."""

_VOIDED_BY = {
    "void": N_("void: the findings changed"),
    "policy": N_("void: the policy changed"),
    "withdraw": N_("void: the application was withdrawn"),
}
"""The events that void a verdict before its check, with the words for each."""

_EVENTS_WITH_ACTOR = frozenset({"reopen", "withdraw", "undo", "waive"})


def verdict_words(decision: DecisionLine, *, is_short: bool = False) -> str:
    """Return the verdict of a decision, with the kind of a fail and the measure, see `measure_words`."""
    words = [decided_words(decision)]
    if decision.fail_kind is not None:
        words.append(_("final") if decision.fail_kind is FailKind.FINAL else _("can be rectified"))
    if decision.measure is not Measure.NONE:
        words.append(measure_words(decision, is_short=is_short))
    return _(", ").join(words)


def _belongs_to_story(event: HistoryLine, *, is_after_verdict: bool) -> bool:
    """Say whether an event belongs to the story.

    A waiver belongs to it only if it is that of the last item, which returns the case to the queue.

    Args:
        event: The event.
        is_after_verdict: Whether it came after the last verdict.
    """
    if event.action == "waive":
        return is_after_verdict and event.state is CaseState.QUEUED
    return event.action in _ALWAYS_IN_STORY or (is_after_verdict and event.action in _IN_STORY_SINCE_VERDICT)


@dataclass(frozen=True, slots=True)
class CaseStory:
    """The story of a case at a time, in sentences without full stops."""

    case: CaseFile
    now: datetime
    is_short: bool = False
    """Whether it names only the first of many numbers."""

    @property
    def is_new(self) -> bool:
        """Whether nothing has happened yet: a reviewer holds the case for its first verdict, not put aside."""
        header = self.case.header
        is_held = header.held_by is not None and header.aside_until is None
        return self._waits_for_verdict and is_held and not self.happened

    @property
    def _waits_for_verdict(self) -> bool:
        return self.case.header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}

    @property
    def _times(self) -> CaseTimes:
        return CaseTimes(ZoneInfo(self.case.policy.zone), self.now)

    @property
    def next(self) -> tuple[str, ...]:
        """Who acts next, and by when; then each duty that is still owed."""
        return NextSteps(self.case, self._times).lines

    @property
    def happened(self) -> tuple[str, ...]:
        """The verdicts, checks, appeals and later changes of state, oldest first; empty for a new case."""
        origins = (self._origin(line) for line in self.case.re_reviews if line.opened_id == self.case.header.id)
        shown = [*self._decisions(), *self._appeals(), *self._events()]
        shown.sort(key=lambda entry: entry[0])
        return (*origins, *(words for _at, words in shown), *re_review_sentences(self.case, is_open=False))

    @property
    def check_note(self) -> str:
        """Who returned the verdict, and the note that says what to review again; empty if nobody did."""
        returned: DecisionLine | AppealLine | None = newest_decision(self.case)
        if self.case.header.state is CaseState.APPEALED:
            returned = open_appeal(self.case.appeals)
        elif returned is None or returned.status != "returned" or not self._waits_for_verdict:
            return ""
        if returned is None or not returned.check_note:
            return ""
        message = _("Returned by {checker}: {note}")
        return message.format(checker=returned.checker or "?", note=returned.check_note)

    def _origin(self, re_review: ReReview) -> str:
        """Return which case a campaign reviews again in this one, and why."""
        message = _("re-review of {case}, passed {when} (campaign {number}: {reason})")
        case, when = format_case(re_review.passed_id), self._times.instant(re_review.passed_at)
        return message.format(case=case, when=when, number=re_review.campaign, reason=re_review.reason)

    def _decisions(self) -> Iterator[tuple[datetime, str]]:
        """Yield the verdicts, without undone ones, and without pending ones that were decided later in the same round.

        Only the newest verdict other than pass has its reasons.
        """
        lines = sorted((line for line in self.case.decisions if line.status != "undone"), key=lambda line: line.id)
        explained = next((line.id for line in reversed(lines) if line.verdict is not Verdict.PASS), None)
        for index, line in enumerate(lines):
            is_waiting = line.verdict is Verdict.PENDING and line.status in IN_EFFECT
            if not is_waiting or all(later.round != line.round for later in lines[index + 1 :]):
                yield line.decided_at, self._decision_words(line, is_explained=line.id == explained)

    def _decision_words(self, decision: DecisionLine, *, is_explained: bool) -> str:
        by = [_(", ").join([decision.maker, self._times.instant(decision.decided_at)])]
        if decision.status == "approved":
            by.append(self._checked_by_words(_("checked by {login}"), decision))
        elif decision.status == "returned":
            by.append(self._checked_by_words(_("returned by {login}"), decision))
        elif decision.status == "void":
            by.append(_(self._void_words(decision)))
        words = verdict_words(decision, is_short=self.is_short)
        if is_explained:
            words = with_details(words, self._reasons(decision))
        message = _("round {round}: {verdict} ({by})")
        return message.format(round=decision.round, verdict=words, by=_("; ").join(by))

    def _checked_by_words(self, message: str, decision: DecisionLine | AppealLine) -> str:
        """Return who checked a decision, and when."""
        words = [message.format(login=decision.checker or "?")]
        if decision.checked_at:
            words.append(self._times.instant(decision.checked_at))
        return _(", ").join(words)

    def _reasons(self, decision: DecisionLine) -> str:
        """Return the titles of the reasons of a verdict, and for whom a pending case waits if they do not say it."""
        titles = [self.case.policy.reason_title(code, current_language()) for code in decision.reasons]
        if decision.waits_for is not None and not any(code.startswith(_WAITING) for code in decision.reasons):
            titles.append(_("waits for {who}").format(who=_(WAITS_FOR_WORDS[decision.waits_for])))
        return comma_joined(titles)

    def _void_words(self, decision: DecisionLine) -> str:
        """Return the untranslated words for the first event that voided a verdict.

        A withdrawal counts only if no other event follows, because another event shows that it was undone.
        """
        later = [line.action for line in reversed(self.case.history) if line.at >= decision.decided_at]
        causes = (action for action in later if action in _VOIDED_BY)
        return _VOIDED_BY.get(min(causes, key=lambda action: action == "withdraw", default=""), "void")

    def _appeals(self) -> Iterator[tuple[datetime, str]]:
        for appeal in self.case.appeals:
            if appeal.status is AppealStatus.UNDONE:
                continue
            received = self._times.instant(appeal.received_at)
            yield appeal.filed_at, _("appeal received {when}").format(when=received)
            if appeal.outcome is not None:
                yield appeal.decided_at or appeal.filed_at, self._appeal_decision_words(appeal, appeal.outcome)

    def _appeal_decision_words(self, appeal: AppealLine, outcome: AppealOutcome) -> str:
        by = [_(", ").join([appeal.decided_by or "?", self._times.instant(appeal.decided_at)])]
        if appeal.checker:
            is_closed = appeal.status is AppealStatus.CLOSED
            message = _("checked by {login}") if is_closed else _("returned by {login}")
            by.append(self._checked_by_words(message, appeal))
        is_overturned = outcome is AppealOutcome.OVERTURNED
        words = appeal_outcome_words(outcome, appeal.to_state) if is_overturned else _("the decision stands")
        return _("appeal: {outcome} ({by})").format(outcome=words, by=_("; ").join(by))

    def _events(self) -> Iterator[tuple[datetime, str]]:
        """Yield the events of the story; those before the last verdict only if they closed or reopened the case."""
        # The history begins with the newest event.
        after_verdict = len(tuple(takewhile(lambda line: line.action not in _VERDICT_EVENTS, self.case.history)))
        shown = [
            line
            for number, line in enumerate(self.case.history)
            if _belongs_to_story(line, is_after_verdict=number < after_verdict)
        ]
        # Only the current progress of the items is known, so only the newest event shows it.
        newest = next((line for line in shown if line.action != "policy"), None)
        for event in reversed(shown):
            yield event.at, self._event_words(event, has_progress=event is newest)

    def _event_words(self, event: HistoryLine, *, has_progress: bool) -> str:
        about = [self._times.instant(event.at)]
        if event.action in _EVENTS_WITH_ACTOR:
            about.insert(0, event.who)
        if event.action == "policy":
            about.insert(0, f"{event.facts['from']} → {event.facts['to']}")
        if event.received_at is not None and self._times.instant(event.received_at) != about[-1]:
            about.append(_("handed in {when}").format(when=self._times.instant(event.received_at)))
        decision = newest_decision(self.case)
        if has_progress and event.action in {"resubmit", "lapse"} and decision is not None and decision.items:
            about.append(items_words(decision.items, is_answered=event.action == "resubmit"))
            if event.action == "lapse" and (missed := missed_item_title(decision, self.case, event.at)):
                about.append(_("“{item}” missed").format(item=missed))
        if event.action == "resubmit" and self._had_lapsed(event):
            about.append(_("lapse taken back"))
        return with_details(with_remark(self._act_words(event), _(", ").join(about)), self._reason_of(event))

    def _had_lapsed(self, event: HistoryLine) -> bool:
        """Say whether a case had lapsed before an answer that had been received in time."""
        earlier = (line.action for line in self.case.history[self.case.history.index(event) + 1 :])
        return next((action for action in earlier if action in _ROUND_EVENTS), "") == "lapse"

    def _act_words(self, event: HistoryLine) -> str:
        """Return the name of an event; an undo also names the undone act."""
        if event.action == "withdraw" and event.facts.get("kind") == "appeal":
            return _("appeal withdrawn")
        if event.action == "undo" and event.facts:
            return _("taken back: {what}").format(what=detail_words(event, self.case))
        return event_words(event)

    def _reason_of(self, event: HistoryLine) -> str:
        """Return the reason that a person gave for an act, which the history lists as a comment."""
        if event.action == "policy":
            return ""
        comments = (line for line in self.case.history if line.action == "comment" and line.who == event.who)
        return next((line.text for line in comments if abs(line.at - event.at) < _SAME_ACT), "")
