"""Restores holds after an undo: for the person who undoes an act, or for the former holder."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from db.columns import from_us
from db.models import CaseRow
from workbench.services.foundation.context import Context
from workbench.services.queue.claims import ASIDE_GRACE, held_by


def give_fresh_hold(session: Session, context: Context, case: CaseRow) -> None:
    """Give the acting person a fresh hold on a case; the case on that person's desk is put aside."""
    now, policy = context.now(), context.policy(session)
    until = now + timedelta(minutes=policy.desk.aside_minutes)
    session.execute(
        update(CaseRow)
        .where(*_on_desk(context, context.actor.id, case))
        .values(aside_until=until, held_until=until + ASIDE_GRACE, version=col(CaseRow.version) + 1)
    )
    case.held_by_id = context.actor.id
    case.held_until = now + timedelta(minutes=policy.desk.hold_minutes)
    case.fence += 1


def restore_hold(session: Session, context: Context, case: CaseRow, record: Mapping[str, Any]) -> None:
    """Restore the hold that an act ended; a person who undoes their own act gets a fresh hold."""
    now = context.now()
    held_until, aside_until = (
        from_us(record[name]) if name in record else None for name in ("held_until_us", "aside_until_us")
    )
    was_on_desk = held_until is not None and held_until > now and not (aside_until and aside_until > now)
    if was_on_desk and case.held_by_id == context.actor.id:
        give_fresh_hold(session, context, case)
        return
    # If another person undoes the act, the holder gets no additional time. If the holder has another case on the desk,
    # that case stays there, and this case is put aside for the rest of its hold.
    case.held_until, case.aside_until = held_until, aside_until
    on_desk = select(CaseRow.id).where(*_on_desk(context, case.held_by_id, case))
    if was_on_desk and session.exec(on_desk).first() is not None:
        case.aside_until = held_until
    case.fence += 1


def _on_desk(context: Context, holder_id: int | None, case: CaseRow) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that select the other case that a person has on the desk."""
    now = context.now()
    not_aside = col(CaseRow.aside_until).is_(None) | (col(CaseRow.aside_until) <= now)
    return (*held_by(holder_id or 0, now), not_aside, col(CaseRow.id) != case.id)
