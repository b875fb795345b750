"""Assigns cases to a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from db.enums import CaseState
from db.models import CaseRow, ImportBatchRow, ReviewerRoleRow, ReviewerRow
from db.queries import workload
from db.queries.published import chunks
from workbench.domain.case.lifecycle import WORKERS, Action, role_refusal
from workbench.errors import NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import act_in, checked_act_reason
from workbench.services.case.drafts import copy_draft
from workbench.services.foundation.case_access import case_in_state_for, is_held, visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.services.site.people import People, find_person

_Done = TypeVar("_Done")

CASES_PER_TRANSACTION = 100
"""The most cases in one transaction, so that other writers wait only briefly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedCase:
    """One case that was assigned to the login `to`, and the login that held it before."""

    case_id: int
    to: str
    from_holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCase:
    """One case on which an act was refused, and the message that says why."""

    case_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The result of assigning many cases, or the plan for it; the cases keep the order of the request."""

    assigned: tuple[AssignedCase, ...] = ()
    refused: tuple[RefusedCase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person to whom cases can be assigned, with the number of cases held and assigned."""

    login: str
    held: int
    assigned: int
    is_away: bool
    away_until: date | None
    """The last day of the present absence; None if it has no end, or if the person is not away."""


def act_on_many(
    context: Context,
    action: Action,
    case_ids: Sequence[int],
    begin: Callable[[Session], Callable[[int], _Done]],
    *,
    is_plan: bool = False,
) -> tuple[tuple[_Done, ...], tuple[RefusedCase, ...]]:
    """Act on many cases in transactions of up to 100, and return the results and the refused cases.

    `begin` is called at the start of each transaction, and returns the function that acts on a case. That function
    refuses a case before it writes any part of it, and the other cases go on. A plan writes nothing.
    """
    done: list[_Done] = []
    refused: list[RefusedCase] = []
    for chunk in chunks(tuple(dict.fromkeys(case_ids)), CASES_PER_TRANSACTION):
        chunk_done: list[_Done] = []
        chunk_refused: list[RefusedCase] = []
        try:
            # One flush at the end instead of one for each case.
            with context.read() if is_plan else context.write() as session, session.no_autoflush:
                # A session has only weak references to its objects, so this list keeps them from being read again.
                _loaded, act = _load(session, chunk), begin(session)
                for case_id in chunk:
                    try:
                        chunk_done.append(act(case_id))
                    except (NotAllowed, NotFound, WrongUsage) as error:
                        chunk_refused.append(RefusedCase(case_id=case_id, why=str(error)))
                        if not is_plan:
                            context.log_refusal(session, action, error, case_id)
        except WorkbenchError as error:
            # This transaction was rolled back; the earlier ones are committed.
            chunk_done, chunk_refused = [], [RefusedCase(case_id=one, why=str(error)) for one in chunk]
        done += chunk_done
        refused += chunk_refused
    return tuple(done), tuple(refused)


class Assigning(Service):
    """Assigns cases on behalf of a supervisor."""

    def assign(
        self, case_ids: Sequence[int], login: str, reason: str, *, dry_run: bool = False
    ) -> tuple[AssignedCase, ...]:
        """Assign all cases to a person, or none.

        The hold of another person ends, and the previous holder's draft is copied.

        Raises:
            NotAllowed: If the caller is no supervisor, the person does not review, or the state of a case forbids it.
            NotFound: If a case or the login does not exist.
            WrongUsage: If no reason is given.
        """
        checked_act_reason(Action.ASSIGN, reason)
        with (
            self.context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None),
            self.context.read() if dry_run else self.context.write() as session,
        ):
            person = _reviewer(session, login)
            if dry_run:
                return tuple(self._plan(session, case_id, person) for case_id in case_ids)
            return tuple(self._assign(session, case_id, person, reason) for case_id in case_ids)

    def plan(self, case_ids: Sequence[int]) -> Assignment:
        """Return what assigning some cases would do, without doing it; `to` stays empty.

        Raises:
            NotAllowed: If the caller is not a supervisor.
        """
        refusal = role_refusal(Action.ASSIGN, self.context.actor)
        if refusal:
            raise NotAllowed(refusal)

        def begin(session: Session) -> Callable[[int], AssignedCase]:
            return partial(self._plan, session, person=None)

        planned, refused = act_on_many(self.context, Action.ASSIGN, case_ids, begin, is_plan=True)
        return Assignment(assigned=planned, refused=refused)

    def assign_many(self, case_ids: Sequence[int], login: str, reason: str) -> Assignment:
        """Assign many cases to a person in transactions of up to 100; a case that is refused does not stop the others.

        Raises:
            NotAllowed: If the caller is not a supervisor, or the person does not review.
            NotFound: If the login does not exist.
            WrongUsage: If no reason is given.
        """

        def begin(session: Session) -> Callable[[int], AssignedCase]:
            return partial(self._assign, session, person=_reviewer(session, login), reason=reason)

        checked_act_reason(Action.ASSIGN, reason)
        with self.context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None):
            with self.context.read() as session:
                _reviewer(session, login)
            assigned, refused = act_on_many(self.context, Action.ASSIGN, case_ids, begin)
        return Assignment(assigned=assigned, refused=refused)

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the people to whom cases can be assigned: first those who are not away, each group by login."""
        with self.context.read() as session:
            loads = workload.workloads(session, self.context.now())
        found = [
            from_row(Candidate, line, held=loads[line.login].held, assigned=loads[line.login].assigned)
            for line in People(self.context).list()
            if line.login in loads and not WORKERS.isdisjoint(line.roles)
        ]
        return tuple(sorted(found, key=lambda one: (one.is_away, one.login)))

    def _plan(self, session: Session, case_id: int, person: ReviewerRow | None) -> AssignedCase:
        case = case_in_state_for(session, self.context, Action.ASSIGN, case_id)
        holder = session.get(ReviewerRow, case.held_by_id) if is_held(case, self.context.now()) else None
        return AssignedCase(
            case_id=case_id, to=person.login if person else "", from_holder=holder.login if holder else None
        )

    def _assign(self, session: Session, case_id: int, person: ReviewerRow, reason: str) -> AssignedCase:
        planned = self._plan(session, case_id, person)
        case = visible_case(session, case_id)
        with act_in(session, self.context, case, Action.ASSIGN, reason) as act:
            if case.held_by_id is not None and case.held_by_id != person.id:
                copy_draft(session, case_id, case.held_by_id, person.id or 0)
                case.state = CaseState.QUEUED.value
                case.held_by_id = case.held_until = case.aside_until = None
            case.assignee_id = person.id
            case.is_listed = True
            # A larger evidence number offers the case again to people who skipped it; its holder did not skip it.
            case.evidence_no += 0 if planned.from_holder == person.login else 1
            act.finish({"to": person.login, "from": planned.from_holder or ""})
        return planned


def _load(session: Session, case_ids: Sequence[int]) -> list[SQLModel]:
    """Read cases and their batches with two statements."""
    cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).all()
    batch_ids = {case.batch_id for case in cases}
    batches = session.exec(select(ImportBatchRow).where(col(ImportBatchRow.id).in_(batch_ids))).all()
    return [*cases, *batches]


def _reviewer(session: Session, login: str) -> ReviewerRow:
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
