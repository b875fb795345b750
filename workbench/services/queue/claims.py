"""Claims, renews, releases, skips and puts aside cases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from db.columns import to_us
from db.enums import CaseState
from db.models import CaseRow, SkipRow
from db.queries.claim import (
    ClaimedCase,
    Claimer,
    claim_first_unchanged,
    claim_next,
    count_claimable,
    find_next_cases,
    holds_of,
)
from db.queries.workload import assigned_to_others, count_skipped, other_holders
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.domain.case.lifecycle import Action
from workbench.domain.clock.due import return_from_aside
from workbench.errors import Busy, NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import acting_on, note_act
from workbench.services.case.casefiles import CaseFiles
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import LostHold, lost_hold
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.locations import read_after_act

ASIDE_GRACE = timedelta(minutes=30)
"""How long the hold on a case continues after the time until which the case was put aside."""

_RENEW_EVERY = timedelta(minutes=1)

_CANDIDATES_BY_ATTEMPT = (1, 16, 16, 16)
"""How many cases each attempt reads; the first is nearly always free, unless others claim with the same filter."""

Claim = Callable[[Session, Claimer, datetime], ClaimedCase | None]
"""A function that claims a case with a hold until a time, or returns None if there is no case."""


class Claims(Service):
    """Claims and holds cases for one person."""

    def __init__(self, context: Context, casefiles: CaseFiles) -> None:
        super().__init__(context)
        self.casefiles = casefiles

    def next(self, filter_text: str = "") -> CaseFile | NoNextCase:
        """Return the case that this person holds, or claim the next one of a filter, or return why there is none.

        Raises:
            NotAllowed: If the person does not review.
            FilterProblem: If the filter is invalid.
            Busy: If others claimed all cases that the filter found.
        """
        with self.context.acting(Action.NEXT):
            if not self.context.cache.policies:
                # Reading a policy takes long; under the write lock, all others would wait for it.
                with self.context.read() as session:
                    self.context.policy(session)
            claimed, skills = self._held_or_claimed(None if filter_text.strip() else claim_next)
            if claimed is None and (filter_text.strip() or skills):
                claimed = self._claim_within(filter_text, skills)
            if claimed is None:
                with self.context.read() as session:
                    return _why_empty(session, self._claimer(session))
        if isinstance(claimed, NoNextCase):
            return claimed
        return read_after_act(self.casefiles.show_current, claimed)

    def _claim_within(self, filter_text: str, skills: str) -> int | NoNextCase | None:
        """Claim the next case within a filter and skills.

        Candidates are read before the write lock is taken.

        Raises:
            Busy: If others claimed all cases that were found, in every attempt.
        """
        from workbench.services.queue.filters import case_query
        from workbench.services.queue.skills import within_skills

        for most in _CANDIDATES_BY_ATTEMPT:
            with self.context.read() as session:
                claimer, wanted = self._claimer(session), case_query(session, self.context, filter_text)
                wanted = within_skills(session, self.context, wanted, skills)
                cases = find_next_cases(session, claimer, wanted, most)
                if not cases:
                    remaining = count_claimable(session, claimer)
                    return NoNextCase(kind="filtered", count=remaining) if remaining else None
            claimed, _skills = self._held_or_claimed(partial(claim_first_unchanged, found=cases))
            if claimed is not None:
                return claimed
        raise Busy(_("Other reviewers took every case that the filter found; try again."))

    def _claimer(self, session: Session) -> Claimer:
        context = self.context
        return Claimer(reviewer_id=context.actor.id, now=context.now(), day_end=context.end_of_today(session))

    def _held_or_claimed(self, claim: Claim | None) -> tuple[int | NoNextCase | None, str]:
        """Return the held case, or claim one, in one transaction, and the skills of the person.

        There is no case if there is none to claim, or if `claim_next`, which ignores skills, would ignore some.
        """
        context = self.context
        # The time of a server is known when the transaction has begun. A read that runs again needs the same time.
        begun_at = cache(lambda _session: context.now())
        holding = cache(lambda session: holds_of(session, context.actor.id, begun_at(session)))
        with context.write(ahead=(holding,)) as session:
            desk, holds, now = context.policy(session).desk, holding(session), begun_at(session)
            until = now + timedelta(minutes=desk.hold_minutes)
            if holds.on_desk:
                _bring_to_desk(session, holds.on_desk[0], until)
                return holds.on_desk[0], holds.skills
            if len(holds.aside) >= desk.max_aside:
                return NoNextCase(kind="limit", limit=desk.max_aside), holds.skills
            if claim is None or (claim is claim_next and holds.skills):
                return None, holds.skills
            claimed = claim(session, self._claimer(session), until)
            if claimed is None:
                return None, holds.skills
            case, body = claimed.id, {"fence": claimed.fence}
            policy_id = claimed.policy_version_id
            note_act(session, context, Action.NEXT, case, body, state=CaseState.IN_REVIEW, policy_id=policy_id)
            return case, holds.skills

    def renew(self, case_id: int) -> datetime | None:
        """Extend the hold of an active person and return its new end, None if the hold is lost.

        This writes no event, and writes the new end at most once a minute.
        """
        now, me = self.context.now(), self.context.actor.id
        with self.context.read() as session:
            span = timedelta(minutes=self.context.policy(session).desk.hold_minutes)
            case = session.get(CaseRow, case_id)
            if case is None or case.held_by_id != me or case.state != CaseState.IN_REVIEW:
                return None
            if case.held_until is not None and case.held_until - now > span - _RENEW_EVERY:
                return case.held_until
            fence = case.fence
        with self.context.write() as session:
            renewed = session.execute(
                update(CaseRow)
                .where(col(CaseRow.id) == case_id, col(CaseRow.held_by_id) == me, col(CaseRow.fence) == fence)
                .where(col(CaseRow.state) == CaseState.IN_REVIEW.value)
                .values(held_until=now + span)
                .returning(col(CaseRow.id))
            ).first()
        return now + span if renewed else None

    def loss(self, case_id: int, fence: int) -> LostHold | None:
        """Return how the hold of this person ended, None while it is valid.

        `fence` is the number of the hold; it grows with each claim of a case.
        """
        with self.context.read() as session:
            return lost_hold(session, self.context, case_id, fence)

    def release(self, case_id: int) -> None:
        """Return a held case to the queue.

        Raises:
            Busy: If another person holds it.
            NotAllowed: If nobody holds it.
        """
        self._to_queue(case_id, Action.RELEASE, "")

    def skip(self, case_id: int, reason: str) -> None:
        """Return a held case to the queue, and do not offer it to this person again before its evidence changes.

        If the case was assigned to this person, the assignment ends.

        Raises:
            WrongUsage: If no reason is given.
            Busy: If another person holds it.
            NotAllowed: If nobody holds it.
        """
        self._to_queue(case_id, Action.SKIP, reason)

    def _to_queue(self, case_id: int, action: Action, reason: str) -> None:
        context = self.context
        with acting_on(context, action, case_id, reason) as act:
            case = act.case
            case.state = CaseState.QUEUED.value
            case.held_by_id = case.held_until = case.aside_until = None
            case.is_listed = True
            ends_assignment = action is Action.SKIP and case.assignee_id == context.actor.id
            if ends_assignment:
                # Otherwise nobody would get the case, because the queue offers an assigned case only to its assignee.
                case.assignee_id = None
            if action is Action.SKIP:
                act.session.merge(
                    SkipRow(
                        case_id=case_id,
                        reviewer_id=context.actor.id,
                        evidence_no=case.evidence_no,
                        reason=act.reason,
                        skipped_at=context.now(),
                    )
                )
            act.finish(details(has_reason=bool(reason), is_unassigned=ends_assignment or None))

    def aside(self, case_id: int, until: datetime | None = None) -> datetime:
        """Put a held case aside until a time, by default as long as the policy says, and return when it comes back.

        It comes back earlier if it falls due before, see `return_from_aside`.

        Raises:
            WrongUsage: If the time has passed.
            Busy: If another person holds it.
            NotAllowed: If nobody holds it, or this person has put aside as many other cases as the policy allows.
        """
        with acting_on(self.context, Action.ASIDE, case_id) as act:
            session, case = act.session, act.case
            now = self.context.now()
            until = until or now + timedelta(minutes=self.context.policy(session).desk.aside_minutes)
            if until <= now:
                raise WrongUsage(_("A case can only be put aside until a time in the future."))
            if case.suspended_from is None:
                until = return_from_aside(until, case.due_at, now, self.context.zone(session))
            most = self.context.policy(session).desk.max_aside
            if len({*holds_of(session, self.context.actor.id, now).aside} - {case_id}) >= most:
                message = _("You have put aside as many cases as you may ({limit}); decide or release one first.")
                raise NotAllowed(message.format(limit=most))
            case.aside_until = until
            case.held_until = until + ASIDE_GRACE
            act.finish({"until": to_us(until)})
            return until

    def explain(self, case_id: int) -> tuple[str, ...]:
        """Return the sentences that explain the place of a case in the queue and its due date."""
        from workbench.services.queue.explain_order import order_words

        return order_words(self.context, self.casefiles.show(case_id))


def _why_empty(session: Session, claimer: Claimer) -> NoNextCase:
    """Return why a person gets no case: skipped by this person, held by or assigned to others, or nothing is queued."""
    assigned = assigned_to_others(session, claimer.values())
    if skipped := count_skipped(session, claimer.values()):
        return NoNextCase(kind="skipped", count=skipped, assigned=assigned)
    if holders := other_holders(session, claimer.reviewer_id, claimer.now):
        return NoNextCase(
            kind="held",
            count=sum(holder.cases for holder in holders),
            who=tuple((holder.login, holder.until) for holder in holders),
            assigned=assigned,
        )
    count = sum(cases for _login, cases, _is_away in assigned)
    return NoNextCase(kind="assigned" if count else "none", count=count, assigned=assigned)


def held_by(reviewer_id: int, now: datetime) -> tuple[Any, ...]:
    """Return the conditions on cases that a person holds and whose hold has not expired."""
    return (
        col(CaseRow.state) == CaseState.IN_REVIEW.value,
        col(CaseRow.held_by_id) == reviewer_id,
        col(CaseRow.held_until) > now,
    )


def _bring_to_desk(session: Session, case_id: int, until: datetime) -> None:
    """Bring a held case back to the desk, if it was put aside, with a fresh hold until a time."""
    was_aside = update(CaseRow).where(col(CaseRow.id) == case_id, col(CaseRow.aside_until).is_not(None))
    session.execute(was_aside.values(aside_until=None, held_until=until, version=col(CaseRow.version) + 1))
