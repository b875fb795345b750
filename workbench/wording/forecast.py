"""The forecast in words: for reviewers, on the phone, and in letters."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from math import ceil

from db.enums import Language
from workbench.domain.clock.late_risk import LateCause, LateRisk
from workbench.domain.forecast.result import CaseForecast, DayRange, DepartmentTime, PassNeed, QueueForecast
from workbench.i18n import N_, _, catalogue, current_language, ngettext
from workbench.wording.amounts import commas, day_on_screen, short_figure
from workbench.wording.letter_dates import MONTHS_EN, letter_day

_ROUNDING_DAYS = 1e-6

_NEED_WORDS = {
    PassNeed.DOCUMENTS: N_("the missing documents are in"),
    PassNeed.ITEMS: N_("the items we asked for are in"),
    PassNeed.APPEAL: N_("the appeal has succeeded"),
    PassNeed.CHECK: N_("the check by a second person is over"),
    PassNeed.FINDINGS: N_("the open points are cleared up"),
}

_DECIDED_BY = {
    (False, False): N_("The application is decided usually by {p50}, in nine of ten cases by {p90}"),
    (False, True): N_("The application is decided by {p90} in nine of ten cases"),
    (True, False): N_(
        "If all we asked for arrives today, the application is decided usually by {p50}, in nine of ten cases by {p90}"
    ),
    (True, True): N_("If all we asked for arrives today, the application is decided by {p90} in nine of ten cases"),
}
"""The day of the decision: by whether the applicant has the case, and whether the range is one day."""

_LATE_CAUSES = {
    LateCause.CHECK: N_("waits for its check"),
    LateCause.AWAY: N_("{who} is away"),
    LateCause.DEPARTMENT: N_("waits for {who} to verify"),
    LateCause.RETURNED: N_("sent back {count} times"),
    LateCause.ASSIGNEE: N_("{who} has {count} before it"),
    LateCause.QUEUE: N_("{count} before it"),
}

_STUCK_CAUSES = {
    "check": N_("nobody may check it: add a reviewer"),
    "expired": N_("three holds expired: assign it"),
    "skipped": N_("skipped by all: assign it"),
    "undated": N_("no next date: take it, set one"),
    "appeal": N_("no supervisor free to: add one"),
}
_SAME_BLOCKS = N_("with the same block findings")
_AMONG = {
    "block": N_("with block findings"),
    "warn": N_("with warnings and no block finding"),
    "none": N_("without block findings and warnings"),
}


def range_on_screen(days: DayRange, today: date) -> str:
    """Return a range of days as `25–27 Nov`, `27 Nov – 2 Dec` or one day; `11月25日–27日` in Chinese."""
    first, last = days.p50, days.p90
    if days.is_one_day or first.year != today.year or last.year != today.year:
        shown = [day_on_screen(day, today) for day in dict.fromkeys((first, last))]
        return " – ".join(shown)
    is_one_month = first.month == last.month
    if current_language() == "zh":
        month_of_last = "" if is_one_month else f"{last.month}月"
        return f"{first.month}月{first.day}日–{month_of_last}{last.day}日"
    first_month, last_month = (MONTHS_EN[day.month - 1][:3] for day in (first, last))
    if is_one_month:
        return f"{first.day}–{last.day} {last_month}"
    return f"{first.day} {first_month} – {last.day} {last_month}"


def stuck_words(cause: str) -> str:
    """Return why a case is stuck, and the way out."""
    return _(_STUCK_CAUSES[cause])


def late_cause_words(risk: LateRisk, today: date) -> str:
    """Return why a case is likely late."""
    words = _(_LATE_CAUSES[risk.cause]).format(who=risk.who, count=commas(risk.count))
    until = risk.until and _("{cause} until {day}").format(cause=words, day=day_on_screen(risk.until, today))
    return until or words


def likely_decision_words(forecast: CaseForecast, today: date, due_on: date | None = None) -> str:
    """Return the forecast in the header of a case: when it is likely to be decided, or when its check ends.

    While the applicant has the case, or documents are missing, it holds only if everything arrives today. `due_on` is
    the due date, if our clock runs: a later forecast says so.
    """
    if forecast.has_no_day:
        return _("no date available")
    days = range_on_screen(forecast.decided, today)
    if forecast.awaits_check:
        words = _("result likely {days}")
    elif forecast.awaits_items or forecast.is_incomplete:
        words = _("if all arrives today, likely decided {days}")
    else:
        words = _("likely decided {days}")
    if due_on is not None and forecast.decided.p50 > due_on:
        words = _("{likely}, after the due date").format(likely=words)
    return with_marks(words.format(days=days), forecast)


def with_marks(words: str, forecast: CaseForecast | QueueForecast) -> str:
    """Return a text about days, marked if the days are assumed, and if they may still change."""
    if forecast.is_thin:
        words = _("{days} (assumed)").format(days=words)
    return _("{days} (provisional)").format(days=words) if forecast.is_provisional else words


def forecast_explanation(forecast: CaseForecast, today: date) -> str:
    """Return one sentence that explains a forecast."""
    parts = [part for part in (_ahead_words(forecast), _speed_words(forecast, today)) if part]
    sentence = _(", ").join(parts)
    return _("{sentence}.").format(sentence=sentence[:1].upper() + sentence[1:])


def pass_rate_words(forecast: CaseForecast) -> str:
    """Return how often similar cases passed at the first decision, for staff only; empty if unknown."""
    rate = forecast.pass_rate
    if rate is None:
        return ""
    return ngettext(
        "{share} % ({low}–{high} %) of {cases} decided case {among} passed at the first decision.",
        "{share} % ({low}–{high} %) of {cases} decided cases {among} passed at the first decision.",
        rate.cases,
    ).format(
        share=round(100 * rate.share),
        low=round(100 * rate.low),
        high=round(100 * rate.high),
        cases=commas(rate.cases),
        among=_(_SAME_BLOCKS if rate.has_same_rules else _AMONG[rate.findings]),
    )


def forecast_caveats(forecast: CaseForecast | QueueForecast) -> Iterator[str]:
    """Yield the assumptions of a forecast, a sentence each."""
    if forecast.is_thin:
        yield _("There is too little history, so the figures are assumptions of the policy.")
    if isinstance(forecast, CaseForecast) and forecast.is_incomplete:
        yield _("Documents are missing; the forecast assumes that they arrive now.")
    if isinstance(forecast, CaseForecast) and forecast.is_with_others:
        known = _("The case waits for others; the forecast assumes that they answer as they did before.")
        yield known if forecast.answer else _("The case waits for others; it is not known how long.")
    if forecast.is_suspended:
        yield _("Work is suspended; the forecast assumes that it resumes tomorrow.")
    if forecast.is_endless:
        yield _("All reviewers are away and no return is planned, so there is no expected date.")
    if forecast.is_provisional:
        yield _("The dates are provisional, since the calendar of that year is not published yet.")


def queue_lines(forecast: QueueForecast, today: date) -> Iterator[str]:
    """Yield the forecast of the queue, a sentence a line."""
    waiting = _waiting_count_words(forecast)
    if forecast.reviewers:
        yield ngettext(
            "{waiting}; {reviewers} reviewer decides about {per_day} a working day.",
            "{waiting}; {reviewers} reviewers decide about {per_day} a working day.",
            forecast.reviewers,
        ).format(waiting=waiting, reviewers=commas(forecast.reviewers), per_day=short_figure(forecast.per_day))
    else:
        yield _("{waiting}; {nobody}.").format(waiting=waiting, nobody=reviewers_away(forecast, today))
    if not forecast.queued:
        yield _("No case is waiting.")
    elif not forecast.is_endless:
        yield from _clearing_lines(forecast, today)
    yield from forecast_caveats(forecast) if forecast.queued else ()
    yield from map(_department_words, forecast.departments)


def _department_words(time: DepartmentTime) -> str:
    """Return how many working days a department takes to answer, and how many inquiries it has to answer."""
    words, days = _("{department} has not answered yet; {open} open, {overdue} overdue."), {}
    if time.p50_days is not None and time.p90_days is not None:
        words = _("{department} answers in {p50} working days, 9 of 10 within {p90}; {open} open, {overdue} overdue.")
        days = {"p50": short_figure(time.p50_days), "p90": short_figure(time.p90_days)}
    name = time.name.in_language(current_language())
    return words.format(department=name, open=commas(time.open), overdue=commas(time.overdue), **days)


def _clearing_lines(forecast: QueueForecast, today: date) -> Iterator[str]:
    """Yield when the queue will be cleared, in whole working days, and how many cases will be decided late."""
    p50, p90 = whole_days(forecast.p50_days), whole_days(forecast.p90_days)
    yield ngettext(
        "Cleared usually by {first}, after {p50} working day; in nine of ten cases by {last}, after {p90}.",
        "Cleared usually by {first}, after {p50} working days; in nine of ten cases by {last}, after {p90}.",
        p50,
    ).format(
        p50=commas(p50),
        p90=commas(p90),
        first=day_on_screen(forecast.cleared.p50, today),
        last=with_marks(day_on_screen(forecast.cleared.p90, today), forecast),
    )
    if forecast.late_p90:
        sentence = _("Usually {p50} will be decided after their due date, in nine of ten cases at most {p90}.")
        if forecast.late_p50 == forecast.late_p90:
            sentence = _("{p50} will be decided after their due date.")
        yield sentence.format(p50=commas(forecast.late_p50), p90=commas(forecast.late_p90))
    else:
        yield _("None will be decided after its due date.")
    yield _("New urgent cases may be decided before some of these.")


def whole_days(days: float) -> int:
    """Return a duration in whole working days, rounded up; at least one."""
    return max(1, ceil(days - _ROUNDING_DAYS))


def reviewers_away(forecast: CaseForecast | QueueForecast, today: date) -> str:
    """Return the part of a sentence about the absence of all reviewers, with the day on which the first returns."""
    if forecast.back_on is None:
        return _("all reviewers are away, and no return is planned")
    return _("all reviewers are away until {day}").format(day=day_on_screen(forecast.back_on, today))


def _waiting_count_words(forecast: QueueForecast) -> str:
    """Return how many cases wait for a verdict, and how many of them are held."""
    queued, held = commas(forecast.queued), commas(forecast.held)
    if not forecast.held:
        return _("{queued} to decide").format(queued=queued)
    return _("{queued} to decide, {held} of them held now").format(queued=queued, held=held)


def decision_sentence(forecast: CaseForecast, write_day: Callable[[date], str], language: str) -> str:
    """Return when a case is decided, and when it passes or what must happen before it can pass.

    A case against which nothing is found passes with the decision; after a warning, nothing is promised.
    `CaseForecast.passed` is not used, because it includes the corrections of similar cases. While a verdict awaits its
    check, only the day of the result is given, so that nothing reveals the verdict. While the applicant has the case,
    the days assume that everything arrives today.
    """
    say = catalogue(language).gettext
    days, last = forecast.decided, write_day(forecast.decided.p90)
    if forecast.is_provisional:
        last = say(N_("{days} (provisional)")).format(days=last)
    decided = say(_DECIDED_BY[forecast.awaits_items, days.is_one_day]).format(p50=write_day(days.p50), p90=last)
    if forecast.awaits_check:
        return say(N_("{sentence}.")).format(sentence=decided)
    unknown = N_("whether it passes is not known before the decision")
    passed = unknown if forecast.has_warnings else N_("if nothing is found against it, it passes by then")
    return say(N_("{decided}; {passed}.")).format(
        decided=decided, passed=needs_words(forecast, language) or say(passed)
    )


def needs_words(forecast: CaseForecast, language: str) -> str:
    """Return what must happen before a case can pass; empty if nothing must."""
    say = catalogue(language).gettext
    needs = say(N_(" and ")).join(say(_NEED_WORDS[need]) for need in forecast.passed_needs)
    return say(N_("it can pass only once {needs}")).format(needs=needs) if needs else ""


def letter_sentence(forecast: CaseForecast, language: Language, due_on: date | None = None) -> str:
    """Return the sentences about the forecast in a letter; they say that the forecast is not a commitment.

    Args:
        forecast: The forecast.
        language: The language of the letter.
        due_on: The due date that the letter promises, if it does. A forecast with a later day says so.
    """
    say = catalogue(language.value).gettext
    if forecast.has_no_day:
        return say(N_("At present we cannot say when your application will be decided."))
    basis = N_("Assumed, as few applications have been decided so far") if forecast.is_thin else N_("As things stand")
    sentence = decision_sentence(forecast, lambda day: letter_day(day, language), language.value)
    sentences = [say(N_("{before}: {sentence}")).format(before=say(basis), sentence=sentence)]
    if due_on is not None and forecast.decided.p50 > due_on:
        sentences.append(say(N_("That is later than the due date.")))
    elif due_on is not None and forecast.decided.p90 > due_on:
        sentences.append(say(N_("The decision may come after the due date.")))
    sentences.append(say(N_("This is an estimate, not a commitment.")))
    return join_sentences(sentences, language.value)


def join_sentences(sentences: Iterable[str], language: str) -> str:
    """Return sentences as one text; Chinese has no space between sentences."""
    return ("" if language == "zh" else " ").join(sentences)


def _ahead_words(forecast: CaseForecast) -> str:
    if forecast.awaits_check:
        return _("the check by a second person is pending")
    if forecast.ahead is None:
        return "" if forecast.is_incomplete else _("it is not in the queue now")
    if not forecast.ahead:
        return _("no case is ahead of it")
    return _("{count} ahead of it now, and more urgent ones may come").format(count=commas(forecast.ahead))


def _speed_words(forecast: CaseForecast, today: date) -> str:
    if not forecast.reviewers:
        return reviewers_away(forecast, today)
    return ngettext(
        "{reviewers} reviewer decides about {per_day} a day",
        "{reviewers} reviewers decide about {per_day} a day",
        forecast.reviewers,
    ).format(reviewers=commas(forecast.reviewers), per_day=short_figure(forecast.per_day))
