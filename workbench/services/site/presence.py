"""Finds who is present on a day, and who gets the work of a person who is away."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db.enums import Role
from db.models import AbsenceRow, ReviewerRoleRow, ReviewerRow
from workbench.domain.case.lifecycle import WORKERS


def absences_between(session: Session, reviewer_id: int, first: date, last: date | None = None) -> Sequence[AbsenceRow]:
    """Return the absences of a person that include any day of a period, the earliest first; None is an open end."""
    found = select(AbsenceRow).where(AbsenceRow.reviewer_id == reviewer_id)
    found = found.where(col(AbsenceRow.to_on).is_(None) | (col(AbsenceRow.to_on) >= first))
    if last is not None:
        found = found.where(AbsenceRow.from_on <= last)
    return session.exec(found.order_by(col(AbsenceRow.from_on))).all()


def absences_on(session: Session, reviewer_id: int, day: date) -> Sequence[AbsenceRow]:
    """Return the absences of a person that include a day."""
    return absences_between(session, reviewer_id, day, day)


def works_on(session: Session, reviewer_id: int, day: date) -> bool:
    """Say whether a person reviews on a day: active, with a role that decides, and not absent."""
    is_active = session.get_one(ReviewerRow, reviewer_id).is_active
    roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == reviewer_id))
    return is_active and not WORKERS.isdisjoint(map(Role, roles)) and not absences_on(session, reviewer_id, day)


def stand_in(session: Session, reviewer_id: int, day: date) -> int:
    """Return who gets the work of a person on a day: the person, or during an absence the substitute, if there is one.

    A substitute who is away too has a substitute in turn.
    """
    seen: set[int] = set()
    while reviewer_id not in seen:
        seen.add(reviewer_id)
        substitutes = (absence.substitute_id for absence in absences_on(session, reviewer_id, day))
        reviewer_id = next((substitute for substitute in substitutes if substitute), reviewer_id)
    return reviewer_id
