"""Any command found by its words, in both languages, or by pinyin initials."""

from collections.abc import Awaitable, Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from screens.bindings import available
from screens.text import FAINT, joined
from workbench.command import Command
from workbench.commands import BACK, BY_ID, GO, GO_CHECKS, GO_DESK, MARK, PALETTE
from workbench.domain.initials import matches
from workbench.i18n import _

Act = Callable[[], Awaitable[bool]]
ALWAYS = (GO_DESK, GO_CHECKS)
_NOT_LISTED = frozenset({PALETTE.id, BACK.id, MARK.id, GO.id})


class Commands(Provider):
    """The commands that can be done on the screen below."""

    async def discover(self) -> Hits:
        """Yield all of them before anything is typed."""
        for command, act in self._now():
            yield DiscoveryHit(_shown(command), act, text=_(command.label), help=_(command.help))

    async def search(self, query: str) -> Hits:
        """Yield those whose words hold what is typed."""
        for command, act in self._now():
            score = _score(query, command)
            if score:
                yield Hit(score, _shown(command), act, text=_(command.label), help=_(command.help))

    def _now(self) -> list[tuple[Command, Act]]:
        run = self.app.run_action
        found: list[tuple[Command, Act]] = [
            (BY_ID[name], partial(run, active.binding.action, active.node))
            for name, active in available(self.screen).items()
            if name not in _NOT_LISTED
        ]
        return found + [(command, partial(run, f"app.go('{command.id}')")) for command in ALWAYS]


def _shown(command: Command) -> Content:
    return joined((_(command.label), ""), (f"  {command.shown_keys}", FAINT))


def _score(query: str, command: Command) -> float:
    """Return how well words fit, 0 if not at all: the label before the help, the language in use before the other."""
    words = query.strip()
    if matches(words, command.id, _(command.label)):
        return 1.0
    if matches(words, "", _(command.help)):
        return 0.7
    # A message untranslated is English.
    return 0.5 if matches(words, command.label, command.help) else 0.0
