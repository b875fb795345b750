"""Starts and ends suspensions; a suspension stops the clocks of all cases that it concerns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from db.models import SuspensionRow
from db.queries.suspension_notices import request_end_notices
from workbench.domain.case.lifecycle import Action
from workbench.domain.clock.spans import NEVER, Span
from workbench.domain.clock.suspension import Suspension
from workbench.errors import NotFound, NothingAvailable, WrongUsage
from workbench.i18n import _
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.clock.case_clocks import SUSPENSION, suspensions, unsettled_suspensions
from workbench.services.deadlines.recompute import SuspensionEffect, effect_of, recompute_open_cases
from workbench.services.foundation.context import Service, details
from workbench.services.foundation.input_checks import check_not_far, checked_reason

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuspension:
    """A suspension to start; without `to_at` its end is unknown, without province or agent it concerns all cases."""

    from_at: datetime
    to_at: datetime | None = None
    reason: str
    province: str | None = None
    agent: str | None = None

    @property
    def span(self) -> Span:
        """The time of the suspension."""
        return Span(self.from_at, self.to_at or NEVER)


class Suspending(Service):
    """Starts and ends suspensions on behalf of a supervisor."""

    def suspend(self, stop: NewSuspension, *, dry_run: bool = False) -> SuspensionEffect:
        """Start a suspension, which may lie in the past, move the due dates and write notices to the applicants.

        With `dry_run` only return what it would do; then the reason may be missing.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long, if the time is empty, has no working time or is too far
                ahead, if the same suspension exists, or if no application has the agent.
        """
        context = self.context
        with context.acting(Action.SUSPEND):
            is_needed = not dry_run or stop.reason.strip()
            missing = _("A suspension takes a reason; applicants read it.")
            reason = checked_reason(stop.reason, missing) if is_needed else ""
            if stop.to_at is not None and stop.to_at <= stop.from_at:
                raise WrongUsage(_("The suspension ends before it begins; give the earlier time first."))
            if dry_run:
                with context.read() as session:
                    self._check(session, stop)
                return effect_of(
                    context,
                    Suspension(
                        id=0, span=stop.span, reason=reason, province=stop.province, agent=stop.agent, is_settled=False
                    ),
                )
            with context.write() as session:
                self._check(session, stop)
                now = context.now()
                row = SuspensionRow(
                    **asdict(replace(stop, reason=reason)),
                    announced_to_at=stop.to_at,
                    entered_at=now,
                    entered_by_id=context.actor.id,
                    # The notice of a suspension that has already ended also announces its end.
                    resumed_at=now if stop.to_at is not None and stop.to_at <= now else None,
                )
                session.add(row)
                session.flush()
                context.log(session, Action.SUSPEND.value, body=_body(row))
                ids = (row.id or 0,)
            return replace(self.finish(), ids=ids)

    def _check(self, session: Session, stop: NewSuspension) -> None:
        """Refuse a suspension that is too far ahead, stops no clock or exists already."""
        calendar, today = self.context.calendar(session), self.context.today(session)
        check_not_far(calendar.local_day(stop.from_at), today)
        if stop.to_at is not None:
            check_not_far(calendar.local_day(stop.to_at - _MICROSECOND), today)
            if not calendar.working_seconds_between(stop.from_at, stop.to_at):
                start, end = (f"{at.astimezone(calendar.zone):%Y-%m-%d %H:%M}" for at in (stop.from_at, stop.to_at))
                raise WrongUsage(
                    _("There is no working time from {start} to {end}; nothing would be suspended.").format(
                        start=start, end=end
                    )
                )
        of_agent = select(exists().where(APPLICATION.c.agent == stop.agent))
        if stop.agent is not None and not session.execute(of_agent).scalar():
            raise WrongUsage(_("No application has the agent {name}.").format(name=stop.agent))
        for one in suspensions(session):
            if (one.span, one.province, one.agent) == (stop.span, stop.province, stop.agent):
                raise WrongUsage(_("That is suspended already, by suspension {id}.").format(id=one.id))

    def resume(self, at: datetime | None = None, number: int | None = None) -> SuspensionEffect:
        """End all suspensions in force at an instant, by default now, and write notices to the applicants.

        If none is in force, all future suspensions with an unknown end are called off. With a `number`, only that
        suspension is ended or called off, even if its end is known.

        Raises:
            NotAllowed: If the person is not a supervisor.
            NothingAvailable: If there is no such suspension, or the one with the number has ended.
            NotFound: If no suspension has the number.
            WrongUsage: If the instant is in the future.
        """
        with self.context.acting(Action.RESUME):
            now = self.context.now()
            ended_at = at or now
            if ended_at > now:
                raise WrongUsage(_("Work cannot have been taken up again at a time to come."))
            with self.context.write() as session:
                every = session.execute(select(SuspensionRow).order_by(col(SuspensionRow.id))).scalars().all()
                rows = _to_end(every, ended_at) if number is None else [_to_end_alone(every, ended_at, number)]
                for row in rows:
                    request_end_notices(session, row.id or 0, was_open=None in {row.to_at, row.announced_to_at})
                    row.announced_to_at, row.to_at = row.to_at, max(ended_at, row.from_at)
                    row.resumed_at, row.settled_at = now, None
                    self.context.log(session, Action.RESUME.value, body=_body(row))
                ids = tuple(row.id or 0 for row in rows)
            return replace(self.finish(), ids=ids)

    def list(self) -> Sequence[Any]:
        """Return all suspensions, the newest first."""
        with self.context.read() as session:
            return session.execute(select(SUSPENSION).order_by(SUSPENSION.c.id.desc())).all()

    def of_year(self, year: int) -> tuple[Suspension, ...]:
        """Return the suspensions within a year of the policy's zone, in order, without those that were called off."""
        with self.context.read() as session:
            zone = self.context.zone(session)
            begin, end = (datetime.combine(date(one, 1, 1), time(), tzinfo=zone) for one in (year, year + 1))
            found = suspensions(session)
        return tuple(one for one in found if one.span.start < end and one.span.end > begin and not one.span.is_empty)

    def finish(self) -> SuspensionEffect:
        """Recompute all due dates with the suspensions that are not settled yet, and write the notices.

        Every start of the program calls it, to continue an interrupted run.
        """
        with self.context.read() as session:
            ids = unsettled_suspensions(session)
        if not ids:
            return SuspensionEffect()
        done = recompute_open_cases(self.context, ids[-1])
        with self.context.write() as session:
            session.execute(update(SUSPENSION).where(SUSPENSION.c.id.in_(ids)).values(settled_at=self.context.now()))
        return done


def _to_end(every: Sequence[SuspensionRow], at: datetime) -> Sequence[SuspensionRow]:
    """Return the suspensions in force at an instant, else the future ones with an unknown end."""
    rows = [row for row in every if row.from_at < at < (row.to_at or NEVER)]
    if rows := rows or [row for row in every if row.to_at is None]:
        return rows
    if ahead := [row for row in every if row.from_at >= at and row.to_at != row.from_at]:
        raise NothingAvailable(
            _(
                "Nothing is suspended now. To call off one that lies ahead, name it: workbench calendar resume {id}"
            ).format(id=ahead[0].id)
        )
    raise NothingAvailable(_("Nothing is suspended."))


def _to_end_alone(every: Sequence[SuspensionRow], at: datetime, number: int) -> SuspensionRow:
    """Return the suspension with a number, unless it has ended by an instant or was called off."""
    row = next((row for row in every if row.id == number), None)
    if row is None:
        raise NotFound(_("There is no suspension {id}; workbench calendar lists those of a year.").format(id=number))
    if row.to_at is not None and row.to_at <= max(at, row.from_at):
        raise NothingAvailable(_("Suspension {id} is over already.").format(id=number))
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
