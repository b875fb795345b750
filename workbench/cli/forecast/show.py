"""The command that prints the forecast of a case or of the queue: forecast show."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import JsonFlag
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case, parse_case
from workbench.errors import WrongUsage
from workbench.i18n import _, current, marked

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from workbench.domain.case.casefile import CaseFile
    from workbench.domain.forecast.result import CaseForecast, DayRange, QueueForecast

_DECIMALS = 2


def show(
    context: CommandContext,
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help=marked("Case, such as C-000123. Default: the whole queue."))
    ] = None,
    reviewers: Annotated[
        int | None,
        typer.Option(
            "--reviewers",
            min=1,
            max=999,
            metavar="N",
            help=marked("Forecast with this many reviewers. Default: those at work."),
        ),
    ] = None,
    sentence_only: Annotated[
        bool, typer.Option("--say", help=marked("Print only the sentence to read out on the phone."))
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print the forecast of one case or of the whole queue."""
    if sentence_only and reviewers is not None:
        raise WrongUsage(_("--say and --reviewers cannot be used together; leave one out."))
    if case is None:
        if sentence_only:
            raise WrongUsage(_("--say needs a case: workbench forecast CASE --say."))
        _show_queue(context, reviewers, as_json=as_json)
    else:
        _show_case(context, parse_case(case), reviewers, sentence_only=sentence_only, as_json=as_json)


def _show_case(
    context: CommandContext, case_id: int, reviewers: int | None, *, sentence_only: bool, as_json: bool
) -> None:
    from workbench.wording.phone import phone_sentence

    with context.services() as services:
        forecast = services.forecasts.of_case(case_id, reviewers)
        casefile, zone = services.casefiles.show(case_id), zone_of(services)
    today = context.now().astimezone(zone).date()
    if as_json:
        output.document(_case_document(forecast, casefile, zone, today))
    elif sentence_only:
        output.line(phone_sentence(forecast, today))
    else:
        _print_case(forecast, casefile, today)


def _case_document(forecast: "CaseForecast", casefile: "CaseFile", zone: "ZoneInfo", today: "date") -> dict[str, Any]:
    from workbench.wording.forecast import explanation
    from workbench.wording.phone import phone_sentence
    from workbench.wording.what_would_help import findings_to_answer, missing_codes

    due_at = casefile.header.due_at
    return {
        **_document(forecast),
        "due_at": due_at.astimezone(zone).isoformat() if due_at else None,
        "missing_documents": list(missing_codes(casefile)),
        "asked_about": [
            {"rule": finding.rule, "severity": finding.severity.value, "text": text}
            for finding, text in findings_to_answer(casefile, current())
        ],
        "explanation": explanation(forecast, today),
        "say": phone_sentence(forecast, today),
    }


def _document(forecast: "CaseForecast") -> dict[str, Any]:
    """Return a forecast as JSON.

    Days are always dates. While all reviewers are away, `reviewers` and `per_day` are 0 and `back_on` is the first day
    on which one returns. If no return is known, `endless` is true and future days are the last day of the simulation,
    years ahead, which means that no date is known.
    """
    return {
        "case": format_case(forecast.case_id),
        "state": forecast.state.value,
        "first_verdict": _range(forecast.first_verdict),
        "passed": _range(forecast.passed),
        "checked": None if forecast.checked is None else _range(forecast.checked),
        "ahead": forecast.ahead,
        "reviewers": forecast.reviewers,
        "per_day": round(forecast.per_day, _DECIMALS),
        "sent_back": None if forecast.sent_back is None else round(forecast.sent_back, _DECIMALS),
        "assumed": forecast.is_thin,
        "incomplete": forecast.is_incomplete,
        "suspended": forecast.is_suspended,
        "provisional": forecast.is_provisional,
        "back_on": forecast.back_on.isoformat() if forecast.back_on else None,
        "endless": forecast.is_endless,
    }


def _print_case(forecast: "CaseForecast", casefile: "CaseFile", today: "date") -> None:
    from workbench.wording.forecast import caveats, explanation
    from workbench.wording.what_would_help import findings_to_answer, missing_names

    rows = [
        (_("Case"), format_case(forecast.case_id)),
        (_("First verdict"), _first_verdict(forecast, today)),
        _end_row(forecast, today),
        (_("Why"), explanation(forecast, today)),
    ]
    rows += [("", caveat) for caveat in caveats(forecast)]
    missing = missing_names(casefile, current())
    if missing:
        rows.append((_("Missing"), "\n".join(missing)))
    asked = [text for _finding, text in findings_to_answer(casefile, current())]
    if asked:
        rows.append((_("Likely questions"), "\n".join(asked)))
    output.pairs(rows)


def _first_verdict(forecast: "CaseForecast", today: "date") -> str:
    from workbench.wording.amounts import day_on_screen

    if forecast.is_decided:
        return day_on_screen(forecast.first_verdict.p50, today)
    return _days(forecast, forecast.first_verdict, today)


def _end_row(forecast: "CaseForecast", today: "date") -> tuple[str, str]:
    """Return when a case is expected to pass or, while its verdict awaits a check, when the result is expected."""
    if forecast.checked is not None:
        return _("Result"), _days(forecast, forecast.checked, today)
    return _("Passed"), _days(forecast, forecast.passed, today)


def _days(forecast: "CaseForecast", days: "DayRange", today: "date") -> str:
    from workbench.wording.forecast import marked_provisional, range_on_screen

    if forecast.is_endless:
        return _("no date available")
    return marked_provisional(range_on_screen(days, today), is_so=forecast.is_provisional)


def _show_queue(context: CommandContext, reviewers: int | None, *, as_json: bool) -> None:
    from workbench.wording.forecast import queue_lines

    with context.services() as services:
        forecast = services.forecasts.of_queue(reviewers)
        cases = services.forecasts.of_all(reviewers) if as_json else ()
        zone = zone_of(services)
    if as_json:
        output.document({**_queue_document(forecast), "cases": [_document(each) for each in cases]})
    else:
        for line in queue_lines(forecast, context.now().astimezone(zone).date()):
            output.line(line)


def _queue_document(forecast: "QueueForecast") -> dict[str, Any]:
    return {
        "queued": forecast.queued,
        "held": forecast.held,
        "reviewers": forecast.reviewers,
        "usual_reviewers": forecast.usual_reviewers,
        "per_day": round(forecast.per_day, _DECIMALS),
        "clear_days": {"p50": round(forecast.p50_days, _DECIMALS), "p90": round(forecast.p90_days, _DECIMALS)},
        "cleared": _range(forecast.cleared),
        "late": {"p50": forecast.late_p50, "p90": forecast.late_p90},
        "assumed": forecast.is_thin,
        "suspended": forecast.is_suspended,
        "provisional": forecast.is_provisional,
        "back_on": forecast.back_on.isoformat() if forecast.back_on else None,
        "endless": forecast.is_endless,
    }


def _range(days: "DayRange") -> dict[str, str]:
    return {"p50": days.p50.isoformat(), "p90": days.p90.isoformat()}


SHOW = Entry(
    "show", show, marked("Forecast when a case will be decided and passed, or when the queue will be cleared.")
)
ENTRIES = (SHOW,)
