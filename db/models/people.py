"""The people who use the workbench."""

from datetime import date, datetime

from sqlmodel import Field

from db.columns import instant_column, short_text
from db.models.row import NumberedRow, Row


class ReviewerRow(NumberedRow, table=True):
    """A person who may use the workbench; `ReviewerRoleRow` has the roles."""

    __tablename__ = "reviewer"

    login: str = Field(max_length=64, unique=True)
    max_held: int | None = None
    is_active: bool = True
    created_at: datetime = instant_column()


class ReviewerRoleRow(Row, table=True):
    """One role of one person."""

    __tablename__ = "reviewer_role"

    reviewer_id: int = Field(foreign_key="reviewer.id", primary_key=True)
    role: str = Field(max_length=16, primary_key=True)


class AbsenceRow(NumberedRow, table=True):
    """The days on which a person is absent; `to_on` is null until the person returns."""

    __tablename__ = "absence"

    reviewer_id: int = Field(foreign_key="reviewer.id", index=True)
    from_on: date
    to_on: date | None = None
    reason: str = short_text(200)
