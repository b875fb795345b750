"""The people who use the workbench."""

from datetime import date, datetime

from sqlmodel import Field

from db.columns import instant_column, long_text, short_text
from db.models.row import NumberedRow, Row


class ReviewerRow(NumberedRow, table=True):
    """A person who may use the workbench; `ReviewerRoleRow` has the roles.

    `skills` are filter terms: `next` gives only cases within them, except those due today.
    """

    __tablename__ = "reviewer"

    login: str = Field(max_length=64, unique=True)
    max_held: int | None = None
    is_active: bool = True
    skills: str = long_text()
    created_at: datetime = instant_column()
    department: str = short_text(32)
    """The code of the department whose inquiries a verifier answers."""


class ReviewerRoleRow(Row, table=True):
    """One role of one person."""

    __tablename__ = "reviewer_role"

    reviewer_id: int = Field(foreign_key="reviewer.id", primary_key=True)
    role: str = Field(max_length=16, primary_key=True)


class AbsenceRow(NumberedRow, table=True):
    """The days on which a person is absent.

    Attributes:
        to_on: The last day, null while it is unknown.
        is_handed_over: Whether the absence has begun, and the person's cases were released or given to the substitute.
    """

    __tablename__ = "absence"

    reviewer_id: int = Field(foreign_key="reviewer.id", index=True)
    from_on: date
    to_on: date | None = None
    reason: str = short_text(200)
    substitute_id: int | None = Field(default=None, foreign_key="reviewer.id")
    is_handed_over: bool = False


class DutyRow(Row, table=True):
    """The time that a person works on a day beyond the usual hours; null minutes are a whole working day."""

    __tablename__ = "duty"

    reviewer_id: int = Field(foreign_key="reviewer.id", primary_key=True)
    on_date: date = Field(primary_key=True)
    minutes: int | None = None
    reason: str = short_text(200)
