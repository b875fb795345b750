"""The services of a site in memory, for tests of the screens."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast

from db.enums import CaseState, Role
from tests.screens.cases import NOW, casefile, clean, troubled
from tests.screens.doubles.calendar import MemoryCalendars
from tests.screens.doubles.case_work import (
    HOLD,
    MemoryCaseFiles,
    MemoryClaims,
    MemoryDrafts,
    MemoryInquiries,
    MemoryNotices,
    MemoryReadings,
    MemoryRemarks,
    MemoryTaking,
)
from tests.screens.doubles.documents import MemoryDocuments
from tests.screens.doubles.forecast import MemoryForecasts
from tests.screens.doubles.queue import MemoryAssigning, MemoryQueue
from tests.screens.doubles.review import MemoryChecks, MemoryReopening, MemoryUndo, MemoryVerdicts
from workbench.domain.case.casefile import CaseFile, NoNextCase, VerdictRequest
from workbench.domain.case.lifecycle import Actor
from workbench.domain.case.records import DeskCounts, UndoableAct
from workbench.domain.evidence.evidence import Evidence
from workbench.services.foundation.case_access import LostHold
from workbench.services.time.deadlines.tick import TickCounts
from workbench.services.wiring import Services


class Clocks:
    """Two clocks that move only when a test moves them."""

    def __init__(self) -> None:
        self.at = NOW
        self.seconds = 100.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


class MemoryServices:
    """The services of one person in memory; records the actions in `log` and `decided`."""

    is_changed = False
    renewal_is_lost = False
    clock_note = ""
    background = staticmethod(str)
    readings = MemoryReadings()

    def __init__(self, clocks: Clocks, *evidence: Evidence, login: str = "rev1") -> None:
        self.clocks = clocks
        self.actor = Actor(id=1, login=login, roles=frozenset({Role.REVIEWER}), identity="named:1")
        self.evidence = dict(enumerate(evidence or (clean(), troubled()), start=123))
        self.files: dict[int, CaseFile] = {number: casefile(number, found) for number, found in self.evidence.items()}
        self.saved: dict[int, dict[str, Any]] = {}
        self.decided: list[VerdictRequest] = []
        self.log: list[tuple[Any, ...]] = []
        self.empty = NoNextCase(kind="none")
        self.why_alone = ""
        self.own_verdicts: frozenset[int] = frozenset()
        self.new_evidence = False
        self.policy_news = ""
        self.loss: LostHold | None = None
        self.undoable: UndoableAct | None = None
        self.lock = Lock()
        self.claims = MemoryClaims(self)
        self.casefiles = MemoryCaseFiles(self)
        self.drafts = MemoryDrafts(self)
        self.inquiries = MemoryInquiries(self)
        self.verdicts = MemoryVerdicts(self)
        self.undo = MemoryUndo(self)
        self.checks = MemoryChecks(self)
        self.reopening = MemoryReopening(self)
        self.documents = MemoryDocuments(self)
        self.taking = MemoryTaking(self)
        self.remarks, self.notices = MemoryRemarks(self), MemoryNotices()
        self.queue = MemoryQueue(self._counts, lambda: self.actor.login)
        self.assigning = MemoryAssigning(self.queue)
        self.calendars = MemoryCalendars(next(iter(self.files.values())).policy.hours.periods)
        self.forecasts = MemoryForecasts(lambda number: self.files[number].header.state)

    def opened(self) -> Services:
        """Return these services as the screens receive them; each is checked against the service it stands for."""
        return cast("Services", self)

    def catch_up(self) -> TickCounts:
        """Perform the actions that are due; there are none here."""
        return TickCounts(queued=0, lapsed=0, delayed=0, resumed=0, reminded=0)

    def is_changed_elsewhere(self) -> bool:
        """Return whether a test changed something as another program does, since the last call."""
        is_changed, self.is_changed = self.is_changed, False
        return is_changed

    def leave(self) -> None:
        """Stop background work; there is none here."""

    def close(self) -> None:
        """Release the database; there is none here."""

    def change(self, number: int, **changes: Any) -> None:
        """Change the header of a case."""
        file = self.files[number]
        self.files[number] = replace(file, header=replace(file.header, **changes))

    def show(self, case_id: int) -> CaseFile:
        """Return a case with its saved draft."""
        return replace(self.files[case_id], draft=self.saved.get(case_id, {}))

    def _counts(self) -> DeskCounts:
        states = [found.header.state for found in self.files.values()]
        return DeskCounts(
            queued=states.count(CaseState.QUEUED),
            claimable=states.count(CaseState.QUEUED),
            due_today=1,
            overdue=0,
            held_by_me=states.count(CaseState.IN_REVIEW),
            to_check=states.count(CaseState.AWAITING_CHECK),
        )

    def hold(self, case_id: int) -> None:
        """Let the acting reviewer hold a case."""
        self.change(
            case_id,
            state=CaseState.IN_REVIEW,
            held_by=self.actor.login,
            held_until=self.clocks.now() + HOLD,
            fence=self.files[case_id].header.fence + 1,
        )
