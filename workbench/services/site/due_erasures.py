"""Finds the cases that retention may erase today, and the reasons why others stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState
from db.queries.retention import cases_by_application, cases_of_application, service_ends_in
from workbench.domain.policy.retention import (
    CASE_PARTS,
    ApplicationAge,
    CaseAge,
    RetentionKind,
    RetentionOutcome,
    RetentionPolicy,
)

ERASED, WHOLE = "erased", "case"
"""The event of an erased case or of erased parts, and the name of the part that means the whole case."""

Key = tuple[str, str]
"""The key of an application: its agent and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """An application with the retention outcome of its cases, and of each part of them that is not erased yet."""

    key: Key
    case_ids: tuple[int, ...]
    kinds: tuple[RetentionKind, ...]
    whole: RetentionOutcome
    parts: dict[RetentionKind, RetentionOutcome]

    @property
    def due_parts(self) -> tuple[RetentionKind, ...]:
        """The parts that are erased although the case stays."""
        return tuple(part for part, outcome in self.parts.items() if outcome.keeps is None)


def retained(session: Session, policy: RetentionPolicy, zone: ZoneInfo, today: date) -> Iterator[Retained]:
    """Yield every application that has a case that is not erased."""
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
