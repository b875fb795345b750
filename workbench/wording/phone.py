"""The sentence about a case that reviewers can read out on the phone."""

from datetime import date

from db.enums import CaseState
from workbench.domain.case.case_id import format_case
from workbench.domain.forecast.result import CaseForecast
from workbench.i18n import _
from workbench.wording.amounts import day_on_screen
from workbench.wording.forecast import marked_provisional, reviewers_away


def phone_sentence(forecast: CaseForecast, today: date) -> str:
    """Return the sentence to read out on the phone. It contains no personal data and no verdict.

    The sentence begins with a suspension or the absence of all reviewers, since the dates depend on it.
    """
    case = format_case(forecast.case_id)
    if forecast.is_endless:
        sentence = _("there is no expected date for {case}.").format(case=case)
    else:
        days = forecast.checked or forecast.passed
        last = marked_provisional(day_on_screen(days.p90, today), is_provisional=forecast.is_provisional)
        sentence = _sentence_for_state(forecast).format(case=case, p50=day_on_screen(days.p50, today), p90=last)
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


def _sentence_for_state(forecast: CaseForecast) -> str:
    """Return the sentence for the current state of a case, with placeholders for the days."""
    if forecast.checked is not None:
        return _("A second person is checking {case}; the result is expected by {p50}, at the latest {p90}.")
    if forecast.is_incomplete:
        return _(
            "{case} is waiting for documents; if they arrive today, it is expected to pass by {p50}, "
            "at the latest {p90}."
        )
    if forecast.is_with_others:
        return _("A matter in {case} is being looked into; it is expected to pass by {p50}, at the latest {p90}.")
    if forecast.state is CaseState.APPEALED:
        return _(
            "The appeal in {case} is being decided; if it succeeds, {case} is expected to pass by {p50}, "
            "at the latest {p90}."
        )
    if forecast.state in {CaseState.RECTIFYING, CaseState.PENDING}:
        return _(
            "{case} is waiting for the items we asked you for; it is expected to pass by {p50}, at the latest {p90}."
        )
    return _("{case} is accepted; it is expected to pass by {p50}, at the latest {p90}.")
