"""The forecast in words: for reviewers, on the phone, and in letters."""

from collections.abc import Iterator
from datetime import date
from math import ceil

from db.enums import Language
from workbench.domain.forecast.result import CaseForecast, DayRange, QueueForecast
from workbench.i18n import _, current_language, ngettext
from workbench.wording.amounts import count, day_on_screen
from workbench.wording.letter_dates import MONTHS_EN, letter_day

_HALF = 0.5
_FEW = 0.03
_NO_TIME = 1e-6
_EVERY_SECOND = 2
_ONE_DECIMAL_BELOW = 9.5


def range_on_screen(days: DayRange, today: date) -> str:
    """Return a range of days as `25–27 Nov`, `27 Nov – 2 Dec` or one day; `11月25日–27日` in Chinese."""
    first, last = days.p50, days.p90
    if days.is_one_day or first.year != today.year or last.year != today.year:
        shown = [day_on_screen(day, today) for day in dict.fromkeys((first, last))]
        return " – ".join(shown)
    is_one_month = first.month == last.month
    if current_language() == "zh":
        return f"{first.month}月{first.day}日–{'' if is_one_month else f'{last.month}月'}{last.day}日"
    first_month, last_month = (MONTHS_EN[day.month - 1][:3] for day in (first, last))
    if is_one_month:
        return f"{first.day}–{last.day} {last_month}"
    return f"{first.day} {first_month} – {last.day} {last_month}"


def likely(forecast: CaseForecast, today: date) -> str:
    """Return the forecast in the header of a case: when it is likely to pass, or when its check is likely to end."""
    if forecast.is_endless:
        return _("no date available")
    days = range_on_screen(forecast.checked or forecast.passed, today)
    if forecast.checked is not None:
        words = _("result likely {days}")
    else:
        words = _("likely {days}, assumed") if forecast.is_thin else _("likely {days}")
    return marked_provisional(words.format(days=days), is_provisional=forecast.is_provisional)


def marked_provisional(words: str, *, is_provisional: bool) -> str:
    """Return a text about days, marked if the days may still change."""
    return _("{days} (provisional)").format(days=words) if is_provisional else words


def explanation(forecast: CaseForecast, today: date) -> str:
    """Return one sentence that explains a forecast."""
    parts = [part for part in (_ahead(forecast), _speed(forecast, today), _send_back_words(forecast)) if part]
    sentence = _(", ").join(parts)
    return _("{sentence}.").format(sentence=sentence[:1].upper() + sentence[1:])


def caveats(forecast: CaseForecast | QueueForecast) -> Iterator[str]:
    """Yield the assumptions of a forecast, a sentence each."""
    if forecast.is_thin:
        yield _("There is too little history, so the figures are assumptions of the policy.")
    if isinstance(forecast, CaseForecast) and forecast.is_incomplete:
        yield _("Documents are missing; the forecast assumes that they arrive now.")
    if forecast.is_suspended:
        yield _("Work is suspended; the forecast assumes that it resumes tomorrow.")
    if forecast.is_endless:
        yield _("All reviewers are away and no return is planned, so there is no expected date.")
    if forecast.is_provisional:
        yield _("The dates are provisional, since the calendar of that year is not published yet.")


def queue_lines(forecast: QueueForecast, today: date) -> Iterator[str]:
    """Yield the forecast of the queue, a sentence a line."""
    if forecast.reviewers:
        yield ngettext(
            "{waiting}; {reviewers} reviewer decides about {per_day} a working day.",
            "{waiting}; {reviewers} reviewers decide about {per_day} a working day.",
            forecast.reviewers,
        ).format(waiting=_waiting(forecast), reviewers=count(forecast.reviewers), per_day=figure(forecast.per_day))
    else:
        yield _("{waiting}; {nobody}.").format(waiting=_waiting(forecast), nobody=reviewers_away(forecast, today))
    if not forecast.queued:
        yield _("No case is waiting.")
        return
    if not forecast.is_endless:
        yield from _clearing_lines(forecast, today)
    yield from caveats(forecast)


def _clearing_lines(forecast: QueueForecast, today: date) -> Iterator[str]:
    """Yield when the queue will be cleared, in whole working days, and how many cases will be decided late."""
    p50, p90 = whole_days(forecast.p50_days), whole_days(forecast.p90_days)
    yield ngettext(
        "Cleared in {p50} working day, {p90} at worst: by {first}, at the latest {last}.",
        "Cleared in {p50} working days, {p90} at worst: by {first}, at the latest {last}.",
        p50,
    ).format(
        p50=count(p50),
        p90=count(p90),
        first=day_on_screen(forecast.cleared.p50, today),
        last=marked_provisional(day_on_screen(forecast.cleared.p90, today), is_provisional=forecast.is_provisional),
    )
    if forecast.late_p90:
        sentence = (
            _("{p50} will be decided after their due date.")
            if forecast.late_p50 == forecast.late_p90
            else _("{p50} will be decided after their due date, {p90} at worst.")
        )
        yield sentence.format(p50=count(forecast.late_p50), p90=count(forecast.late_p90))
    else:
        yield _("None will be decided after its due date.")
    yield _("New urgent cases may be decided before some of these.")


def whole_days(days: float) -> int:
    """Return a duration in whole working days, rounded up; at least one."""
    return max(1, ceil(days - _NO_TIME))


def reviewers_away(forecast: CaseForecast | QueueForecast, today: date) -> str:
    """Return the part of a sentence about the absence of all reviewers, with the day on which the first returns."""
    if forecast.back_on is None:
        return _("all reviewers are away, and no return is planned")
    return _("all reviewers are away until {day}").format(day=day_on_screen(forecast.back_on, today))


def _waiting(forecast: QueueForecast) -> str:
    """Return how many cases wait for a verdict, and how many of them are held."""
    queued, held = count(forecast.queued), count(forecast.held)
    if not forecast.held:
        return _("{queued} to decide").format(queued=queued)
    return _("{queued} to decide, {held} of them held now").format(queued=queued, held=held)


def figure(number: float) -> str:
    """Return a number with one decimal if it is below 10, else with none: `4.2`, `22`."""
    return f"{number:.1f}".removesuffix(".0") if number < _ONE_DECIMAL_BELOW else count(round(number))


def letter_sentence(forecast: CaseForecast, language: Language) -> str:
    """Return the sentence about the forecast in a letter; it says that the forecast is not a promise.

    If a verdict awaits its check, the sentence gives the day of the result and does not reveal the verdict.
    """
    if forecast.is_endless:
        if language is Language.ZH:
            return "目前无法预计审核完成的时间。"
        return "At present we cannot say when your application will be decided."
    days = forecast.checked or forecast.passed
    p50, p90 = letter_day(days.p50, language), letter_day(days.p90, language)
    if language is Language.ZH:
        basis = "按我司的工作安排" if forecast.is_thin else "按目前进度"
        latest = "" if days.is_one_day else f"，一般不晚于{p90}"
        what = "审核通过" if forecast.checked is None else "得出审核结论"
        return f"{basis}，预计{p50}前后{what}{latest}。此为预计时间，并非承诺。"
    basis = "By our planning" if forecast.is_thin else "As things stand"
    latest = "" if days.is_one_day else f", and very likely by {p90}"
    what = "your application to pass" if forecast.checked is None else "the result of your application"
    return f"{basis}, we expect {what} by {p50}{latest}; this is no promise."


def _ahead(forecast: CaseForecast) -> str:
    if forecast.checked is not None:
        return _("the check by a second person is pending")
    if forecast.ahead is None:
        return "" if forecast.is_incomplete else _("it is not in the queue now")
    if not forecast.ahead:
        return _("nobody ahead of you")
    return _("{count} ahead of you").format(count=count(forecast.ahead))


def _speed(forecast: CaseForecast, today: date) -> str:
    if not forecast.reviewers:
        return reviewers_away(forecast, today)
    return ngettext(
        "{reviewers} reviewer decides about {per_day} a day",
        "{reviewers} reviewers decide about {per_day} a day",
        forecast.reviewers,
    ).format(reviewers=count(forecast.reviewers), per_day=figure(forecast.per_day))


def _send_back_words(forecast: CaseForecast) -> str:
    share = forecast.sent_back
    if share is None or forecast.is_decided or forecast.checked is not None:
        return ""
    if share < _FEW:
        return _("few similar cases are sent back")
    if share > _HALF:
        return _("more than half of similar cases are sent back once")
    if round(1 / share) == _EVERY_SECOND:
        return _("about half of similar cases are sent back once")
    return _("about one in {number} similar cases is sent back once").format(number=round(1 / share))
