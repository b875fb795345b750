"""The working calendar, the days that an admin set by hand, and the suspensions."""

from datetime import date, datetime

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from db.columns import instant_column, long_text, short_text
from db.models.row import NumberedRow, Row


class CalendarDayRow(Row, table=True):
    """One day: whether it is a working day, and whether its calendar is published (`status`)."""

    __tablename__ = "calendar_day"

    on_date: date = Field(primary_key=True)
    is_working: bool
    kind: str = short_text(16)
    name: str = short_text(64)
    status: str = short_text(16)


class CalendarOverrideRow(Row, table=True):
    """One calendar day set by hand. It overrides the published day, even after the published day is imported again.

    `hours` is e.g. `09:00-12:00,13:00-18:00`; empty means the policy's hours.
    """

    __tablename__ = "calendar_override"

    on_date: date = Field(primary_key=True)
    is_working: bool
    hours: str = short_text(100)
    name: str = short_text(64)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    set_by_id: int = Field(foreign_key="reviewer.id")
    set_at: datetime = instant_column()


class SuspensionRow(NumberedRow, table=True):
    """A period in which the clocks of the affected cases stop.

    Attributes:
        to_at: The end, null while it is unknown.
        announced_to_at: The end as it was before a supervisor last ended the suspension.
        former_ends: The ends before that as JSON, each as [end, when another one replaced it] in microseconds.
        province: The affected province, null for all provinces.
        agent: The affected agent, null for all agents.
        resumed_at: Null until applicants get the notice that work resumed.
        settled_at: Null until every due date includes the suspension. An unfinished recomputation is resumed at the
            next program start.
    """

    __tablename__ = "suspension"

    from_at: datetime = instant_column()
    to_at: datetime | None = instant_column(nullable=True)
    announced_to_at: datetime | None = instant_column(nullable=True)
    former_ends: str = long_text("[]")
    province: str | None = Field(default=None, max_length=32)
    agent: str | None = Field(default=None, max_length=64)
    reason: str = long_text()
    entered_at: datetime = instant_column()
    entered_by_id: int = Field(foreign_key="reviewer.id")
    resumed_at: datetime | None = instant_column(nullable=True)
    settled_at: datetime | None = instant_column(nullable=True)


class SuspensionNoticeRow(Row, table=True):
    """That the applicant of a case got a notice about a suspension. The primary key ensures that it is sent once."""

    __tablename__ = "suspension_notice"

    suspension_id: int = Field(foreign_key="suspension.id", primary_key=True)
    case_id: int = Field(foreign_key="case.id", primary_key=True, index=True)
    kind: str = Field(sa_column=Column(String(16), primary_key=True))
    told_at: datetime = instant_column()
