"""Checks retention: overdue erasures, and remnants of erased data."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlmodel import Session

from db.models import SettingRow
from db.queries.published import CASE
from db.queries.retention import has_case_before, has_pending_files
from workbench.domain.policy.policy import Policy
from workbench.i18n import _, comma_joined
from workbench.services.site.due_erasures import due_unlinked, retained
from workbench.services.site.file_checks import CheckLine

REMNANTS_SETTING = "erased_remnants"
"""The setting that exists while the database file may still contain erased data, until it is compacted."""

_TOLERATED = timedelta(days=30)


def has_remnants(session: Session) -> bool:
    """Say whether the database file was not compacted since the last erasure."""
    return session.get(SettingRow, REMNANTS_SETTING) is not None


def older_copies(path: Path) -> list[Path]:
    """Return the copies of a database that upgrades made beside it."""
    return sorted(path.parent.glob(f"{path.name}.schema-*.backup"))


def check_retention(session: Session, path: Path, policy: Policy, now: datetime) -> Iterator[CheckLine]:
    """Report overdue erasures, and data that was not erased everywhere."""
    zone = ZoneInfo(policy.zone)
    today = now.astimezone(zone).date()
    shortest = policy.retention.shortest
    overdue, evidence = 0, 0
    # Most databases have no case that old, and reading all of a million takes a minute.
    if shortest is not None and has_case_before(session, now - _TOLERATED - shortest):
        overdue = sum(
            len(one.case_ids) for one in retained(session, policy.retention, zone, today - _TOLERATED) if one.is_due
        )
    if overdue:
        message = _("Cases due for erasure for more than 30 days: {count}; see `workbench retention show`.")
        yield None, message.format(count=overdue)
    if shortest is not None:
        evidence = due_unlinked(session, policy.retention, zone, today - _TOLERATED).count
    if evidence:
        message = _("Evidence without an application due for erasure for more than 30 days: {count}.")
        yield None, message.format(count=evidence)
    if has_pending_files(session):
        yield None, _("Files of erased cases are still in the store; the next start of the program erases them.")
    if has_remnants(session):
        yield (
            None,
            _(
                "Unused parts of the database file may still contain what was erased; run `workbench retention"
                " compact` at a quiet time."
            ),
        )
    copies = older_copies(path)
    if copies and session.execute(select(exists().where(CASE.c.erased_at.is_not(None)))).scalar():
        message = _("Copies from before an upgrade may still contain what was erased; delete them: {files}.")
        yield None, message.format(files=comma_joined(copy.name for copy in copies))
