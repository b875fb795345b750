"""The texts of the calendar: day signs, month names, and kinds of days."""

from calendar import monthcalendar
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.enums import DayStatus
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.calendar import CalendarDay, DayKind, WorkingCalendar
from workbench.domain.clock.hours import Hours
from workbench.domain.clock.suspension import AffectedCase, Suspension
from workbench.domain.values.provinces import province_words
from workbench.i18n import N_, _, comma_joined, current_language, ngettext, with_details
from workbench.wording.amounts import commas, day_on_screen, instant_on_screen, relative_day
from workbench.wording.letter_dates import MONTHS_EN, WEEKDAYS_EN, WEEKDAYS_ZH

Week = Sequence[date | None]
"""Monday to Sunday; None for days of another month."""

HOLIDAY, MAKE_UP, WEEKEND, OWN_HOURS, SET_OFF, SET_WORKED, SUSPENDED = "*", "+", ".", "/", "x", "#", "!"
"""The signs after the number of a day, each one cell wide."""

LEGEND: tuple[tuple[str, str], ...] = (
    (HOLIDAY, N_("holiday")),
    (MAKE_UP, N_("make-up working day")),
    (WEEKEND, N_("weekend")),
    (OWN_HOURS, N_("own hours")),
    (SET_OFF, N_("set as day off")),
    (SET_WORKED, N_("set as working day")),
    (SUSPENDED, N_("suspended")),
)

_KINDS: dict[str, str] = {
    DayKind.WORKDAY: N_("working day"),
    DayKind.WEEKEND: N_("weekend"),
    DayKind.HOLIDAY: N_("holiday"),
    DayKind.IN_LIEU: N_("day off in lieu"),
    DayKind.MAKE_UP: N_("make-up working day"),
}

DAY_STATUS_WORDS: dict[DayStatus, str] = {
    DayStatus.OFFICIAL: N_("official"),
    DayStatus.PROVISIONAL: N_("provisional"),
}

_SIGNS: dict[str, str] = {
    DayKind.HOLIDAY: HOLIDAY,
    DayKind.IN_LIEU: HOLIDAY,
    DayKind.MAKE_UP: MAKE_UP,
    DayKind.WEEKEND: WEEKEND,
}

_DEADLINE_MOVES: dict[str, str] = {
    "suspensions": N_("moved by suspension {names}"),
    "kept": N_("not moved by suspension {names}"),
    "held": N_("does not pass before suspension {names} ends"),
    "days": N_("moved from a day off ({names})"),
}


def sign_of(day: CalendarDay) -> str:
    """Return the sign after the number of a day, a blank for a normal working day."""
    if day.kind != DayKind.OVERRIDE:
        return _SIGNS.get(day.kind, " ")
    if day.hours:
        return OWN_HOURS
    return SET_WORKED if day.working else SET_OFF


def day_kind_words(day: CalendarDay) -> str:
    """Return the kind of a day: `holiday`, `make-up working day`, `hours set by hand`."""
    if day.kind != DayKind.OVERRIDE:
        return _(_KINDS.get(day.kind, day.kind))
    if day.hours:
        return _("hours set by hand")
    return _("working day, set by hand") if day.working else _("day off, set by hand")


def hours_words(hours: Hours) -> str:
    """Return hours as `09:00–12:00, 13:00–18:00`, separated as the language requires."""
    return comma_joined(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in hours)


def month_words(month: int) -> str:
    """Return the name of a month, 1 to 12."""
    return f"{month}月" if current_language() == "zh" else MONTHS_EN[month - 1]


def weekday_heads() -> tuple[str, ...]:
    """Return the column heads of a month, Monday first; each is two cells wide."""
    return tuple(WEEKDAYS_ZH) if current_language() == "zh" else tuple(name[:2] for name in WEEKDAYS_EN)


def weeks_of(year: int, month: int) -> list[Week]:
    """Return the weeks of a month."""
    return [[date(year, month, day) if day else None for day in week] for week in monthcalendar(year, month)]


def working_days_words(days: int) -> str:
    """Return a number of working days in words."""
    return ngettext("{count} working day", "{count} working days", days).format(count=commas(days))


def not_published(year: int) -> str:
    """Return the sentence for a year whose calendar is not published."""
    message = _("The calendar of {year} is not published yet: its days, and the due dates based on them, may change.")
    return message.format(year=year)


def day_words(day: CalendarDay, today: date) -> str:
    """Return a day in one line: `Thu 26 Nov: make-up working day · 09:00–12:00`."""
    details = " · ".join(filter(None, (day_kind_words(day), day.name, hours_words(day.hours))))
    return with_details(day_on_screen(day.on, today), details)


def moved_count_words(moved: int) -> str:
    """Return how many due dates a change would move."""
    return ngettext("{count} due date would move.", "{count} due dates would move.", moved).format(count=commas(moved))


def deadline_move_words(moved_by: str) -> str:
    """Return what moved a deadline, or keeps it from passing: suspensions by number, or days off."""
    why, _blank, names = moved_by.partition(" ")
    return _(_DEADLINE_MOVES[why]).format(names=comma_joined(names.split())) if why in _DEADLINE_MOVES else moved_by


def deadline_count_words(deadlines: int) -> str:
    """Return how many deadlines of applicants a change concerns."""
    return _("Deadlines of applicants: {count}.").format(count=commas(deadlines))


def suspension_words(suspension: Suspension, today: date, zone: ZoneInfo) -> str:
    """Return a suspension as one line: `Suspension 3: Thu 26 Nov 09:00 to Fri 27 Nov 18:00 · 四川 · typhoon`."""
    start = instant_on_screen(suspension.span.start, today, zone)
    if suspension.span.is_open:
        span = _("Suspension {id}: from {start}, end unknown").format(id=suspension.id, start=start)
    else:
        end = instant_on_screen(suspension.span.end, today, zone)
        span = _("Suspension {id}: {start} to {end}").format(id=suspension.id, start=start, end=end)
    province = None if suspension.province is None else province_words(suspension.province)
    return " · ".join(part for part in (span, province, suspension.agent, suspension.reason) if part)


def affected_case_words(case: AffectedCase, today: date, zone: ZoneInfo) -> str:
    """Return a case that a suspension affects: `C-000002  Thu 26 Nov 18:00 → Mon 30 Nov 18:00, letter owed`."""
    dates = [instant_on_screen(at, today, zone) if at else "–" for at in dict.fromkeys((case.before, case.after))]
    letter = _("letter owed") if case.is_notified else ""
    deadline = _("deadline of the applicant") if case.has_deadline else ""
    return f"{format_case(case.case_id)}  " + comma_joined(filter(None, (" → ".join(dates), letter, deadline)))


def affected_count_words(cases: int, *, is_written: bool) -> str:
    """Return how many cases a suspension affects, or would affect."""
    message = ngettext("{count} case would be affected.", "{count} cases would be affected.", cases)
    if is_written:
        message = ngettext("{count} case is affected.", "{count} cases are affected.", cases)
    return message.format(count=commas(cases))


def notice_count_words(notices: int, *, is_written: bool) -> str:
    """Return how many applicants get a notice of a later due date, or would get it if it is not written yet."""
    message = ngettext("{count} applicant would be told.", "{count} applicants would be told.", notices)
    if is_written:
        message = ngettext("{count} applicant is told.", "{count} applicants are told.", notices)
    return message.format(count=commas(notices))


def certainty_change_words(cases: int) -> str:
    """Return how many due dates stay the same but become certain or provisional."""
    return ngettext(
        "{count} due date stays and only changes between certain and provisional.",
        "{count} due dates stay and only change between certain and provisional.",
        cases,
    ).format(count=commas(cases))


def typed_moment_words(moment: date, now: datetime, calendar: WorkingCalendar) -> str:
    """Return a day or an instant with its distance from today: `Wed 2 Dec 09:00, in 3 working days`."""
    today = calendar.local_day(now)
    if isinstance(moment, datetime):
        on, when = calendar.local_day(moment), instant_on_screen(moment, today, calendar.zone)
    else:
        on, when = moment, day_on_screen(moment, today)
    if on <= today:
        return _("{when}, {distance}").format(when=when, distance=relative_day(on, today))
    if not calendar.is_working(on):
        return _("{when}, {distance}, a day off").format(when=when, distance=relative_day(on, today))
    days = calendar.working_days_left(today, on)
    words = ngettext("{when}, in {days} working day", "{when}, in {days} working days", days)
    return words.format(when=when, days=commas(days))
