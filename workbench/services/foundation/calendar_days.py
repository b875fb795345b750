"""The calendar in the database: the published days, the overrides that admins set on top of them, and suspensions."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, bindparam, delete, insert, select
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, col

from db import models
from db.columns import Instant, as_stored, from_us, to_us
from db.enums import DayStatus
from db.queries.published import chunks, table_of
from workbench.domain.clock.calendar import CalendarDay, DayKind
from workbench.domain.clock.hours import Hours, format_hours, parse_hours
from workbench.domain.clock.spans import NEVER, TimeSpan
from workbench.domain.clock.suspension import Suspension
from workbench.services.foundation.audit_log import CALENDAR, add_to_next_event
from workbench.services.foundation.row_values import from_row

SUSPENSION = table_of(models.SuspensionRow)
_DAYS, _OVERRIDE = table_of(models.CalendarDayRow), table_of(models.CalendarOverrideRow)
_REVIEWER, _SETTING = table_of(models.ReviewerRow), table_of(models.SettingRow)
_APPLICATION = table_of(models.ApplicationRow)
_SUSPENSIONS = select(SUSPENSION).order_by(SUSPENSION.c.from_at, SUSPENSION.c.id)

NOTED_DAYS_OFF = "days_off_to_follow"
"""The setting with the noted days off: days that have become days off, and whose deadlines have not moved yet."""

_EDITION = "calendar_edition"
_SUSPENSIONS_KEY, _PROVINCES_KEY = "suspensions", "provinces"
"""The keys under which a session keeps what it has read."""

_PUBLISHED_OF = select(_DAYS.c.on_date).where(_DAYS.c.on_date.in_(bindparam("days", expanding=True)))
_READ_SETTING = select(_SETTING.c.value).where(_SETTING.c.name == bindparam("name"))
_OVERRIDES = (
    select(
        *(_OVERRIDE.c.on_date.label("on"), _OVERRIDE.c.is_working.label("working"), _OVERRIDE.c.hours),
        *(_OVERRIDE.c.name, _OVERRIDE.c.reason, _REVIEWER.c.login.label("by"), _OVERRIDE.c.set_at.label("at")),
    )
    .join(_REVIEWER, _REVIEWER.c.id == _OVERRIDE.c.set_by_id)
    .order_by(_OVERRIDE.c.on_date)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarOverride:
    """A day that an admin set, with the reason, login and time; without `hours`, the hours of the policy apply."""

    on: date
    working: bool
    hours: Hours
    name: str
    reason: str
    by: str
    at: datetime

    def day(self) -> CalendarDay:
        """Return the override as a day of the calendar; an override is always official, never provisional."""
        return from_row(CalendarDay, self, kind=DayKind.OVERRIDE, status=DayStatus.OFFICIAL)


def calendar_edition(session: Session) -> str:
    """Return a token that changes with every change of the calendar; it is part of the key of a cached calendar.

    It is read once in each transaction, because it cannot change during the transaction.
    """
    if _EDITION not in session.info:
        session.info[_EDITION] = session.connection().execute(_READ_SETTING, {"name": _EDITION}).scalar() or ""
    return str(session.info[_EDITION])


def noted_days_off(session: Session) -> tuple[date, ...]:
    """Return the noted days off, whose deadlines have not moved yet."""
    value = session.execute(_READ_SETTING, {"name": NOTED_DAYS_OFF}).scalar() or ""
    return tuple(map(date.fromisoformat, value.split()))


def calendar_digest(session: Session) -> str:
    """Return SHA-256 of all published days and overrides, of the values as they are stored."""
    digest = hashlib.sha256()
    for table in (_DAYS, _OVERRIDE):
        kinds = [column.type for column in table.c]
        # Through the session, which first writes the rows that it has pending.
        for row in session.execute(select(*as_stored(table)).order_by(table.c.on_date)):
            digest.update(json.dumps(list(map(_text_of, kinds, row))).encode())
    return digest.hexdigest()


def _text_of(kind: TypeEngine[Any], stored: Any) -> str:
    """Return a stored value as text for a digest; a value that the program never writes gets a different text."""
    if isinstance(kind, Boolean):
        return str(bool(stored)) if type(stored) is int and stored in {0, 1} else repr(stored)
    if isinstance(kind, Instant):
        return str(from_us(stored)) if type(stored) is int else repr(stored)
    return str(stored)


def log_calendar(session: Session) -> None:
    """Add the digest of the calendar to the next event of the transaction."""
    add_to_next_event(session, CALENDAR, calendar_digest(session))


def renew_edition(session: Session) -> None:
    """Write a new edition token, so that every process reads the calendar again."""
    log_calendar(session)
    # The token is random: a counter would repeat a number that a rolled-back transaction had used.
    session.info[_EDITION] = secrets.token_hex(8)
    session.merge(models.SettingRow(name=_EDITION, value=session.info[_EDITION]))


def published_days(session: Session) -> dict[date, CalendarDay]:
    """Return the days that were seeded or imported."""
    columns = (_DAYS.c.on_date, _DAYS.c.is_working, _DAYS.c.kind, _DAYS.c.name, _DAYS.c.status)
    return {
        on: CalendarDay(on=on, working=working, kind=kind, name=name, status=DayStatus(status))
        for on, working, kind, name, status in session.execute(select(*columns))
    }


def overrides(session: Session) -> dict[date, CalendarOverride]:
    """Return the days that admins set."""
    rows = session.connection().execute(_OVERRIDES)
    return {row.on: from_row(CalendarOverride, row, hours=parse_hours(row.hours) if row.hours else ()) for row in rows}


def days_in_force(session: Session) -> dict[date, CalendarDay]:
    """Return the days that apply: the override of a date if there is one, else its published day."""
    return published_days(session) | {on: override.day() for on, override in overrides(session).items()}


def missing_years(session: Session, this_year: int) -> list[int]:
    """Return the years without published days among this year and the next one."""
    first_days = [date(year, 1, 1) for year in (this_year, this_year + 1)]
    published = set(session.connection().execute(_PUBLISHED_OF, {"days": first_days}).scalars())
    return [day.year for day in first_days if day not in published]


def write_published(session: Session, days: Iterable[CalendarDay]) -> None:
    """Write published days, replacing those of the same dates."""
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
    for chunk in chunks(rows):
        session.execute(_DAYS.delete().where(_DAYS.c.on_date.in_([row["on_date"] for row in chunk])))
        session.execute(insert(_DAYS), chunk)


def write_override(session: Session, override: CalendarOverride, admin_id: int) -> None:
    """Write an override, replacing that of the same date; `admin_id` is the admin who set it."""
    session.merge(
        models.CalendarOverrideRow(
            on_date=override.on,
            is_working=override.working,
            hours=format_hours(override.hours),
            name=override.name,
            reason=override.reason,
            set_by_id=admin_id,
            set_at=override.at,
        )
    )


def drop_override(session: Session, on: date) -> None:
    """Delete the override of a date, if there is one; the published day applies again."""
    session.execute(delete(models.CalendarOverrideRow).where(col(models.CalendarOverrideRow.on_date) == on))


def all_suspensions(session: Session) -> tuple[Suspension, ...]:
    """Return all suspensions, including ended ones, in the order of their starts.

    They are read once in each transaction. A transaction that changes a suspension must not read them afterwards.
    """
    if _SUSPENSIONS_KEY not in session.info:
        rows = session.connection().execute(_SUSPENSIONS)
        session.info[_SUSPENSIONS_KEY] = tuple(suspension_from_row(row) for row in rows)
    found: tuple[Suspension, ...] = session.info[_SUSPENSIONS_KEY]
    return found


def suspensions_concerning(
    session: Session, case: models.CaseRow, given: tuple[Suspension, ...] | None = None
) -> tuple[Suspension, ...]:
    """Return the suspensions that concern a case, by its province and agent, from the given ones or from all."""
    suspensions = all_suspensions(session) if given is None else given
    if not any(one.province or one.agent for one in suspensions):
        return suspensions
    provinces, application = session.info.setdefault(_PROVINCES_KEY, {}), case.application_id
    if application not in provinces:
        province = select(_APPLICATION.c.province).where(_APPLICATION.c.id == application)
        provinces[application] = session.execute(province).scalar_one()
    return tuple(one for one in suspensions if one.concerns(provinces[application], case.agent))


def suspension_from_row(row: Any) -> Suspension:
    """Return the suspension that a row of the table holds.

    Each announced end makes its own suspension, which holds the one before it in `announced`; the last is returned.
    """
    former = [(from_us(end) if end else NEVER, from_us(until)) for end, until in json.loads(row.former_ends)]
    ends = [*(end for end, _until in former), row.announced_to_at or NEVER]
    changes_at = [*(until for _end, until in former), row.resumed_at]
    if row.to_at != row.announced_to_at:
        ends.append(row.to_at)
    span, is_settled = TimeSpan(row.from_at, ends[0]), row.settled_at is not None
    suspension = from_row(Suspension, row, span=span, announced=None, is_settled=is_settled)
    for end, resumed_at in zip(ends[1:], changes_at, strict=False):
        span = TimeSpan(row.from_at, end)
        suspension = replace(suspension, span=span, resumed_at=resumed_at, announced=suspension)
    return suspension


def with_former_end(former_ends: str, end: datetime | None, until: datetime) -> str:
    """Return the JSON of the former ends of a suspension with one more: the end that was announced before `until`.

    None is an unknown end.
    """
    return json.dumps([*json.loads(former_ends), [to_us(end) if end else None, to_us(until)]])
