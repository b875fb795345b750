"""The sentence about a case that reviewers can read out on the phone."""

from datetime import date

from db.enums import CaseState
from workbench.domain.case.case_id import format_case
from workbench.domain.forecast.result import CaseForecast
from workbench.i18n import _, current_language
from workbench.wording.amounts import day_on_screen
from workbench.wording.forecast import decision_sentence, reviewers_away, sentences_joined


def phone_sentence(forecast: CaseForecast, today: date) -> str:
    """Return the sentences to read out on the phone. They contain no personal data and no verdict.

    They begin with a suspension or the absence of all reviewers, since the dates depend on it.
    """
    case = format_case(forecast.case_id)
    if forecast.is_endless:
        sentence = _("there is no expected date for {case}.").format(case=case)
    else:
        told = decision_sentence(forecast, lambda day: day_on_screen(day, today), current_language())
        sentence = sentences_joined((_state(forecast).format(case=case), told), current_language())
    obstacles = [part for part in (_suspended(forecast), _reviewers_away(forecast, today)) if part]
    return (
        _("{before}: {sentence}").format(before=_("; ").join(obstacles), sentence=sentence) if obstacles else sentence
    )


def _suspended(forecast: CaseForecast) -> str:
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


def _state(forecast: CaseForecast) -> str:
    """Return the sentence about the current state of a case."""
    if forecast.awaits_check:
        return _("A second person is checking {case}.")
    if forecast.is_incomplete:
        return _("{case} is waiting for documents; we assume that they arrive today.")
    if forecast.is_with_others:
        return _("A matter in {case} is being looked into.")
    if forecast.state is CaseState.APPEALED:
        return _("The appeal in {case} is being decided.")
    if forecast.state in {CaseState.RECTIFYING, CaseState.PENDING}:
        return _("{case} is waiting for the items we asked you for.")
    return _("{case} has been received.")
