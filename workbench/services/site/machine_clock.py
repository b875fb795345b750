"""Whether the clock of this machine can be right: what has happened is not in the future."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from db.models import EventRow
from workbench.i18n import _

CLOCK_MAY_DIFFER = timedelta(minutes=5)
"""Clocks of machines that set theirs by the network differ by less."""

_NEWEST = select(col(EventRow.at)).order_by(col(EventRow.seq).desc()).limit(1)


def clock_problem(session: Session, now: datetime) -> str:
    """Return why the clock must be wrong, '' if nothing speaks against it: the newest event was before now."""
    newest = session.exec(_NEWEST).first()
    if newest is None or now >= newest - CLOCK_MAY_DIFFER:
        return ""
    message = _("The clock of this machine says {now}, but the newest event is of {newest}; set the clock.")
    return message.format(now=_in_utc(now), newest=_in_utc(newest))


def _in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
