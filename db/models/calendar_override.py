"""Calendar days that an admin set by hand."""

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from db.columns import instant, word
from db.models.row import Row


class CalendarOverrideRow(Row, table=True):
    """One calendar day set by hand. It overrides the published day, also when that is imported again.

    `hours` are the day's own as `09:00-12:00,13:00-18:00`, '' for those of the policy.
    """

    __tablename__ = "calendar_override"

    on_date: date = Field(primary_key=True)
    is_working: bool
    hours: str = word(100)
    name: str = word(64)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    set_by_id: int = Field(foreign_key="reviewer.id")
    set_at: datetime = instant()
