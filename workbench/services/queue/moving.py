"""Moves cases to people in a transaction, and says what that does to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import CaseRow, ReviewerRoleRow, ReviewerRow
from db.queries.listing import owners
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import WORKERS, Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import act_in
from workbench.services.case.drafts import copy_draft
from workbench.services.foundation.audit_log import details, last_event
from workbench.services.foundation.case_access import case_in_state_for, is_held, logins_of, shown_state, visible_case
from workbench.services.foundation.context import Context
from workbench.services.site.people import find_person


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedCase:
    """A case that was moved, or that a plan would move.

    Attributes:
        to: The login of the person who gets it; empty if the plan names nobody.
        from_holder: The login of the person who holds it before the move.
        from_owner: The login of the person who goes on with it before the move.
        state: The state before the move, as lists show it.
    """

    case_id: int
    to: str
    from_holder: str | None
    from_owner: str | None = None
    state: CaseState = CaseState.QUEUED
    due_at: datetime | None = None


class Move:
    """One transaction that moves cases to people."""

    def __init__(self, session: Session, context: Context, targets: Mapping[int, str], reason: str) -> None:
        self.session, self.context, self.targets, self.reason = session, context, targets, reason
        self._rows = {row.id: row for row in owners.owned_cases(session, targets, context.now())}
        self._logins = logins_of(session)
        self._people: dict[str, ReviewerRow] = {}
        # The cases of a move are undone together, so their events have its number: that of its first event.
        self._number = last_event(session)[0] + 1 if len(targets) > 1 else None

    def describe(self, case_id: int) -> AssignedCase:
        """Return a case with the person who gets it, and its state before the move; nothing is written.

        Raises:
            NotFound: If there is no such case, or no such person.
            NotAllowed: If the person does not review, or the state of the case forbids it.
        """
        case, row = self._movable(case_id), self._rows[case_id]
        login = self.targets[case_id]
        return AssignedCase(
            case_id=case_id,
            to=self._person(login).login if login else "",
            from_holder=self._logins[case.held_by_id or 0] if is_held(case, self.context.now()) else None,
            from_owner=self._logins.get(row.owner_id),
            state=shown_state(case, self.context.now()),
            due_at=row.due_at,
        )

    def assign(self, case_id: int) -> AssignedCase:
        """Move a case; a hold of another person ends, and the draft goes along.

        Raises:
            NotFound: If there is no such case, or no such person.
            NotAllowed: If the person does not review, or the state of the case forbids it.
        """
        session, moved = self.session, self.describe(case_id)
        case, person_id = visible_case(session, case_id), self._person(moved.to).id or 0
        with act_in(session, self.context, case, Action.ASSIGN, self.reason) as act:
            if case.held_by_id is not None and case.held_by_id != person_id:
                copy_draft(session, case_id, case.held_by_id, person_id)
                case.state = CaseState.QUEUED.value
                case.held_by_id = case.held_until = case.aside_until = None
            case.assignee_id = person_id
            if case.state == CaseState.AWAITING_CHECK:
                case.returned_to_id = None if self._rows[case_id].staged_by == person_id else person_id
            elif case.state != CaseState.PENDING:
                case.returned_to_id = person_id if case.returned_to_id is not None else None
                case.is_listed = True
                # A larger evidence number offers the case again to people who skipped it; its holder did not skip it.
                case.evidence_no += 0 if moved.from_holder == moved.to else 1
            act.finish({"to": moved.to, "from": moved.from_holder or "", **details(move=self._number)})
        return moved

    def _movable(self, case_id: int) -> CaseRow:
        case = case_in_state_for(self.session, self.context, Action.ASSIGN, case_id)
        if case.state == CaseState.AWAITING_CHECK and self._rows[case_id].staged_by is None:
            message = _("The answer to the appeal of {case} waits for its check, and its decider stays the same.")
            raise NotAllowed(message.format(case=format_case(case_id)))
        return case

    def _person(self, login: str) -> ReviewerRow:
        if login not in self._people:
            self._people[login] = find_reviewer(self.session, login)
        return self._people[login]


def find_reviewer(session: Session, login: str) -> ReviewerRow:
    """Return a person who can review.

    Raises:
        NotFound: If the login does not exist.
        NotAllowed: If the person is inactive, or is neither reviewer nor supervisor.
    """
    person = find_person(session, login)
    role = session.exec(
        select(ReviewerRoleRow.role).where(
            ReviewerRoleRow.reviewer_id == person.id, col(ReviewerRoleRow.role).in_([role.value for role in WORKERS])
        )
    ).first()
    if role is None or not person.is_active:
        raise NotAllowed(_("{login} does not review; choose a reviewer or supervisor.").format(login=person.login))
    return person
