"""The work on the first cases of the demo while the rest is being made."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from db.enums import Verdict
from tests.demos import clock, services
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import CannotCreate
from workbench.services.demo import preparing
from workbench.services.demo.preparing import DemoStart
from workbench.services.foundation.audit_log import verify
from workbench.services.wiring import Services

pytestmark = pytest.mark.terminal

FIRST_CASE = 80


@dataclass
class Making:
    """A demo whose first cases exist, and whose rest is made when `goes_on` is set."""

    folder: Path
    whole: Path
    error: CannotCreate | None = None
    goes_on: Event = field(default_factory=Event)

    def prepare(
        self,
        _folder: Path,
        _now: object,
        *,
        reset: bool,
        progress: Callable[[int, int], None],
    ) -> Path:
        assert not reset
        progress(0, 1)
        self.goes_on.wait(60)
        progress(40, 100)
        if self.error is not None:
            raise self.error
        return self.whole

    def start(self, login: str = "rev1") -> Services:
        """Start the demo as the program does."""
        opened = DemoStart(self.folder, clock, reset=False).open(login)
        assert isinstance(opened, Services)
        return opened


@pytest.fixture
def making(first_cases: Path, fresh_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Making]:
    made = Making(tmp_path, fresh_demo)
    monkeypatch.setattr(preparing, "prepare", made.prepare)
    yield made
    made.goes_on.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def check_waits(running: "Future[Any]") -> None:
    with pytest.raises(StillWaiting):
        running.result(timeout=0.3)


def move(making: Making, rev1: Services) -> None:
    """Let the whole demo be made, and wait until the services have moved to it."""
    making.goes_on.set()
    rev1.context.log_alone("note")
    assert rev1.context.database.path == making.whole


def test_the_first_cases_are_as_in_the_whole_demo_except_for_their_letters(first_cases: Path, made_demo: Path) -> None:
    with services(first_cases) as first, services(made_demo) as whole:
        numbers = first.queue.ids("", 99)
        assert (len(numbers), FIRST_CASE in numbers) == (5, True)
        for number in numbers:
            one, other = first.casefiles.show(number), whole.casefiles.show(number)
            assert (one.header, one.evidence, one.findings) == (other.header, other.evidence, other.findings)
            acts = [(line.at, line.action, line.who) for line in other.history if line.action != "notice-sent"]
            assert [(line.at, line.action, line.who) for line in one.history] == acts


def test_a_case_is_claimed_at_once_and_stays_claimed_in_the_whole_demo(making: Making) -> None:
    rev1 = making.start()
    claimed = rev1.claims.next()
    assert isinstance(claimed, CaseFile)
    assert claimed.header.id == FIRST_CASE
    assert rev1.queue.counts().queued == 4
    rev1.is_changed_elsewhere()
    assert not rev1.is_changed_elsewhere()

    move(making, rev1)

    assert rev1.is_changed_elsewhere()
    again = rev1.casefiles.show(FIRST_CASE)
    assert (again.header.held_by, again.header.fence) == ("rev1", claimed.header.fence)
    assert rev1.queue.counts().queued > 20
    assert rev1.background() == ""
    rev1.close()
    with services(making.whole) as own:
        assert own.casefiles.show(FIRST_CASE).header.held_by == "rev1"


def test_a_verdict_waits_and_says_so_and_is_logged_after_the_whole_history(
    making: Making, pool: ThreadPoolExecutor
) -> None:
    rev1, told = making.start(), Event()
    rev1.notify_waiting = told.set
    claimed = rev1.claims.next()
    assert isinstance(claimed, CaseFile)
    request = VerdictRequest(
        case_id=FIRST_CASE, verdict=Verdict.FAIL, reasons=("ACT-PEAK-HOUR",), fence=claimed.header.fence
    )
    verdict = pool.submit(rev1.verdicts.decide, request)
    assert told.wait(60)
    check_waits(verdict)

    making.goes_on.set()

    verdict.result(timeout=60)
    told.clear()
    rev1.remarks.comment(FIRST_CASE, "does not wait")
    assert not told.is_set()
    rev1.close()
    with services(making.whole) as own:
        actions = [line.action for line in own.casefiles.show(FIRST_CASE).history]
        assert actions[:3] == ["comment", "decide", "next"]
        with own.context.read() as session:
            assert verify(session).is_whole


def test_an_end_waits_for_no_write_and_leaves_the_whole_demo_as_it_is(making: Making, pool: ThreadPoolExecutor) -> None:
    rev1 = making.start()
    claimed = rev1.claims.next()
    assert isinstance(claimed, CaseFile)
    comment = pool.submit(rev1.remarks.comment, FIRST_CASE, "ends")
    check_waits(comment)

    rev1.leave()

    comment.result(timeout=60)
    assert not making.goes_on.is_set()
    with services(making.whole) as own:
        shown = own.casefiles.show(FIRST_CASE)
        assert shown.header.held_by is None
        assert all(line.text != "ends" for line in shown.history)
    rev1.close()


def test_a_person_without_a_first_case_waits_for_the_whole_demo(making: Making, pool: ThreadPoolExecutor) -> None:
    rev3 = making.start("rev3")
    claim = pool.submit(rev3.claims.next)
    check_waits(claim)

    making.goes_on.set()

    claimed = claim.result(timeout=60)
    assert isinstance(claimed, CaseFile)
    assert claimed.header.held_by == "rev3"
    rev3.close()


def test_a_failure_to_make_the_rest_is_reported(making: Making, pool: ThreadPoolExecutor) -> None:
    making.error = CannotCreate("The disk is full.")
    rev1 = making.start()
    comment = pool.submit(rev1.remarks.comment, FIRST_CASE, "lost")
    check_waits(comment)

    making.goes_on.set()

    with pytest.raises(CannotCreate, match="The disk is full"):
        comment.result(timeout=60)
    assert rev1.background() == "The disk is full."
    rev1.close()
