"""A case that is read without being held: the panels and keys of the desk, but no verdict."""

from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType

from screens.desk.case_actions import CaseScreen
from screens.desk.key_map import ACTS, allowed_on, is_verdict
from screens.desk.reading_words import standing_line, why_no_verdict
from screens.shell.bindings import bind
from screens.shell.clock import Clock
from workbench.i18n import _, marked
from workbench.keys import registry as keys
from workbench.keys.command import Place

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices as Services
    from workbench.domain.case.casefile import CaseFile

_ONLY_AT_THE_DESK = frozenset({"next", "undo"})


class ReadingScreen(CaseScreen):
    """A case of the queue, opened to read; Esc goes back to its row."""

    PLACE: ClassVar[Place] = "desk"
    NAME: ClassVar[str] = marked("Case")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(command, action) for command, action in ACTS),
        bind(keys.BACK, "back"),
        Binding("q", "back", show=False),
    ]

    def __init__(self, clock: Clock, services: "Services", case: "CaseFile") -> None:
        super().__init__(clock)
        self._opened = case
        self._services = services

    def on_mount(self) -> None:
        self.begin()

    @work(exclusive=True, group="start")
    async def begin(self) -> None:
        """Show the case."""
        await self.furnish()
        self.services = self._services
        self.put_on_desk(self._opened)
        self.show_notice()
        self.count()

    def on_key(self, event: events.Key) -> None:
        """Say why there is no verdict here, where a key asks for one."""
        self.revealed.touched()
        if self.case is not None and self.services is not None and is_verdict(event.key):
            event.stop()
            event.prevent_default()
            said = why_no_verdict(self.case.header, self.services.actor, self.view())
            self.notify(said, markup=False, timeout=6)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in _ONLY_AT_THE_DESK or self.services is None:
            return None
        return allowed_on(action, self.case, self.services.actor, holds=self.is_held)

    @property
    def read_only(self) -> str:
        """What the page of keys says on top."""
        return _("Read only: this case is not on your desk, so only these keys work here.")

    def show_notice(self) -> None:
        """Show who has the case, instead of what the desk has to say."""
        if self.case is not None and self.services is not None:
            self.add_class("-noticed")
            self.notice.update(standing_line(self.case.header, self.services.actor, self.view()))

    def action_back(self) -> None:
        if self.bench.is_zoomed:
            self.bench.is_zoomed = False
        else:
            self.leave()

    @work(exclusive=True, group="leave-case")
    async def leave(self) -> None:
        """Go back to the list; what was typed is saved before."""
        from workbench.errors import WorkbenchError

        try:
            await self.flush()
        except WorkbenchError as error:
            self.complain(error)
        if self.is_current:
            self.dismiss()
