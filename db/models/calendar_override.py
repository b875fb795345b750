"""Calendar days that an admin set by hand."""

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from db.columns import instant, word
from db.models.row import Row


class CalendarOverrideRow(Row, table=True):
    """One calendar day set by hand. It overrides the published day, even after the published day is imported again.

    `hours` is e.g. `09:00-12:00,13:00-18:00`; empty means the policy's hours.
    """

    __tablename__ = "calendar_override"

    on_date: date = Field(primary_key=True)
    is_working: bool
    hours: str = word(100)
    name: str = word(64)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    set_by_id: int = Field(foreign_key="reviewer.id")
    set_at: datetime = instant()
