"""Counts the cases of a filter by state, reason, agent, day and other properties."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.columns import from_us
from db.enums import ApplicantKind, CaseState, Priority, Risk, ServiceClass, WaitsFor
from db.queries.listing import case_breakdown, case_pages
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS, STATE_WORDS
from workbench.domain.filter.keys import KEY_BY_NAME, NO_VALUE
from workbench.domain.filter.parser import FilterTerm
from workbench.domain.values.provinces import province_words
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Service
from workbench.services.queue.filters import case_query
from workbench.wording.case.labels import APPLICANT_KIND_WORDS, WAITS_FOR_WORDS

MOST_ROWS = 200
"""The most rows of a table; `others` counts the values without a row."""

BREAKDOWNS: Mapping[str, str] = {
    "state": N_("by state"),
    "reason": N_("by reason of the newest verdict"),
    "rule": N_("by finding"),
    "agent": N_("by agent"),
    "province": N_("by province"),
    "who": N_("by person who holds it or has it assigned"),
    "maker": N_("by reviewer who gave the newest verdict"),
    "due": N_("by day on which it is due"),
    "received": N_("by day on which it was received"),
    "decided": N_("by day of the newest verdict"),
    "priority": N_("by priority"),
    "class": N_("by service class"),
    "risk": N_("by risk"),
    "kind": N_("by kind of applicant"),
    "round": N_("by round"),
    "waits": N_("by whom a pending case waits for"),
}
"""The properties by which cases are counted, by the key of the filter for them."""

_DAYS = frozenset({"due", "received", "decided"})
_PEOPLE = frozenset({"who", "maker"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """The number of cases with a value."""

    value: str
    words: str
    cases: int
    term: str
    """The filter term that selects these cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The counts of the cases of a filter by a property, the most frequent value first, or days in their order.

    A case counts once for each of its reasons, findings and people.
    """

    by: str
    total: int
    rows: tuple[BreakdownRow, ...]
    others: int = 0
    """The number of values that have no row, because they are rarer."""


class Breakdowns(Service):
    """Counts the cases of a filter by a property."""

    def count(self, filter_text: str, by: str) -> Breakdown:
        """Count the cases that a filter selects by one of BREAKDOWNS.

        Raises:
            FilterProblem: If the filter is invalid.
            WrongUsage: If nothing can be counted by `by`.
        """
        if by not in BREAKDOWNS:
            message = _("Cases cannot be counted by “{name}”; choose from {names}.")
            raise WrongUsage(message.format(name=by, names=comma_joined(BREAKDOWNS)))
        with self.context.read() as session:
            cases = case_query(session, self.context, filter_text)
            found = case_breakdown.breakdown(session, cases, by)
            counted: Counter[str] = Counter()
            values_of = self._reader(session, by)
            for value, number in found.items():
                counted.update(dict.fromkeys(values_of(value), number))
            words = self._words(session, by)
            total = case_pages.count_cases(session, cases)
        frequent = counted.most_common(MOST_ROWS)
        if by in _DAYS:
            frequent.sort()
        rows = tuple(
            BreakdownRow(value=value, words=words(value), cases=number, term=_term(by, value))
            for value, number in frequent
        )
        return Breakdown(by=by, total=total, rows=rows, others=len(counted) - len(rows))

    def _reader(self, session: Session, by: str) -> Callable[[Any], set[str]]:
        """Return the function that converts a value of the database to the values that filters use for it."""
        if by in _DAYS:
            zone = self.context.zone(session)
            return lambda quarter: {NO_VALUE if quarter is None else _day(quarter, zone)}
        if by in _PEOPLE:
            logins = logins_of(session)
            return lambda ids: {logins[int(each)] for each in str(ids or "").split("/") if each} or {"nobody"}
        if by == "priority":
            ranks = tuple(Priority)
            return lambda rank: {ranks[rank].value}
        return lambda value: {str(value or NO_VALUE)}

    def _words(self, session: Session, by: str) -> Callable[[str], str]:
        """Return the function that converts a value of a filter to the words that people read."""
        enums: dict[str, Callable[[str], str]] = {
            "state": lambda value: STATE_WORDS[CaseState(value)],
            "priority": lambda value: PRIORITY_WORDS[Priority(value)],
            "class": lambda value: CLASS_WORDS[ServiceClass(value)],
            "risk": lambda value: RISK_WORDS[Risk(value)],
            "kind": lambda value: APPLICANT_KIND_WORDS[ApplicantKind(value)],
            "waits": lambda value: WAITS_FOR_WORDS[WaitsFor(value)],
        }
        if by in {"reason", "rule"}:
            titles = {code: reason.title for code, reason in self.context.policy(session).reasons.items()}
            language = current_language()
            return lambda code: f"{code}  {titles[code].in_language(language)}" if code in titles else code

        def words(value: str) -> str:
            if value in {NO_VALUE, "nobody"}:
                return _("none") if value == NO_VALUE else _("nobody")
            if by == "province":
                return province_words(value)
            return _(enums[by](value)) if by in enums else value

        return words


def _day(quarter: int, zone: ZoneInfo) -> str:
    return from_us(quarter * case_breakdown.QUARTER_US).astimezone(zone).date().isoformat()


def _term(by: str, value: str) -> str:
    """Return the term of a filter that selects the cases with a value."""
    if by == "waits" and value == NO_VALUE:
        return str(FilterTerm(key=by, values=KEY_BY_NAME[by].values, is_negated=True))
    return str(FilterTerm(key=by, op="=" if KEY_BY_NAME[by].is_exact else ":", values=(value,)))
