"""What a filter means at this moment, to this person: which cases are on its list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import Session, col

from db.columns import to_us
from db.enums import FINAL_STATES, CaseState, Priority
from db.models import ReviewerRow, SuspensionRow
from db.queries import case_conditions as conditions
from db.queries.case_list import CaseList, Condition, Due
from db.queries.published import BATCH
from workbench.domain.case.case_id import parse_case
from workbench.domain.case.running import RUNNING_STATES
from workbench.domain.filter.parser import Filter, FilterProblem, Term, parse_filter
from workbench.domain.filter.values import shown
from workbench.domain.values.provinces import province_parts
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.queue.search import bare_word, phone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_OPEN = frozenset(CaseState) - FINAL_STATES
_GROUPS = {"open": _OPEN, "closed": FINAL_STATES, "all": frozenset(CaseState)}
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS = {"class": "service_class", "risk": "risk"}


def list_of(session: Session, context: Context, filter_text: str) -> CaseList:
    """Return the list of cases that a filter means.

    Raises:
        FilterProblem: With the place of what cannot be understood.
    """
    return Reading(session, context).list_of(parse_filter(filter_text))


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads filters at one moment."""

    session: Session
    context: Context

    def list_of(self, wanted: Filter) -> CaseList:
        """Return the list of cases that a filter means.

        Raises:
            FilterProblem: If it names a person whom nobody knows.
        """
        now, zone = self.context.now(), self.context.zone(self.session)
        today = now.astimezone(zone).date()
        said = [term for term in wanted.terms if term.key == "due" and not term.is_negated]
        spans = [_span(term, now, today, zone) for term in said]
        is_running = any(_needs_clock(term) for term in said)
        return CaseList(
            states=_states(wanted) & RUNNING_STATES if is_running else _states(wanted),
            now=to_us(now),
            day_end=to_us(self.context.end_of_today(self.session)),
            ranks=_ranks(term for term in wanted.terms if term.key == "priority"),
            due=reduce(Due.within, spans, Due()),
            conditions=(
                *self._conditions(wanted, now, today, zone),
                *(self._suspended if is_running else ()),
            ),
            hidden=_hidden(self.session),
            is_running=is_running,
        )

    def _conditions(self, wanted: Filter, now: datetime, today: date, zone: "ZoneInfo") -> Iterable[Condition]:
        for number, term in enumerate(wanted.terms):
            name = f"t{number}"
            if term.key in {"state", "priority"}:
                continue
            if term.key == "due":
                if term.is_negated:
                    check = _span(term, now, today, zone).check()
                    if _needs_clock(term):
                        runs = (conditions.is_running(RUNNING_STATES), *self._suspended)
                        check = " AND ".join([check, *(f"({one.check})" for one in runs)])
                    is_indexed = not (_needs_clock(term) and self._suspended)
                    span = Condition(check=check, is_indexed=is_indexed)
                    # A case without a due date is due on no day.
                    yield conditions.negated(span)
                continue
            condition = self._condition(term, name)
            yield conditions.negated(condition) if term.is_negated else condition

    @property
    def _suspended(self) -> tuple[Condition, ...]:
        """What leaves out cases whose clock an open suspension stopped in time; nothing while there is none."""
        is_open = select(col(SuspensionRow.id)).where(col(SuspensionRow.to_at).is_(None)).limit(1)
        return () if self.session.execute(is_open).first() is None else (conditions.WAS_NOT_SUSPENDED,)

    def _condition(self, term: Term, name: str) -> Condition:
        makers: dict[str, Callable[[Term, str], Condition]] = {
            "class": self._choice,
            "risk": self._choice,
            "round": self._round,
            "kind": lambda term, name: conditions.application_has("applicant_kind", term.values, name),
            "province": lambda term, name: conditions.has_province(self.session, province_parts(term.values[0]), name),
            "agent": lambda term, name: conditions.has_agent(self.session, term.values[0], name),
            "applicant": lambda term, name: conditions.name_matches(term.values[0], name),
            "rule": lambda term, name: conditions.has_finding(term.values[0].strip().upper(), name),
            "application": lambda term, name: conditions.number_matches(term.values[0], name),
            "case": lambda term, name: conditions.is_one_of(map(parse_case, term.values), name),
            "phone": lambda term, name: phone(term.values[0], self.context.store, name),
            "who": self._people,
            "holder": self._people,
            "assignee": self._people,
            "": lambda term, name: bare_word(term.values[0], self.context.store, name),
        }
        return makers[term.key](term, name)

    def _choice(self, term: Term, name: str) -> Condition:
        return conditions.has_one_of(_COLUMNS[term.key], term.values, name)

    def _round(self, term: Term, name: str) -> Condition:
        return conditions.compares("round", "=" if term.op == ":" else term.op, int(term.values[0]), name)

    def _people(self, term: Term, name: str) -> Condition:
        found = []
        for number, value in enumerate(term.values):
            person = self._person(value, term)
            held = conditions.held_by(person, f"{name}h{number}")
            assigned = conditions.assigned_to(person, f"{name}a{number}")
            if term.key == "who" and person is None:
                # With nobody is what neither is held nor assigned.
                found.append(Condition(check=f"{assigned.check} AND {held.check}"))
            elif term.key == "who":
                found.append(conditions.any_condition([held, assigned]))
            else:
                found.append(held if term.key == "holder" else assigned)
        return conditions.any_condition(found)

    def _person(self, value: str, term: Term) -> int | None:
        """Return the number of a person, None for nobody."""
        if value == "nobody":
            return None
        if value == "me":
            return self.context.actor.id
        known = select(col(ReviewerRow.id)).where(col(ReviewerRow.login) == value)
        found = self.session.execute(known).scalar()
        if found is None:
            raise FilterProblem(
                _("Nobody here has the login “{login}”; `workbench reviewers` lists them.").format(login=shown(value)),
                term.start,
                term.end,
            )
        return int(found)


def _states(wanted: Filter) -> frozenset[CaseState]:
    """Return the states of a filter, the open ones unless it says others."""
    states = frozenset(CaseState) if wanted.says_state else _OPEN
    for term in wanted.terms:
        if term.key == "state":
            said = frozenset[CaseState]().union(*(_GROUPS.get(value) or {CaseState(value)} for value in term.values))
            states = states - said if term.is_negated else states & said
    return states


def _ranks(terms: Iterable[Term]) -> frozenset[int]:
    """Return the ranks of priority that terms leave."""
    order = tuple(Priority)
    ranks = frozenset(range(len(order)))
    for term in terms:
        limits = [order.index(Priority(value)) for value in term.values]
        said = {
            rank
            for rank in range(len(order))
            for limit in limits
            if (rank == limit and term.op in {":", "<=", ">="})
            or (rank < limit and term.op in {"<", "<="})
            or (rank > limit and term.op in {">", ">="})
        }
        ranks = ranks - said if term.is_negated else ranks & said
    return ranks


def _needs_clock(term: Term) -> bool:
    """Say whether a term means only cases whose clock runs; a day by itself is a day of any case."""
    return term.op == ":" and term.values[0] in {"overdue", "today"}


def _span(term: Term, now: datetime, today: date, zone: "ZoneInfo") -> Due:
    """Return the due dates that a term means; days are local."""
    value = term.values[0]
    if value == "none":
        return Due(with_dates=False)
    if value == "overdue":
        return Due(until=to_us(now), with_none=False)
    words = {"yesterday": -1, "today": 0, "tomorrow": 1}
    on = today + timedelta(days=words[value]) if value in words else date.fromisoformat(value)
    begins = to_us(datetime.combine(on, time(), tzinfo=zone) - _MICROSECOND)
    ends = to_us(datetime.combine(on + timedelta(days=1), time(), tzinfo=zone) - _MICROSECOND)
    spans = {
        "<": Due(until=begins, with_none=False),
        "<=": Due(until=ends, with_none=False),
        ">": Due(after=ends, with_none=False),
        ">=": Due(after=begins, with_none=False),
    }
    return spans.get(term.op, Due(after=begins, until=ends, with_none=False))


def _hidden(session: Session) -> tuple[int, ...]:
    """Return the batches that nobody may see."""
    rows = session.execute(select(BATCH.c.id).where(BATCH.c.published_at.is_(None)).order_by(BATCH.c.id))
    return tuple(row.id for row in rows)
