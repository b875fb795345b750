"""Stopping every clock while nobody can work, and letting them run again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from db.models import CaseRow, SuspensionRow
from workbench.domain.lifecycle import Action
from workbench.errors import NothingAvailable, WrongUsage
from workbench.i18n import _
from workbench.services.clock_letters import ClockLetterKind
from workbench.services.clock_notices import DueNews, tell_due
from workbench.services.clocks import SUSPENSION
from workbench.services.context import Context, details
from workbench.services.due_dates import settle_open_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A time without work that is about to be entered; what is None is open, or concerns all."""

    from_at: datetime
    to_at: datetime | None = None
    reason: str
    province: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What became of a suspension, or of its end: how many due dates moved, and as many applicants are told."""

    ids: tuple[int, ...]
    cases: int


class Suspending:
    """The suspensions, as one person may enter and end them."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def suspend(self, stop: Stop) -> Stopped:
        """Stop every clock concerned for a time, which may be past, and tell each applicant concerned.

        Raises:
            NotAllowed: If who asks is no supervisor.
            WrongUsage: If no reason is given, or the end is not after the beginning.
        """
        context = self.context
        with context.acting(Action.SUSPEND):
            if not stop.reason.strip():
                raise WrongUsage(_("A suspension takes a reason; applicants read it."))
            if stop.to_at is not None and stop.to_at <= stop.from_at:
                raise WrongUsage(_("The suspension ends before it begins; give the earlier time first."))
            with context.write() as session:
                now = context.now()
                row = SuspensionRow(
                    from_at=stop.from_at,
                    to_at=stop.to_at,
                    province=stop.province,
                    agent=stop.agent,
                    reason=stop.reason.strip(),
                    entered_at=now,
                    entered_by_id=context.actor.id,
                    # Who hears of it when it is over need not hear of its end.
                    resumed_at=now if stop.to_at is not None and stop.to_at <= now else None,
                )
                session.add(row)
                session.flush()
                number = row.id or 0
                context.log(session, Action.SUSPEND.value, body=_body(row))
            return Stopped(ids=(number,), cases=self.finish(ClockLetterKind.DELAY))

    def resume(self, at: datetime | None = None) -> Stopped:
        """End every suspension that is in force at an instant, now by default, and tell each applicant concerned.

        Raises:
            NotAllowed: If who asks is no supervisor.
            NothingAvailable: If nothing is suspended.
            WrongUsage: If the instant is still to come.
        """
        context = self.context
        with context.acting(Action.RESUME):
            now = context.now()
            ended_at = at or now
            if ended_at > now:
                raise WrongUsage(_("Work cannot have been taken up again at a time to come."))
            with context.write() as session:
                in_force = session.execute(
                    select(SuspensionRow).where(
                        col(SuspensionRow.from_at) < ended_at,
                        col(SuspensionRow.to_at).is_(None) | (col(SuspensionRow.to_at) > ended_at),
                    )
                )
                rows = in_force.scalars().all()
                if not rows:
                    raise NothingAvailable(_("Nothing is suspended."))
                for row in rows:
                    row.to_at, row.resumed_at, row.settled_at = ended_at, now, None
                    context.log(session, Action.RESUME.value, body=_body(row))
                ids = tuple(row.id or 0 for row in rows)
            return Stopped(ids=ids, cases=self.finish(ClockLetterKind.RESUMED))

    def list(self) -> Sequence[Any]:
        """Return every suspension, the newest first."""
        with self.context.read() as session:
            return session.execute(select(SUSPENSION).order_by(SUSPENSION.c.id.desc())).all()

    def finish(self, kind: ClockLetterKind | None = None) -> int:
        """Let every due date take in the suspensions that it does not lean on yet; return how many moved.

        Any start goes on where another ended, and tells by the newest suspension which letters are owed.
        """
        context = self.context
        with context.read() as session:
            waiting = session.execute(
                select(SUSPENSION).where(SUSPENSION.c.settled_at.is_(None)).order_by(SUSPENSION.c.id)
            ).all()
        if not waiting:
            return 0
        newest = waiting[-1]
        is_entered = newest.resumed_at in {None, newest.entered_at}
        told_by = kind or (ClockLetterKind.DELAY if is_entered else ClockLetterKind.RESUMED)

        def told(session: Session, case: CaseRow) -> None:
            tell_due(session, context, case, DueNews(kind=told_by, cause=newest.reason))

        moved = settle_open_cases(context, "due-moved", {"suspension": newest.id}, told)
        with context.write() as session:
            ids = [row.id for row in waiting]
            session.execute(update(SUSPENSION).where(SUSPENSION.c.id.in_(ids)).values(settled_at=context.now()))
        return moved


def _body(row: SuspensionRow) -> Any:
    """Return what the log says of a suspension; its reason is what a person wrote, and stays out."""
    return details(
        suspension=row.id,
        since=row.from_at.isoformat(),
        until=row.to_at.isoformat() if row.to_at else None,
        province=row.province,
        agent=row.agent,
    )
