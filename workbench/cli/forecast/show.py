"""The command that prints the forecast of a case or of the queue: forecast show."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from workbench.cli.cases.named_case import find_case, note_reading
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_attributes, json_record, to_json
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.forecast.result import CaseForecast, DayRange, PassRate, QueueForecast
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, current_language
from workbench.wording import forecast as wording
from workbench.wording.amounts import day_on_screen
from workbench.wording.phone import phone_sentence
from workbench.wording.what_would_help import findings_to_answer, missing_codes, missing_names

_DECIMALS = 2


def show(
    context: CommandContext,
    case: Annotated[
        str | None, argument("CASE", N_("Case, such as C-000123, or what names it. Default: the whole queue."))
    ] = None,
    reviewers: Annotated[
        int | None,
        option("--reviewers", N_("Forecast with this many reviewers. Default: those at work."), "N", min=1, max=999),
    ] = None,
    sentence_only: Annotated[bool, option("--say", N_("Print only the sentence to read out on the phone."))] = False,
) -> None:
    """Print the forecast of one case or of the whole queue."""
    if sentence_only and reviewers is not None:
        raise WrongUsage(_("--say and --reviewers cannot be used together; leave one out."))
    if case is not None:
        _show_case(context, case, reviewers, sentence_only=sentence_only)
    elif sentence_only:
        raise WrongUsage(_("--say needs a case: workbench forecast CASE --say."))
    else:
        _show_queue(context, reviewers)


def _show_case(context: CommandContext, case: str, reviewers: int | None, *, sentence_only: bool) -> None:
    with context.services() as services:
        case_id = find_case(context, services, case)
        forecast = services.forecasts.of_case(case_id, reviewers)
        casefile, zone = services.casefiles.show(case_id), zone_of(services)
        note_reading(services, case_id)
    today = context.now().astimezone(zone).date()
    if context.as_json:
        output.document(_case_document(forecast, casefile, zone, context.now()))
    elif sentence_only:
        output.line(phone_sentence(forecast, casefile, context.now()))
    else:
        _print_case(forecast, casefile, today)


def _case_document(forecast: CaseForecast, casefile: CaseFile, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return {
        **_document(forecast),
        "due_at": to_json(casefile.header.due_at, zone),
        "missing_documents": list(missing_codes(casefile)),
        "asked_about": [
            {"rule": finding.rule, "severity": finding.severity.value, "text": text}
            for finding, text in findings_to_answer(casefile, current_language())
        ],
        "saved_days": forecast.saved_days,
        "answer": to_json(forecast.answer, UTC),
        "explanation": wording.forecast_explanation(forecast, now.astimezone(zone).date()),
        "say": phone_sentence(forecast, casefile, now),
    }


def _document(forecast: CaseForecast) -> dict[str, Any]:
    """Return a forecast as JSON.

    * `decided`: the days of the next decision.
    * `passed`: the days on which similar cases passed, after their corrections. It is null while something prevents a
      pass; `passed_needs` says what.
    * `pass_at_first`: the share of similar cases that passed at the first decision, for staff only.
    * `reviewers`, `per_day`: 0 while all reviewers are away; `back_on` is the first day on which one returns.
    * `endless`: whether it is unknown when any reviewer returns. All future days are then the last day of the
      simulation, which is years ahead.

    `decided` and `passed` are also null while the case waits for others whose answer nobody can forecast.
    """
    names = ("state", "first_verdict", "decided", "passed", "passed_needs", "ahead")
    unknown = ("decided", "passed") if forecast.is_with_others and forecast.answer is None else ()
    return {
        "case": format_case(forecast.case_id),
        **json_attributes(forecast, names, UTC),
        **dict.fromkeys(unknown),
        "checked": to_json(forecast.decided if forecast.awaits_check else None, UTC),
        "pass_at_first": _pass_at_first(forecast.pass_rate),
        **_common(forecast),
        "sent_back": None if forecast.sent_back is None else round(forecast.sent_back, _DECIMALS),
        "incomplete": forecast.is_incomplete,
    }


def _pass_at_first(rate: PassRate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    shares = {name: round(getattr(rate, name), _DECIMALS) for name in ("share", "low", "high")}
    return {**shares, **json_attributes(rate, ("cases", "findings"), UTC), "same_findings": rate.has_same_rules}


def _common(forecast: CaseForecast | QueueForecast) -> dict[str, Any]:
    """Return the fields that the forecast of a case and that of the queue share, as JSON."""
    return {
        **json_attributes(forecast, ("reviewers", "back_on"), UTC),
        "per_day": round(forecast.per_day, _DECIMALS),
        "assumed": forecast.is_thin,
        "suspended": forecast.is_suspended,
        "provisional": forecast.is_provisional,
        "endless": forecast.is_endless,
    }


def _print_case(forecast: CaseForecast, casefile: CaseFile, today: date) -> None:
    asked = (text for _finding, text in findings_to_answer(casefile, current_language()))
    missing = missing_names(casefile.evidence, casefile.policy, current_language())
    output.pairs(
        [
            (_("Case"), format_case(forecast.case_id)),
            (_("Answer of others"), _days(forecast, forecast.answer, today) if forecast.answer else ""),
            (_("First verdict"), _first_verdict(forecast, today)),
            *_end_rows(forecast, today),
            (_("Why"), wording.forecast_explanation(forecast, today)),
            (_("Similar cases"), wording.pass_rate_words(forecast)),
            *(("", caveat) for caveat in wording.forecast_caveats(forecast)),
            (_("Missing"), "\n".join(missing)),
            (_("Likely questions"), "\n".join(asked)),
        ]
    )


def _first_verdict(forecast: CaseForecast, today: date) -> str:
    if forecast.is_decided:
        return day_on_screen(forecast.first_verdict.p50, today)
    return _days(forecast, forecast.first_verdict, today)


def _end_rows(forecast: CaseForecast, today: date) -> Iterator[tuple[str, str]]:
    """Yield when the next decision is expected, and when the case passes or what must happen before that."""
    if forecast.awaits_check or forecast.is_decided:
        label = _("Result") if forecast.awaits_check else _("Next decision")
        yield label, _days(forecast, forecast.decided, today)
    if forecast.passed is None:
        yield _("Passed"), wording.needs_words(forecast, current_language())
    else:
        decided, passed = _days(forecast, forecast.decided, today), _days(forecast, forecast.passed, today)
        if not forecast.has_warnings:
            yield _("Passed"), _("{days}, if nothing is found against it").format(days=decided)
        if forecast.has_warnings or passed != decided:
            yield (
                _("Passed") if forecast.has_warnings else "",
                _("{days} with the corrections of similar cases").format(days=passed),
            )


def _days(forecast: CaseForecast, days: DayRange, today: date) -> str:
    if forecast.has_no_day:
        return _("no date available")
    return wording.with_marks(wording.range_on_screen(days, today), forecast)


def _show_queue(context: CommandContext, reviewers: int | None) -> None:
    with context.services() as services:
        forecast = services.forecasts.of_queue(reviewers)
        cases = services.forecasts.of_all(reviewers) if context.as_json else ()
        zone = zone_of(services)
    document = {**_queue_document(forecast), "cases": [_document(of_case) for of_case in cases]}
    context.print_lines(document, wording.queue_lines(forecast, context.now().astimezone(zone).date()))


def _queue_document(forecast: QueueForecast) -> dict[str, Any]:
    return {
        **json_attributes(forecast, ("queued", "held", "usual_reviewers", "cleared"), UTC),
        **_common(forecast),
        "clear_days": {"p50": round(forecast.p50_days, _DECIMALS), "p90": round(forecast.p90_days, _DECIMALS)},
        "late": {"p50": forecast.late_p50, "p90": forecast.late_p90},
        "departments": [
            {**json_record(time, UTC), "name": time.name.in_language(current_language())}
            for time in forecast.departments
        ],
    }
