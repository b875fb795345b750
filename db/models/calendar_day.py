"""The working calendar."""

from datetime import date

from sqlmodel import Field, SQLModel

from db.columns import word


class CalendarDayRow(SQLModel, table=True):
    """One day: worked or not, and whether that was published."""

    __tablename__ = "calendar_day"

    on_date: date = Field(primary_key=True)
    is_working: bool
    kind: str = word(16)
    name: str = word(64)
    status: str = word(16)
