"""The queue as pages of cases, in the order in which `next` claims them, and the counts of the desk header."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from sqlmodel import Session

from db.columns import from_us
from db.enums import CaseState
from db.queries import workload
from db.queries.claim import Claimer, count_claimable, find_next_cases, skills_of
from db.queries.listing import case_order, case_pages
from db.queries.listing.case_conditions import distinct_values
from db.queries.listing.case_list import CaseQuery
from db.queries.listing.case_rows import case_rows
from db.queries.listing.named_cases import has_applicant
from db.queries.listing.stuck_cases import stuck_causes
from db.queries.outbox import count_owed
from db.queries.published import chunks
from workbench.domain.case.lifecycle import Action, role_refusal, work_list_refusal
from workbench.domain.case.records import DeskCounts
from workbench.domain.case.running import is_overdue
from workbench.domain.clock.due import last_overdue_receipt
from workbench.domain.clock.late_risk import LateRisk
from workbench.domain.filter.case_row import CaseRowView
from workbench.domain.filter.keys import BARE_WORD, PERSON_WORDS, REOPEN_FILTER
from workbench.domain.filter.ordering import LATE, ListLayout, is_about_lateness, keys_of, parse_order
from workbench.domain.filter.parser import FilterTerm
from workbench.domain.values.provinces import province_words
from workbench.services.case.masking import shown_name
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Service
from workbench.services.foundation.row_values import from_row
from workbench.services.site.machine_clock import clock_problem

_ALL = 1 << 31
"""More cases than any database has."""


class Queue(Service):
    """Lists and counts the cases that a filter selects.

    An empty filter lists all open cases. Every method raises FilterProblem if its filter is invalid, and WrongUsage if
    there is no such order.
    """

    MOST_SORTED = case_order.MOST_SORTED
    """The most cases of a list that are sorted in an order without an index."""

    def count(self, filter_text: str = "") -> int:
        """Count the cases that a filter selects; without a suitable index this takes longer than reading a page."""
        with self.context.read() as session:
            return case_pages.count_cases(session, self._query(session, filter_text))

    def page(
        self,
        filter_text: str = "",
        *,
        order: str = "",
        start: int = 0,
        limit: int = 100,
        total: int | None = None,
        with_late: bool = False,
    ) -> tuple[CaseRowView, ...]:
        """Return up to `limit` cases from position `start` on, in an order of `ordering.ORDER_WORDS`.

        With `total` from `count`, a page in the second half is read from the end, which is faster. In an order that no
        index has, only the first `MOST_SORTED` cases are sorted, and the others follow in the order of `next`. The rows
        say how likely they are late if `with_late`, or if the filter or the order is about that.
        """
        with self.context.read() as session:
            query = self._query(session, filter_text)
            in_order = self._with_late_shares(session, _order(order))
            ids = case_order.page_in_order(session, query, in_order, start=start, limit=limit, total=total)
            with_late |= is_about_lateness(filter_text, order)
            return self._views(session, query, ids, with_late=with_late, with_stuck="stuck" in keys_of(filter_text))

    def all_rows(self, session: Session, filter_text: str, layout: ListLayout) -> Iterator[CaseRowView]:
        """Yield all cases that a filter selects, as `page` returns them, from one snapshot of the database."""
        query = self._query(session, filter_text)
        in_order = self._with_late_shares(session, _order(layout.order))
        ids = case_order.page_in_order(session, query, in_order, start=0, limit=_ALL)
        with_late = LATE in layout.columns or is_about_lateness(filter_text, layout.order)
        for portion in chunks(ids):
            yield from self._views(
                session, query, portion, with_late=with_late, with_stuck="stuck" in keys_of(filter_text)
            )

    def _views(
        self, session: Session, query: CaseQuery, ids: Sequence[int], *, with_late: bool, with_stuck: bool
    ) -> tuple[CaseRowView, ...]:
        now, zone = from_us(query.now), self.context.zone(session)
        rows = case_rows(session, ids, query.now, self.context.actor.id)
        risks = self._late_risks(session, rows) if with_late else {}
        # A list of likely late cases shows why a case is stuck in place of its risk.
        stuck = stuck_causes(session, ids, query.now) if risks or with_stuck else {}
        return tuple(_view(row, risks.get(row.id), stuck.get(row.id, ""), now, zone) for row in rows)

    def ids(self, filter_text: str, limit: int, order: str = "") -> tuple[int, ...]:
        """Return the ids of the first cases that a filter selects."""
        with self.context.read() as session:
            query = self._query(session, filter_text)
            in_order = self._with_late_shares(session, _order(order))
            return tuple(case_order.page_in_order(session, query, in_order, start=0, limit=limit))

    def filter_values(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return the values of the keys of a filter that the site knows, each with the words that it is found by."""
        with self.context.read() as session:
            policy, logins = self.context.policy(session), sorted(logins_of(session).values())
            agents = distinct_values(session, '"case"', "agent")
            provinces = distinct_values(session, "application", "province")
        people: dict[str, tuple[str, ...]] = dict.fromkeys((*PERSON_WORDS, *logins), ())
        return {
            **dict.fromkeys(("who", "owner", "maker", "holder", "assignee"), people),
            "reason": policy.reason_words(),
            "rule": dict.fromkeys(policy.rules, ()),
            "province": {name: (province_words(name),) for name in provinces if name},
            "agent": dict.fromkeys(filter(None, agents), ()),
        }

    def find(self, words: str, *, is_whole: bool = False) -> tuple[tuple[CaseRowView, ...], int]:
        """Return the first 20 cases, open or closed, whose number or name is the words, and the number of all.

        If there is none, return the cases that a search for the words finds. With `is_whole`, these are only the cases
        of an applicant with exactly this name.
        """
        from workbench.services.queue.named_cases import is_named

        with self.context.read() as session:
            search = self._query(session, f"state:all {FilterTerm(key=BARE_WORD, values=(words,))}")
            by_name = replace(search, conditions=(is_named(words, self.context.store, "named", by_part=not is_whole),))
            if is_whole:
                search = replace(search, conditions=(*search.conditions, has_applicant(words, "whole")))
            query = by_name if case_pages.page(session, by_name, skip=0, limit=1) else search
            ids = case_pages.page(session, query, skip=0, limit=20)
            now, zone = from_us(search.now), self.context.zone(session)
            rows = case_rows(session, ids, search.now, self.context.actor.id)
            return tuple(_view(row, None, "", now, zone) for row in rows), case_pages.count_cases(session, query)

    @staticmethod
    def sorts_all(order: str, total: int) -> bool:
        """Say whether an order sorts all cases of a list, not only the first `MOST_SORTED`."""
        return _order(order).has_index or total <= Queue.MOST_SORTED

    def place_of(self, filter_text: str, case_id: int, order: str = "") -> int | None:
        """Return how many of the cases that a filter selects come before a case.

        None if the filter does not select the case, or if counting would take too long.
        """
        with self.context.read() as session:
            in_order = self._with_late_shares(session, _order(order))
            return case_order.position_in_order(session, self._query(session, filter_text), in_order, case_id)

    def counts(self, scope: str = "") -> DeskCounts:
        """Return the counts of the desk header and its overview, for `next` within a filter."""
        me, now = self.context.actor.id, self.context.now()
        may_see_work_lists = work_list_refusal(self.context.actor) is None
        may_reopen = role_refusal(Action.REOPEN, self.context.actor) is None
        may_decide = role_refusal(Action.APPEAL_DECIDE, self.context.actor) is None
        with self.context.read() as session:
            midnight = now.astimezone(self.context.zone(session)).replace(hour=0, minute=0, second=0, microsecond=0)
            durations = workload.verdict_durations_s(session, me, midnight)
            measured = sorted(seconds for seconds, _is_staged in durations if seconds is not None)
            proposed = sum(is_staged for _seconds, is_staged in durations)
            return DeskCounts(
                **workload.open_counts(session, me, now),
                # Counted by filter, so that the header agrees with what the queue lists.
                due_today=case_pages.count_cases(session, self._query(session, "due:today")),
                overdue=case_pages.count_cases(session, self._query(session, "due:overdue")),
                to_reopen=case_pages.count_cases(session, self._query(session, REOPEN_FILTER)) if may_reopen else 0,
                appeals=case_pages.count_cases(session, self._query(session, "state:appealed")) if may_decide else 0,
                assigned=workload.count_assigned(session, me, now),
                put_aside=workload.put_aside_by(session, me, now),
                measures_overdue=workload.count_overdue_measures(session, now) if may_see_work_lists else 0,
                letters_overdue=self._letters_overdue(session) if may_see_work_lists else 0,
                claimable=self._count_claimable(session, scope),
                decided_today=len(durations) - proposed,
                proposed_today=proposed,
                median_s=measured[len(measured) // 2] if measured else None,
                is_clock_wrong=bool(clock_problem(session, now)),
            )

    def _count_claimable(self, session: Session, scope: str) -> int:
        """Count the cases that `next` could give within a filter and the skills of the acting person."""
        from workbench.services.queue.skills import within_skills

        context, skills = self.context, skills_of(session, self.context.actor.id)
        me, day_end = context.actor.id, context.end_of_today(session)
        claimer = Claimer(reviewer_id=me, now=context.now(), day_end=day_end)
        if not (scope or skills):
            return count_claimable(session, claimer)
        wanted = within_skills(session, context, self._query(session, scope), skills)
        return len(find_next_cases(session, claimer, wanted))

    def _letters_overdue(self, session: Session) -> int:
        context = self.context
        days, calendar = context.policy(session).notices.send_days, context.calendar(session)
        return count_owed(session, last_overdue_receipt(context.now(), days, calendar))

    def _with_late_shares(self, session: Session, order: case_order.ListOrder) -> case_order.ListOrder:
        """Return an order, with the late shares of the cases if it sorts by them."""
        if order.name != case_order.LATE:
            return order
        from workbench.services.queue.late_cases import late_shares

        return replace(order, late_shares=late_shares(self.context, session))

    def _late_risks(self, session: Session, rows: Sequence[Any]) -> Mapping[int, LateRisk]:
        # Imported late, as for a filter.
        from workbench.services.queue.late_cases import late_risks

        return late_risks(self.context, session, rows)

    def _query(self, session: Session, filter_text: str) -> CaseQuery:
        """Return the query for the cases that a filter selects."""
        # Imported late: the first case on the desk appears before any filter is needed.
        from workbench.services.queue.filters import case_query

        return case_query(session, self.context, filter_text)


def _order(text: str) -> case_order.ListOrder:
    name, is_reversed = parse_order(text)
    return case_order.ListOrder(name=name, is_reversed=is_reversed)


def _view(row: Any, late: LateRisk | None, stuck: str, now: datetime, zone: tzinfo) -> CaseRowView:
    return from_row(
        CaseRowView,
        row,
        late=late,
        stuck=stuck,
        applicant_name=shown_name(row.applicant_kind, row.applicant_name, row.erased_at, zone),
        is_overdue=is_overdue(row.due_at, now, CaseState(row.state), row.waits_for, row.suspended_from),
        reopen_for=tuple(row.reopen_for.split()),
    )
