"""Next, hold, release, skip, aside: who has which case, and until when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlmodel
from sqlalchemy import CursorResult, func, select, update
from sqlmodel import Session, col

from db.columns import to_us
from db.enums import CaseState
from db.models import CaseRow, ReviewerRow, SkipRow
from db.queries.claim import Claimer, claim_found, claim_next, count_left, find_next
from workbench.domain.case.casefile import CaseFile, Empty
from workbench.domain.case.lifecycle import Action
from workbench.errors import Busy, WrongUsage
from workbench.i18n import _
from workbench.services.case import assessment
from workbench.services.case.casefiles import CaseFiles
from workbench.services.foundation.case_access import held_case
from workbench.services.foundation.context import Context, details

if TYPE_CHECKING:
    from workbench.services.queue.lost_holds import LostHold

_RENEW_EVERY = timedelta(minutes=1)
_ASIDE_GRACE = timedelta(minutes=30)

# The first is nearly always still free; where others are at the same filter, one of several is.
_FOUND_AT_ONCE = (1, 16, 16, 16)

Claim = Callable[[Session, Claimer, datetime], tuple[int, int] | None]
"""Claims a case for somebody until a time and returns its id and fence, or None."""


class Claims:
    """The holds of one person."""

    def __init__(self, context: Context, casefiles: CaseFiles) -> None:
        self.context = context
        self.casefiles = casefiles

    def next(self, filter_text: str = "") -> CaseFile | Empty:
        """Give the case that I hold, else claim the next one of a filter, else say why there is none.

        Raises:
            NotAllowed: If the person does not review.
            FilterProblem: If the filter cannot be understood.
        """
        with self.context.acting(Action.NEXT):
            found = self._claim_within(filter_text) if filter_text.strip() else self._claim()
        if isinstance(found, Empty):
            return found
        self._refresh_findings(found)
        return self.casefiles.show(found)

    def _claim(self) -> int | Empty:
        """Take the held or the next case."""
        found = self._take(claim_next)
        return self._why_empty() if found is None else found

    def _claim_within(self, filter_text: str) -> int | Empty:
        """Take the held or the next case of a filter; what may take long is read without the lock.

        Raises:
            Busy: If others took all that was found, time and again.
        """
        from workbench.services.queue.filters import list_of

        found = self._take(lambda *_claim: None)
        for most in _FOUND_AT_ONCE:
            if found is not None:
                return found
            with self.context.read() as session:
                claimer = self._claimer(session)
                cases = find_next(session, claimer, list_of(session, self.context, filter_text), most)
                if not cases and (left := count_left(session, claimer)):
                    return Empty(kind="filtered", count=left)
            if not cases:
                return self._why_empty()
            found = self._take(partial(claim_found, found=cases))
        if found is None:
            raise Busy(_("Others took every case that the filter found; try again."))
        return found

    def _claimer(self, session: Session) -> Claimer:
        context = self.context
        return Claimer(reviewer_id=context.actor.id, now=context.now(), day_end=context.end_of_today(session))

    def _take(self, claim: Claim) -> int | Empty | None:
        """Return the case that is held, else claim one, in one transaction; None if there is none to claim."""
        context = self.context
        with context.write() as session:
            now = context.now()
            policy = context.policy(session)
            held = self._held(session, now)
            if held is not None:
                return held
            limit = held_limit(session, context, context.actor.id)
            if count_held(session, context.actor.id, now) >= limit:
                return Empty(kind="limit", limit=limit)
            claimed = claim(session, self._claimer(session), now + timedelta(minutes=policy.desk.hold_minutes))
            if claimed is None:
                return None
            case_id, fence = claimed
            context.log(session, Action.NEXT.value, case_id=case_id, state=CaseState.IN_REVIEW, body={"fence": fence})
            return case_id

    def _held(self, session: Session, now: datetime) -> int | None:
        """Return the case that this person holds and has not put aside."""
        aside_until = col(CaseRow.aside_until)
        row = session.exec(
            sqlmodel.select(CaseRow)
            .where(*_held_by(self.context.actor.id, now))
            .where(aside_until.is_(None) | (aside_until <= now))
            .order_by(aside_until, col(CaseRow.id))
            .limit(1)
        ).first()
        if row is None:
            return None
        if row.aside_until is not None:
            row.aside_until = None
            row.version += 1
        return row.id

    def _why_empty(self) -> Empty:
        """Say which empty it is: others hold all, I skipped the rest, or nothing is queued."""
        from workbench.services.queue.empty_reasons import why_empty

        with self.context.read() as session:
            return why_empty(session, self.context.actor.id, self.context.now())

    def _refresh_findings(self, case_id: int) -> None:
        """Judge again what depends on the day, if the findings are of another day."""
        context = self.context
        with context.read() as session:
            stale = session.get_one(CaseRow, case_id).findings_on != context.today(session)
        if stale:
            with context.write() as session:
                assessment.recompute(session, context, session.get_one(CaseRow, case_id))

    def renew(self, case_id: int) -> datetime | None:
        """Extend my hold because I am active; no event, at most one write a minute. None if the hold is lost."""
        context = self.context
        now, me = context.now(), context.actor.id
        with context.read() as session:
            span = timedelta(minutes=context.policy(session).desk.hold_minutes)
            case = session.get(CaseRow, case_id)
            if case is None or case.held_by_id != me or case.state != CaseState.IN_REVIEW:
                return None
            if case.held_until is not None and case.held_until - now > span - _RENEW_EVERY:
                return case.held_until
            fence = case.fence
        with context.write() as session:
            changed = session.execute(
                update(CaseRow)
                .where(col(CaseRow.id) == case_id, col(CaseRow.held_by_id) == me, col(CaseRow.fence) == fence)
                .where(col(CaseRow.state) == CaseState.IN_REVIEW.value)
                .values(held_until=now + span)
            )
        return now + span if _changed(changed) else None

    def loss(self, case_id: int, fence: int) -> "LostHold | None":
        """Say how my hold with this fence ended, None while the case is still mine."""
        from workbench.services.queue.lost_holds import loss_of

        with self.context.read() as session:
            return loss_of(session, self.context, case_id, fence)

    def release(self, case_id: int) -> None:
        """Give a held case back to the queue.

        Raises:
            Busy: If another holds it.
            NotAllowed: If nobody does.
        """
        self._let_go(case_id, Action.RELEASE, "")

    def skip(self, case_id: int, reason: str) -> None:
        """Give a held case back and do not be offered it again until there is something new.

        One that was assigned to this person is nobody's then.

        Raises:
            WrongUsage: If no reason is given.
            Busy: If another holds it.
            NotAllowed: If nobody does.
        """
        if not reason.strip():
            raise WrongUsage(_("Skipping takes a reason."))
        self._let_go(case_id, Action.SKIP, reason)

    def _let_go(self, case_id: int, action: Action, reason: str) -> None:
        context = self.context
        with context.acting(action, case_id), context.write() as session:
            case = held_case(session, context, case_id)
            case.state = CaseState.QUEUED.value
            case.held_by_id = case.held_until = case.aside_until = None
            case.is_listed = True
            case.version += 1
            was_mine = action is Action.SKIP and case.assignee_id == context.actor.id
            if was_mine:
                # Offered to nobody else and no more to me, it would wait for ever.
                case.assignee_id = None
            if action is Action.SKIP:
                session.merge(
                    SkipRow(
                        case_id=case_id,
                        reviewer_id=context.actor.id,
                        evidence_no=case.evidence_no,
                        reason=reason,
                        skipped_at=context.now(),
                    )
                )
            context.log(
                session,
                action.value,
                case_id=case_id,
                state=CaseState.QUEUED,
                body=details(has_reason=bool(reason), is_unassigned=was_mine or None),
            )

    def aside(self, case_id: int, until: datetime | None = None) -> datetime:
        """Put a held case away until a time, two hours by the default policy, and return that time.

        Raises:
            WrongUsage: If the time is past.
            Busy: If another holds it.
            NotAllowed: If nobody does.
        """
        context = self.context
        with context.acting(Action.ASIDE, case_id), context.write() as session:
            case = held_case(session, context, case_id)
            now = context.now()
            until = until or now + timedelta(minutes=context.policy(session).desk.aside_minutes)
            if until <= now:
                raise WrongUsage(_("A case can only be put aside until a time to come."))
            case.aside_until = until
            case.held_until = until + _ASIDE_GRACE
            case.version += 1
            context.log(
                session,
                Action.ASIDE.value,
                case_id=case_id,
                state=CaseState.IN_REVIEW,
                body={"until": to_us(until)},
            )
            return until

    def explain(self, case_id: int) -> tuple[str, ...]:
        """Say in sentences why this case comes when it comes."""
        from workbench.services.queue.explain_order import turn_of

        return tuple(turn_of(self.context, self.casefiles.show(case_id).header))


def _held_by(reviewer_id: int, now: datetime) -> tuple[Any, ...]:
    """Return the conditions of a running hold."""
    return (
        col(CaseRow.state) == CaseState.IN_REVIEW.value,
        col(CaseRow.held_by_id) == reviewer_id,
        col(CaseRow.held_until) > now,
    )


def held_limit(session: Session, context: Context, reviewer_id: int) -> int:
    """Return how many cases a person may hold: the person's own limit, else the policy's."""
    own = session.get_one(ReviewerRow, reviewer_id).max_held
    return context.policy(session).desk.max_held if own is None else own


def count_held(session: Session, reviewer_id: int, now: datetime) -> int:
    """Count the cases that a person holds, those aside included."""
    statement = select(func.count()).select_from(CaseRow).where(*_held_by(reviewer_id, now))
    return int(session.execute(statement).scalar_one())


def _changed(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
