"""Giving cases to a person."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlmodel import Session, SQLModel, col, select

from db.enums import CaseState, Role
from db.models import CaseRow, CommentRow, DraftRow, ImportBatchRow, ReviewerRoleRow, ReviewerRow
from db.queries import workload
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, role_refusal, state_refusal
from workbench.errors import NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import find_draft
from workbench.services.site.people import People, find_person

CHUNK = 100
"""So many cases go in one transaction: others wait for that long and no longer."""

_PAUSE_S = 0.02

_REVIEWING = frozenset({Role.REVIEWER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One case that was given to a person, and who held it."""

    case_id: int
    to: str
    from_holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAssigned:
    """One case that could not be given to a person, and the sentence that says why."""

    case_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What became, or would become, of many cases, each in the order they were named."""

    given: tuple[Assigned, ...]
    refused: tuple[NotAssigned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be given cases: how many this person holds and has; `away_until` is None for an open end."""

    login: str
    held: int
    assigned: int
    is_away: bool
    away_until: date | None


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
                    person = _reviewing(session, login)
                    return tuple(self._plan(session, case_id, person) for case_id in case_ids)
            with context.write() as session:
                person = _reviewing(session, login)
                return tuple(self._give(session, case_id, person, reason) for case_id in case_ids)

    def plan(self, case_ids: Sequence[int]) -> Assignment:
        """Say what giving these cases to somebody would do, without doing it; `to` stays empty.

        Raises:
            NotAllowed: If who asks is no supervisor.
        """
        refusal = role_refusal(Action.ASSIGN, self.context.actor)
        if refusal:
            raise NotAllowed(refusal)
        given: list[Assigned] = []
        refused: list[NotAssigned] = []
        for chunk in _chunks(case_ids):
            with self.context.read() as session:
                _at_hand = _load(session, chunk)
                for case_id in chunk:
                    try:
                        given.append(self._plan(session, case_id, None))
                    except (NotAllowed, NotFound) as error:
                        refused.append(NotAssigned(case_id=case_id, why=str(error)))
        return Assignment(given=tuple(given), refused=tuple(refused))

    def give(self, case_ids: Sequence[int], login: str, reason: str) -> Assignment:
        """Give many cases to a person, a hundred in each transaction; one that cannot be given stops no other.

        Raises:
            NotAllowed: If who asks is no supervisor, or the person does not review.
            NotFound: If there is no such login.
            WrongUsage: If no reason is given.
        """
        if not reason.strip():
            raise WrongUsage(_("Assigning takes a reason."))
        given: list[Assigned] = []
        refused: list[NotAssigned] = []
        with self.context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None):
            with self.context.read() as session:
                _reviewing(session, login)
            for number, chunk in enumerate(_chunks(case_ids)):
                if number:
                    # Whoever waits for the lock finds it free before the next lot.
                    time.sleep(_PAUSE_S)
                try:
                    done = self._give_chunk(chunk, login, reason)
                except WorkbenchError as error:
                    # Nothing of this lot is written; what was given before it stays given.
                    refused += [NotAssigned(case_id=case_id, why=str(error)) for case_id in chunk]
                else:
                    given += done.given
                    refused += done.refused
        return Assignment(given=tuple(given), refused=tuple(refused))

    def _give_chunk(self, chunk: list[int], login: str, reason: str) -> Assignment:
        """Give the cases of one transaction, and write the refused ones into the log."""
        context = self.context
        given: list[Assigned] = []
        refused: list[NotAssigned] = []
        # One flush at the end instead of one for each case.
        with context.write() as session, session.no_autoflush:
            person = _reviewing(session, login)
            _at_hand = _load(session, chunk)
            for case_id in chunk:
                try:
                    given.append(self._give(session, case_id, person, reason))
                except (NotAllowed, NotFound) as error:
                    refused.append(NotAssigned(case_id=case_id, why=str(error)))
                    body = {"exit": int(error.exit_code), "why": type(error).__name__}
                    context.log(session, Action.ASSIGN.value, case_id=case_id, is_refused=True, body=body)
        return Assignment(given=tuple(given), refused=tuple(refused))

    def candidates(self) -> tuple[Candidate, ...]:
        """Return who may be given cases, those who are here first, each always in the same place."""
        with self.context.read() as session:
            loads = workload.loads(session, self.context.now())
        found = [
            Candidate(
                login=line.login,
                held=loads[line.login].held,
                assigned=loads[line.login].assigned,
                is_away=line.is_away,
                away_until=line.away_until,
            )
            for line in People(self.context).list()
            if line.login in loads and not _REVIEWING.isdisjoint(line.roles)
        ]
        return tuple(sorted(found, key=lambda one: (one.is_away, one.login)))

    def _plan(self, session: Session, case_id: int, person: ReviewerRow | None) -> Assigned:
        case = visible_case(session, case_id)
        refusal = state_refusal(Action.ASSIGN, CaseState(case.state), format_case(case_id))
        if refusal:
            raise NotAllowed(refusal)
        holder = self._holder(session, case)
        return Assigned(
            case_id=case_id, to=person.login if person else "", from_holder=holder.login if holder else None
        )

    def _holder(self, session: Session, case: CaseRow) -> ReviewerRow | None:
        runs = case.held_until is not None and case.held_until > self.context.now()
        if case.state != CaseState.IN_REVIEW or not runs or case.held_by_id is None:
            return None
        return session.get_one(ReviewerRow, case.held_by_id)

    def _give(self, session: Session, case_id: int, person: ReviewerRow, reason: str) -> Assigned:
        planned = self._plan(session, case_id, person)
        case, me = visible_case(session, case_id), self.context.actor.id
        if case.held_by_id is not None and case.held_by_id != person.id:
            self._copy_draft(session, case_id, case.held_by_id, person.id or 0)
            case.state = CaseState.QUEUED.value
            case.held_by_id = case.held_until = case.aside_until = None
        case.assignee_id = person.id
        case.is_listed = True
        # Who holds the case already sees nothing new by this.
        case.evidence_no += 0 if planned.from_holder == person.login else 1
        case.version += 1
        # What a person wrote is no part of an event; it is read with the case's comments.
        session.add(CommentRow(case_id=case_id, author_id=me, written_at=self.context.now(), body=reason.strip()))
        self.context.log(
            session,
            Action.ASSIGN.value,
            case_id=case_id,
            state=CaseState(case.state),
            body={"to": person.login, "from": planned.from_holder or ""},
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


def _chunks(case_ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut case ids into the lots of one transaction each, every case once."""
    rest = iter(dict.fromkeys(case_ids))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _load(session: Session, case_ids: list[int]) -> list[SQLModel]:
    """Read cases and their batches at one go; a session has them at hand for as long as somebody keeps them."""
    cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_(case_ids))).all()
    batch_ids = {case.batch_id for case in cases}
    batches = session.exec(select(ImportBatchRow).where(col(ImportBatchRow.id).in_(batch_ids))).all()
    return [*cases, *batches]


def _reviewing(session: Session, login: str) -> ReviewerRow:
    """Return a person who can do something with a case; anybody else is refused."""
    person = find_person(session, login)
    role = session.exec(
        select(ReviewerRoleRow.role).where(
            ReviewerRoleRow.reviewer_id == person.id,
            col(ReviewerRoleRow.role).in_([role.value for role in _REVIEWING]),
        )
    ).first()
    if role is None or not person.is_active:
        raise NotAllowed(_("{login} does not review; choose a reviewer or supervisor.").format(login=person.login))
    return person
