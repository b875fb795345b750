"""Finds the cases that retention may erase today, and the reasons why others stay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState
from db.queries.published import chunks
from db.queries.retention import cases_by_application, cases_of_application, service_ends_in
from db.queries.unlinked_evidence import (
    KINDS_OF_ROWS,
    UnlinkedKind,
    unlinked_numbers_before,
    unlinked_rows_before,
    unlinked_since,
)
from workbench.domain.policy.retention import (
    CASE_PARTS,
    ApplicationAge,
    CaseAge,
    KeepReason,
    RetentionKind,
    RetentionOutcome,
    RetentionPeriod,
    RetentionPolicy,
)
from workbench.services.case.known_people import Key

ERASED, WHOLE = "erased", "case"
"""The name of the event about an erasure, and the name that the whole case has among its parts."""

_BEFORE_ALL_EVIDENCE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """An application with the retention outcome of its cases, and of each part of them that is not erased yet."""

    key: Key
    case_ids: tuple[int, ...]
    kinds: tuple[RetentionKind, ...]
    """The kind of each closed case, by which its period is chosen."""
    whole: RetentionOutcome
    """The outcome of the cases as a whole."""
    parts: dict[RetentionKind, RetentionOutcome]

    @property
    def due_parts(self) -> tuple[RetentionKind, ...]:
        """The parts that are erased although the case stays."""
        return tuple(part for part, outcome in self.parts.items() if outcome.is_due)

    @property
    def is_due(self) -> bool:
        """Whether the cases or parts of them are due for erasure."""
        return self.whole.is_due or bool(self.due_parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkedEvidence:
    """Evidence that no application has: the ids of rows by kind, and the keyed hashes of each number with calls."""

    rows: Mapping[UnlinkedKind, Sequence[int]] = field(default_factory=dict)
    numbers: Sequence[Sequence[str]] = ()

    @property
    def count(self) -> int:
        """The number of rows, and of numbers with calls."""
        return sum(map(len, self.rows.values())) + len(self.numbers)

    @property
    def hashes(self) -> set[str]:
        """The keyed hashes of all numbers with calls."""
        return set(chain.from_iterable(self.numbers))

    def in_portions(self, size: int) -> Iterator["UnlinkedEvidence"]:
        """Yield the evidence in portions of one kind with at most `size` rows or numbers, oldest first."""
        for kind, ids in self.rows.items():
            for portion in chunks(ids, size):
                yield UnlinkedEvidence(rows={kind: portion})
        for numbers in chunks(self.numbers, size):
            yield UnlinkedEvidence(numbers=numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """The evidence of one kind that stays."""

    count: int
    reason: KeepReason
    due_on: date | None
    """The day from which the oldest evidence is due; None if it is never due."""


def due_unlinked(session: Session, policy: RetentionPolicy, zone: ZoneInfo, today: date) -> UnlinkedEvidence:
    """Return the due evidence that no application has.

    Legal holds need no check here. A case under legal hold is not erased, so its evidence has an application.
    """
    ends = {kind: _unlinked_end(period, zone, today) for kind, period in _unlinked_periods(policy).items()}
    return UnlinkedEvidence(
        rows={kind: unlinked_rows_before(session, kind, ends[kind]) for kind in KINDS_OF_ROWS},
        numbers=unlinked_numbers_before(session, ends[UnlinkedKind.CALLS]),
    )


def kept_unlinked(
    session: Session, policy: RetentionPolicy, zone: ZoneInfo, today: date
) -> dict[UnlinkedKind, KeptEvidence]:
    """Return the evidence that no application has, and that is not due yet, by kind."""
    found = {}
    for kind, period in _unlinked_periods(policy).items():
        number, earliest = unlinked_since(session, kind, _unlinked_end(period, zone, today))
        found[kind] = KeptEvidence(
            count=number,
            reason=KeepReason.NO_PERIOD if period is None else KeepReason.NOT_YET,
            due_on=None if period is None or earliest is None else period.after(earliest.astimezone(zone).date()),
        )
    return found


def _unlinked_periods(policy: RetentionPolicy) -> dict[UnlinkedKind, RetentionPeriod | None]:
    period = policy.period_of(RetentionKind.EVIDENCE)
    calls = {UnlinkedKind.CALLS: policy.period_of(RetentionKind.CALLS) or period}
    return dict.fromkeys(UnlinkedKind, period) | calls


def _unlinked_end(period: RetentionPeriod | None, zone: ZoneInfo, today: date) -> datetime:
    """Return the end of the last local day whose evidence is due."""
    day = None if period is None else period.latest_begin(today)
    return _BEFORE_ALL_EVIDENCE if day is None else datetime.combine(day + timedelta(days=1), time(), zone)


def retained(session: Session, policy: RetentionPolicy, zone: ZoneInfo, today: date) -> Iterator[Retained]:
    """Yield every application with a case that is not erased yet."""
    for key, cases in cases_by_application(session):
        yield _retained(key, cases, policy, zone, today)


def retained_now(session: Session, key: Key, policy: RetentionPolicy, zone: ZoneInfo, today: date) -> Retained | None:
    """Return one application as `retained` yields it, None if all its cases are erased."""
    cases = cases_of_application(session, key)
    return _retained(key, cases, policy, zone, today) if cases else None


def _retained(key: Key, cases: Sequence[Any], policy: RetentionPolicy, zone: ZoneInfo, today: date) -> Retained:
    ages = [_age(case, zone) for case in cases]
    age = ApplicationAge(cases=ages, service_ends=service_ends_in(cases[-1]))
    erased = [set((case.erased_parts or "").split(",")) for case in cases]
    parts = [part for part in CASE_PARTS if part in policy.periods and any(part.value not in one for one in erased)]
    return Retained(
        key=key,
        case_ids=tuple(case.id for case in cases),
        kinds=tuple(RetentionKind(one.state.value) for one in ages if one.state in FINAL_STATES),
        whole=age.outcome(None, policy, today),
        parts={part: age.outcome(part, policy, today) for part in parts},
    )


def _age(case: Any, zone: ZoneInfo) -> CaseAge:
    return CaseAge(
        state=CaseState(case.state),
        closed_on=(case.closed_at or case.opened_at).astimezone(zone).date(),
        appeal_until=case.appeal_until,
        is_held=bool(case.is_held),
        is_owed=bool(case.is_owed),
    )
