"""The days of the calendar in the tables: what was published, and over it what people here set by hand."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from db.enums import DayStatus
from db.models import CalendarDayRow, CalendarOverrideRow, ReviewerRow, SettingRow
from workbench.domain.clock.calendar import CalendarDay, DayKind
from workbench.domain.clock.hours import Hours, format_hours, parse_hours

Days = Mapping[date, CalendarDay]

# Thousands of days are read as plain rows, which is several times faster than as objects.
_DAYS = CalendarDayRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is a table

_EDITION = "calendar_edition"
_TOGETHER = 500
_STATUS = {status.value: status for status in DayStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A day as an admin set it, why, and who did when; `hours` are empty for those of the policy."""

    on: date
    working: bool
    hours: Hours
    name: str
    reason: str
    by: str
    at: datetime

    def day(self) -> CalendarDay:
        """Return the day as the calendar has it: what was set here is certain."""
        return overridden(self.on, working=self.working, hours=self.hours, name=self.name)


def overridden(on: date, *, working: bool, hours: Hours, name: str) -> CalendarDay:
    """Return a day that is set by hand; what was set here is certain."""
    return CalendarDay(on=on, working=working, kind=DayKind.OVERRIDE, name=name, status=DayStatus.OFFICIAL, hours=hours)


def edition(session: Session) -> str:
    """Return a mark that changes with every change of the calendar, so that what was read of it can be kept."""
    row = session.get(SettingRow, _EDITION)
    return row.value if row is not None else ""


def turn_edition(session: Session) -> None:
    """Let everybody read the calendar again."""
    # A number could come twice: once in a transaction that was taken back, once in another's.
    session.merge(SettingRow(name=_EDITION, value=secrets.token_hex(8)))


def published_days(session: Session) -> dict[date, CalendarDay]:
    """Return the days as they were seeded or imported."""
    columns = (_DAYS.c.on_date, _DAYS.c.is_working, _DAYS.c.kind, _DAYS.c.name, _DAYS.c.status)
    return {row[0]: _published(row) for row in session.execute(select(*columns))}


def overrides(session: Session) -> dict[date, Override]:
    """Return the days that were set by hand."""
    rows = session.execute(
        select(CalendarOverrideRow, col(ReviewerRow.login))
        .join(ReviewerRow, col(ReviewerRow.id) == col(CalendarOverrideRow.set_by_id))
        .order_by(col(CalendarOverrideRow.on_date))
    )
    return {row.on_date: _override(row, login) for row, login in rows}


def days_in_force(session: Session) -> dict[date, CalendarDay]:
    """Return the calendar as it counts: what was set by hand goes before what was published."""
    return published_days(session) | {on: override.day() for on, override in overrides(session).items()}


def missing_years(session: Session, this_year: int) -> list[int]:
    """Return which of this year and the next no table knows yet."""
    wanted = {date(year, 1, 1): year for year in (this_year, this_year + 1)}
    found = set(session.execute(select(_DAYS.c.on_date).where(_DAYS.c.on_date.in_(wanted))).scalars())
    return [year for on, year in wanted.items() if on not in found]


def write_published(session: Session, days: Iterable[CalendarDay]) -> None:
    """Write days as published, instead of what was there."""
    rows = [
        {
            "on_date": day.on,
            "is_working": day.working,
            "kind": str(day.kind),
            "name": day.name,
            "status": day.status.value,
        }
        for day in days
    ]
    for start in range(0, len(rows), _TOGETHER):
        portion = rows[start : start + _TOGETHER]
        session.execute(_DAYS.delete().where(_DAYS.c.on_date.in_([row["on_date"] for row in portion])))
        session.execute(insert(_DAYS), portion)


def write_override(session: Session, override: Override, by_id: int) -> None:
    """Write a day as set by hand."""
    session.merge(
        CalendarOverrideRow(
            on_date=override.on,
            is_working=override.working,
            hours=format_hours(override.hours),
            name=override.name,
            reason=override.reason,
            set_by_id=by_id,
            set_at=override.at,
        )
    )


def drop_override(session: Session, on: date) -> None:
    """Let a day be as it was published again."""
    row = session.get(CalendarOverrideRow, on)
    if row is not None:
        session.delete(row)


def _published(row: Sequence[Any]) -> CalendarDay:
    on, working, kind, name, status = row
    return CalendarDay(on=on, working=working, kind=kind, name=name, status=_STATUS[status])


def _override(row: CalendarOverrideRow, login: str) -> Override:
    return Override(
        on=row.on_date,
        working=row.is_working,
        hours=parse_hours(row.hours) if row.hours else (),
        name=row.name,
        reason=row.reason,
        by=login,
        at=row.set_at,
    )
