"""Settings and policy versions of the whole database."""

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from db.columns import instant_column, short_text
from db.models.row import NumberedRow, Row


class SettingRow(Row, table=True):
    """One setting of this database, such as how people are identified."""

    __tablename__ = "setting"

    name: str = Field(max_length=64, primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class PolicyVersionRow(NumberedRow, table=True):
    """One version of the policy.

    Attributes:
        body: The text of its file.
        applied_by_id: Who applied it, null if an earlier program did not record that.
        effective_on: The day from which it is in force, null if it was in force at once.
        is_for_open_cases: Whether cases that are open on that day change to it.
        settled_at: When all of these cases had changed to it.
    """

    __tablename__ = "policy_version"

    body: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str = short_text(64)
    applied_at: datetime = instant_column()
    applied_by_id: int | None = Field(default=None, foreign_key="reviewer.id")
    effective_on: date | None = None
    is_for_open_cases: bool = False
    settled_at: datetime | None = instant_column(nullable=True)
