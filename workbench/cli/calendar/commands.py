"""Commands about the working calendar and its dates: calendar show, calendar set, import calendar, tick."""

from dataclasses import asdict
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from workbench.cli.calendar.text import MAX_LISTED, effect_lines, effect_summary, import_lines, print_year
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_attributes, to_json
from workbench.cli.framework.options import DryRun, parse_day_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.hours import format_hours, parse_hours
from workbench.domain.clock.typed.tense import Tense
from workbench.errors import BadConfiguration, WrongUsage
from workbench.i18n import N_, _
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from workbench.domain.clock.calendar import CalendarDay
    from workbench.services.clock.due_date_changes import DueChange
    from workbench.services.time.calendar.preview import CalendarEffect, CalendarImport, CalendarYear, DaySetting


def show_year(
    context: CommandContext,
    year: Annotated[int | None, argument("YEAR", N_("Year to show. Default: this year."))] = None,
) -> None:
    """Show a year of the working calendar."""
    with context.services() as services:
        shown = services.calendars.year(context.now().astimezone(zone_of(services)).year if year is None else year)
    if context.as_json:
        output.document(_year_document(shown))
    else:
        print_year(shown)


def _year_document(shown: "CalendarYear") -> dict[str, Any]:
    return {
        "year": shown.year,
        "status": shown.status.value,
        "working_days": sum(day.working for day in shown.days),
        "days": [
            {**_day_document(day), "hours": format_hours(day.hours or shown.hours) if day.working else None}
            for day in shown.days
        ],
        "suspensions": [
            {
                **json_attributes(suspension, ("id", "province", "agent", "reason"), shown.zone),
                "from": to_json(suspension.span.start, shown.zone),
                "to": None if suspension.span.is_open else to_json(suspension.span.end, shown.zone),
            }
            for suspension in shown.suspensions
        ],
    }


def _day_document(day: "CalendarDay") -> dict[str, Any]:
    return {
        "date": day.on.isoformat(),
        **json_attributes(day, ("working", "kind", "status", "name"), UTC),
        "hours": format_hours(day.hours) or None,
    }


def set_day(
    context: CommandContext,
    day: Annotated[str, argument("DATE", N_("Date, such as 2026-11-26 or 26 Nov."))],
    how: Annotated[
        str,
        argument(
            "off|work|HH:MM-HH:MM[,…]|published",
            N_("Day off, working day, hours of its own, or back to what was published."),
        ),
    ],
    name: Annotated[str, option("--name", N_("Name of the day."), "T")] = "",
    reason: Annotated[str, option("--reason", N_("Reason. Not needed with --dry-run."), "T")] = "",
    dry_run: DryRun = False,
) -> None:
    """Set a day of the working calendar by hand."""
    if not dry_run:
        required_text(reason, "--reason")
    with context.services() as services:
        setting = _parse_setting(parse_day_option(day, "DATE", services, Tense.ANY), how, name)
        zone = zone_of(services)
        effect = services.calendars.set_day(setting, reason, dry_run=dry_run)
        today = context.now().astimezone(zone).date()
    if context.as_json:
        output.document({"date": setting.on.isoformat(), "written": not dry_run, **_effect_document(effect, zone)})
        return
    for line in effect_lines(effect, zone, today):
        output.line(line)
    output.narrate(effect_summary(effect, is_written=not dry_run))


def _parse_setting(on: date, how: str, name: str) -> "DaySetting":
    """Parse the arguments of `calendar set`."""
    from workbench.services.time.calendar.preview import DaySetting

    word = how.strip().casefold()
    if word in {"off", "work"}:
        return DaySetting(on=on, working=word == "work", name=name)
    if word == "published":
        return DaySetting(on=on, as_published=True)
    try:
        return DaySetting(on=on, working=True, hours=parse_hours(how), name=name)
    except BadConfiguration as error:
        if any(char.isdigit() for char in how):
            raise WrongUsage(str(error)) from error
        raise WrongUsage(
            _("Invalid setting “{word}”; use off, work, published, or hours such as 09:00-12:00.").format(word=how)
        ) from error


def import_calendar(context: CommandContext, files: list[Path], *, dry_run: bool) -> None:
    """Import the calendars of years, and print which due dates move before anything is written.

    Raises:
        FileProblem: With every error in the files.
    """
    with context.services() as services:
        zone = zone_of(services)
        done = services.calendars.import_notices(files, dry_run=True)
        if not context.as_json:
            for line in import_lines(done, zone, context.now().astimezone(zone).date()):
                output.line(line)
        if not dry_run:
            done = services.calendars.import_notices(files)
    context.print_result(
        _import_document(done, zone, is_written=not dry_run), effect_summary(done.effect, is_written=not dry_run)
    )


def _import_document(done: "CalendarImport", zone: "ZoneInfo", *, is_written: bool) -> dict[str, Any]:
    return {
        "batch": None,
        "kind": "calendar",
        **json_attributes(done, ("rows", "created", "updated", "years", "unpublished"), zone),
        "unchanged": done.rows - done.created - done.updated,
        "rejected": 0,
        "errors": [],
        "error_count": 0,
        "kept": [override.on.isoformat() for override in done.kept],
        "written": is_written and bool(done.effect.after),
        **_effect_document(done.effect, zone),
    }


def _effect_document(effect: "CalendarEffect", zone: "ZoneInfo") -> dict[str, Any]:
    return {
        "days": [_day_document(after) for after in effect.after],
        "moved_count": len(effect.moved_due_dates),
        "moved": [
            _due_change_document(due, zone) | {"due_provisional": due.is_provisional}
            for due in effect.moved_due_dates[:MAX_LISTED]
        ],
        "deadline_count": len(effect.deadline_changes),
        "deadlines": [_due_change_document(each, zone) for each in effect.deadline_changes[:MAX_LISTED]],
        # The names of the keys are part of the JSON interface.
        "settled_count": effect.certainty_change_count,
        "told": effect.notified_count,
    }


def _due_change_document(change: "DueChange", zone: "ZoneInfo") -> dict[str, Any]:
    return {"case": format_case(change.case_id), **json_attributes(change, ("before", "after"), zone)}


def tick(
    context: CommandContext,
    clock_is_right: Annotated[
        bool,
        option("--clock-is-right", N_("Accept the clock of this machine as it is (admin).")),
    ] = False,
) -> None:
    """Handle all dates and deadlines that have passed."""
    from workbench.services.site.log_checks.anchors import keep_daily_anchor, note_target

    with context.services() as services:
        if clock_is_right:
            services.ticking.accept_clock()
        done = asdict(services.ticking.tick())
        anchor_target = context.anchor_target()
        note_target(services.context, anchor_target)
        if anchor_target:
            keep_daily_anchor(services.context, anchor_target, context.site_file())
    sentence = _(
        "Back in the queue: {queued}. Lapsed: {lapsed}. Delay notices: {delayed}. Resumption notices: {resumed}. "
        "Reminders: {reminded}. Re-reviews: {opened}. Inquiries: {inquiries}."
    )
    # The names of the counts are the placeholders of the sentence.
    context.print_result(done, sentence.format(**{name: commas(number) for name, number in done.items()}))
