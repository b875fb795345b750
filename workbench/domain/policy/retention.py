"""How long closed cases are kept: the kinds of data, the periods of the policy, and reasons to keep one longer."""

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


class RetentionKind(StrEnum):
    """A kind of data with its own period.

    Kinds are closed cases by result, parts of cases that may be erased earlier, and evidence about numbers and subjects
    that no application has.
    """

    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DOCUMENTS = "documents"
    CALLS = "calls"
    SNAPSHOTS = "snapshots"
    DRAFTS = "drafts"
    EVIDENCE = "evidence"


CASE_PARTS = (RetentionKind.DOCUMENTS, RetentionKind.CALLS, RetentionKind.SNAPSHOTS, RetentionKind.DRAFTS)
"""The parts that may be erased before the rest of a case: document files, call records, snapshots and drafts."""

WHOLE_CASES = tuple(kind for kind in RetentionKind if kind not in (*CASE_PARTS, RetentionKind.EVIDENCE))

_IDENTITY_PARTS = frozenset({RetentionKind.DOCUMENTS, RetentionKind.SNAPSHOTS})
"""The parts that identify the holder of a card, and are therefore kept while the card is in service."""


class KeepReason(StrEnum):
    """The reason why data is kept; the first reason that applies counts."""

    OPEN = "open"
    HELD = "held"
    APPEALABLE = "appealable"
    OWED = "owed"
    IN_SERVICE = "in_service"
    NO_PERIOD = "no_period"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """A number of calendar days or years."""

    count: int
    is_in_years: bool

    def latest_begin(self, today: date) -> date | None:
        """Return the latest begin of a period that is over today; None if it is before the calendar begins."""
        try:
            if not self.is_in_years:
                return today - timedelta(days=self.count)
            # The period of a leap day ends with February.
            day = 28 if (today.month, today.day) == _LEAP_DAY else today.day
            return today.replace(year=today.year - self.count, day=day)
        except (OverflowError, ValueError):
            return None

    def after(self, start: date) -> date | None:
        """Return the first day after a period that begins on a day; None if it is beyond the calendar."""
        try:
            if not self.is_in_years:
                return start + timedelta(days=self.count)
            if (start.month, start.day) == _LEAP_DAY:
                return date(start.year + self.count, 3, 1)
            return start.replace(year=start.year + self.count)
        except (OverflowError, ValueError):
            return None


def parse_period(text: str) -> RetentionPeriod | None:
    """Parse a period such as `90 days` or `2 years`; return None if the text is not a period."""
    match = _PERIOD.fullmatch(text)
    return None if match is None else RetentionPeriod(int(match[1]), match[2] == "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """The periods for which data is kept. Data without a period is never erased.

    Attributes:
        years: The period of closed cases, and of evidence without an application, for kinds without their own period.
        periods: The periods by kind.
        keep_in_service: The final states in which a case is kept as long as one of its cards has no recorded end of
            service; by default all.
    """

    years: Annotated[int, Interval(ge=1, le=366)] | None = None
    periods: Mapping[RetentionKind, Annotated[str, Len(1, 32)]] = field(default_factory=dict)
    keep_in_service: tuple[CaseState, ...] = tuple(state for state in CaseState if state in FINAL_STATES)

    @property
    def shortest(self) -> timedelta | None:
        """The shortest period, at most a century; None if the policy has no period. Nothing is erased sooner."""
        periods = [period for kind in RetentionKind if (period := self.period_of(kind)) is not None]
        days = [period.count * (365 if period.is_in_years else 1) for period in periods]
        return timedelta(min(*days, _CENTURY_DAYS)) if days else None

    def period_of(self, kind: RetentionKind) -> RetentionPeriod | None:
        """Return the period of a kind; None if it is never erased on its own."""
        if kind in self.periods:
            return parse_period(self.periods[kind])
        if self.years is None or kind in CASE_PARTS:
            return None
        return RetentionPeriod(self.years, is_in_years=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAge:
    """The facts that decide how long one case is kept.

    Attributes:
        state: Its state.
        closed_on: The day on which it was closed.
        appeal_until: The last day on which the applicant may appeal, None without one.
        is_held: Whether it is under legal hold.
        is_owed: Whether a letter to the applicant, or a measure on a number, is still to be carried out.
    """

    state: CaseState
    closed_on: date
    appeal_until: date | None
    is_held: bool
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionOutcome:
    """The result of the retention rules: why data is kept, and from which day it is due for erasure."""

    keep_reason: KeepReason | None
    due_on: date | None = None

    @property
    def is_due(self) -> bool:
        """Whether the data is due for erasure, because no reason to keep it is left."""
        return self.keep_reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAge:
    """The facts that decide how long an application is kept.

    Its cases share rows, so all of them are kept until the last one is due. `service_ends` has the recorded end of
    service of each card, None for a card without one.
    """

    cases: Collection[CaseAge]
    service_ends: Collection[date | None]

    def outcome(self, part: RetentionKind | None, policy: RetentionPolicy, today: date) -> RetentionOutcome:
        """Return whether the cases, or a part of them, are due for erasure on a local day."""
        keep_reason = self._reason_at_any_age(today)
        if keep_reason is not None:
            return RetentionOutcome(keep_reason=keep_reason)
        is_identity = part is None or part in _IDENTITY_PARTS
        if is_identity and None in self.service_ends and any(age.state in policy.keep_in_service for age in self.cases):
            return RetentionOutcome(keep_reason=KeepReason.IN_SERVICE)
        kinds = {RetentionKind(age.state.value) for age in self.cases} if part is None else {part}
        periods = [period for kind in kinds if (period := policy.period_of(kind)) is not None]
        if len(periods) < len(kinds):
            return RetentionOutcome(keep_reason=KeepReason.NO_PERIOD)
        start = max(self._starts(is_identity=is_identity))
        ends = [end for period in periods if (end := period.after(start)) is not None]
        due_on = max(ends) if len(ends) == len(periods) else None
        is_due = due_on is not None and due_on <= today
        return RetentionOutcome(keep_reason=None if is_due else KeepReason.NOT_YET, due_on=due_on)

    def _starts(self, *, is_identity: bool) -> Iterator[date]:
        """Yield the days that may begin the period; the latest one does."""
        for age in self.cases:
            yield age.closed_on
            if age.appeal_until is not None:
                yield age.appeal_until
        if is_identity:
            yield from filter(None, self.service_ends)

    def _reason_at_any_age(self, today: date) -> KeepReason | None:
        """Return the reason that prevents erasure at any age; None if only the age counts."""
        if any(age.state not in FINAL_STATES for age in self.cases):
            return KeepReason.OPEN
        if any(age.is_held for age in self.cases):
            return KeepReason.HELD
        if any(age.appeal_until is not None and age.appeal_until >= today for age in self.cases):
            return KeepReason.APPEALABLE
        return KeepReason.OWED if any(age.is_owed for age in self.cases) else None
