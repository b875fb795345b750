"""The command that takes back the last act."""

from functools import partial
from typing import TYPE_CHECKING

from screens.desk.outcomes import Unchanged
from screens.shell.base_screen import run_in_worker
from screens.shell.key_guard import presses_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.records import UndoableAct
from workbench.i18n import _

if TYPE_CHECKING:
    from screens.desk.case_screen import CaseScreen


def undo(screen: "CaseScreen") -> None:
    """Take back the last act; a key that is held down takes back one act only."""
    undoable = screen.session.undoable
    if undoable is not None and not presses_of(screen).is_repeat:
        run_in_worker(screen, partial(_undo, screen, undoable), "claim", is_exclusive=True)


async def _undo(screen: "CaseScreen", undoable: UndoableAct) -> None:
    outcome = await screen.carry_out(partial(screen.session.undo, undoable))
    if isinstance(outcome, Unchanged):
        message = (
            _("{case}: taken back.")
            if undoable.verdict is None
            else _("Taken back; the case waits for its checker again.")
        )
        screen.notify(message.format(case=format_case(undoable.case_id)))
    elif outcome is not None:
        name = format_case(undoable.case_id)
        screen.notify(_("{case} is back on your desk.").format(case=name))
    screen.refresh_counts()
