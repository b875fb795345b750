"""Reads what a person may do: the roles, and the case that the person reads without its verdict."""

from sqlalchemy import BindParameter, bindparam, literal, select
from sqlmodel import Session

from db.enums import Role
from db.models import OpinionRow, ReviewerRoleRow, ReviewerRow
from db.queries.published import table_of

_REVIEWER, _ROLE, _OPINION = table_of(ReviewerRow), table_of(ReviewerRoleRow), table_of(OpinionRow)
_PERSON: BindParameter[int] = bindparam("person")
# One statement, because every transaction begins with it.
_ROLES_AND_READING = (
    select(_ROLE.c.role, literal(0))
    .join(_REVIEWER, _REVIEWER.c.id == _ROLE.c.reviewer_id)
    .where(_REVIEWER.c.id == _PERSON, _REVIEWER.c.is_active)
    .union_all(
        select(literal(""), _OPINION.c.case_id).where(_OPINION.c.reviewer_id == _PERSON, _OPINION.c.given_at.is_(None))
    )
)


def roles_and_reading(session: Session, person: int) -> tuple[frozenset[Role], int | None]:
    """Return the roles of a person who is active, and the case that the person reads for a second opinion."""
    rows = session.connection().execute(_ROLES_AND_READING, {"person": person}).all()
    return frozenset(Role(role) for role, _case in rows if role), next((case for _role, case in rows if case), None)
