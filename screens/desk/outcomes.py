"""What an act on the case of the desk led to, and what the desk reads afterwards."""

from dataclasses import dataclass
from typing import Self

from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, DecisionResult, NoNextCase
from workbench.domain.case.records import ChangesSinceSeen, DeskCounts, UndoableAct
from workbench.services.wiring import Services


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case under one hold; the fence grows with each hold."""

    id: int
    fence: int

    @classmethod
    def of(cls, case: CaseFile) -> Self:
        """Return the reference to a case as it was read."""
        return cls(case.header.id, case.header.fence)

    @property
    def name(self) -> str:
        """The case number as people read it."""
        return format_case(self.id)


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case is on the desk; `is_same` says that it was there before."""

    is_same: bool


@dataclass(frozen=True, slots=True)
class CaseRemoved:
    """The case left the desk, with this verdict if it has one."""

    decided: DecisionResult | None = None


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """The hold of the case was renewed, or some of its personal values were revealed."""


@dataclass(frozen=True, slots=True)
class HoldLost:
    """The case is still on the desk, but its hold has ended."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """The case left the desk while the act ran, or a later read of the case finished first."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The act found nothing to change."""


Outcome = CaseShown | CaseChanged | CaseRemoved | HoldLost | Superseded | Unchanged | NoNextCase


def act_of(decided: DecisionResult) -> UndoableAct:
    """Return a verdict that was just given as an act that can be undone."""
    return UndoableAct(
        case_id=decided.case_id,
        at=decided.decided_at,
        decision_id=decided.decision_id,
        verdict=decided.verdict,
        until=decided.release_at,
    )


def read_state(
    services: Services, case: CaseFile | None, scope: str = ""
) -> tuple[DeskCounts, UndoableAct | None, ChangesSinceSeen, CaseFile | None]:
    """Return the counts, the last act that can be undone, the news of the case on the desk, and its new state, if any.

    The counts are those of a desk with a scope. Without a case there is neither news nor a new state.
    """
    news, current = ChangesSinceSeen(), None
    if case is not None:
        news = services.casefiles.evidence_changes_since(case.header.id, case.header.evidence_no)
        current = services.casefiles.changed_since(case)
    return services.queue.counts(scope), services.undo.last(), news, current
