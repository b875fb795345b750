"""A database where one person reviews alone: why, and that what takes a second person waits for one."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import ReviewerRoleRow, ReviewerRow, SettingRow
from workbench.domain.case.lifecycle import WORKERS

SETTING = "solo"
"""The setting that says why one person works alone."""


def solo_reason(session: Session) -> str:
    """Return why one person reviews here alone, empty where several can."""
    row = session.get(SettingRow, SETTING)
    if row is None:
        return ""
    workers = session.exec(
        select(func.count(func.distinct(ReviewerRoleRow.reviewer_id)))
        .join(ReviewerRow, col(ReviewerRow.id) == col(ReviewerRoleRow.reviewer_id))
        .where(ReviewerRow.is_active, col(ReviewerRoleRow.role).in_([role.value for role in WORKERS]))
    ).one()
    return row.value if workers == 1 else ""
