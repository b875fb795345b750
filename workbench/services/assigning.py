"""Giving cases to a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.enums import CaseState, Role
from db.models import CaseRow, DraftRow, ReviewerRoleRow, ReviewerRow
from workbench.domain.case_id import format_case
from workbench.domain.lifecycle import Action, state_refusal
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.context import Context
from workbench.services.drafts import find_draft
from workbench.services.holds import visible_case
from workbench.services.people import find_person


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One case that was given to a person, and who held it."""

    case_id: int
    to: str
    from_holder: str | None


class Assigning:
    """What a supervisor gives to whom."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def assign(
        self, case_ids: Sequence[int], login: str, reason: str, *, dry_run: bool = False
    ) -> tuple[Assigned, ...]:
        """Give cases to a person, all or none; a running hold of another ends and its draft is copied.

        Raises:
            NotAllowed: If who asks is no supervisor, or a case is in a state that cannot be assigned.
            NotFound: If there is no such case or login.
            WrongUsage: If no reason is given.
        """
        context = self.context
        if not reason.strip():
            raise WrongUsage(_("Assigning takes a reason."))
        with context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None):
            if dry_run:
                with context.read() as session:
                    return tuple(self._plan(session, case_id, login) for case_id in case_ids)
            with context.write() as session:
                return tuple(self._give(session, case_id, login) for case_id in case_ids)

    def _plan(self, session: Session, case_id: int, login: str) -> Assigned:
        _check_reviews(session, find_person(session, login))
        case = visible_case(session, case_id)
        refusal = state_refusal(Action.ASSIGN, CaseState(case.state), format_case(case_id))
        if refusal:
            raise NotAllowed(refusal)
        holder = self._holder(session, case)
        return Assigned(case_id=case_id, to=login, from_holder=holder.login if holder else None)

    def _holder(self, session: Session, case: CaseRow) -> ReviewerRow | None:
        runs = case.held_until is not None and case.held_until > self.context.now()
        if case.state != CaseState.IN_REVIEW or not runs or case.held_by_id is None:
            return None
        return session.get_one(ReviewerRow, case.held_by_id)

    def _give(self, session: Session, case_id: int, login: str) -> Assigned:
        planned = self._plan(session, case_id, login)
        case, person = visible_case(session, case_id), find_person(session, login)
        if case.held_by_id is not None and case.held_by_id != person.id:
            self._copy_draft(session, case_id, case.held_by_id, person.id or 0)
            case.state = CaseState.QUEUED.value
            case.held_by_id = case.held_until = case.aside_until = None
        case.assignee_id = person.id
        case.is_listed = True
        # Who holds the case already sees nothing new by this.
        case.evidence_no += 0 if planned.from_holder == login else 1
        case.version += 1
        self.context.log(
            session,
            Action.ASSIGN.value,
            case_id=case_id,
            state=CaseState(case.state),
            body={"to": login, "from": planned.from_holder or ""},
        )
        return planned

    def _copy_draft(self, session: Session, case_id: int, from_id: int, to_id: int) -> None:
        draft = find_draft(session, case_id, from_id)
        own = find_draft(session, case_id, to_id)
        if draft is None or draft.decision_id is not None or (own is not None and own.decision_id is None):
            return
        copied = own or DraftRow(case_id=case_id, reviewer_id=to_id, saved_at=draft.saved_at)
        copied.body, copied.decision_id, copied.saved_at = draft.body, None, draft.saved_at
        session.add(copied)


def _check_reviews(session: Session, person: ReviewerRow) -> None:
    """Refuse a person who could do nothing with a case."""
    role = session.exec(
        select(ReviewerRoleRow.role).where(
            ReviewerRoleRow.reviewer_id == person.id,
            col(ReviewerRoleRow.role).in_([Role.REVIEWER.value, Role.SUPERVISOR.value]),
        )
    ).first()
    if role is None or not person.is_active:
        raise NotAllowed(_("{login} does not review; choose a reviewer or supervisor.").format(login=person.login))
