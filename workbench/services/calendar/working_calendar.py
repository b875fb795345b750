"""The working calendar: shows a year, sets single days, and imports the yearly holiday notices.

Each change can be previewed: which due dates it moves, and how many applicants get a notice of that.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from sqlmodel import Session

from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar, assumed_day
from workbench.domain.clock.hours import checked
from workbench.domain.clock.year_notice import YearNotice, days_defined_by
from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.calendar.preview import CalendarEffect, CalendarImport, CalendarYear, DaySetting
from workbench.services.calendar.public_holidays import days_of_year, seed_days
from workbench.services.clock.due_date_changes import due_changes, write_due_changes
from workbench.services.foundation.calendar_days import (
    Override,
    drop_override,
    missing_years,
    overrides,
    published_days,
    renew_edition,
    write_override,
    write_published,
)
from workbench.services.foundation.context import Service, details
from workbench.services.foundation.input_checks import check_not_blank
from workbench.services.reading.notice_file import NoticeFile, read_notice
from workbench.services.reading.problems import FileProblem, RowProblem

NAME_LENGTH = 64


class Calendars(Service):
    """Shows and changes the calendar of one database; only admins change it."""

    def year(self, year: int) -> CalendarYear:
        """Return a year; days that are not stored are assumed, and provisional.

        Raises:
            WrongUsage: If the program has no calendar of that year.
        """
        _check_year(year)
        with self.context.read() as session:
            by_hand, published = overrides(session), published_days(session)
            today, zone = self.context.today(session), self.context.zone(session)
            hours = self.context.policy(session).hours.periods
        every = days_of_year(year)
        known = {on: published.get(on) or assumed_day(on) for on in every}
        by_hand = {on: override for on, override in by_hand.items() if on in known}
        days = tuple(by_hand[on].day() if on in by_hand else known[on] for on in every)
        return CalendarYear(
            year=year, today=today, days=days, overrides=by_hand, published=known, hours=hours, zone=zone
        )

    def seed_missing_years(self) -> CalendarEffect | None:
        """Store public holidays of this year and the next if they are missing; return None if none are.

        Due dates that depend on those days move, because the days assumed until then may have been wrong.
        """
        context = self.context
        with context.write() as session:
            years = missing_years(session, context.now().year)
            if not years:
                return None
            known, by_hand = published_days(session), _as_days(overrides(session))
            seeded = {day.on: day for day in seed_days(context.policy(session).country, years) if day.on not in known}
            effect = self._compared(session, known | by_hand, known | seeded | by_hand)
            write_published(session, seeded.values())
            self._write(session, effect, "calendar seed", {"years": years})
            return effect

    def set_day(self, setting: DaySetting, reason: str, *, dry_run: bool = False) -> CalendarEffect:
        """Set a day, or with `dry_run` only return what that would do.

        Raises:
            NotAllowed: If the person is not an admin.
            WrongUsage: If no reason is given, the name is too long, or the program has no calendar of that year.
            BadConfiguration: If the hours overlap or run backwards.
        """
        with self.context.as_admin("calendar set"):
            self._check(setting, reason, dry_run=dry_run)
            with self.context.read() if dry_run else self.context.write() as session:
                known, before = published_days(session), overrides(session)
                after = {on: override for on, override in before.items() if on != setting.on}
                if not setting.as_published:
                    after[setting.on] = self._override(setting, reason)
                effect = self._compared(session, known | _as_days(before), known | _as_days(after))
                if dry_run:
                    return effect
                if setting.on in after:
                    write_override(session, after[setting.on], self.context.actor.id)
                else:
                    drop_override(session, setting.on)
                self._write(session, effect, "calendar set", {"on": setting.on.isoformat()})
            return effect

    def import_notices(self, paths: Sequence[Path], *, dry_run: bool = False) -> CalendarImport:
        """Import the holiday notices of years, one file each, or with `dry_run` only return what that would do.

        A year whose notice is not published yet stays as it is, and so do days that an admin set.

        Raises:
            NotAllowed: If the person is not an admin.
            FileProblem: If the files have errors; it has all of them, each with its line. Nothing is written then.
            NotFound: If there is no such file.
            WrongUsage: If no file is named.
        """
        if not paths:
            raise WrongUsage(_("Name at least one file to import."))
        with self.context.as_admin("calendar import"):
            files = _read(paths)
            notices = [file.notice for file in files]
            with self.context.read() if dry_run else self.context.write() as session:
                done = self._planned_import(session, notices)
                if dry_run or not done.effect.after:
                    return done
                write_published(session, days_defined_by(notices, published_days(session)).values())
                body = {
                    "files": [{"name": file.name, "sha256": file.sha256} for file in files],
                    "years": list(done.years),
                    "rows": done.rows,
                }
                self._write(session, done.effect, "calendar import", body)
            return done

    def _planned_import(self, session: Session, notices: Sequence[YearNotice]) -> CalendarImport:
        known, by_hand = published_days(session), overrides(session)
        days = days_defined_by(notices, known)
        named = {day.on for notice in notices for day in notice.days}
        return CalendarImport(
            rows=sum(len(notice.days) for notice in notices),
            created=sum(on not in known for on in named),
            updated=sum(on in known and known[on] != days[on] for on in named),
            years=tuple(sorted({notice.year for notice in notices if notice.is_published})),
            unpublished=tuple(sorted({notice.year for notice in notices if not notice.is_published})),
            kept=tuple(override for on, override in by_hand.items() if on in days),
            effect=self._compared(session, known | _as_days(by_hand), known | days | _as_days(by_hand)),
        )

    def _override(self, setting: DaySetting, reason: str) -> Override:
        return Override(
            on=setting.on,
            working=setting.working,
            hours=setting.hours,
            name=setting.name.strip(),
            reason=reason.strip(),
            by=self.context.actor.login,
            at=self.context.now(),
        )

    def _compared(
        self, session: Session, before: Mapping[date, CalendarDay], after: Mapping[date, CalendarDay]
    ) -> CalendarEffect:
        """Return the days and due dates that change when one calendar replaces another."""

        @cache
        def calendar_after(version: int) -> WorkingCalendar:
            policy = self.context.policy(session, version)
            return WorkingCalendar(after.values(), hours=policy.hours.periods, zone=policy.zone)

        days = sorted(on for on in before.keys() | after.keys() if _day(before, on) != _day(after, on))
        return CalendarEffect(
            before=tuple(_day(before, on) for on in days),
            after=tuple(_day(after, on) for on in days),
            due_changes=due_changes(session, self.context, calendar_after, days),
        )

    def _write(self, session: Session, effect: CalendarEffect, action: str, body: Mapping[str, object]) -> None:
        """Write the due dates, notices and event of a change of the calendar."""
        renew_edition(session)
        counts = {
            "days": len(effect.after),
            "moved": len(effect.moved),
            "settled": effect.certainty_changes,
            "told": effect.notified,
        }
        self.context.log(session, action, body=details(**body, **counts))
        write_due_changes(session, self.context, effect.due_changes, "calendar")
        if effect.notified:
            # Letters are imported here, because every start of the program imports the calendar.
            from workbench.services.notices.due_date_notices import notify_of_calendar_change

            notify_of_calendar_change(session, self.context, [one for one in effect.due_changes if one.is_notified])

    def _check(self, setting: DaySetting, reason: str, *, dry_run: bool) -> None:
        _check_year(setting.on.year)
        if not dry_run:
            check_not_blank(reason, _("Setting a day takes a reason."))
        if len(setting.name) > NAME_LENGTH:
            raise WrongUsage(_("The name of a day has at most {most} characters.").format(most=NAME_LENGTH))
        if setting.hours:
            checked(setting.hours)


def _day(days: Mapping[date, CalendarDay], on: date) -> CalendarDay:
    return days.get(on) or assumed_day(on)


def _as_days(by_hand: Mapping[date, Override]) -> dict[date, CalendarDay]:
    return {on: override.day() for on, override in by_hand.items()}


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year < LAST_YEAR:
        raise WrongUsage(
            _("There is no calendar of {year}; name a year from {first} to {last}.").format(
                year=year, first=FIRST_YEAR, last=LAST_YEAR - 1
            )
        )


def _read(paths: Sequence[Path]) -> list[NoticeFile]:
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
