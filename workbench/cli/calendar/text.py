"""The working calendar as text: a year in months, and the effect of a change."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.cli.framework import output
from workbench.domain.case.case_id import format_case
from workbench.domain.case.vocabulary import DayStatus
from workbench.domain.clock.calendar import CalendarDay
from workbench.domain.text.cells import pad_right
from workbench.i18n import _, current_language, ngettext, with_remark
from workbench.wording import calendar as wording
from workbench.wording.amounts import commas, instant_on_screen

if TYPE_CHECKING:
    from workbench.services.time.calendar.preview import CalendarEffect, CalendarImport, CalendarYear

_MONTHS_PER_ROW = 3
_MONTH_CELLS = 21
_GAP = "   "
_MAX_LINES = 20
MAX_LISTED = 1_000
"""The most cases that a JSON document lists."""


def print_year(shown: "CalendarYear") -> None:
    """Print a year, three months in a row, with the legend, the days set by hand and the suspensions."""
    working_days = wording.working_days_words(sum(day.working for day in shown.days))
    output.line(f"{shown.year} · {_(wording.DAY_STATUS_WORDS[shown.status])} · {working_days}")
    if shown.status is DayStatus.PROVISIONAL:
        output.line(wording.not_published(shown.year))
    days = {day.on: day for day in shown.days}
    for first in range(1, 13, _MONTHS_PER_ROW):
        output.line()
        months = [_month(shown, month, days) for month in range(first, first + _MONTHS_PER_ROW)]
        for parts in zip_longest(*months, fillvalue=""):
            output.line(_GAP.join(pad_right(part, _MONTH_CELLS) for part in parts).rstrip())
    output.line()
    output.line("   ".join(f"{sign} {_(words)}" for sign, words in wording.LEGEND))
    for override in shown.overrides.values():
        output.line(f"{wording.day_words(override.day(), shown.today)} · {override.by} · {override.reason}")
    for suspension in shown.suspensions:
        output.line(wording.suspension_words(suspension, shown.today, shown.zone))


def _month(shown: "CalendarYear", month: int, days: dict[date, CalendarDay]) -> list[str]:
    def cell(on: date | None) -> str:
        if on is None:
            return "   "
        return f"{on.day:2}{wording.SUSPENDED if shown.suspensions_on(on) else wording.sign_of(days[on])}"

    weeks = wording.weeks_of(shown.year, month)
    lines = [wording.month_words(month), " ".join(wording.weekday_heads())]
    return lines + ["".join(map(cell, week)).rstrip() for week in weeks]


def import_lines(planned: "CalendarImport", zone: ZoneInfo, today: date) -> Iterator[str]:
    """Yield the effect of importing calendars: years, days and due dates."""
    for year in planned.unpublished:
        sentence = _("The holidays of {year} are not published yet: the file lists no days, and the year is unchanged.")
        yield sentence.format(year=year)
    if planned.years:
        yield _("Years imported: {years}.").format(years=" ".join(map(str, planned.years)))
    for override in planned.kept:
        yield _("Set by hand, kept: {day}").format(day=wording.day_words(override.day(), today))
    yield from effect_lines(planned.effect, zone, today)


def effect_lines(effect: "CalendarEffect", zone: ZoneInfo, today: date) -> Iterator[str]:
    """Yield the first days whose working time changes, and the first due dates and deadlines that move."""
    changed_days = [
        after
        for before, after in zip(effect.before, effect.after, strict=True)
        if (before.working, before.hours) != (after.working, after.hours)
    ]
    yield from first_lines([wording.day_words(day, today) for day in changed_days])
    for changes, remark in ((effect.moved_due_dates, ""), (effect.deadline_changes, _("deadline of the applicant"))):
        yield from first_lines(
            [
                f"{format_case(one.case_id)}  {instant_on_screen(one.before, today, zone)} → "
                + with_remark(
                    with_remark(instant_on_screen(one.after, today, zone), remark),
                    _("provisional") if one.is_provisional else "",
                )
                for one in changes
            ]
        )


def first_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines, and how many more there are."""
    yield from lines[:_MAX_LINES]
    if len(lines) > _MAX_LINES:
        yield _("… and {count} more.").format(count=commas(len(lines) - _MAX_LINES))


def effect_summary(effect: "CalendarEffect", *, is_written: bool) -> str:
    """Summarise the effect of a change that was written or is planned."""
    # `after` also has days whose working time stays and only the name or the status changes.
    day_count, moved_count = len(effect.after), len(effect.moved_due_dates)
    if effect.changes_nothing:
        return _("The calendar does not change; nothing was written.")
    if is_written:
        changed = ngettext("{count} day changed.", "{count} days changed.", day_count)
        moved = ngettext("{count} due date moved.", "{count} due dates moved.", moved_count)
        parts = [changed.format(count=commas(day_count)), moved.format(count=commas(moved_count))]
    else:
        changed = ngettext("{count} day would change.", "{count} days would change.", day_count)
        parts = [_("Dry run: nothing was written."), changed.format(count=commas(day_count))]
        parts.append(wording.moved_count_words(moved_count))
    if effect.deadline_changes:
        parts.append(wording.deadline_count_words(len(effect.deadline_changes)))
    if effect.certainty_change_count:
        parts.append(wording.certainty_change_words(effect.certainty_change_count))
    if moved_count or effect.deadline_changes:
        parts.append(wording.notice_count_words(effect.notified_count, is_written=is_written))
    return ("" if current_language() == "zh" else " ").join(parts)
