"""Suspensions: starting one stops the clocks of all cases that it concerns, ending it lets them run again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
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
from workbench.services.clock.case_clocks import SUSPENSION, suspensions
from workbench.services.clock.input_checks import check_not_far, checked_reason
from workbench.services.deadlines.recompute import Settled, effect_of, settle_open_cases
from workbench.services.foundation.context import Context, details

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A suspension to start; without `to_at` its end is unknown, without province or agent it concerns all."""

    from_at: datetime
    to_at: datetime | None = None
    reason: str
    province: str | None = None
    agent: str | None = None

    @property
    def span(self) -> Span:
        """From when until when."""
        return Span(self.from_at, self.to_at or NEVER)


class Suspending:
    """The suspensions, as one person may enter and end them."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def suspend(self, stop: Stop, *, dry_run: bool = False) -> Settled:
        """Stop every clock concerned for a time, which may be past, and tell each applicant concerned.

        With `dry_run` only say what that would do; it does without a reason.

        Raises:
            NotAllowed: If who asks is no supervisor.
            WrongUsage: If no reason is given or one too long, the time is empty, has no work in it or is too far ahead,
                it is suspended already, or no application has the agent.
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
                one = Suspension(id=0, span=stop.span, reason=reason, province=stop.province, agent=stop.agent)
                return effect_of(context, replace(one, is_settled=False))
            with context.write() as session:
                self._check(session, stop)
                now = context.now()
                row = SuspensionRow(
                    **asdict(replace(stop, reason=reason)),
                    announced_to_at=stop.to_at,
                    entered_at=now,
                    entered_by_id=context.actor.id,
                    # Whoever is told of it when it is over need not be told of its end.
                    resumed_at=now if stop.to_at is not None and stop.to_at <= now else None,
                )
                session.add(row)
                session.flush()
                number = row.id or 0
                context.log(session, Action.SUSPEND.value, body=_body(row))
            return replace(self.finish(), ids=(number,))

    def _check(self, session: Session, stop: Stop) -> None:
        """Refuse what stops nothing, or is stopped already."""
        context = self.context
        calendar, today = context.calendar(session), context.today(session)
        check_not_far(calendar.local_day(stop.from_at), today)
        if stop.to_at is not None:
            check_not_far(calendar.local_day(stop.to_at - _MICROSECOND), today)
        if stop.to_at is not None and not calendar.working_seconds_between(stop.from_at, stop.to_at):
            raise WrongUsage(
                _("There is no working time from {start} to {end}; nothing would be suspended.").format(
                    start=_moment(stop.from_at, calendar.zone), end=_moment(stop.to_at, calendar.zone)
                )
            )
        if (
            stop.agent is not None
            and not session.execute(select(exists().where(APPLICATION.c.agent == stop.agent))).scalar()
        ):
            raise WrongUsage(_("No application has the agent {name}.").format(name=stop.agent))
        for one in suspensions(session):
            if (one.span, one.province, one.agent) == (stop.span, stop.province, stop.agent):
                raise WrongUsage(_("That is suspended already, by suspension {id}.").format(id=one.id))

    def resume(self, at: datetime | None = None, number: int | None = None) -> Settled:
        """End every suspension that is in force at an instant, now by default, and tell who was told of them.

        If none is, every open one that lies ahead is called off: it takes no time at all. With a `number` that one
        alone is ended or called off, open or not.

        Raises:
            NotAllowed: If who asks is no supervisor.
            NothingAvailable: If nothing is suspended, nor will be until nobody knows when; or the one is over.
            NotFound: If no suspension has the number.
            WrongUsage: If the instant is still to come.
        """
        context = self.context
        with context.acting(Action.RESUME):
            now = context.now()
            ended_at = at or now
            if ended_at > now:
                raise WrongUsage(_("Work cannot have been taken up again at a time to come."))
            with context.write() as session:
                every = session.execute(select(SuspensionRow).order_by(col(SuspensionRow.id))).scalars().all()
                rows = _to_end(every, ended_at) if number is None else [_to_end_alone(every, ended_at, number)]
                for row in rows:
                    request_end_notices(session, row.id or 0, was_open=None in {row.to_at, row.announced_to_at})
                    row.announced_to_at, row.to_at = row.to_at, max(ended_at, row.from_at)
                    row.resumed_at, row.settled_at = now, None
                    context.log(session, Action.RESUME.value, body=_body(row))
                ids = tuple(row.id or 0 for row in rows)
            return replace(self.finish(), ids=ids)

    def list(self) -> Sequence[Any]:
        """Return every suspension, the newest first."""
        with self.context.read() as session:
            return session.execute(select(SUSPENSION).order_by(SUSPENSION.c.id.desc())).all()

    def of_year(self, year: int) -> tuple[Suspension, ...]:
        """Return the suspensions that fall into a year of the policy's zone, in order; not those called off."""
        with self.context.read() as session:
            zone = self.context.zone(session)
            begin, end = (datetime.combine(date(one, 1, 1), time(), tzinfo=zone) for one in (year, year + 1))
            found = suspensions(session)
        return tuple(one for one in found if one.span.start < end and one.span.end > begin and not one.span.is_empty)

    def finish(self) -> Settled:
        """Recompute all due dates with the suspensions that are not settled yet, and write the notices owed.

        Every start of the program does it, so an interrupted run is continued.
        """
        context = self.context
        with context.read() as session:
            waiting = select(SUSPENSION.c.id).where(SUSPENSION.c.settled_at.is_(None)).order_by(SUSPENSION.c.id)
            ids = session.execute(waiting).scalars().all()
        if not ids:
            return Settled(cases=0, told=0)
        done = settle_open_cases(context, ids[-1])
        with context.write() as session:
            session.execute(update(SUSPENSION).where(SUSPENSION.c.id.in_(ids)).values(settled_at=context.now()))
        return done


def _to_end(every: Sequence[SuspensionRow], at: datetime) -> Sequence[SuspensionRow]:
    """Return the suspensions in force at an instant, or the open ones that lie ahead."""
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
    """Return the suspension of a number, unless it is over at an instant or was called off."""
    row = next((row for row in every if row.id == number), None)
    if row is None:
        raise NotFound(_("There is no suspension {id}; workbench calendar lists those of a year.").format(id=number))
    if row.to_at is not None and row.to_at <= max(at, row.from_at):
        raise NothingAvailable(_("Suspension {id} is over already.").format(id=number))
    return row


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _body(row: SuspensionRow) -> Any:
    """Return what the log says of a suspension; its reason is what a person wrote, and stays out."""
    return details(
        suspension=row.id,
        since=row.from_at.isoformat(),
        until=row.to_at.isoformat() if row.to_at else None,
        province=row.province,
        agent=row.agent,
    )
