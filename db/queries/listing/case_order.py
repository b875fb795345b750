"""Pages and positions of a list of cases in an order that a person chose.

The orders of `next` and of the due dates are those of an index. For any other order only the first cases of the list,
in the order of `next`, are sorted; the others follow in the order of `next`. So a page costs the same at any size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.dialects.lists import LISTED_IDS, list_parameter
from db.dialects.search import INITIALS
from db.dialects.sqlite import DAY_AS_US
from db.enums import ServiceClass
from db.queries.listing import case_pages
from db.queries.listing.case_list import STATE_RANK, CaseQuery

MOST_SORTED = 10_000
"""The most cases that are sorted in an order without an index."""

NEXT = "next"
DUE = "due"
LATE = "late"

_HOLDER_OR_ASSIGNEE = """(SELECT r.login FROM reviewer r WHERE r.id =
    CASE WHEN c.state = 'in_review' AND c.held_until > :now THEN c.held_by_id ELSE c.assignee_id END)"""
_UNTIL = f"""CASE c.state WHEN 'pending' THEN {DAY_AS_US.format(day="c.next_action_on")}
    WHEN 'in_review' THEN c.aside_until
    WHEN 'rectifying' THEN (SELECT min(coalesce(i.deadline_at, r.deadline_at)) FROM rectification r
        JOIN rectification_item i ON i.rectification_id = r.id
        WHERE r.case_id = c.id AND r.is_open AND i.satisfied_at IS NULL AND i.waived_at IS NULL) END"""
_CLASS_RANKS = " ".join(f"WHEN '{service.value}' THEN {rank}" for rank, service in enumerate(ServiceClass))
_PROVINCE = "(SELECT a.province FROM application a WHERE a.id = c.application_id)"

_SORT_KEYS: dict[str, tuple[str, ...]] = {
    "received": ("c.received_at",),
    "priority": ("-c.priority_rank",),
    "case": ("-c.id",),
    "applicant": (INITIALS.format(text="c.applicant_name"), "c.applicant_name"),
    "agent": ("nullif(c.agent, '')",),
    "province": (f"nullif({_PROVINCE}, '')",),
    "state": (STATE_RANK, "c.state"),
    "until": (_UNTIL,),
    "round": ("-c.round",),
    "findings": ("-c.block_count", "-c.warn_count"),
    "who": (_HOLDER_OR_ASSIGNEE,),
    "class": (f"CASE c.service_class {_CLASS_RANKS} END",),
    "risk": ("CASE c.risk WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END",),
    LATE: (),
}
"""The sort keys of each order without an index, as SQL on the case `c`; cases without a value come last."""

ORDERS = (NEXT, DUE, *_SORT_KEYS)
"""The names of all orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrder:
    """An order of a list.

    Attributes:
        name: One of ORDERS.
        is_reversed: Whether the order is reversed.
        late_shares: The chance of each case to be late, from 0 to 1, for the order `late`.
    """

    name: str = NEXT
    is_reversed: bool = False
    late_shares: Mapping[int, float] = field(default_factory=dict, compare=False)

    @property
    def has_index(self) -> bool:
        """Whether an index has the order, so that all cases of a list are sorted."""
        return self.name in {NEXT, DUE}


def page_in_order(
    session: Session, cases: CaseQuery, order: ListOrder, *, start: int, limit: int, total: int | None = None
) -> list[int]:
    """Return the ids of a page; with `total`, a page in the second half is read from the end."""
    if order.has_index:
        return _page_along_index(session, cases, order, start, limit, total)
    ids = _sorted_ids(session, cases, order)[start : start + limit] if start < MOST_SORTED else []
    if start + limit > MOST_SORTED:
        begin = max(start, MOST_SORTED)
        ids += _page_along_index(session, cases, ListOrder(), begin, start + limit - begin, total)
    return ids


def position_in_order(session: Session, cases: CaseQuery, order: ListOrder, case_id: int) -> int | None:
    """Return how many cases come before a case, None if the case is not in the list or counting is slow."""
    if order.has_index:
        position = case_pages.position_in_list(session, _in_order(cases, order), case_id)
        if position is None or not order.is_reversed:
            return position
        return case_pages.count_cases(session, cases) - 1 - position
    ids = _sorted_ids(session, cases, order)
    return ids.index(case_id) if case_id in ids else case_pages.position_in_list(session, cases, case_id)


def _in_order(cases: CaseQuery, order: ListOrder) -> CaseQuery:
    # A reversed list is read from the end, so what is first here is shown last: the cases without a due date.
    return replace(cases, by_due=order.name == DUE, none_first=order.is_reversed)


def _page_along_index(
    session: Session, cases: CaseQuery, order: ListOrder, start: int, limit: int, total: int | None
) -> list[int]:
    """Return a page in an order that an index has.

    A reversed list begins at the end of the index. A page in the second half of a list is read from the other end, so
    that fewer cases are skipped.
    """
    skip, from_end = start, order.is_reversed
    if total is not None and start > total // 2:
        limit = min(limit, total - start)
        skip, from_end = total - start - limit, not from_end
    ids = case_pages.page(session, _in_order(cases, order), skip=skip, limit=limit, from_end=from_end)
    # From either end, a page is read in the order of the index.
    return ids[::-1] if order.is_reversed else ids


def _sorted_ids(session: Session, cases: CaseQuery, order: ListOrder) -> list[int]:
    """Return the ids of the first cases of a list, sorted."""
    first = case_pages.page(session, cases, skip=0, limit=MOST_SORTED)
    if order.name == LATE:
        shares, sign = order.late_shares, 1 if order.is_reversed else -1
        return sorted(first, key=lambda case_id: (case_id not in shares, sign * shares.get(case_id, 0), case_id))
    values = {**list_parameter(first), "now": cases.now}
    return list(session.execute(_sorting(order), values).scalars())


@lru_cache
def _sorting(order: ListOrder) -> TextClause:
    """Return the statement that sorts the cases whose ids are bound."""
    sign = " DESC" if order.is_reversed else ""
    keys = _SORT_KEYS[order.name]
    # Where two cases are equal, the lower number comes first, as in the order of `next`.
    columns = (f"{keys[0]} IS NULL", *(f"{key}{sign}" for key in keys), "c.id")
    return text(
        f"""SELECT c.id FROM {LISTED_IDS} AS hit CROSS JOIN "case" AS c
            WHERE c.id = hit.id ORDER BY {", ".join(columns)}"""
    )
