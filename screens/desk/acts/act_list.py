"""The list of the acts on a case: the possible ones with their keys, the others with the reason."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.desk.case_screen import CaseScreen
from screens.desk.outcomes import CaseRef
from screens.dialogs.list_dialog import ListDialog, list_key_hints
from screens.widgets.safe_text import ACCENT, MUTED, Static, flowing, joined, wrapped_lines
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import state_refusal
from workbench.domain.text.safe import pad_right
from workbench.i18n import N_, _
from workbench.keys import desk
from workbench.keys.appeals import DECIDE_APPEAL, GO_APPEALS
from workbench.keys.command import CASE_GROUP, RECORD_GROUP, VERDICT_GROUP, Command
from workbench.keys.registry import APPROVE, GIVE_BACK, GO_CHECKS, help_of

WhyNot = Callable[[str], str | None]
"""A function that returns why the command of a key cannot be run now, None if it can be."""

_KEY_CELLS, _INDENT = 5, 5
_GROUPS = frozenset({VERDICT_GROUP, CASE_GROUP, RECORD_GROUP})
"""The groups of commands that are acts on a case."""

_SHOWING_COMMANDS = (desk.DOCUMENTS, desk.LETTERS, desk.CHANGES, desk.EXPLAIN, desk.PHONE_ESTIMATE)
"""Commands that only show something; the list has them in addition to all commands of the groups."""


@dataclass(frozen=True, slots=True)
class CaseAct:
    """An act on a case, as the list shows it."""

    command: Command
    """The command that performs the act, here or on another screen."""
    label: str
    runs: Command
    """The command that the list runs: the act itself, or the one that opens the screen of the act."""

    @property
    def shown_key(self) -> str:
        """The key as users read it."""
        return self.runs.key


_ON_OTHER_SCREENS = (
    CaseAct(APPROVE, APPROVE.label, GO_CHECKS),
    CaseAct(GIVE_BACK, GIVE_BACK.label, GO_CHECKS),
    CaseAct(DECIDE_APPEAL, N_("decide the appeal"), GO_APPEALS),
)
"""The acts that have a screen of their own."""


@dataclass(frozen=True, slots=True)
class ActListEntry:
    """An entry of the list: one possible act, or all acts that are impossible for the same reason."""

    acts: tuple[CaseAct, ...]
    refusal: str = ""
    """Why the acts are impossible, "" if they are possible."""


async def choose_act(
    screen: CaseScreen, case: CaseFile, commands: Iterable[Command], why_not: WhyNot
) -> Command | None:
    """List the acts among the commands on the case, and return the chosen one; go to its screen if it has another."""
    chosen = await screen.app.push_screen_wait(ActList(_name(case), _entries(screen, case, commands, why_not)))
    if chosen is None or chosen.runs is chosen.command:
        return None if chosen is None else chosen.command
    await screen.app.run_action(f"go('{chosen.runs.id}')")
    return None


def _entries(screen: CaseScreen, case: CaseFile, commands: Iterable[Command], why_not: WhyNot) -> list[ActListEntry]:
    """Return an entry for each possible act, then one for each reason that makes some acts impossible."""
    acts = [CaseAct(command, command.label, command) for command in commands if _is_act(command, screen, case)]
    acts += _ON_OTHER_SCREENS
    entries: list[ActListEntry] = []
    refused: dict[str, list[CaseAct]] = {}
    for act in acts:
        is_here = act.runs is act.command
        # Acts that need the same roles share a line, so the reason does not name one of them.
        refusal = act.command.refusal(screen.session.services.actor, names_act=False)
        if refusal is None:
            refusal = why_not(act.command.keys[0]) if is_here else _state_refusal(act.command, case)
        if refusal is None:
            entries.append(ActListEntry((act,)))
        else:
            refused.setdefault(refusal, []).append(act)
    return entries + [ActListEntry(tuple(acts), refusal) for refusal, acts in refused.items()]


def _state_refusal(command: Command, case: CaseFile) -> str | None:
    """Return why the state of a case does not allow an act of another screen, None if it does."""
    return None if command.action is None else state_refusal(command.action, case.header.state, _name(case))


def _name(case: CaseFile) -> str:
    return CaseRef.of(case).name


def _is_act(command: Command, screen: CaseScreen, case: CaseFile) -> bool:
    """Return whether a command is an act on this case; undo is one if it takes back an act on this case."""
    if command is desk.UNDO:
        undoable = screen.session.undoable
        return screen.IS_DESK and undoable is not None and undoable.case_id == case.header.id
    return command is not desk.NEXT and (command.group in _GROUPS or command in _SHOWING_COMMANDS)


class ActList(ListDialog[ActListEntry, CaseAct]):
    """Lists acts; the key of an act, or Enter on it, chooses it. The result is the chosen act."""

    DEFAULT_CSS = """
    ActList > Vertical { width: 84; }
    ActList #message { margin-top: 1; height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding(",".join(("q", *desk.ACTS.keys)), "back", show=False),
    ]

    def __init__(self, case: str, entries: Sequence[ActListEntry]) -> None:
        super().__init__(_("What can be done with {case}").format(case=case), "")
        self._list = entries
        self._index_of_key = {
            key: index
            for index, entry in enumerate(entries)
            for act in entry.acts
            if act.runs is act.command
            for key in act.runs.keys
        }

    def parts(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(id="list", markup=False)
        yield Static(id="message", markup=False)
        keys = (("Enter", _("do it")), (_("key"), _("do it at once")))
        yield Static(list_key_hints(*keys), id="foot", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Choose the act of a key, or go to the line that says why it is not possible."""
        index = self._index_of_key.get(event.key)
        if index is None:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()
        self.action_move(index - self._cursor)
        self.action_choose()

    def draw(self) -> None:
        """Draw the acts, and below them what the one under the cursor does."""
        super().draw()
        entry = self.current
        if entry is not None and self.query("#message") and (width := self.message.size.width):
            text = entry.refusal or help_of(entry.acts[0].command)
            self.message.update(Content("\n").join(wrapped_lines(text, width, MUTED)[:2]))

    def entry_lines(self, entry: ActListEntry, width: int) -> list[Content]:
        """Return a possible act with its key, or the dimmed acts that share a reason, with this reason."""
        if not entry.refusal:
            (act,) = entry.acts
            return [joined((pad_right(act.shown_key, _KEY_CELLS), f"{ACCENT} bold"), (_(act.label), ""))]
        acts = [joined((f"{act.shown_key} {_(act.label)}", MUTED)) for act in entry.acts]
        lines = flowing(acts, width)
        reason = wrapped_lines(entry.refusal, width - _INDENT, f"{MUTED} italic")
        return [*lines, *(Content.assemble(" " * _INDENT, line) for line in reason)]

    def action_choose(self) -> None:
        if self.current is not None and not self.current.refusal:
            (act,) = self.current.acts
            self.leave(act)
