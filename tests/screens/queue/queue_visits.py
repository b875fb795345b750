"""Steps for tests of the queue screen: fill it, open it, and let time pass."""

from collections.abc import Callable
from dataclasses import replace

from db.enums import Role
from screens.queue.screen import QueueScreen
from tests.screens.doubles.queue import candidate
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver


def filled_queue(count: int) -> Callable[[MemoryServices], None]:
    """Return a function that fills the queue and makes rev1 a supervisor."""

    def arrange(services: MemoryServices) -> None:
        services.queue.fill(count)
        services.actor = replace(services.actor, roles=frozenset({Role.REVIEWER, Role.SUPERVISOR}))
        services.assigning.people = (candidate("rev2"), candidate("rev3", is_away=True))

    return arrange


async def go(desk: Driver, letter: str = "q") -> QueueScreen:
    """Go to the queue, or to one of its saved filters by its letter."""
    await desk.go(letter)
    screen = desk.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


def under_cursor(screen: QueueScreen) -> int:
    """Return the number of the case under the cursor."""
    row = screen.rows.current
    assert row is not None
    return row.id


async def change_elsewhere(desk: Driver) -> None:
    """Let the program notice that another program changed the database."""
    desk.services.is_changed = True
    await desk.poll()
