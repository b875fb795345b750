"""Lists of cases: the cases that a list contains, and their order.

Cases have the order of `next` or that of their due dates. A list is a sequence of parts, each made of contiguous
ranges of one index.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from db.enums import CaseState

STATE_ORDER: tuple[tuple[CaseState, ...], ...] = (
    (CaseState.QUEUED, CaseState.IN_REVIEW),
    (CaseState.AWAITING_CHECK,),
    (CaseState.PENDING,),
    (CaseState.RECTIFYING,),
    (CaseState.APPEALED,),
    (CaseState.INCOMPLETE,),
    (CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN),
)
"""The states in the order of a list: the states that `next` offers come first, the final states last."""

RANKS = (3, 2, 1, 0)
"""The priority ranks, urgent to low."""

_MAX_US = 1 << 62
"""An instant after all others, in microseconds."""

_DAY_US = 86_400_000_000
_DUE_WINDOWS = range(-30, 61)
"""The days around now, each of which is a part of a list ordered by due date, so that a page skips few cases."""

PENDING_ON_OTHERS = "c.state = 'pending' AND c.waits_for <> 'applicant'"
"""The condition for a pending case whose clock runs. No index answers it; it is checked for each pending case read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCondition:
    """A condition on the case `c`, in SQL.

    Attributes:
        check: The condition.
        values: Its bound values.
        hits: SQL for the ids of all cases that satisfy the condition, and few others; empty if no index answers it.
        match: The full-text query for the same cases, empty if the full-text index cannot answer it.
        recheck: What a hit must still satisfy: None means the whole condition, empty means nothing.
        is_indexed: Whether the index of the list order has its columns.
        is_slow: Whether checking one case takes about 40 µs.
    """

    check: str
    values: Mapping[str, Any] = field(default_factory=dict)
    hits: str = ""
    match: str = ""
    recheck: str | None = None
    is_indexed: bool = False
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRange:
    """A range of due dates.

    Attributes:
        after: The start in microseconds, exclusive.
        until: The end in microseconds, inclusive.
        with_dates: Whether the cases with a due date in the range are included.
        with_none: Whether the cases without a due date are included.
    """

    after: int = -_MAX_US
    until: int = _MAX_US
    with_dates: bool = True
    with_none: bool = True

    def within(self, other: "DueRange") -> "DueRange":
        """Return the intersection with another range."""
        return DueRange(
            after=max(self.after, other.after),
            until=min(self.until, other.until),
            with_dates=self.with_dates and other.with_dates,
            with_none=self.with_none and other.with_none,
        )

    def check(self) -> str:
        """Return the range as a condition on the case `c`."""
        sides = []
        if self.with_dates:
            sides.append(f"(c.due_at > {self.after} AND c.due_at <= {self.until})")
        if self.with_none:
            sides.append("c.due_at IS NULL")
        return f"({' OR '.join(sides)})" if sides else "1 = 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """The definition of a list of cases at one instant. A case with an expired hold counts as queued.

    Attributes:
        states: The states of the cases.
        now: The instant, in microseconds.
        day_end: The end of its local day, in microseconds.
        ranks: The priority ranks of the cases.
        due: The range of their due dates.
        conditions: Further conditions.
        hidden: The batches that are not visible.
        needs_running_clock: Whether pending cases whose clock does not run are excluded: they wait for the applicant.
        by_due: Whether the cases are ordered by due date alone.
        none_first: Whether the cases without a due date come first in that order.
    """

    states: frozenset[CaseState]
    now: int
    day_end: int
    ranks: frozenset[int] = frozenset(RANKS)
    due: DueRange = DueRange()
    conditions: tuple[CaseCondition, ...] = ()
    hidden: tuple[int, ...] = ()
    needs_running_clock: bool = False
    by_due: bool = False
    none_first: bool = False

    def state_checks(self, group: tuple[CaseState, ...]) -> list[str]:
        """Return an SQL condition for each state of a group that the list may contain."""
        checks = []
        for state in group:
            is_wanted = state in self.states
            # An expired hold counts as queued: if a list has only one of both states, the end of the hold decides.
            if state is CaseState.IN_REVIEW and is_wanted != (CaseState.QUEUED in self.states):
                sign = ">" if is_wanted else "<="
                checks.append(f"c.state = 'in_review' AND c.held_until {sign} :now")
            elif is_wanted and state is CaseState.PENDING and self.needs_running_clock:
                checks.append(PENDING_ON_OTHERS)
            elif is_wanted:
                checks.append(f"c.state = '{state.value}'")
        return checks

    def check(self, hit_of: tuple[CaseCondition, ...] = ()) -> str:
        """Return the SQL condition that the case `c` is in the list.

        If the case is a hit of the conditions `hit_of`, only their recheck remains to be checked.
        """
        states = [f"({check})" for group in STATE_ORDER for check in self.state_checks(group)]
        return f"({' OR '.join(states) or '1 = 0'}) AND {self.check_of_any_state(hit_of)}"

    def check_of_any_state(self, hit_of: tuple[CaseCondition, ...] = ()) -> str:
        """Return the same condition as `check`, regardless of the case's state."""
        ranks = ", ".join(map(str, sorted(self.ranks)))
        return " AND ".join([f"c.priority_rank IN ({ranks})", self.due.check(), *self.checks_outside_range(hit_of)])

    def checks_outside_range(self, hit_of: tuple[CaseCondition, ...] = ()) -> list[str]:
        """Return the SQL conditions that a range of the index does not answer; for `hit_of`, see `check`."""
        checks = [f"c.batch_id NOT IN ({', '.join(map(str, self.hidden))})"] if self.hidden else []
        # Fast checks come first.
        for condition in sorted(self.conditions, key=lambda condition: condition.is_slow):
            is_hit = condition in hit_of and condition.recheck is not None
            check = condition.recheck if is_hit else condition.check
            if check:
                checks.append(f"({check})")
        return checks

    def values(self) -> dict[str, Any]:
        """Return the bound values of this list."""
        bound = {name: value for condition in self.conditions for name, value in condition.values.items()}
        return {**bound, "now": self.now, "day_end": self.day_end}

    def needs_rows(self) -> bool:
        """Say whether a condition needs columns that the index of the order does not have."""
        return not all(condition.is_indexed for condition in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """A part of a list: a range of the index for each state check and rank, all ordered by due date and id.

    Attributes:
        states: The states of the checks.
        checks: The conditions on the states.
        ranks: The priority ranks.
        span: The start (exclusive) and the end (inclusive) of the due dates, None for the cases without a due date.
    """

    states: tuple[CaseState, ...]
    checks: tuple[str, ...]
    ranks: tuple[int, ...]
    span: tuple[int, int] | None

    @property
    def due(self) -> str:
        """The due dates as a condition on the case `c`."""
        return "c.due_at IS NULL" if self.span is None else "c.due_at > :due_after AND c.due_at <= :due_until"

    @property
    def ranges(self) -> Iterator[str]:
        """The ranges of the index as conditions on the case `c`."""
        return (f"{check} AND c.priority_rank = {rank} AND {self.due}" for check in self.checks for rank in self.ranks)

    def values(self) -> dict[str, Any]:
        """Return the bound values of this part."""
        after, until = self.span or (0, 0)
        return {"due_after": after, "due_until": until}

    def contains(self, state: CaseState, rank: int, due: int | None) -> bool:
        """Say whether a case of the list is in this part."""
        if state not in self.states or rank not in self.ranks:
            return False
        if self.span is None or due is None:
            return self.span is None and due is None
        after, until = self.span
        return after < due <= until


def list_parts(cases: CaseQuery) -> Iterator[ListPart]:
    """Yield the parts of a list in order."""
    if cases.by_due:
        edges = (-_MAX_US, *(cases.now + day * _DAY_US for day in _DUE_WINDOWS), _MAX_US)
        windows = [DueRange(after=after, until=until, with_none=False) for after, until in pairwise(edges)]
        windows.insert(0 if cases.none_first else len(windows), DueRange(with_dates=False))
        states = tuple(state for group in STATE_ORDER for state in group)
        for window in windows:
            yield from _parts_within(cases, states, cases.ranks, window)
        return
    urgencies = (
        DueRange(until=cases.now, with_none=False),
        DueRange(after=cases.now, until=cases.day_end, with_none=False),
        DueRange(after=cases.day_end),
    )
    for group in STATE_ORDER:
        for due_range in urgencies:
            for rank in RANKS:
                yield from _parts_within(cases, group, cases.ranks & {rank}, due_range)


def _parts_within(
    cases: CaseQuery, states: tuple[CaseState, ...], ranks: frozenset[int], due_range: DueRange
) -> Iterator[ListPart]:
    """Yield the parts of some states and ranks within a range of due dates, cases without a due date first."""
    checks, due = tuple(cases.state_checks(states)), due_range.within(cases.due)
    if not checks or not ranks:
        return
    sorted_ranks = tuple(sorted(ranks))
    if due.with_none:
        yield ListPart(states=states, checks=checks, ranks=sorted_ranks, span=None)
    if due.with_dates and due.after < due.until:
        yield ListPart(states=states, checks=checks, ranks=sorted_ranks, span=(due.after, due.until))


_STATE_RANKS = " ".join(f"WHEN '{state}' THEN {rank}" for rank, group in enumerate(STATE_ORDER) for state in group)
STATE_RANK = f"CASE c.state {_STATE_RANKS} END"
"""The position of the state of the case `c` in the order of a list, in SQL."""


def order_columns(cases: CaseQuery) -> tuple[str, ...]:
    """Return the sort keys of the list order as SQL on the case `c`, for cases that are not read along the index."""
    if cases.by_due:
        due_of_undated = -_MAX_US if cases.none_first else _MAX_US
        return (f"coalesce(c.due_at, {due_of_undated})", "c.id")
    return (
        STATE_RANK,
        "CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END",
        "-c.priority_rank",
        f"coalesce(c.due_at, {-_MAX_US})",
        "c.id",
    )
