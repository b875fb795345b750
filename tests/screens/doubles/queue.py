"""The queue service in memory: rows in insertion order, and a small part of the filter language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from db.enums import CaseState, Priority
from tests.screens.cases import NOW
from workbench.domain.case.lifecycle import OPEN_STATES
from workbench.domain.case.records import DeskCounts
from workbench.domain.filter.case_row import CaseRowView
from workbench.domain.filter.ordering import parse_order
from workbench.domain.filter.parser import FilterTerm, parse_filter
from workbench.errors import StorageFailed, WorkbenchError
from workbench.services.acts.many_cases import RefusedCase
from workbench.services.queue.assignment import Assigning, Assignment, Candidate, Load
from workbench.services.queue.listing import Queue
from workbench.services.queue.moving import AssignedCase


def case_row(number: int, **changes: Any) -> CaseRowView:
    """Return a made-up row."""
    values: dict[str, Any] = {
        "id": number,
        "agent": "",
        "application_no": f"TC-2026-{number:05}",
        "applicant_name": f"虚构公司{number}",
        "state": CaseState.QUEUED,
        "round": 1,
        "priority": Priority.NORMAL,
        "due_at": NOW + timedelta(days=2),
        "is_due_provisional": False,
        "is_overdue": False,
        "waits_for": None,
        "assignee": None,
        "held_by": None,
        "held_until": None,
        "blocks": 0,
        "warns": 0,
        "received_at": NOW - timedelta(days=3),
    }
    return CaseRowView(**(values | changes))


class MemoryQueue(Queue):
    """A list in memory; `broken` makes every read fail, `requests` records the reads."""

    def __init__(self, counts: Callable[[], DeskCounts], login: Callable[[], str]) -> None:
        self.read_counts = counts
        self.all: list[CaseRowView] = []
        self.broken: WorkbenchError | None = None
        self.requests: list[tuple[int, int]] = []
        self._login = login

    def fill(self, count: int) -> None:
        """Fill the list with made-up cases."""
        self.all = [case_row(number) for number in range(1, count + 1)]

    def put(self, number: int, **changes: Any) -> None:
        """Change one row."""
        at = next(at for at, row in enumerate(self.all) if row.id == number)
        self.all[at] = replace(self.all[at], **changes)

    def fail(self) -> None:
        """Make every read fail from now on."""
        self.broken = StorageFailed("The storage failed: disk I/O error; nothing was written.")

    def counts(self, scope: str = "") -> DeskCounts:  # noqa: ARG002 - the service's argument
        return self.read_counts()

    def filter_values(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {"reason": {"CR-DEBTOR": ("失信被执行人", "dishonest debtor")}}

    def count(self, filter_text: str = "") -> int:
        return len(self._found(filter_text))

    def page(
        self,
        filter_text: str = "",
        *,
        order: str = "",
        start: int = 0,
        limit: int = 100,
        total: int | None = None,
        with_late: bool = False,  # noqa: ARG002 - its rows have no chances
    ) -> tuple[CaseRowView, ...]:
        assert total is None or start <= total
        self.requests.append((start, limit))
        return tuple(self._found(filter_text, order)[start : start + limit])

    def ids(self, filter_text: str, limit: int, order: str = "") -> tuple[int, ...]:
        return tuple(row.id for row in self._found(filter_text, order)[:limit])

    def place_of(self, filter_text: str, case_id: int, order: str = "") -> int | None:
        return next((index for index, row in enumerate(self._found(filter_text, order)) if row.id == case_id), None)

    def _found(self, filter_text: str, order: str = "") -> list[CaseRowView]:
        """Return the rows of a filter; of the orders it knows those by number, and those by applicant."""
        found = self._matching(filter_text)
        name, is_reversed = parse_order(order)
        if name == "case":
            found.sort(key=lambda row: -row.id, reverse=is_reversed)
        elif name == "applicant":
            found.sort(key=lambda row: row.applicant_name, reverse=is_reversed)
        return found

    def _matching(self, filter_text: str) -> list[CaseRowView]:
        if self.broken is not None:
            raise self.broken
        parsed = parse_filter(filter_text)
        found = [row for row in self.all if parsed.names_state or row.state in OPEN_STATES]
        return [row for row in found if all(self._fits(term, row) != term.is_negated for term in parsed.terms)]

    def _fits(self, term: FilterTerm, row: CaseRowView) -> bool:
        if term.key == "state":
            return "all" in term.values or row.state.value in term.values
        if term.key == "priority":
            return row.priority.value in term.values
        if term.key == "attention":
            return bool(row.reopen_for)
        if term.key == "who":
            wanted = {self._login() if value == "me" else value for value in term.values}
            return not wanted.isdisjoint({row.held_by, row.assignee})
        return term.values[0] in row.applicant_name


class MemoryAssigning(Assigning):
    """Assigns cases of the list in memory; `refuse` has the cases that cannot be assigned."""

    def __init__(self, queue: MemoryQueue, people: Iterable[Candidate] = ()) -> None:
        self.queue = queue
        self.people = tuple(people)
        self.refuse: frozenset[int] = frozenset()
        self.given: list[tuple[tuple[int, ...], str, str]] = []

    def candidates(self) -> tuple[Candidate, ...]:
        return self.people

    def plan(self, case_ids: Sequence[int], login: str = "", _seed: int = 0) -> Assignment:
        present = [one.login for one in self.people if not one.is_away]
        return self._split(case_ids, [login] if login else present or ["nobody"])

    def move(self, targets: Mapping[int, str], reason: str) -> Assignment:
        done = self._split(tuple(targets), list(targets.values()))
        self.given.append((tuple(targets), ",".join(sorted(set(targets.values()))), reason))
        for one in done.assigned:
            self.queue.put(one.case_id, assignee=one.to, held_by=None)
        return done

    def _split(self, case_ids: Sequence[int], logins: Sequence[str]) -> Assignment:
        rows = {row.id: row for row in self.queue.all}
        return Assignment(
            assigned=tuple(
                AssignedCase(
                    case_id=number,
                    to=logins[at % len(logins)],
                    from_holder=rows[number].held_by,
                    from_owner=rows[number].held_by or rows[number].assignee,
                    state=rows[number].state,
                    due_at=rows[number].due_at,
                )
                for at, number in enumerate(case_ids)
                if number not in self.refuse
            ),
            refused=tuple(
                RefusedCase(case_id=number, why=f"C-{number:06} is passed; this action is not possible in that state.")
                for number in case_ids
                if number in self.refuse
            ),
        )


def candidate(login: str, **changes: Any) -> Candidate:
    """Return a made-up reviewer."""
    values: dict[str, Any] = {"login": login, "load": Load(cases=4), "is_away": False, "away_until": None}
    return Candidate(**(values | changes))
