"""Turns a filter into conditions on cases, for one person at one time."""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import reduce

from sqlalchemy import select
from sqlmodel import Session, col

from db.columns import to_us
from db.enums import CaseState, Priority
from db.models import DecisionReasonRow, SuspensionRow
from db.queries.listing import case_conditions as conditions
from db.queries.listing import case_verdicts
from db.queries.listing.case_inquiries import has_inquiry
from db.queries.listing.case_list import CaseCondition, CaseQuery, DueRange
from db.queries.listing.case_pages import page
from db.queries.listing.named_cases import has_handler
from db.queries.listing.owners import owned_by
from db.queries.listing.stuck_cases import stuck_for
from db.queries.published import BATCH
from workbench.domain.case.case_id import parse_case, quoted_masked
from workbench.domain.case.running import RUNNING_STATES
from workbench.domain.clock.typed.reading import read_date
from workbench.domain.clock.typed.reference import DateReference, UnclearTime
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.filter.keys import LIKELY_SHARES, NO_VALUE
from workbench.domain.filter.parser import Filter, FilterProblem, FilterTerm, parse_filter
from workbench.domain.values.provinces import province_parts
from workbench.domain.values.spelling import folded, matching_values
from workbench.errors import NotFound
from workbench.i18n import _, comma_joined, current_language
from workbench.services.foundation.context import READ_BLINDLY, Context
from workbench.services.queue.named_cases import has_phone, has_word, is_named
from workbench.services.site.people import find_person

_MICROSECOND = timedelta(microseconds=1)
_UNPUBLISHED = select(BATCH.c.id).where(BATCH.c.published_at.is_(None)).order_by(BATCH.c.id)
_COMPARES = {":": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def case_query(session: Session, context: Context, filter_text: str, *, prefix: str = "t") -> CaseQuery:
    """Return the query for the cases that a filter selects; the names of its bound values begin with `prefix`.

    Raises:
        FilterProblem: If the filter is invalid or names an unknown person; the error has the position of the mistake.
    """
    now = context.now().astimezone(context.zone(session))
    return _FilterReader(session, context, now, prefix).case_query(parse_filter(filter_text))


@dataclass(frozen=True, slots=True)
class _FilterReader:
    """Turns filters into conditions."""

    session: Session
    context: Context
    now: datetime
    """The present time, in the zone of the policy."""
    prefix: str

    def case_query(self, wanted: Filter) -> CaseQuery:
        """Return the query for the cases that a filter selects."""
        due_terms = [term for term in wanted.terms if term.key == "due" and not term.is_negated]
        needs_running_clock = any(_needs_clock(term) for term in due_terms)
        unpublished = self.session.execute(_UNPUBLISHED)
        cases = CaseQuery(
            states=wanted.states & RUNNING_STATES if needs_running_clock else wanted.states,
            now=to_us(self.now),
            day_end=to_us(self.context.end_of_today(self.session)),
            ranks=_ranks(term for term in wanted.terms if term.key == "priority"),
            due=reduce(DueRange.within, (self._due_span(term) for term in due_terms), DueRange()),
            conditions=(
                *self._conditions(wanted),
                *(self._not_suspended if needs_running_clock else ()),
                *self._not_read_blindly,
            ),
            hidden=tuple(unpublished.scalars()),
            needs_running_clock=needs_running_clock,
        )
        if self._names_a_case(wanted, cases):
            return replace(cases, states=RUNNING_STATES if needs_running_clock else frozenset(CaseState))
        return cases

    def _names_a_case(self, wanted: Filter, cases: CaseQuery) -> bool:
        """Say whether a filter names no state but a case, open or closed, by a whole number or its handler."""
        words = [value for term in wanted.terms if term.key == "" and not term.is_negated for value in term.values]
        if wanted.names_state or not words:
            return False
        named = [is_named(word, self.context.store, f"{self.prefix}_{number}") for number, word in enumerate(words)]
        of_any_state = replace(cases, states=frozenset(CaseState), conditions=(conditions.any_condition(named),))
        return bool(page(self.session, of_any_state, skip=0, limit=1))

    def _conditions(self, wanted: Filter) -> Iterable[CaseCondition]:
        """Yield the conditions of all terms except those that other fields of CaseQuery express."""
        for number, term in enumerate(wanted.terms):
            if term.key in {"state", "priority"} or (term.key == "due" and not term.is_negated):
                continue
            name = f"{self.prefix}{number}"
            condition = self._due_condition(term) if term.key == "due" else self._condition(term, name)
            yield conditions.negate(condition) if term.is_negated else condition

    def _due_span(self, term: FilterTerm) -> DueRange:
        """Return the range of due dates that a term selects; days are in the zone of `now`."""
        if term.values[0] == "none":
            return DueRange(with_dates=False)
        if term.values[0] == "overdue":
            return DueRange(until=to_us(self.now), with_none=False)
        return self._day_span(term)

    def _day_span(self, term: FilterTerm) -> DueRange:
        """Return the range of instants that a term with days selects."""
        on, zone = self._day(term), self.now.tzinfo
        begins = to_us(datetime.combine(on, time(), tzinfo=zone) - _MICROSECOND)
        ends = to_us(datetime.combine(on + timedelta(days=1), time(), tzinfo=zone) - _MICROSECOND)
        spans = {
            "<": DueRange(until=begins, with_none=False),
            "<=": DueRange(until=ends, with_none=False),
            ">": DueRange(after=ends, with_none=False),
            ">=": DueRange(after=begins, with_none=False),
        }
        return spans.get(term.op, DueRange(after=begins, until=ends, with_none=False))

    def _day(self, term: FilterTerm) -> date:
        """Return the day of a term; days such as +5 or 周三 are relative to today."""
        reference = DateReference(now=self.now, calendar=self.context.calendar(self.session), tense=Tense.ANY)
        try:
            return read_date(term.values[0], reference)
        except UnclearTime as error:
            raise FilterProblem(str(error), term.start, term.end) from error

    def _due_condition(self, term: FilterTerm) -> CaseCondition:
        """Return the condition of a due term; a case without a due date does not meet the condition."""
        check = self._due_span(term).check()
        if not _needs_clock(term):
            return CaseCondition(check=check, is_indexed=True)
        suspension_checks = self._not_suspended
        clock_runs = (conditions.is_running(RUNNING_STATES), *suspension_checks)
        checks = [check, *(f"({one.check})" for one in clock_runs)]
        return CaseCondition(check=" AND ".join(checks), is_indexed=not suspension_checks)

    @property
    def _not_read_blindly(self) -> tuple[CaseCondition, ...]:
        """The condition that leaves out the case whose verdict this person must not know yet; empty without one."""
        case = self.session.info.get(READ_BLINDLY)
        return (CaseCondition(check="c.id <> :reading", values={"reading": case}),) if case else ()

    @property
    def _not_suspended(self) -> tuple[CaseCondition, ...]:
        """The condition that no open suspension stopped the clock before the due date; empty if none is open."""
        is_open = select(col(SuspensionRow.id)).where(col(SuspensionRow.to_at).is_(None)).limit(1)
        return () if self.session.execute(is_open).first() is None else (conditions.NOT_SUSPENDED_BEFORE_DUE,)

    def _likely(self, term: FilterTerm, name: str) -> CaseCondition:
        """Return the condition that a case will probably be late; the chances are up to a minute old."""
        # Imported late: fitting a model takes longer than all other filters.
        from workbench.services.queue.late_cases import late_shares

        least, shares = min(map(LIKELY_SHARES.__getitem__, term.values)), late_shares(self.context, self.session)
        return conditions.is_one_of((case_id for case_id, share in shares.items() if share >= least), name)

    def _condition(self, term: FilterTerm, name: str) -> CaseCondition:
        """Return the condition of a term; the names of its bound parameters begin with `name`."""
        makers: dict[str, Callable[[FilterTerm, str], CaseCondition]] = {
            "class": lambda term, name: conditions.has_one_of("service_class", term.values, name),
            "risk": lambda term, name: conditions.has_one_of("risk", term.values, name),
            "round": lambda term, name: conditions.compares(
                "round", "=" if term.op == ":" else term.op, int(term.values[0]), name
            ),
            "kind": lambda term, name: conditions.application_has("applicant_kind", term.values, name),
            "province": self._province,
            "agent": self._agent,
            "waits": lambda term, name: conditions.waits_for_one_of(term.values, name),
            "reason": lambda term, name: case_verdicts.has_reason(self._reasons(term), name),
            "maker": self._maker,
            "decided": self._decided,
            "received": self._received,
            "applicant": lambda term, name: conditions.name_matches(term.values[0], name),
            "handler": lambda term, name: has_handler(term.values[0], name),
            "hold": lambda term, _name: conditions.any_condition([conditions.HOLDS[value] for value in term.values]),
            "inquiry": lambda term, _name: has_inquiry(term.values),
            "likely": self._likely,
            "rule": lambda term, name: conditions.has_finding(term.values[0].strip().upper(), name),
            "stuck": lambda term, _name: conditions.any_condition(stuck_for(term.values)),
            "attention": lambda _term, _name: conditions.MUST_REOPEN,
            "application": lambda term, name: conditions.number_matches(term.values[0], name),
            "case": lambda term, name: conditions.is_one_of(map(parse_case, term.values), name),
            "phone": lambda term, name: has_phone(term.values[0], self.context.store, name),
            **dict.fromkeys(("who", "holder", "assignee", "owner"), self._people),
            "": lambda term, name: has_word(term.values[0], self.context.store, name, is_negated=term.is_negated),
        }
        return makers[term.key](term, name)

    def _agent(self, term: FilterTerm, name: str) -> CaseCondition:
        if term.op == "=":
            return conditions.agent_is_one_of(_whole_values(term), name)
        return conditions.agent_contains(self.session, term.values[0], name)

    def _province(self, term: FilterTerm, name: str) -> CaseCondition:
        if term.op == "=":
            return conditions.application_has("province", _whole_values(term), name)
        return conditions.province_contains(self.session, province_parts(term.values[0]), name)

    def _reasons(self, term: FilterTerm) -> list[str]:
        """Return the codes of the reasons that a term names, by code, words or pinyin initials."""
        policy = self.context.policy(self.session)
        word, words = term.values[0].strip(), policy.reason_words()
        code = word.upper()
        # A verdict may have a reason that the policy no longer has.
        is_former = select(col(DecisionReasonRow.code)).where(col(DecisionReasonRow.code) == code).limit(1)
        found = [code] if code in words else [*self.session.execute(is_former).scalars(), *matching_values(word, words)]
        if not found:
            names = {folded(reason): reason for reason in words}
            for reason, titles in words.items():
                names |= dict.fromkeys(map(folded, titles), policy.reason_title(reason, current_language()))
            near = comma_joined(dict.fromkeys(names[name] for name in get_close_matches(folded(word), names, 3, 0)))
            message = _("No reason is named “{words}”; the nearest are {near}.")
            raise FilterProblem(message.format(words=quoted_masked(word), near=near), term.start, term.end)
        return found

    def _maker(self, term: FilterTerm, name: str) -> CaseCondition:
        people = (self._person(value, term) for value in term.values)
        return conditions.any_condition(
            [case_verdicts.verdict_has("maker_id", person, f"{name}m{number}") for number, person in enumerate(people)]
        )

    def _decided(self, term: FilterTerm, name: str) -> CaseCondition:
        if term.values[0] == "none":
            return case_verdicts.verdict_has("decided_at", None, name)
        days = self._day_span(term)
        return case_verdicts.verdict_within("decided_at", days.after, days.until, name)

    def _received(self, term: FilterTerm, name: str) -> CaseCondition:
        days = self._day_span(term)
        return conditions.instant_within("received_at", days.after, days.until, name)

    def _people(self, term: FilterTerm, name: str) -> CaseCondition:
        found = []
        for number, value in enumerate(term.values):
            person = self._person(value, term)
            held = conditions.held_by(person, f"{name}h{number}")
            assigned = conditions.assigned_to(person, f"{name}a{number}")
            if term.key == "who" and person is None:
                # who:nobody selects the cases that are neither held nor assigned.
                found.append(CaseCondition(check=f"{assigned.check} AND {held.check}"))
            elif term.key == "who":
                found.append(conditions.any_condition([held, assigned]))
            else:
                owned = owned_by(person, f"{name}o{number}")
                found.append({"holder": held, "assignee": assigned, "owner": owned}[term.key])
        return conditions.any_condition(found)

    def _person(self, value: str, term: FilterTerm) -> int | None:
        """Return the id of a person, None for "nobody"."""
        if value == "nobody":
            return None
        if value == "me":
            return self.context.actor.id
        try:
            return find_person(self.session, value).id
        except NotFound:
            message = _("There is no login “{login}”; `workbench reviewers` lists all people.")
            raise FilterProblem(message.format(login=quoted_masked(value)), term.start, term.end) from None


def _whole_values(term: FilterTerm) -> tuple[str, ...]:
    """Return the values that a term with = must match completely."""
    (value,) = term.values
    return ("", value) if value == NO_VALUE else (value,)


def _ranks(terms: Iterable[FilterTerm]) -> frozenset[int]:
    """Return the ranks of priority that the terms select."""
    order = tuple(Priority)
    ranks = frozenset(range(len(order)))
    for term in terms:
        limits = [order.index(Priority(value)) for value in term.values]
        named = {rank for rank in range(len(order)) if any(_COMPARES[term.op](rank, limit) for limit in limits)}
        ranks = ranks - named if term.is_negated else ranks & named
    return ranks


def _needs_clock(term: FilterTerm) -> bool:
    """Return whether a due term selects only cases whose clock runs; a date selects all cases due on that day."""
    return term.op == ":" and term.values[0] in {"overdue", "today"}
