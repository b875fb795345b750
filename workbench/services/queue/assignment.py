"""Moves cases to other people: to one person, or spread evenly over all who are present."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from db.queries.listing import owners
from workbench.domain.case.lifecycle import SPREAD_ROLES, WORKERS, Action, role_refusal
from workbench.domain.staff.spreading import spread
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import checked_act_reason
from workbench.services.acts.many_cases import RefusedCase, act_on_many
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Service
from workbench.services.foundation.row_values import from_row
from workbench.services.queue.moving import AssignedCase, Move, find_reviewer
from workbench.services.queue.skills import cases_within
from workbench.services.site.people import People, PersonLine
from workbench.wording.amounts import commas


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The open cases that a person goes on with."""

    cases: int = 0
    due_today: int = 0
    """How many of them are overdue or due today."""
    first_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person to whom cases can be moved, with the load."""

    login: str
    load: Load
    is_away: bool
    away_until: date | None
    """The last day of the present absence; None if it has no end, or if the person is not away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The result of moving many cases, or the plan for it: by due date, the first due first.

    `loads` has the load of each person after the plan.
    """

    assigned: tuple[AssignedCase, ...] = ()
    refused: tuple[RefusedCase, ...] = ()
    loads: Mapping[str, Load] = field(default_factory=dict)


class Assigning(Service):
    """Moves cases on behalf of a supervisor, whatever they wait for; a moved verdict that is staged keeps its maker."""

    MOST_MOVED = 2_000
    """The most cases that are moved together: one transaction of about two seconds, for which other writers wait."""

    def assign(self, case_ids: Sequence[int], login: str, reason: str, *, dry_run: bool = False) -> Assignment:
        """Assign all cases to a person, or none.

        The hold of another person ends, and the previous holder's draft is copied.

        Raises:
            NotAllowed: If the caller is no supervisor, the person does not review, or the state of a case forbids it.
            NotFound: If a case or the login does not exist.
            WrongUsage: If no reason is given.
        """
        if not dry_run:
            checked_act_reason(Action.ASSIGN, reason)
        with (
            self.context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None),
            self.context.read() if dry_run else self.context.write() as session,
        ):
            move = Move(session, self.context, dict.fromkeys(case_ids, login), reason)
            return Assignment(assigned=tuple(map(move.describe if dry_run else move.assign, case_ids)))

    def carry_out(self, plan: Assignment, reason: str) -> Assignment:
        """Move cases as a plan says, see `move`; the outcome has the cases that the plan refused, too."""
        done = self.move({one.case_id: one.to for one in plan.assigned}, reason)
        return Assignment(assigned=done.assigned, refused=(*done.refused, *plan.refused))

    def plan(self, case_ids: Sequence[int], login: str = "", seed: int = 0) -> Assignment:
        """Return a plan to move cases to a person, or without a login to spread them evenly; nothing is written.

        Cases are spread over the reviewers who are not away, by their loads and skills; none stays with its owner.

        Raises:
            NotAllowed: If the caller is not a supervisor, or the person does not review.
            NotFound: If the login does not exist.
            WrongUsage: If these are too many cases.
        """
        if refusal := role_refusal(Action.ASSIGN, self.context.actor):
            raise NotAllowed(refusal)
        self._refuse_too_many(case_ids)
        people = [one for one in People(self.context).list() if _is_spread_over(one)]
        with self.context.read() as session:
            if login:
                find_reviewer(session, login)

            def begin(reading: Session) -> Callable[[int], AssignedCase]:
                return Move(reading, self.context, dict.fromkeys(case_ids, login), "").describe

            movable, refused = act_on_many(
                self.context, Action.ASSIGN, case_ids, begin, most=self.MOST_MOVED, is_plan=True
            )
            movable = tuple(sorted(movable, key=lambda one: (one.due_at is None, one.due_at, one.case_id)))
            cases = {one.case_id: one for one in movable}
            other_loads = self._loads(session, tuple(cases))
            targets = dict.fromkeys(cases, login)
            if not login:
                # The cases for which each person has the skills.
                fits = {one.login: cases_within(session, self.context, one.skills, cases) for one in people}
                loads = {one: other_loads[one].cases if one in other_loads else 0 for one in fits}
                targets = spread(
                    tuple(cases), loads, lambda case, one: case in fits[one] and cases[case].from_owner != one, seed
                )
            why_unplaced = _("Nobody else who is present has the skills for it.")
            unplaced = [RefusedCase(case_id=case_id, why=why_unplaced) for case_id in cases if case_id not in targets]
            planned = [replace(cases[case_id], to=to) for case_id, to in targets.items()]
            staying = [replace(cases[one.case_id], to=cases[one.case_id].from_owner or "") for one in unplaced]
            day_end = self.context.end_of_today(session)
        return Assignment(
            assigned=tuple(planned),
            refused=(*refused, *unplaced),
            loads=_loads_with(other_loads, [*planned, *staying], day_end),
        )

    def move(self, targets: Mapping[int, str], reason: str) -> Assignment:
        """Move each case to a person, as a plan says, in one transaction; a refused case does not stop the others.

        Raises:
            NotAllowed: If the caller is not a supervisor, or a person does not review.
            NotFound: If a login does not exist.
            WrongUsage: If no reason is given, or these are too many cases.
        """

        def begin(session: Session) -> Callable[[int], AssignedCase]:
            return Move(session, self.context, targets, reason).assign

        case_ids = tuple(targets)
        checked_act_reason(Action.ASSIGN, reason)
        with self.context.acting(Action.ASSIGN, case_ids[0] if len(case_ids) == 1 else None):
            self._refuse_too_many(case_ids)
            with self.context.read() as session:
                for login in sorted(set(targets.values())):
                    find_reviewer(session, login)
            assigned, refused = act_on_many(self.context, Action.ASSIGN, case_ids, begin, most=self.MOST_MOVED)
        return Assignment(assigned=assigned, refused=refused)

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the people to whom cases can be moved: first those who are not away, each group by login."""
        with self.context.read() as session:
            loads = self._loads(session)
        found = [
            from_row(Candidate, line, load=loads.get(line.login, Load()))
            for line in People(self.context).list()
            if line.is_active and not WORKERS.isdisjoint(line.roles)
        ]
        return tuple(sorted(found, key=lambda one: (one.is_away, one.login)))

    def _refuse_too_many(self, case_ids: Sequence[int]) -> None:
        if len(case_ids) > self.MOST_MOVED:
            message = _("At most {most} cases can be moved together, because others wait meanwhile; choose fewer.")
            raise WrongUsage(message.format(most=commas(self.MOST_MOVED)))

    def _loads(self, session: Session, without: Sequence[int] = ()) -> dict[str, Load]:
        """Return the load of each person by login, `without` some cases."""
        now, day_end, logins = self.context.now(), self.context.end_of_today(session), logins_of(session)
        found = owners.loads(session, now, day_end, without)
        return {logins[person_id]: from_row(Load, row) for person_id, row in found.items()}


def _is_spread_over(line: PersonLine) -> bool:
    """Return whether cases are spread over a person too: a reviewer who is not away."""
    return line.is_active and not line.is_away and not SPREAD_ROLES.isdisjoint(line.roles)


def _loads_with(rest: Mapping[str, Load], moved: Sequence[AssignedCase], day_end: datetime) -> dict[str, Load]:
    """Return the loads after people get cases, by login."""
    loads = dict(rest)
    for case in moved:
        load, dues = loads.get(case.to, Load()), [case.due_at] if case.due_at is not None else []
        dues += [load.first_due] if load.first_due is not None else []
        is_today = case.due_at is not None and case.due_at <= day_end
        due_today = load.due_today + is_today
        loads[case.to] = Load(cases=load.cases + 1, due_today=due_today, first_due=min(dues, default=None))
    loads.pop("", None)
    return loads
