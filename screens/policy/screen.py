"""The policy screen: the version in force with its sources, another chosen version, or the differences of two."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import getters, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.worker import Worker

from screens.dialogs.list_dialog import ListDialog
from screens.policy.policy_text import difference_lines, version_lines
from screens.shell.base_screen import attempt, in_thread, unreported
from screens.shell.bindings import bind
from screens.shell.page_screen import PageScreen
from screens.shell.view import Clock, View
from screens.widgets.safe_text import ACCENT, MUTED, Part, fitted, joined
from workbench.domain.policy.comparison import changes_between
from workbench.i18n import N_, _
from workbench.keys import policy as keys
from workbench.keys.command import Place
from workbench.services.site.policies import PolicyVersion, VersionLine
from workbench.services.time.campaigns.campaigns import CampaignProgress
from workbench.services.wiring import Services
from workbench.wording.policy import changed_findings_words, policy_effect_words, version_state_words

_PAGE_PADDING = 4
_MAX_PAGE_CELLS = 110


class VersionDialog(ListDialog[VersionLine, list[int]]):
    """Lists the versions; Enter marks one. The result is the numbers of the marked ones, once `needed` are marked."""

    DEFAULT_CSS = "VersionDialog > Vertical { width: 76; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", show=False)]

    def __init__(self, title: str, versions: Sequence[VersionLine], needed: int, view: View) -> None:
        super().__init__(title, "", ("Enter", _("show") if needed == 1 else _("mark")))
        self._list = versions
        self._needed = needed
        self._view = view
        self._marked: list[int] = []

    def entry_lines(self, entry: VersionLine, width: int) -> list[Content]:
        mark = self._view.symbols.fine if entry.number in self._marked else " "
        begins_on = entry.effective_on or entry.applied_at.astimezone(self._view.zone).date()
        parts: list[Part] = [
            (f"{mark} {_('Policy {name}').format(name=entry.number)}", ACCENT),
            (f"  {fitted(entry.name, width // 3)}", ""),
            (f"  {version_state_words(entry.state, begins_on)}", ""),
            (f"  {self._view.day(entry.applied_at.astimezone(self._view.zone).date())}", MUTED),
        ]
        return [joined(*parts)]

    def action_choose(self) -> None:
        if self.current is not None:
            self._marked = sorted({self.current.number}.symmetric_difference(self._marked))
            self.draw()
        if len(self._marked) == self._needed:
            self.leave(self._marked)


PolicyPage = Callable[[int], Content]
"""Returns the page for a width in cells."""


class PolicyScreen(PageScreen):
    """Shows one version of the policy, or the differences of two."""

    PLACE: ClassVar[Place] = "policy"
    READING = N_("Loading the policy …")
    RELOAD = keys.RELOAD
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.COMPARE, "compare"),
        bind(keys.VERSION, "version"),
        bind(keys.RELOAD, "in_force"),
        bind(keys.LEAVE_POLICY, "desk"),
    ]

    scroll = getters.query_one("#page", VerticalScroll)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.versions: Sequence[VersionLine] = ()
        self._page_of_width: PolicyPage | None = None
        self._number: int | None = None
        """The number of the shown version, None for the one in force."""
        self._compares = False
        """Whether the page compares two versions."""

    def on_screen_resume(self) -> None:
        self.draw()
        if self._page_of_width is None:
            self.action_in_force()

    @work(exclusive=True, group="read")
    async def load(self, number: int | None, *, is_again: bool = False) -> None:
        """Show a version, by default the one in force; if `is_again`, the page keeps its scroll position."""

        def read() -> tuple[PolicyVersion, Sequence[VersionLine], Sequence[CampaignProgress]]:
            policies = self.services.policies
            if number is None:
                return policies.in_force(), policies.versions(), self.services.campaigns.list()
            return policies.version(number), policies.versions(), ()

        answer = await attempt(self, in_thread(read), unreported if is_again else self.show_failure)
        if answer is not None:
            version, self.versions, campaigns = answer
            self._number, self._compares = number, False
            self._show(lambda width: version_lines(version, campaigns, self.view(), width), from_top=not is_again)

    def read_again(self) -> Worker[None] | None:
        """Read the shown version again; a comparison stays, because counting its cases takes long."""
        return None if self._compares else self.load(self._number, is_again=True)

    @work(exclusive=True, group="read")
    async def show_differences(self, old_number: int, new_number: int) -> None:
        """Show the differences between two versions, then count the open cases that the newer one would affect."""

        def read() -> tuple[PolicyVersion, PolicyVersion]:
            return self.services.policies.version(old_number), self.services.policies.version(new_number)

        versions = await attempt(self, in_thread(read))
        if versions is None:
            return
        old, new = versions
        changes = changes_between(old.policy, new.policy)

        def differences(effect: str, width: int) -> Content:
            return difference_lines(versions, changes, effect, self.view(), width)

        self._compares = True
        self._show(partial(differences, _("Counting the open cases …")))
        effect = await attempt(self, in_thread(self.services.policy_changes.effect_of, new.policy))
        if effect is not None:
            name = _("Policy {name}").format(name=new_number)
            touched = changed_findings_words(effect.touched_count, effect.open_count, name)
            effects = policy_effect_words(effect.voided_count, effect.moved_count, effect.letter_count)
            self._page_of_width = partial(differences, f"{touched} {effects}")
            self.draw()

    @work(exclusive=True, group="dialog")
    async def choose(self, title: str, needed: int) -> None:
        """Let the user choose one version to show, or two to compare."""
        match await self.app.push_screen_wait(VersionDialog(title, self.versions, needed, self.view())):
            case [number]:
                self.load(number)
            case [old, new]:
                self.show_differences(old, new)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in {"compare", "version"}:
            return True if len(self.versions) > 1 else None
        return True

    def why_not(self, key: str) -> str | None:
        """Return why a key cannot choose or compare versions; None if it can, or if it does something else."""
        if key in (*keys.COMPARE.keys, *keys.VERSION.keys) and len(self.versions) == 1:
            return _("There is no other version of the policy yet.")
        return None

    def action_compare(self) -> None:
        self.choose(_("Choose two versions to compare"), 2)

    def action_version(self) -> None:
        self.choose(_("Choose a version"), 1)

    def action_in_force(self) -> None:
        self.load(None)

    def _show(self, page_of_width: PolicyPage, *, from_top: bool = True) -> None:
        """Show another page, by default from its top."""
        self._page_of_width = page_of_width
        self.draw()
        if from_top:
            self.scroll.scroll_home(animate=False)

    def content(self) -> Content | None:
        """Return the page that was chosen."""
        if self._page_of_width is None:
            return None
        return self._page_of_width(min(_MAX_PAGE_CELLS, max(10, self.size.width - 2 * _PAGE_PADDING + 2)))
