"""Next, hold, release, skip, aside: who has which case, and until when."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlmodel
from sqlalchemy import CursorResult, func, select, text, update
from sqlmodel import Session, col

from db.columns import from_us, to_us
from db.enums import CaseState
from db.models import CaseRow, ReviewerRow, SkipRow
from db.queries.claim import Claimer, claim_next, count_left
from workbench.domain.casefile import CaseFile, CaseHeader, Empty
from workbench.domain.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS, Action
from workbench.domain.words import instant_on_screen
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services import evidence
from workbench.services.casefiles import CaseFiles
from workbench.services.context import Context, details
from workbench.services.filtering import list_of
from workbench.services.holds import held_case

if TYPE_CHECKING:
    from workbench.services.losses import Loss

_RENEW_EVERY = timedelta(minutes=1)
_ASIDE_GRACE = timedelta(minutes=30)


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
            found = self._claim(filter_text)
        if isinstance(found, Empty):
            return found
        self._refresh_findings(found)
        return self.casefiles.show(found)

    def _claim(self, filter_text: str) -> int | Empty:
        """Take the held or the next case in one transaction."""
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
            claimer = Claimer(reviewer_id=context.actor.id, now=now, day_end=context.end_of_today(session))
            within = list_of(session, context, filter_text) if filter_text.strip() else None
            claimed = claim_next(session, claimer, now + timedelta(minutes=policy.hold_minutes), within)
            if claimed is None:
                left = count_left(session, claimer) if within is not None else 0
                return Empty(kind="filtered", count=left) if left else self._why_empty(session, now)
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

    def _why_empty(self, session: Session, now: datetime) -> Empty:
        """Say which empty it is: others hold all, I skipped the rest, or nothing is queued."""
        skipped = session.execute(
            text(
                """SELECT count(*) FROM skip JOIN "case" c ON c.id = skip.case_id
                   WHERE skip.reviewer_id = :me AND skip.evidence_no >= c.evidence_no
                         AND c.state = 'queued' AND c.is_listed = 1
                         AND (c.assignee_id IS NULL OR c.assignee_id = :me)"""
            ),
            {"me": self.context.actor.id},
        ).scalar_one()
        if skipped:
            return Empty(kind="skipped", count=int(skipped))
        holders = session.execute(
            text(
                """SELECT reviewer.login, min(c.held_until) AS until, count(*) AS cases FROM "case" c
                   JOIN reviewer ON reviewer.id = c.held_by_id
                   WHERE c.state = 'in_review' AND c.held_until > :now AND c.held_by_id <> :me
                   GROUP BY reviewer.login ORDER BY until"""
            ),
            {"now": to_us(now), "me": self.context.actor.id},
        ).all()
        if holders:
            return Empty(
                kind="held",
                count=sum(row.cases for row in holders),
                who=tuple((row.login, from_us(row.until)) for row in holders),
            )
        return Empty(kind="none")

    def _refresh_findings(self, case_id: int) -> None:
        """Judge again what depends on the day, if the findings are of another day."""
        context = self.context
        with context.read() as session:
            stale = session.get_one(CaseRow, case_id).findings_on != context.today(session)
        if stale:
            with context.write() as session:
                evidence.recompute(session, context, session.get_one(CaseRow, case_id))

    def renew(self, case_id: int) -> datetime | None:
        """Extend my hold because I am active; no event, at most one write a minute. None if the hold is lost."""
        context = self.context
        with context.read() as session:
            now, case = context.now(), session.get(CaseRow, case_id)
            span = timedelta(minutes=context.policy(session).hold_minutes)
        if case is None or case.held_by_id != context.actor.id or case.state != CaseState.IN_REVIEW:
            return None
        if case.held_until is not None and case.held_until - now > span - _RENEW_EVERY:
            return case.held_until
        with context.write() as session:
            changed = session.execute(
                update(CaseRow)
                .where(CaseRow.id == case_id, CaseRow.held_by_id == context.actor.id, CaseRow.fence == case.fence)  # type: ignore[arg-type]  # columns at class level
                .where(CaseRow.state == CaseState.IN_REVIEW.value)  # type: ignore[arg-type]  # columns at class level
                .values(held_until=now + span)
            )
        return now + span if _changed(changed) else None

    def loss(self, case_id: int, fence: int) -> "Loss | None":
        """Say how my hold with this fence ended, None while the case is still mine."""
        from workbench.services.losses import loss_of

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
                body=details(has_reason=bool(reason)),
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
            until = until or now + timedelta(minutes=context.policy(session).aside_minutes)
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

    def _due_words(self, header: CaseHeader) -> list[str]:
        """Say how the due date came about."""
        with self.context.read() as session:
            case = session.get_one(CaseRow, header.id)
            policy = self.context.policy(session, case.policy_version_id)
        if header.due_at is None or case.complete_at is None:
            return [_("No due date yet: the clock starts when every required document is there.")]
        zone = ZoneInfo(policy.zone)
        return [
            _(
                "Complete since {start}; {days} working days are promised, the applicant's own time apart: due {due}."
            ).format(
                start=instant_on_screen(case.complete_at, self.context.now().astimezone(zone).date(), zone),
                days=policy.class_days[header.service_class],
                due=instant_on_screen(header.due_at, self.context.now().astimezone(zone).date(), zone),
            )
        ]

    def explain(self, case_id: int) -> tuple[str, ...]:
        """Say in sentences why this case comes when it comes."""
        header = self.casefiles.show(case_id).header
        lines = [
            _("Order: returned to you, assigned to you, then the queue by overdue, due today, priority and due date."),
            _("Priority: {priority}; service class: {service_class}; {risk}.").format(
                priority=_(PRIORITY_WORDS[header.priority]),
                service_class=_(CLASS_WORDS[header.service_class]),
                risk=_(RISK_WORDS[header.risk]),
            ),
        ]
        if header.assignee:
            lines.append(_("Assigned to {login}; offered to nobody else.").format(login=header.assignee))
        if header.is_breached:
            lines.append(_("Overdue: it goes before everything that is not."))
        lines += self._due_words(header)
        if header.is_due_provisional:
            lines.append(_("The due date is provisional: the calendar of that year is not published yet."))
        return tuple(lines)


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
    return context.policy(session).max_held if own is None else own


def count_held(session: Session, reviewer_id: int, now: datetime) -> int:
    """Count the cases that a person holds, those aside included."""
    statement = select(func.count()).select_from(CaseRow).where(*_held_by(reviewer_id, now))
    return int(session.execute(statement).scalar_one())


def _changed(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
