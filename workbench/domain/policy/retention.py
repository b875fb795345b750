"""How long closed cases are kept: the kinds of data, the periods of the policy, and what keeps a case longer."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from annotated_types import Interval, Len

from db.enums import FINAL_STATES, CaseState

_PERIOD = re.compile(r"([1-9][0-9]{0,4}) (day|year)s?")
_LEAP_DAY = (2, 29)
_CENTURY_DAYS = 36_500


class Kind(StrEnum):
    """What has a period of its own: closed cases by their result, and parts of them that may go earlier."""

    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DOCUMENTS = "documents"
    CALLS = "calls"
    SNAPSHOTS = "snapshots"
    DRAFTS = "drafts"


PARTS = (Kind.DOCUMENTS, Kind.CALLS, Kind.SNAPSHOTS, Kind.DRAFTS)
"""What may go before the rest of the case: files of documents, call records, what was seen, and drafts."""

WHOLE_CASES = tuple(kind for kind in Kind if kind not in PARTS)

_IDENTITY_PARTS = frozenset({Kind.DOCUMENTS, Kind.SNAPSHOTS})
"""The parts that say who the holder of a card is, and are therefore kept during service."""


class Keeps(StrEnum):
    """Why something is kept; the first one that applies counts."""

    OPEN = "open"
    HELD = "held"
    APPEALABLE = "appealable"
    OWED = "owed"
    IN_SERVICE = "in_service"
    NO_PERIOD = "no_period"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Period:
    """A number of calendar days or years."""

    count: int
    is_in_years: bool

    def after(self, start: date) -> date | None:
        """Return the first day after the period that begins with a day; None if the calendar does not reach it."""
        try:
            if not self.is_in_years:
                return start + timedelta(days=self.count)
            if (start.month, start.day) == _LEAP_DAY:
                return date(start.year + self.count, 3, 1)
            return start.replace(year=start.year + self.count)
        except (OverflowError, ValueError):
            return None


def period_in(text: str) -> Period | None:
    """Return the period that a text such as `90 days` or `2 years` names, None if it names none."""
    match = _PERIOD.fullmatch(text)
    return None if match is None else Period(int(match[1]), match[2] == "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """The periods by kind; `years` is that of closed cases without one of their own. Without a period, nothing goes.

    Cases with the results in `keep_in_service` are kept as long as a card of theirs has no recorded end of service.
    """

    years: Annotated[int, Interval(ge=1, le=366)] | None = None
    periods: Mapping[Kind, Annotated[str, Len(1, 32)]] = field(default_factory=dict)
    keep_in_service: tuple[CaseState, ...] = (
        *(CaseState.PASSED, CaseState.FAILED),
        *(CaseState.LAPSED, CaseState.WITHDRAWN),
    )

    @property
    def shortest(self) -> timedelta | None:
        """At least how long everything is kept, or a century; None if the policy has no period."""
        periods = [period for kind in Kind if (period := self.period_of(kind)) is not None]
        days = [period.count * (365 if period.is_in_years else 1) for period in periods]
        return timedelta(min(*days, _CENTURY_DAYS)) if days else None

    def period_of(self, kind: Kind) -> Period | None:
        """Return the period of a kind; None if nothing of it is ever erased on its own."""
        if kind in self.periods:
            return period_in(self.periods[kind])
        return Period(self.years, is_in_years=True) if self.years is not None and kind in WHOLE_CASES else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAge:
    """What says how long one case is kept.

    `appeal_until` is the last day on which the applicant may appeal, None without one. `is_owed` says that a letter to
    the applicant or a measure on a number is still to be carried out.
    """

    state: CaseState
    closed_on: date
    appeal_until: date | None
    is_held: bool
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What retention means for something: `keeps` says why it stays, None if it is due; it may go from `due_on`."""

    keeps: Keeps | None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAge:
    """What says how long an application and its cases are kept: all as long as one of them, because they share rows.

    `service_ends` has the recorded end of service of each card, None for a card without one.
    """

    cases: Collection[CaseAge]
    service_ends: Collection[date | None]

    def outcome(self, part: Kind | None, policy: RetentionPolicy, today: date) -> Outcome:
        """Return whether the cases go on a local day, or a part of them."""
        keeps = self._standing_reason(today)
        if keeps is not None:
            return Outcome(keeps=keeps)
        is_identity = part is None or part in _IDENTITY_PARTS
        if is_identity and None in self.service_ends and any(age.state in policy.keep_in_service for age in self.cases):
            return Outcome(keeps=Keeps.IN_SERVICE)
        kinds = {Kind(age.state.value) for age in self.cases} if part is None else {part}
        periods = [period for kind in kinds if (period := policy.period_of(kind)) is not None]
        if len(periods) < len(kinds):
            return Outcome(keeps=Keeps.NO_PERIOD)
        start = max(self._starts(is_identity=is_identity))
        ends = [end for period in periods if (end := period.after(start)) is not None]
        due_on = max(ends) if len(ends) == len(periods) else None
        return Outcome(keeps=None if due_on is not None and due_on <= today else Keeps.NOT_YET, due_on=due_on)

    def _starts(self, *, is_identity: bool) -> Iterator[date]:
        """Yield the days of which the latest begins the period."""
        for age in self.cases:
            yield age.closed_on
            if age.appeal_until is not None:
                yield age.appeal_until
        if is_identity:
            yield from filter(None, self.service_ends)

    def _standing_reason(self, today: date) -> Keeps | None:
        """Return why nothing may go, whatever its age; None if only the age counts."""
        if any(age.state not in FINAL_STATES for age in self.cases):
            return Keeps.OPEN
        if any(age.is_held for age in self.cases):
            return Keeps.HELD
        if any(age.appeal_until is not None and age.appeal_until >= today for age in self.cases):
            return Keeps.APPEALABLE
        return Keeps.OWED if any(age.is_owed for age in self.cases) else None
