"""The key guard of dialogs: which key presses count as deliberate."""

import asyncio

import pytest

from screens.shell.key_guard import ConfirmationGuard, KeyPressLog
from tests.screens.doubles.services import Clocks


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def presses(clocks: Clocks) -> KeyPressLog:
    return KeyPressLog(clocks.monotonic)


@pytest.fixture
def guard(presses: KeyPressLog) -> ConfirmationGuard:
    return ConfirmationGuard(presses)


def test_a_press_before_the_first_paint_does_not_count(
    clocks: Clocks, presses: KeyPressLog, guard: ConfirmationGuard
) -> None:
    presses.note("y")
    assert not guard.accepts_press()

    clocks.advance(1)
    guard.note_paint()
    clocks.advance(0.29)
    presses.note("y")
    assert not guard.accepts_press()


def test_a_press_counts_300_ms_after_the_first_paint(
    clocks: Clocks, presses: KeyPressLog, guard: ConfirmationGuard
) -> None:
    guard.note_paint()
    clocks.advance(0.31)
    presses.note("y")

    assert guard.accepts_press()


def test_a_press_before_the_dialog_was_visible_does_not_count_even_if_handled_late(
    clocks: Clocks, presses: KeyPressLog, guard: ConfirmationGuard
) -> None:
    guard.note_paint()
    clocks.advance(2)
    presses.note("y", age_s=1.9)

    assert not guard.accepts_press()


@pytest.mark.parametrize(("first", "second"), [("y", "y"), ("f8", "f8"), ("y", "f8"), ("f8", "y")])
def test_a_press_within_700_ms_of_the_last_does_not_count(
    clocks: Clocks, presses: KeyPressLog, guard: ConfirmationGuard, first: str, second: str
) -> None:
    guard.note_paint()
    clocks.advance(1)
    presses.note(first)
    assert guard.accepts_press()

    clocks.advance(0.69)
    presses.note(second)
    assert not guard.accepts_press()

    clocks.advance(0.71)
    presses.note(second)
    assert guard.accepts_press()


def test_a_key_held_down_since_before_the_dialog_never_counts(
    clocks: Clocks, presses: KeyPressLog, guard: ConfirmationGuard
) -> None:
    for press in range(200):
        presses.note("y")
        if press == 10:
            guard.note_paint()
        if press > 10:
            assert not guard.accepts_press()
        clocks.advance(0.02)


async def test_a_press_is_alone_if_nothing_follows_it(presses: KeyPressLog) -> None:
    presses.note("y")

    assert await presses.is_alone()


@pytest.mark.parametrize("key", ["y", "f8", "s"])
async def test_a_press_among_others_is_not_alone(presses: KeyPressLog, key: str) -> None:
    presses.note("y")
    question = asyncio.ensure_future(presses.is_alone())
    await asyncio.sleep(0)
    presses.note(key)

    assert not await question


def test_a_key_is_a_repeat_as_long_as_nothing_else_is_pressed(clocks: Clocks, presses: KeyPressLog) -> None:
    presses.note("f")
    clocks.advance(0.5)
    presses.note("f")
    assert presses.is_repeat

    presses.note("g")
    assert not presses.is_repeat

    presses.note("f")
    clocks.advance(0.71)
    presses.note("f")
    assert not presses.is_repeat
