"""The desk session without a screen: each action applies to the case on the desk when it began."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from screens.desk.messages import act_words
from screens.desk.outcomes import CaseRef, CaseRemoved, CaseShown, Superseded, Unchanged
from screens.desk.session import DeskSession
from screens.shell.view import Clock
from tests.screens.cases import clean, troubled
from tests.screens.doubles.services import Clocks, MemoryServices
from workbench.domain.case.casefile import NoNextCase
from workbench.domain.case.records import UndoableAct
from workbench.domain.case.vocabulary import Verdict
from workbench.errors import Busy
from workbench.services.foundation.case_access import LostHold


class Slow:
    """A service call that waits until the test lets it continue."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        result = self._call(*arguments)
        self.has_begun.set()
        assert self.may_end.wait(60)
        return result


async def during(slow: Slow, act: Awaitable[Any], meanwhile: Callable[[], Awaitable[Any]]) -> Any:
    """Do something while an action waits for a service, and return the result of the action."""
    task = asyncio.ensure_future(act)
    await asyncio.to_thread(slow.has_begun.wait, 10)
    await meanwhile()
    slow.may_end.set()
    return await task


Replaceable = Any
"""The services in memory, of which a test replaces methods."""


@pytest.fixture
def services() -> MemoryServices:
    return MemoryServices(Clocks(), clean(), troubled())


@pytest.fixture
def session(services: MemoryServices) -> DeskSession:
    return DeskSession(services.opened(), Clock(now=services.clocks.now, monotonic=services.clocks.monotonic))


def ref_of(session: DeskSession) -> CaseRef:
    assert session.case is not None
    return CaseRef.of(session.case)


@pytest.mark.terminal
def test_a_session_needs_no_terminal() -> None:
    code = "import sys, screens.desk.session; print('textual' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


async def test_next_opens_a_case_and_reports_whether_it_was_already_open(session: DeskSession) -> None:
    assert await session.next() == CaseShown(is_same=False)
    assert session.is_held
    assert await session.next() == CaseShown(is_same=True)


async def test_a_reclaimed_case_is_not_overwritten_by_an_older_read(
    session: DeskSession, services: Replaceable
) -> None:
    await session.next()
    ref, show = ref_of(session), services.casefiles.show
    services.casefiles.show = slow = Slow(show)

    async def release_and_take() -> None:
        await session.give_up(ref, session.services.claims.release)
        services.casefiles.show = show
        await session.next()

    assert await during(slow, session.reload(ref), release_and_take) == Superseded()
    assert ref_of(session).fence == ref.fence + 1


async def test_the_later_of_two_reads_wins(session: DeskSession, services: Replaceable) -> None:
    await session.next()
    ref, show = ref_of(session), services.casefiles.show
    services.casefiles.show = slow = Slow(show)

    async def read_again() -> None:
        services.casefiles.show = show
        services.change(ref.id, round=2)
        assert await session.reload(ref) == CaseShown(is_same=True)

    assert await during(slow, session.reload(ref), read_again) == Superseded()
    assert session.case is not None
    assert session.case.header.round == 2


async def test_a_release_applies_to_the_case_on_the_desk_when_it_began(
    session: DeskSession, services: Replaceable
) -> None:
    await session.next()
    first = ref_of(session)
    assert session.draft is not None
    session.draft.change("note", "hm")
    services.drafts.save = session.draft._store = slow = Slow(services.drafts.save)
    services.hold(124)

    async def open_another() -> None:
        session.place(services.files[124])

    outcome = await during(slow, session.give_up(first, session.services.claims.release), open_another)

    assert outcome == Superseded()
    assert services.log == [("release", 123)]
    assert ref_of(session).id == 124


async def test_a_failed_release_keeps_the_case_on_the_desk(session: DeskSession, services: Replaceable) -> None:
    def fails(_case_id: int) -> None:
        raise Busy("Another program holds the database.")

    await session.next()
    services.claims.release = fails
    with pytest.raises(Busy):
        await session.give_up(ref_of(session), session.services.claims.release)

    assert session.is_held


async def test_the_lost_hold_of_an_earlier_case_does_not_affect_the_current_one(
    session: DeskSession, services: MemoryServices
) -> None:
    await session.next()
    first = ref_of(session)
    services.loss = LostHold(case_id=123, action="assign", by="sup", to="rev2", at=services.clocks.now())
    services.hold(124)
    session.place(services.files[124])

    assert await session.check_hold(first) == Superseded()
    assert session.is_held


async def test_the_hold_that_an_own_act_ends_is_not_lost(session: DeskSession, services: Replaceable) -> None:
    await session.next()
    ref = ref_of(session)
    services.claims.release = slow = Slow(services.claims.release)

    async def look() -> None:
        services.loss = LostHold(case_id=123, action="release", by="rev1", to="", at=services.clocks.now())
        assert await session.check_hold(ref) == Superseded()
        assert await session.refresh() == Unchanged()

    assert await during(slow, session.give_up(ref, services.claims.release), look) == CaseRemoved()
    assert not session.is_lost


async def test_revealed_values_of_an_earlier_case_are_not_shown(session: DeskSession, services: Replaceable) -> None:
    await session.next()
    ref = ref_of(session)
    services.casefiles.reveal = slow = Slow(services.casefiles.reveal)

    async def open_another() -> None:
        session.place(services.files[124])

    assert await during(slow, session.reveal(ref, "handler_name"), open_another) == Superseded()
    assert session.revealed.values() == {}


async def test_a_sent_comment_is_removed_from_the_draft(session: DeskSession, services: MemoryServices) -> None:
    await session.next()
    assert session.draft is not None
    session.draft.change("comment", "hm")

    await session.comment(ref_of(session), "hm")

    assert services.saved[123]["comment"] == ""


async def test_undoing_a_verdict_returns_the_case_only_to_its_holder(
    session: DeskSession, services: Replaceable
) -> None:
    undoable = UndoableAct(case_id=123, at=services.clocks.now(), decision_id=1, verdict=Verdict.PASS, until=None)
    assert act_words(undoable) == "proposed pass"
    assert await session.undo(undoable) == CaseShown(is_same=False)

    services.undo.undo = lambda number, _offered: replace(
        services.files[number], header=replace(services.files[number].header, held_by=None)
    )
    session.remove()
    assert await session.undo(undoable) == Unchanged()
    assert session.case is None


async def test_putting_a_case_aside_removes_it_from_the_desk(session: DeskSession, services: MemoryServices) -> None:
    await session.next()
    until = services.clocks.now() + timedelta(hours=1)

    assert await session.give_up(ref_of(session), session.services.claims.aside, until) == CaseRemoved()
    assert services.log == [("aside", 123, until)]


async def test_an_empty_queue_clears_the_desk(session: DeskSession, services: Replaceable) -> None:
    await session.next()
    services.claims.next = lambda _filter="": NoNextCase(kind="none")

    assert await session.next() == NoNextCase(kind="none")
    assert session.case is None
    assert session.draft is None
