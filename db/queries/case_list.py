"""Lists of cases: the cases that a list contains, and their order.

The order is that of `next`. A list is a sequence of stretches, each a contiguous range of one index.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.enums import CaseState

GROUPS: tuple[tuple[CaseState, ...], ...] = (
    (CaseState.QUEUED, CaseState.IN_REVIEW),
    (CaseState.AWAITING_CHECK,),
    (CaseState.PENDING,),
    (CaseState.RECTIFYING,),
    (CaseState.APPEALED,),
    (CaseState.INCOMPLETE,),
    (CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN),
)
"""The states in the order of a list: first what `next` offers, last the final states."""

RANKS = (3, 2, 1, 0)
"""The priority ranks, urgent to low."""

_EVER = 1 << 62

PENDING_ON_OTHERS = "c.state = 'pending' AND c.waits_for <> 'applicant'"
"""A pending case whose clock runs. No index has this, but few pending cases are due, and only those are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on the case `c`, in SQL.

    `hits` selects the `id` of all cases that may satisfy it, and few others, if an index knows them. `match` is the
    same as a full-text query, if that knows all of them. `recheck` is what must still be checked for a hit; None means
    the whole condition. `is_indexed`: the index of the order has the columns. `is_slow`: a check takes about 40 µs.
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
    """A range of due dates in microseconds: `after` exclusive, `until` inclusive.

    `with_none` includes cases without a due date.
    """

    after: int = -_EVER
    until: int = _EVER
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
class CaseList:
    """A list of cases: their states, priority ranks, due dates and further conditions, at one moment.

    A case with an expired hold counts as queued. `hidden` are batches that are not visible. `is_running` excludes
    pending cases that wait for the applicant.
    """

    states: frozenset[CaseState]
    now: int
    day_end: int
    ranks: frozenset[int] = frozenset(RANKS)
    due: DueRange = DueRange()
    conditions: tuple[Condition, ...] = ()
    hidden: tuple[int, ...] = ()
    is_running: bool = False

    def state_checks(self, group: tuple[CaseState, ...]) -> list[str]:
        """Return a condition for each stored state of a group whose cases the list may contain."""
        checks = []
        for state in group:
            is_wanted = state in self.states
            if state is CaseState.IN_REVIEW:
                expired_too = CaseState.QUEUED in self.states
                if is_wanted != expired_too:
                    sign = ">" if is_wanted else "<="
                    checks.append(f"c.state = 'in_review' AND c.held_until {sign} :now")
                    continue
            if is_wanted and state is CaseState.PENDING and self.is_running:
                checks.append(PENDING_ON_OTHERS)
            elif is_wanted:
                checks.append(f"c.state = '{state.value}'")
        return checks

    def check(self, found: tuple[Condition, ...] = ()) -> str:
        """Return the whole list as one condition on the case `c`, which is already a hit of some conditions."""
        states = [f"({check})" for group in GROUPS for check in self.state_checks(group)]
        return f"({' OR '.join(states) or '1 = 0'}) AND {self.check_of_any_state(found)}"

    def check_of_any_state(self, found: tuple[Condition, ...] = ()) -> str:
        """Return the list as one condition on the case `c`, regardless of its state."""
        ranks = ", ".join(map(str, sorted(self.ranks)))
        return " AND ".join([f"c.priority_rank IN ({ranks})", self.due.check(), *self.further(found)])

    def further(self, found: tuple[Condition, ...] = ()) -> list[str]:
        """Return the conditions that are not ranges of the index, except those that hits already satisfy."""
        checks = [f"c.batch_id NOT IN ({', '.join(map(str, self.hidden))})"] if self.hidden else []
        # Fast checks come first.
        for condition in sorted(self.conditions, key=lambda condition: condition.is_slow):
            is_hit = condition in found and condition.recheck is not None
            check = condition.recheck if is_hit else condition.check
            if check:
                checks.append(f"({check})")
        return checks

    def values(self) -> dict[str, Any]:
        """Return the bound values of this list."""
        found = {name: value for condition in self.conditions for name, value in condition.values.items()}
        return {**found, "now": self.now, "day_end": self.day_end}

    def needs_rows(self) -> bool:
        """Say whether a condition needs columns that the index of the order does not have."""
        return not all(condition.is_indexed for condition in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A contiguous range of the index: one group, one urgency, one rank, ordered by due date and id.

    `checks` has a condition for each stored state; `span` is None for the cases without a due date.
    """

    place: tuple[int, int, int, int]
    checks: tuple[str, ...]
    rank: int
    span: tuple[int, int] | None

    @property
    def due(self) -> str:
        """The due dates as a condition on the case `c`."""
        return "c.due_at IS NULL" if self.span is None else "c.due_at > :due_after AND c.due_at <= :due_until"

    def values(self) -> dict[str, Any]:
        """Return the bound values of this stretch."""
        after, until = self.span or (0, 0)
        return {"rank": self.rank, "due_after": after, "due_until": until}


def stretches(cases: CaseList) -> Iterator[Stretch]:
    """Yield the stretches of a list in order."""
    spans = (
        (0, DueRange(until=cases.now, with_none=False)),
        (1, DueRange(after=cases.now, until=cases.day_end, with_none=False)),
        (2, DueRange(after=cases.day_end)),
    )
    for number, group in enumerate(GROUPS):
        checks = tuple(cases.state_checks(group))
        if not checks:
            continue
        for urgency, span in spans:
            both = span.within(cases.due)
            for rank in RANKS:
                if rank not in cases.ranks:
                    continue
                place = (number, urgency, -rank)
                if both.with_none:
                    yield Stretch(place=(*place, 0), checks=checks, rank=rank, span=None)
                if both.with_dates and both.after < both.until:
                    yield Stretch(place=(*place, 1), checks=checks, rank=rank, span=(both.after, both.until))


def order_columns() -> tuple[str, ...]:
    """Return the sort keys of the order as SQL on the case `c`, for cases not read along the index."""
    whens = " ".join(f"WHEN '{state.value}' THEN {number}" for number, group in enumerate(GROUPS) for state in group)
    return (
        f"CASE c.state {whens} END",
        "CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END",
        "-c.priority_rank",
        f"coalesce(c.due_at, {-_EVER})",
        "c.id",
    )
