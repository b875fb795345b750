"""The working calendar: shows a year, sets single days, and imports the yearly holiday notices.

The preview of a change shows the due dates that move and the number of applicants who get a notice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from sqlmodel import Session

from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar, assumed_day
from workbench.domain.clock.hours import checked_hours
from workbench.domain.clock.year_notice import YearNotice, days_defined_by
from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.clock.due_date_changes import due_changes_of_days
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.foundation import calendar_days
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Service
from workbench.services.foundation.input_checks import check_not_blank
from workbench.services.foundation.row_values import from_row
from workbench.services.time.calendar.days_off import move_from_noted_days_off, note_days_off, planned_moves
from workbench.services.time.calendar.notice_file import NAME_LENGTH, NoticeFile, read_notice
from workbench.services.time.calendar.preview import CalendarEffect, CalendarImport, CalendarYear, DaySetting
from workbench.services.time.calendar.public_holidays import days_of_year, seed_days


class Calendars(Service):
    """Shows and changes the calendar of one database; only admins change it."""

    def year(self, year: int) -> CalendarYear:
        """Return the calendar of a year. Days that are not stored are assumed from the weekday, and provisional.

        Raises:
            WrongUsage: If the program has no calendar of that year.
        """
        _check_year(year)
        with self.context.read() as session:
            overrides, stored = calendar_days.overrides(session), calendar_days.published_days(session)
            today, zone = self.context.today(session), self.context.zone(session)
            hours, suspensions = self.context.policy(session).hours.periods, calendar_days.all_suspensions(session)
        all_days = days_of_year(year)
        published = {on: _day(stored, on) for on in all_days}
        overrides = {on: override for on, override in overrides.items() if on in published}
        days = tuple(overrides[on].day() if on in overrides else published[on] for on in all_days)
        return CalendarYear(
            year=year,
            today=today,
            days=days,
            overrides=overrides,
            published=published,
            hours=hours,
            zone=zone,
            suspensions=tuple(one for one in suspensions if one.stops_days(all_days[0], all_days[-1], zone)),
        )

    def in_force(self) -> WorkingCalendar:
        """Return the working calendar with the hours and the zone of the policy in force."""
        with self.context.read() as session:
            return self.context.calendar(session)

    def seed_missing_years(self) -> CalendarEffect | None:
        """Store the public holidays of this year and the next if they are missing; return None if they are stored.

        Due dates can move, because the days that were assumed before may have been wrong.
        """
        context = self.context
        with context.write() as session:
            years = calendar_days.missing_years(session, context.now().year)
            if not years:
                return None
            published, override_days = calendar_days.published_days(session), _as_days(calendar_days.overrides(session))
            country = context.policy(session).country
            seeded = {day.on: day for day in seed_days(country, years) if day.on not in published}
            effect = self._effect(session, published | override_days, published | seeded | override_days)
            calendar_days.write_published(session, seeded.values())
            self._write(session, effect, "calendar seed", {"years": years})
        return self._with_deadlines(effect)

    def set_day(self, setting: DaySetting, reason: str, *, dry_run: bool = False) -> CalendarEffect:
        """Set a day and return the effect; with `dry_run` nothing is written.

        Raises:
            NotAllowed: If the person is not an admin.
            WrongUsage: If no reason is given, the name is too long, or the program has no calendar of that year.
            BadConfiguration: If the hours overlap or run backwards.
        """
        with self.context.as_admin("calendar set"):
            self._check(setting, reason, dry_run=dry_run)
            with self.context.read() if dry_run else self.context.write() as session:
                published, old = calendar_days.published_days(session), calendar_days.overrides(session)
                new = {on: override for on, override in old.items() if on != setting.on}
                if not setting.as_published:
                    new[setting.on] = from_row(
                        calendar_days.CalendarOverride,
                        setting,
                        name=setting.name.strip(),
                        reason=reason.strip(),
                        by=self.context.actor.login,
                        at=self.context.now(),
                    )
                effect = self._effect(session, published | _as_days(old), published | _as_days(new), is_plan=dry_run)
                if dry_run:
                    return effect
                if setting.on in new:
                    calendar_days.write_override(session, new[setting.on], self.context.actor.id)
                else:
                    calendar_days.drop_override(session, setting.on)
                self._write(session, effect, "calendar set", {"on": setting.on.isoformat()})
            return self._with_deadlines(effect)

    def import_notices(self, paths: Sequence[Path], *, dry_run: bool = False) -> CalendarImport:
        """Import the holiday notices of years, one file each, and return the effect; with `dry_run` nothing is written.

        A year whose notice is not published yet stays as it is, and so do days that an admin set.

        Raises:
            NotAllowed: If the person is not an admin.
            FileProblem: If the files have errors. It lists every error with its line, and nothing is written.
            NotFound: If there is no such file.
            WrongUsage: If no file is named.
        """
        if not paths:
            raise WrongUsage(_("Name at least one file to import."))
        with self.context.as_admin("calendar import"):
            files = _read_files(paths)
            notices = [file.notice for file in files]
            with self.context.read() if dry_run else self.context.write() as session:
                planned = self._planned_import(session, notices, is_plan=dry_run)
                if dry_run or not planned.effect.after:
                    return planned
                calendar_days.write_published(
                    session, days_defined_by(notices, calendar_days.published_days(session)).values()
                )
                body = {
                    "files": [{"name": file.name, "sha256": file.sha256} for file in files],
                    "years": list(planned.years),
                    "rows": planned.rows,
                }
                self._write(session, planned.effect, "calendar import", body)
            return replace(planned, effect=self._with_deadlines(planned.effect))

    def _planned_import(self, session: Session, notices: Sequence[YearNotice], *, is_plan: bool) -> CalendarImport:
        published, overrides = calendar_days.published_days(session), calendar_days.overrides(session)
        days, override_days = days_defined_by(notices, published), _as_days(overrides)
        named_days = {day.on for notice in notices for day in notice.days}
        return CalendarImport(
            rows=sum(len(notice.days) for notice in notices),
            created=sum(on not in published for on in named_days),
            updated=sum(on in published and published[on] != days[on] for on in named_days),
            years=tuple(sorted({notice.year for notice in notices if notice.is_published})),
            unpublished=tuple(sorted({notice.year for notice in notices if not notice.is_published})),
            kept=tuple(override for on, override in overrides.items() if on in days),
            effect=self._effect(session, published | override_days, published | days | override_days, is_plan=is_plan),
        )

    def _effect(
        self,
        session: Session,
        before: Mapping[date, CalendarDay],
        after: Mapping[date, CalendarDay],
        *,
        is_plan: bool = False,
    ) -> CalendarEffect:
        """Return the days and due dates that change if `after` replaces `before`; in a plan, also the deadlines."""

        @cache
        def calendar_after(version: int) -> WorkingCalendar:
            policy = self.context.policy(session, version)
            return WorkingCalendar(after.values(), hours=policy.hours.periods, zone=policy.zone)

        days = sorted(on for on in before.keys() | after.keys() if _day(before, on) != _day(after, on))
        changed = tuple(_day(after, on) for on in days)
        return CalendarEffect(
            before=tuple(_day(before, on) for on in days),
            after=changed,
            due_changes=due_changes_of_days(session, self.context, calendar_after, days),
            deadline_changes=tuple(planned_moves(session, self.context, calendar_after, changed)) if is_plan else (),
        )

    def _write(self, session: Session, effect: CalendarEffect, action: str, body: Mapping[str, object]) -> None:
        """Write the due dates, notices and event of a change of the calendar."""
        calendar_days.renew_edition(session)
        counts = {
            "days": len(effect.after),
            "moved": len(effect.moved_due_dates),
            "settled": effect.certainty_change_count,
            "told": effect.notified_count,
        }
        self.context.log(session, action, body=details(**body, **counts))
        if effect.due_changes:
            # Imported on first use: every start of the program imports this module, and letters take long to import.
            from workbench.services.notices.due_date_notices import follow_calendar

            follow_calendar(session, self.context, effect.due_changes)
        note_days_off(session, self.context, effect.after)

    def _with_deadlines(self, effect: CalendarEffect) -> CalendarEffect:
        """Move the deadlines of applicants after the calendar has changed, and add them to its effect."""
        return replace(effect, deadline_changes=move_from_noted_days_off(self.context))

    def _check(self, setting: DaySetting, reason: str, *, dry_run: bool) -> None:
        _check_year(setting.on.year)
        if not dry_run:
            check_not_blank(reason, _("Setting a day takes a reason."))
        if len(setting.name) > NAME_LENGTH:
            raise WrongUsage(_("The name of a day has at most {most} characters.").format(most=NAME_LENGTH))
        if setting.hours:
            checked_hours(setting.hours)


def _day(days: Mapping[date, CalendarDay], on: date) -> CalendarDay:
    return days.get(on) or assumed_day(on)


def _as_days(overrides: Mapping[date, calendar_days.CalendarOverride]) -> dict[date, CalendarDay]:
    return {on: override.day() for on, override in overrides.items()}


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year < LAST_YEAR:
        message = _("There is no calendar of {year}; name a year from {first} to {last}.")
        raise WrongUsage(message.format(year=year, first=FIRST_YEAR, last=LAST_YEAR - 1))


def _read_files(paths: Sequence[Path]) -> list[NoticeFile]:
    """Read all files, and raise one error with the problems of all of them."""
    files: list[NoticeFile] = []
    problems: list[RowProblem] = []
    for path in paths:
        try:
            files.append(read_notice(path))
        except FileProblem as error:
            problems += error.problems
    if problems:
        raise FileProblem(*problems)
    return files
