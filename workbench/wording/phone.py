"""The sentence about a case that reviewers can read out on the phone."""

from datetime import date, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from db.enums import CaseState
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.running import clock_runs
from workbench.domain.forecast.result import CaseForecast
from workbench.i18n import N_, _, current_language, ngettext
from workbench.wording.amounts import commas, day_on_screen
from workbench.wording.forecast import decision_sentence, join_sentences, reviewers_away
from workbench.wording.what_would_help import listed_items, missing_items

_WAITING_FOR = {
    (True, True): N_("{case} is waiting for documents: {items}. We assume that they arrive today."),
    (True, False): N_("{case} is waiting for documents; we assume that they arrive today."),
    (False, True): N_("{case} is waiting for what we asked you for: {items}."),
    (False, False): N_("{case} is waiting for the items we asked you for."),
}
"""What a case waits for: by whether it is incomplete, and whether it is known what is missing."""

_DELAY = "delay"
"""The kind of a delay letter."""


def phone_sentence(forecast: CaseForecast, case: CaseFile, now: datetime) -> str:
    """Return the sentences to read out on the phone. They contain no personal data and no verdict.

    They begin with a suspension or the absence of all reviewers, since the dates depend on it. They name what the
    applicant still has to hand in, the due date if the decision may come later, and that the days of an earlier letter
    about a delay are older.
    """
    zone = ZoneInfo(case.policy.zone)
    today, name = now.astimezone(zone).date(), format_case(forecast.case_id)
    if forecast.is_endless:
        sentence = _("there is no expected date for {case}.").format(case=name)
    elif forecast.has_no_day:
        until = case.header.next_action_on
        message = _("For {case}, we wait for others to answer, and cannot say how long; nothing needs to be sent now.")
        if until is not None:
            message = _(
                "For {case}, we wait for others, and go on by {day} at the latest; nothing needs to be sent now."
            )
        sentence = message.format(case=name, day=until and day_on_screen(until, today))
    else:
        items = missing_items(case)
        parts = [_state_sentence(forecast, is_asked=bool(items)).format(case=name, items=listed_items(items))]
        parts.append(decision_sentence(forecast, lambda day: day_on_screen(day, today), current_language()))
        if forecast.is_thin:
            parts.append(_("These days are assumed, because few applications have been decided so far."))
        parts += _late_sentences(forecast, case.header, zone, today)
        if letter := max(
            (one for one in case.notices if one.kind == _DELAY), key=attrgetter("created_at"), default=None
        ):
            message = _("A letter of {day} may still reach you; its days are an earlier estimate.")
            if letter.sent_at is not None:
                message = _("The days in our letter of {day} were an earlier estimate.")
            parts.append(message.format(day=day_on_screen(letter.created_at.astimezone(zone).date(), today)))
        if forecast.saved_days:
            message = ngettext(
                "Handing in or correcting the open points now can save up to {count} working day.",
                "Handing in or correcting the open points now can save up to {count} working days.",
                forecast.saved_days,
            )
            parts.append(message.format(count=commas(forecast.saved_days)))
        sentence = join_sentences(parts, current_language())
    obstacles = [part for part in (_suspension_words(forecast), _reviewers_away(forecast, today)) if part]
    if not obstacles:
        return sentence
    return _("{before}: {sentence}").format(before=_("; ").join(obstacles), sentence=sentence)


def _late_sentences(forecast: CaseForecast, header: CaseHeader, zone: ZoneInfo, today: date) -> list[str]:
    """Return a sentence if the due date has passed or the forecast misses it; none while the clock is stopped."""
    if header.due_at is None or not clock_runs(header.state, header.waits_for):
        return []
    due_on = header.due_at.astimezone(zone).date()
    due = day_on_screen(due_on, today)
    if header.is_overdue:
        return [_("The due date, {due}, has passed.").format(due=due)]
    if forecast.decided.p50 > due_on:
        message = _("That is later than the due date, {due}.")
        if forecast.is_queue_long and forecast.ahead != 0:
            message = _("That is later than the due date, {due}, because more applications than usual are waiting.")
        return [message.format(due=due)]
    if forecast.decided.p90 > due_on:
        return [_("The due date is {due}; the decision may come after it.").format(due=due)]
    return []


def _suspension_words(forecast: CaseForecast) -> str:
    if not forecast.is_suspended:
        return ""
    if forecast.is_endless:
        return _("Work is suspended now")
    return _("Work is suspended now, and we assume that it resumes tomorrow")


def _reviewers_away(forecast: CaseForecast, today: date) -> str:
    if forecast.reviewers:
        return ""
    words = reviewers_away(forecast, today)
    return words if forecast.is_suspended else words[:1].upper() + words[1:]


def _state_sentence(forecast: CaseForecast, *, is_asked: bool) -> str:
    """Return the sentence about the current state of a case; `is_asked` says that it lists what is missing."""
    if forecast.awaits_check:
        return _("A second person is checking {case}.")
    if forecast.is_with_others:
        return _("For {case}, we wait for others to answer; nothing needs to be sent now.")
    if forecast.state is CaseState.APPEALED:
        return _("The appeal in {case} is being decided.")
    if forecast.is_incomplete or forecast.state in {CaseState.RECTIFYING, CaseState.PENDING}:
        return _(_WAITING_FOR[forecast.is_incomplete, is_asked])
    return _("{case} has been received.")
