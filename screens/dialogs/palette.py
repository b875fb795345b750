"""The command palette: finds commands by words in both languages or by pinyin initials."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList

from screens.dialogs.list_dialog import list_key_hints
from screens.shell.bindings import available_bindings
from screens.shell.protocols import HasViews
from screens.widgets.safe_text import MUTED, Static, joined
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values.spelling import matches
from workbench.i18n import LANGUAGES, _, catalogue
from workbench.keys.command import CASE_GROUP, GO_GROUP, RECORD_GROUP, VERDICT_GROUP, VIEW_GROUP, Command, view_command
from workbench.keys.manual import MANUAL
from workbench.keys.queue import VIEW
from workbench.keys.registry import BACK, COMMAND_BY_ID, CONFIRM, GO, MARK_NUMBER, MARK_REASON, MODES, PALETTE, help_of
from workbench.settings.symbols import for_terminal

RunCommand = Callable[[], Awaitable[bool]]
_NAVIGATION_KEYS = frozenset({"up", "down", "left", "right", "tab", "shift+tab", "pageup", "pagedown", "home", "end"})
_NOT_LISTED = frozenset(
    {PALETTE.id, BACK.id, VIEW.id, MARK_NUMBER.id, MARK_REASON.id, GO.id, CONFIRM.id}
    | {command.id for command in COMMAND_BY_ID.values() if _NAVIGATION_KEYS.issuperset(command.keys)}
)
"""Commands that the palette leaves out.

Most of them have keys that work under any input method, so nobody must look for them. A verdict is confirmed by a key
of its own, and never by Enter.
"""

_LOWEST_SCORE = 0.01
"""The score of the line that says that no command matches; a score of 0 would hide it."""

_GROUP_ORDER = (VERDICT_GROUP, CASE_GROUP, RECORD_GROUP, VIEW_GROUP, GO_GROUP)
"""The order of the groups: verdicts first, navigation last."""


class Palette(CommandPalette):
    """The command palette; closing it a second time does nothing, because it would close the screen below."""

    def __init__(self, provider: type[Provider], placeholder: str) -> None:
        super().__init__([provider], placeholder=for_terminal(placeholder))

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static(list_key_hints(("Enter", _("do it"))), id="foot", markup=False)

    def _action_command_list(self, action: str) -> None:
        # Before its first layout the list has no lines to move by.
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the palette if it is open."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def run_once(self, event: Message) -> None:
        """Ignore a second Enter before the palette is closed, because the command already runs."""
        if not self.is_current:
            event.prevent_default()


class CommandProvider(Provider):
    """The commands that are available on the screen below the palette."""

    async def discover(self) -> Hits:
        """Yield all commands while nothing is typed."""
        for command, act in self._available():
            yield DiscoveryHit(_shown(command), act, text=_(command.label), help=help_of(command))

    async def search(self, query: str) -> Hits:
        """Yield the commands that match the query."""
        is_found = False
        for command, act in self._available():
            score = _score(query, command)
            if score:
                is_found = True
                yield Hit(score, _shown(command), act, text=_(command.label), help=help_of(command))
        if not is_found:
            # Textual has its own message for this, in English only.
            yield Hit(_LOWEST_SCORE, joined((_("No matching command."), MUTED)), _do_nothing, text=query)

    def _available(self) -> list[tuple[Command, RunCommand]]:
        run = self.app.run_action
        commands: list[tuple[Command, RunCommand]] = [
            (COMMAND_BY_ID[name], partial(self._run, active))
            for name, active in available_bindings(self.screen).items()
            if name not in _NOT_LISTED
        ]
        commands += [
            (command, partial(run, f"app.go('{command.id}')")) for command in MODES if self.app.check_action("go", ())
        ]
        commands += [(command, partial(run, f"app.act('{command.id}')")) for command in (MANUAL, *self._views())]
        return sorted(commands, key=lambda entry: _GROUP_ORDER.index(entry[0].group))

    async def _run(self, active: ActiveBinding) -> bool:
        """Run a command of the screen below, unless that screen was closed in the meantime."""
        return active.node.is_attached and await self.app.run_action(active.binding.action, active.node)

    def _views(self) -> Iterator[Command]:
        """Yield a command for each saved view."""
        if isinstance(self.app, HasViews):
            for key, view in self.app.views.by_key.items():
                words = mask_digits_within(view.filter_text) or _("all open cases")
                yield view_command(f"{VIEW.id}.{key}", key, view.shown_name, words)


def _do_nothing() -> None:
    """The action of a palette line that is only a message."""


def _shown(command: Command) -> Content:
    return joined((_(command.label), ""), (f"  {command.shown_keys}", MUTED))


def _score(query: str, command: Command) -> float:
    """Return how well a command matches the query in any language, from 0 to 1; the label counts more than the help."""
    words = query.strip()
    if matches(words, command.id, _(command.label)):
        return 1.0
    if any(matches(words, "", text) for text in _in_all_languages(command.label)):
        return 0.9
    more = (*_in_all_languages(command.help), *(_in_all_languages(command.search) if command.search else ()))
    return 0.5 if any(matches(words, "", text) for text in more) else 0.0


def _in_all_languages(message: str) -> tuple[str, ...]:
    return tuple(catalogue(language).gettext(message) for language in LANGUAGES)
