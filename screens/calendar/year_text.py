"""The lines of the calendar screen: the months of a year, the selected day and the effect of a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ERROR, INFO, MUTED, SUCCESS, WARNING, Part, flowing, joined, plain, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.case.vocabulary import DayStatus
from workbench.domain.clock.calendar import CalendarDay
from workbench.i18n import _
from workbench.services.time.calendar.preview import CalendarEffect, CalendarYear
from workbench.services.time.deadlines.recompute import SuspensionEffect
from workbench.wording import calendar as wording
from workbench.wording.amounts import commas

_MONTH_CELLS = 21
_MIN_GAP, _MAX_GAP = 3, 8
"""The least and the greatest number of cells between two months; a wider window has wider gaps."""

_STYLES = {"*": ERROR, "+": WARNING, ".": MUTED, "/": INFO, "x": ERROR, "#": WARNING, wording.SUSPENDED: ERROR}
_MAX_CASES, _MAX_SUSPENSIONS = 5, 2
"""The most cases that a preview lists, and the most suspensions below a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLines:
    """The lines of a year, and the line numbers of the selected day and of its month's title."""

    lines: list[Content]
    title_line: int
    day_line: int


def title_words(calendar: CalendarYear | None, year: int, view: View) -> list[Part]:
    """Return the header: the year, whether it is published, and its number of working days."""
    parts: list[Part] = [(_("Calendar"), "bold"), (f"   {year}", "bold $text-accent")]
    if calendar is not None:
        working_days = wording.working_days_words(sum(day.working for day in calendar.days))
        parts += [_status_part(calendar.status, view, MUTED), (f" {view.symbols.dot} {working_days}", MUTED)]
    return parts


def _status_part(status: DayStatus, view: View, style: str) -> Part:
    """Return the status of a year or a day; a provisional one has a mark, and the style of a warning."""
    is_provisional = status is DayStatus.PROVISIONAL
    mark = f"{view.symbols.provisional} " if is_provisional else ""
    return f" {view.symbols.dot} {mark}{_(wording.DAY_STATUS_WORDS[status])}", WARNING if is_provisional else style


def months_per_row(width: int) -> int:
    """Return how many months fit side by side: a divisor of twelve."""
    fitting = (width + _MIN_GAP) // (_MONTH_CELLS + _MIN_GAP)
    return max(number for number in (1, 2, 3, 4, 6) if number <= max(1, fitting))


def year_lines(calendar: CalendarYear, selected: date, width: int, view: View) -> YearLines:
    """Return a year as months side by side."""
    days = {day.on: day for day in calendar.days}
    lines: list[Content] = []
    if calendar.status is DayStatus.PROVISIONAL:
        mark = f"{view.symbols.provisional} "
        lines += wrapped_lines(mark + wording.not_published(calendar.year), width, WARNING)
    title_line = day_line = 0
    per_row = months_per_row(width)
    for first in range(1, 13, per_row):
        months = range(first, first + per_row)
        lines.append(Content())
        start = len(lines)
        blocks = [_month(calendar, month, days, selected, view) for month in months]
        for parts in zip_longest(*blocks, fillvalue=Content()):
            lines.append(_side_by_side(parts, width))
        if selected.month in months:
            weeks = wording.weeks_of(calendar.year, selected.month)
            week_index = next(index for index, week in enumerate(weeks) if selected in week)
            # The title and the weekdays are above the weeks.
            title_line, day_line = start, start + 2 + week_index
    return YearLines(lines=lines, title_line=title_line, day_line=day_line)


def _side_by_side(parts: Sequence[Content], width: int) -> Content:
    """Return one line of several months."""
    spare = (width - len(parts) * _MONTH_CELLS) // max(1, len(parts) - 1)
    padded = [Content.assemble(part, " " * (_MONTH_CELLS - part.cell_length)) for part in parts]
    return Content(" " * min(max(_MIN_GAP, spare), _MAX_GAP)).join(padded)


def _month(
    calendar: CalendarYear, month: int, days: dict[date, CalendarDay], selected: date, view: View
) -> list[Content]:
    """Return the lines of a month: its name, the weekdays and its weeks."""
    weeks = wording.weeks_of(calendar.year, month)
    is_provisional = any(days[on].status is DayStatus.PROVISIONAL for week in weeks for on in week if on is not None)
    name: list[Part] = [(wording.month_words(month), "bold $text-accent" if month == selected.month else "bold")]
    if is_provisional:
        name.append((f" {view.symbols.provisional}", WARNING))
    lines = [joined(*name), joined((" ".join(wording.weekday_heads()), MUTED))]
    for week in weeks:
        parts: list[Part] = []
        for on in week:
            if on is None:
                parts.append(("   ", ""))
                continue
            sign = wording.SUSPENDED if calendar.suspensions_on(on) else wording.sign_of(days[on])
            parts += _cell(days[on], sign, on == selected, on == calendar.today)
        lines.append(joined(*parts))
    return lines


def _cell(day: CalendarDay, sign: str, is_chosen: bool, is_today: bool) -> list[Part]:  # noqa: FBT001 - two claims about a day
    """Return a day of a month: its number, and the sign for what kind of day it is."""
    style = _STYLES.get(sign, "")
    if is_today:
        style = f"{style} bold underline".strip()
    if is_chosen:
        return [(f"{day.on.day:2}{sign}", f"{style} reverse".strip())]
    return [(f"{day.on.day:2}", style), (sign, _STYLES.get(sign, ""))]


def legend_lines(view: View, width: int) -> Content:
    """Return the meaning of the symbols, wrapped to the width."""
    meanings = [joined((sign, _STYLES[sign]), (f" {_(words)}", MUTED)) for sign, words in wording.LEGEND]
    meanings.append(joined((view.symbols.provisional, WARNING), (f" {_('provisional')}", MUTED)))
    meanings.append(joined((_("today"), "bold underline")))
    return Content("\n").join(flowing(meanings, width))


def day_lines(calendar: CalendarYear, selected: date, view: View, width: int) -> Content:
    """Return the selected day: its kind, name, status and hours, and who changed it."""
    day = calendar.days[(selected - calendar.days[0].on).days]
    dot = f" {view.symbols.dot} "
    parts: list[Part] = [(view.day(selected), "bold"), (dot + wording.day_kind_words(day), "")]
    if day.name:
        parts.append((dot + day.name, ""))
    parts.append(_status_part(day.status, view, SUCCESS))
    if selected == calendar.today:
        parts.append((dot + _("today"), "bold underline"))
    hours = wording.hours_words(day.hours or calendar.hours) if day.working else _("no working hours")
    lines = [joined(*parts), plain(hours, MUTED)]
    override = calendar.overrides.get(selected)
    if override is not None:
        published_day = calendar.published[selected]
        published = f"{wording.day_kind_words(published_day)} {published_day.name}".strip()
        set_on = view.day(override.at.astimezone(calendar.zone).date())
        message = _("Set by {login} on {day}: {reason}. Published: {published}.")
        message = message.format(login=override.by, day=set_on, reason=override.reason, published=published)
        lines += wrapped_lines(message, width, MUTED)[:2]
    for suspension in calendar.suspensions_on(selected)[:_MAX_SUSPENSIONS]:
        lines += wrapped_lines(wording.suspension_words(suspension, view.today, calendar.zone), width, WARNING)[:2]
    return Content("\n").join(lines)


def effect_lines(effect: CalendarEffect, view: View, width: int) -> Content:
    """Return how many due dates a change moves, and the first few of them."""
    if not effect.after:
        return plain(_("The day is already set like this; nothing changes."), MUTED)
    moved = effect.moved_due_dates
    lines = [joined((wording.moved_count_words(len(moved)), WARNING if moved else SUCCESS))]
    if deadlines := len(effect.deadline_changes):
        lines.append(joined((wording.deadline_count_words(deadlines), WARNING)))
    for due in moved[:_MAX_CASES]:
        parts: list[Part] = [
            (f"{format_case(due.case_id)}  ", "$text-accent"),
            (f"{view.instant(due.before)} → {view.instant(due.after)}", ""),
        ]
        if due.is_provisional:
            parts.append((f" {view.symbols.provisional} {_('provisional')}", MUTED))
        lines.append(joined(*parts))
    if len(moved) > _MAX_CASES:
        lines.append(plain(_("… and {count} more.").format(count=commas(len(moved) - _MAX_CASES)), MUTED))
    if effect.notified_count:
        lines += wrapped_lines(wording.notice_count_words(effect.notified_count, is_written=False), width, WARNING)
    if effect.certainty_change_count:
        lines += wrapped_lines(wording.certainty_change_words(effect.certainty_change_count), width, MUTED)
    return Content("\n").join(lines)


def suspension_lines(effect: SuspensionEffect, view: View, width: int) -> Content:
    """Return how many cases a suspension affects, the letters that it owes, and the first few cases."""
    counts = [wording.affected_count_words(len(effect.cases), is_written=False)]
    counts.append(wording.notice_count_words(effect.notified_count, is_written=False))
    if effect.deadline_count:
        counts.append(wording.deadline_count_words(effect.deadline_count))
    lines = [plain(words, WARNING if effect.cases else SUCCESS) for words in counts]
    for case in effect.cases[:_MAX_CASES]:
        lines += wrapped_lines(wording.affected_case_words(case, view.today, view.zone), width)
    if len(effect.cases) > _MAX_CASES:
        lines.append(plain(_("… and {count} more.").format(count=commas(len(effect.cases) - _MAX_CASES)), MUTED))
    return Content("\n").join(lines)
