"""The working calendar: looking at a year, setting a day by hand, taking the year's notice in.

Each change says before it is made which due dates it moves and how many applicants are told, and moves and tells them
when it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session

from db.enums import Role
from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar, assumed_day
from workbench.domain.clock.hours import checked
from workbench.domain.clock.year_notice import YearNotice, days_defined_by
from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.calendar.preview import CalendarEffect, CalendarImport, CalendarYear, DaySetting
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.clock.due_date_changes import CalendarOf, moved_dues, write_dues
from workbench.services.foundation.calendar_days import (
    Override,
    drop_override,
    missing_years,
    overrides,
    published_days,
    turn_edition,
    write_override,
    write_published,
)
from workbench.services.foundation.context import Context, details
from workbench.services.reading.notice_file import NoticeFile, read_notice
from workbench.services.reading.problems import FileProblem, RowProblem

NAME_LENGTH = 64


class Calendars:
    """The calendar of one database; everybody may look, admins change it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def year(self, year: int) -> CalendarYear:
        """Return a year; days that no table knows are assumed, and provisional.

        Raises:
            WrongUsage: If the program knows no such year.
        """
        _check_year(year)
        with self.context.read() as session:
            by_hand, published = overrides(session), published_days(session)
            today, zone = self.context.today(session), self.context.zone(session)
            hours = self.context.policy(session).hours.periods
        first, length = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
        every = [first + timedelta(days=n) for n in range(length)]
        known = {on: published.get(on) or assumed_day(on) for on in every}
        by_hand = {on: override for on, override in by_hand.items() if on in known}
        days = tuple(by_hand[on].day() if on in by_hand else known[on] for on in every)
        return CalendarYear(
            year=year, today=today, days=days, overrides=by_hand, published=known, hours=hours, zone=zone
        )

    def seed_on(self) -> CalendarEffect | None:
        """Seed this year and the next where no table knows them, as any start does; None if nothing was missing.

        What was assumed of those days until then may have been wrong: due dates that lean on them move.
        """
        context = self.context
        with context.write() as session:
            years = missing_years(session, context.now().year)
            if not years:
                return None
            known, by_hand = published_days(session), _set(overrides(session))
            seeded = {day.on: day for day in seed_days(context.policy(session).country, years) if day.on not in known}
            effect = self._compared(session, known | by_hand, known | seeded | by_hand)
            write_published(session, seeded.values())
            self._write(session, effect, "calendar seed", {"years": years})
            return effect

    def set_day(self, setting: DaySetting, reason: str, *, dry_run: bool = False) -> CalendarEffect:
        """Set a day by hand, or with `dry_run` only say what that would do.

        Raises:
            NotAllowed: If who asks is no admin.
            WrongUsage: If no reason is given, the name is too long, or the program knows no such year.
            BadConfiguration: If the hours overlap or run backwards.
        """
        with self._as_admin("calendar set"):
            self._check(setting, reason, dry_run=dry_run)
            if dry_run:
                with self.context.read() as session:
                    return self._planned(session, self._with(session, setting, reason))
            with self.context.write() as session:
                by_hand = self._with(session, setting, reason)
                effect = self._planned(session, by_hand)
                if setting.on in by_hand:
                    write_override(session, by_hand[setting.on], self.context.actor.id)
                else:
                    drop_override(session, setting.on)
                self._write(session, effect, "calendar set", {"on": setting.on.isoformat()})
            return effect

    def take_in(self, paths: Sequence[Path], *, dry_run: bool = False) -> CalendarImport:
        """Take the notices of years in, one file each, or with `dry_run` only say what that would do.

        A year whose notice is not out yet stays as it is. Days set by hand stay.

        Raises:
            NotAllowed: If who asks is no admin.
            FileProblem: With everything that is wrong in the files, each with its line; nothing is written then.
            NotFound: If there is no such file.
            WrongUsage: If no file is named.
        """
        if not paths:
            raise WrongUsage(_("Name at least one file to import."))
        with self._as_admin("calendar import"):
            files = _read(paths)
            notices = [file.notice for file in files]
            if dry_run:
                with self.context.read() as session:
                    return self._import(session, notices)
            with self.context.write() as session:
                done = self._import(session, notices)
                if not done.effect.after:
                    return done
                write_published(session, days_defined_by(notices, published_days(session)).values())
                body = {
                    "files": [{"name": file.name, "sha256": file.sha256} for file in files],
                    "years": list(done.years),
                    "rows": done.rows,
                }
                self._write(session, done.effect, "calendar import", body)
            return done

    def _import(self, session: Session, notices: Sequence[YearNotice]) -> CalendarImport:
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
            effect=self._compared(session, known | _set(by_hand), known | days | _set(by_hand)),
        )

    def _with(self, session: Session, setting: DaySetting, reason: str) -> dict[date, Override]:
        """Return what is set by hand once a day is set."""
        by_hand = overrides(session)
        by_hand.pop(setting.on, None)
        if not setting.as_published:
            by_hand[setting.on] = Override(
                on=setting.on,
                working=setting.working,
                hours=setting.hours,
                name=setting.name.strip(),
                reason=reason.strip(),
                by=self.context.actor.login,
                at=self.context.now(),
            )
        return by_hand

    def _planned(self, session: Session, by_hand: Mapping[date, Override]) -> CalendarEffect:
        known = published_days(session)
        return self._compared(session, known | _set(overrides(session)), known | _set(by_hand))

    def _compared(
        self, session: Session, before: Mapping[date, CalendarDay], after: Mapping[date, CalendarDay]
    ) -> CalendarEffect:
        """Return what becomes of days and due dates when one calendar takes the place of another."""
        days = sorted(on for on in before.keys() | after.keys() if _of(before, on) != _of(after, on))
        return CalendarEffect(
            before=tuple(_of(before, on) for on in days),
            after=tuple(_of(after, on) for on in days),
            dues=moved_dues(session, self.context, self._calendars(session, after), days),
        )

    def _calendars(self, session: Session, days: Mapping[date, CalendarDay]) -> CalendarOf:
        made: dict[int, WorkingCalendar] = {}

        def of(version: int) -> WorkingCalendar:
            if version not in made:
                policy = self.context.policy(session, version)
                made[version] = WorkingCalendar(days.values(), hours=policy.hours.periods, zone=policy.zone)
            return made[version]

        return of

    def _write(self, session: Session, effect: CalendarEffect, action: str, body: Mapping[str, object]) -> None:
        """Write the due dates, the notices to whom they move later, and the event of a change of the calendar."""
        turn_edition(session)
        counts = {
            "days": len(effect.after),
            "moved": len(effect.moved),
            "settled": effect.settled,
            "told": effect.told,
        }
        self.context.log(session, action, body=details(**body, **counts))
        write_dues(session, self.context, effect.dues, "calendar")
        if effect.told:
            # What letters need is not read at the start of the program.
            from workbench.services.notices.calendar_notices import tell_moved

            tell_moved(session, self.context, [due for due in effect.dues if due.is_told])

    def _check(self, setting: DaySetting, reason: str, *, dry_run: bool) -> None:
        _check_year(setting.on.year)
        if not reason.strip() and not dry_run:
            raise WrongUsage(_("Setting a day takes a reason."))
        if len(setting.name) > NAME_LENGTH:
            raise WrongUsage(_("The name of a day has at most {most} characters.").format(most=NAME_LENGTH))
        if setting.hours:
            checked(setting.hours)

    @contextmanager
    def _as_admin(self, action: str) -> Iterator[None]:
        """Let admins only, and write refused attempts into the log."""
        actor = self.context.actor
        if not actor.has(Role.ADMIN):
            error = NotAllowed(_("{login} may not do this; it takes an admin.").format(login=actor.login))
            self.context.refused(action, error)
            raise error
        yield


def _of(days: Mapping[date, CalendarDay], on: date) -> CalendarDay:
    return days.get(on) or assumed_day(on)


def _set(by_hand: Mapping[date, Override]) -> dict[date, CalendarDay]:
    return {on: override.day() for on, override in by_hand.items()}


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year < LAST_YEAR:
        raise WrongUsage(
            _("There is no calendar of {year}; name a year from {first} to {last}.").format(
                year=year, first=FIRST_YEAR, last=LAST_YEAR - 1
            )
        )


def _read(paths: Sequence[Path]) -> list[NoticeFile]:
    """Read files, all of them before anything is said of what is wrong."""
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
