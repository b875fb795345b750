"""The command that says how long it will take: forecast show."""

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
        str | None, typer.Argument(metavar="CASE", help=marked("The case, such as C-000123; else the whole queue."))
    ] = None,
    reviewers: Annotated[
        int | None,
        typer.Option(
            "--reviewers",
            min=1,
            max=999,
            metavar="N",
            help=marked("What if so many decided; else those who are there."),
        ),
    ] = None,
    as_said: Annotated[
        bool, typer.Option("--say", help=marked("Only the sentence that can be read out on the phone."))
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say how long it will take, for one case or for the queue."""
    if as_said and reviewers is not None:
        raise WrongUsage(_("--say tells how things are, and --reviewers what if: give one of them."))
    if case is None:
        if as_said:
            raise WrongUsage(_("--say needs a case: workbench forecast CASE --say."))
        _show_queue(context, reviewers, as_json=as_json)
    else:
        _show_case(context, parse_case(case), reviewers, as_said=as_said, as_json=as_json)


def _show_case(context: CommandContext, case_id: int, reviewers: int | None, *, as_said: bool, as_json: bool) -> None:
    from workbench.wording.phone import phone_sentence

    with context.services() as services:
        forecast = services.forecasts.of_case(case_id, reviewers)
        casefile, zone = services.casefiles.show(case_id), zone_of(services)
    today = context.now().astimezone(zone).date()
    if as_json:
        output.document(_case_document(forecast, casefile, zone, today))
    elif as_said:
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
    """Return a forecast for programs.

    Days are always dates. While all who decide are away `reviewers` and `per_day` are 0, and `back_on` is the day on
    which the first is back; where none is known to come back `endless` is true, and the days of what is to come are the
    last one that is looked at, years away: they stand for none.
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
        rows.append((_("Will be asked about"), "\n".join(asked)))
    output.pairs(rows)


def _first_verdict(forecast: "CaseForecast", today: "date") -> str:
    from workbench.wording.amounts import day_on_screen

    if forecast.is_decided:
        return day_on_screen(forecast.first_verdict.p50, today)
    return _days(forecast, forecast.first_verdict, today)


def _end_row(forecast: "CaseForecast", today: "date") -> tuple[str, str]:
    """Return when a case is passed; while a verdict is checked that may say otherwise, when its result is out."""
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
    "show", show, marked("Say when a case is expected to be decided and passed, or when the queue is cleared.")
)
ENTRIES = (SHOW,)
