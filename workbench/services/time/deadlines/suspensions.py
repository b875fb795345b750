"""Starts and ends suspensions; a suspension stops the clocks of all cases that it concerns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from db.models import SuspensionRow
from db.queries.published import APPLICATION
from db.queries.suspension_notices import request_end_notices
from workbench.domain.case.lifecycle import Action
from workbench.domain.clock.spans import NEVER, TimeSpan
from workbench.domain.clock.suspension import Suspension
from workbench.errors import NotFound, NothingAvailable, WrongUsage
from workbench.i18n import _
from workbench.services.clock.case_clocks import unsettled_suspension_ids
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.calendar_days import (
    SUSPENSION,
    all_suspensions,
    suspension_from_row,
    with_former_end,
)
from workbench.services.foundation.context import Service
from workbench.services.foundation.input_checks import check_not_far, checked_reason
from workbench.services.foundation.row_values import from_row
from workbench.services.time.deadlines.recompute import SuspensionEffect, preview_suspensions, recompute_open_cases

_BEGINNING_OF_TIME, _MICROSECOND = datetime.min.replace(tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuspension:
    """A suspension to start; None means an unknown end, all provinces or all agents."""

    from_at: datetime
    to_at: datetime | None = None
    reason: str
    province: str | None = None
    agent: str | None = None

    @property
    def span(self) -> TimeSpan:
        """The time from the start to the end."""
        return TimeSpan(self.from_at, self.to_at or NEVER)


class Suspending(Service):
    """Starts and ends suspensions on behalf of a supervisor."""

    def suspend(self, new: NewSuspension, *, dry_run: bool = False) -> SuspensionEffect:
        """Start a suspension, move the due dates and write notices to the applicants.

        The suspension may lie in the past. With `dry_run` nothing is written, and the reason may be missing.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long, if the time is empty, has no working time or is too far
                ahead, if the same suspension exists, or if no application has the agent.
        """
        context = self.context
        with context.acting(Action.SUSPEND):
            is_reason_needed = not dry_run or new.reason.strip()
            missing = _("A suspension takes a reason; applicants read it.")
            reason = checked_reason(new.reason, missing) if is_reason_needed else ""
            if new.to_at is not None and new.to_at <= new.from_at:
                raise WrongUsage(_("The suspension ends before it begins; give the earlier time first."))
            if dry_run:
                with context.read() as session:
                    self._check(session, new)
                unsettled = {"id": 0, "announced": None, "is_settled": False, "entered_at": self.context.now()}
                planned = from_row(Suspension, new, reason=reason, resumed_at=None, **unsettled)
                return preview_suspensions(context, planned)
            with context.write() as session:
                self._check(session, new)
                now = context.now()
                row = SuspensionRow(
                    **asdict(replace(new, reason=reason)),
                    announced_to_at=new.to_at,
                    entered_at=now,
                    entered_by_id=context.actor.id,
                    # The notice of a suspension that has already ended also announces its end.
                    resumed_at=now if new.to_at is not None and new.to_at <= now else None,
                )
                session.add(row)
                session.flush()
                context.log(session, Action.SUSPEND.value, body=_body(row))
                ids = (row.id or 0,)
            return replace(self.finish(), suspension_ids=ids)

    def _check(self, session: Session, new: NewSuspension) -> None:
        """Check that a suspension is near enough, includes working time, has a known agent and does not exist yet."""
        calendar, today = self.context.calendar(session), self.context.today(session)
        check_not_far(calendar.local_day(new.from_at), today)
        if new.to_at is not None:
            check_not_far(calendar.local_day(new.to_at - _MICROSECOND), today)
            if not calendar.working_seconds_between(new.from_at, new.to_at):
                start, end = (f"{at.astimezone(calendar.zone):%Y-%m-%d %H:%M}" for at in (new.from_at, new.to_at))
                message = _("There is no working time from {start} to {end}; nothing would be suspended.")
                raise WrongUsage(message.format(start=start, end=end))
        of_agent = select(exists().where(APPLICATION.c.agent == new.agent))
        if new.agent is not None and not session.execute(of_agent).scalar():
            raise WrongUsage(_("No application has the agent {name}.").format(name=new.agent))
        for one in all_suspensions(session):
            if (one.span, one.province, one.agent) == (new.span, new.province, new.agent):
                raise WrongUsage(_("That is suspended already, by suspension {id}.").format(id=one.id))

    def resume(
        self,
        at: datetime | None = None,
        suspension_id: int | None = None,
        *,
        is_mistake: bool = False,
        dry_run: bool = False,
    ) -> SuspensionEffect:
        """End or call off suspensions, and write notices to the applicants.

        The arguments decide which suspensions:

        * Without arguments, all suspensions in force end now. If there are none, all future suspensions with an unknown
          end are called off.
        * `at` is the instant of the end instead of now.
        * `suspension_id` ends or calls off only that suspension, even if its end is known.
        * `is_mistake` calls off that suspension from its start, even if it is over. All dates become what they would be
          without it, but a deadline in a letter that was sent does not become earlier.
        * `dry_run` writes nothing.

        Raises:
            NotAllowed: If the person is not a supervisor.
            NothingAvailable: If there is no suspension to end, or the given one has ended.
            NotFound: If no suspension has the id.
            WrongUsage: If the instant is in the future, or if a mistake has an instant or no id.
        """
        with self.context.acting(Action.RESUME):
            now = self.context.now()
            ended_at = _BEGINNING_OF_TIME if is_mistake else at or now
            if is_mistake and (at or suspension_id is None):
                raise WrongUsage(_("--mistake takes the number of one suspension, and no time."))
            if ended_at > now:
                raise WrongUsage(_("The resume time must not be in the future."))
            with self.context.read() if dry_run else self.context.write() as session:
                suspensions = session.execute(select(SuspensionRow).order_by(col(SuspensionRow.id))).scalars().all()
                if dry_run:
                    # Nothing writes back what a preview changes in the rows.
                    session.expunge_all()
                if suspension_id is None:
                    rows = _suspensions_to_end(suspensions, ended_at)
                else:
                    rows = [_suspension_to_end(suspensions, ended_at, suspension_id)]
                for row in rows:
                    if not dry_run:
                        request_end_notices(session, row.id or 0, was_open=None in {row.to_at, row.announced_to_at})
                    if row.announced_to_at != row.to_at and row.resumed_at is not None:
                        row.former_ends = with_former_end(row.former_ends, row.announced_to_at, row.resumed_at)
                    row.announced_to_at, row.to_at = row.to_at, max(ended_at, row.from_at)
                    row.resumed_at, row.settled_at = now, None
                    if not dry_run:
                        self.context.log(session, Action.RESUME.value, body=_body(row))
                ids = tuple(row.id or 0 for row in rows)
            effect = preview_suspensions(self.context, *map(suspension_from_row, rows)) if dry_run else self.finish()
            return replace(effect, suspension_ids=ids)

    def list(self) -> Sequence[Any]:
        """Return all suspensions, the newest first."""
        with self.context.read() as session:
            return session.execute(select(SUSPENSION).order_by(SUSPENSION.c.id.desc())).all()

    def finish(self) -> SuspensionEffect:
        """Recompute all due dates with the suspensions that are not settled yet, and write the notices.

        Every start of the program calls it, to continue an interrupted run.
        """
        with self.context.read() as session:
            ids = unsettled_suspension_ids(session)
        if not ids:
            return SuspensionEffect()
        effect = recompute_open_cases(self.context, ids[-1])
        with self.context.write() as session:
            session.execute(update(SUSPENSION).where(SUSPENSION.c.id.in_(ids)).values(settled_at=self.context.now()))
        return effect


def _suspensions_to_end(suspensions: Sequence[SuspensionRow], at: datetime) -> Sequence[SuspensionRow]:
    """Return the suspensions in force at an instant; if there are none, the future ones with an unknown end."""
    in_force = [row for row in suspensions if row.from_at < at < (row.to_at or NEVER)]
    without_end = [row for row in suspensions if row.to_at is None]
    if in_force or without_end:
        return in_force or without_end
    if future := [row for row in suspensions if row.from_at >= at and row.to_at != row.from_at]:
        message = _(
            "Nothing is suspended now. To call off one that lies ahead, name it: workbench calendar resume {id}"
        )
        raise NothingAvailable(message.format(id=future[0].id))
    raise NothingAvailable(_("Nothing is suspended."))


def _suspension_to_end(suspensions: Sequence[SuspensionRow], at: datetime, suspension_id: int) -> SuspensionRow:
    """Return a suspension by its id, unless it has ended by an instant or was called off."""
    row = next((row for row in suspensions if row.id == suspension_id), None)
    if row is None:
        raise NotFound(
            _("There is no suspension {id}; workbench calendar lists those of a year.").format(id=suspension_id)
        )
    if row.to_at is not None and row.to_at <= max(at, row.from_at):
        message = _("Suspension {id} is over already; --mistake takes back one that was entered by mistake.")
        if row.to_at == row.from_at:
            message = _("Suspension {id} was called off already.")
        raise NothingAvailable(message.format(id=suspension_id))
    return row


def _body(row: SuspensionRow) -> Any:
    """Return the body of the event of a suspension, without its reason, because events hold no free text."""
    return details(
        suspension=row.id,
        since=row.from_at.isoformat(),
        until=row.to_at.isoformat() if row.to_at else None,
        province=row.province,
        agent=row.agent,
    )
