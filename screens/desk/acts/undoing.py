"""The command that undoes the last act, and asks first if the reviewer may not remember it."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from screens.desk.case_screen import CaseScreen
from screens.desk.messages import act_words
from screens.desk.outcomes import Unchanged
from screens.shell.base_screen import BoxDialog, drop_messages, run_in_worker
from screens.shell.bindings import bind
from screens.shell.key_guard import key_presses_of
from screens.widgets.safe_text import Static, WrappedText, key_hints, plain
from workbench.domain.case.case_id import format_case
from workbench.domain.case.records import UndoableAct
from workbench.i18n import _
from workbench.keys.registry import CONFIRM

if TYPE_CHECKING:
    from screens.desk.session import DeskSession


class UndoQuestion(BoxDialog[bool]):
    """Names an act and what its undo does to the desk, and asks whether to undo it."""

    DEFAULT_CSS = "UndoQuestion > Vertical { width: 72; }"
    BINDINGS: ClassVar[list[BindingType]] = [bind(CONFIRM, "confirm")]

    def __init__(self, case: str, sentences: Sequence[str]) -> None:
        super().__init__(_("Undo on {case}").format(case=case))
        self._sentences = sentences

    def parts(self) -> ComposeResult:
        yield WrappedText(Content("\n").join(plain(sentence) for sentence in self._sentences), markup=False)
        keys = key_hints((CONFIRM.shown_keys, _("undo")), ("Esc", _("back")))
        yield Static(Content.assemble("\n", keys), markup=False)

    def action_confirm(self) -> None:
        self.leave(result=True)


def undo(screen: CaseScreen) -> None:
    """Take back the last act; a key that is held down takes back one act only."""
    undoable = screen.session.undoable
    if undoable is None or key_presses_of(screen).is_repeat:
        return
    if undoable.together:
        run_in_worker(screen, partial(_undo_move, screen), "dialog")
    elif _is_expected(undoable, screen.session):
        run_in_worker(screen, partial(_undo, screen, undoable), "claim", is_exclusive=True)
    else:
        run_in_worker(screen, partial(_ask, screen, undoable), "dialog")


async def _undo_move(screen: CaseScreen) -> None:
    from screens.dialogs.assign import undo_move

    await undo_move(screen, screen.session.services)
    screen.read_again()


def _is_expected(undoable: UndoableAct, session: "DeskSession") -> bool:
    """Return whether to undo an act without asking: it is recent, of this session, and no other case is on the desk."""
    has_no_other_case = session.case is None or session.case.header.id == undoable.case_id
    return has_no_other_case and undoable.at >= session.started_at and undoable.is_recent(session.clock.now())


async def _ask(screen: CaseScreen, undoable: UndoableAct) -> None:
    """Ask whether to undo an act, because the person may mean another one, and undo it."""
    session, name = screen.session, format_case(undoable.case_id)
    message = _("{case}: {what}, {when}.")
    sentences = [message.format(case=name, what=act_words(undoable), when=screen.view().instant(undoable.at))]
    is_check = undoable.act in {"approved", "returned"}
    if session.case is not None and session.is_held and session.case.header.id != undoable.case_id and not is_check:
        message = _("If {case} is then yours, it is shown first, and {other} after it.")
        sentences.append(message.format(case=name, other=format_case(session.case.header.id)))
    if await screen.app.push_screen_wait(UndoQuestion(name, sentences)):
        await _undo(screen, undoable)


async def _undo(screen: CaseScreen, undoable: UndoableAct) -> None:
    outcome = await screen.carry_out(partial(screen.session.undo, undoable))
    if outcome is not None:
        # The message about the act still said that it happened.
        drop_messages(screen.app)
    if isinstance(outcome, Unchanged):
        message = _("{case}: taken back.")
        if undoable.verdict is not None:
            message = _("{case}: taken back; it waits for its checker again.")
        screen.notify(message.format(case=format_case(undoable.case_id)))
    elif outcome is not None:
        name = format_case(undoable.case_id)
        screen.notify(_("{case} is back on your desk.").format(case=name))
    screen.read_again()
