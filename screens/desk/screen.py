"""The desk: one case at a time, from its claim to its verdict."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import ActiveBinding, BindingType

from screens.desk.case_commands import start
from screens.desk.case_screen import CaseScreen
from screens.desk.key_map import bindings
from screens.desk.outcomes import CaseRef
from screens.shell.bindings import bind
from screens.shell.key_guard import key_presses_of
from workbench.domain.case.case_id import format_case
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys.command import Place
from workbench.keys.registry import BACK

_COUNT_AFTER_CLAIM_S = 0.3


class DeskScreen(CaseScreen):
    """The mode in which cases are decided."""

    PLACE: ClassVar[Place] = "desk"
    IS_DESK: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(is_desk=True), bind(BACK, "back")]

    def begin(self, *, takes_next: bool) -> None:
        """Show the overview, unless the reviewer has already pressed the key of the next case."""
        if takes_next:
            self.set_timer(_COUNT_AFTER_CLAIM_S, self.refresh_counts)
        else:
            self.show_page()
            self.refresh_counts()

    def on_screen_resume(self) -> None:
        if self.session.counts is not None:
            self.refresh_counts()

    def renew(self) -> None:
        """Renew the hold of the case on the desk."""
        case = self.session.case
        if case is not None and self.session.is_held:
            start(self, partial(self.session.renew, CaseRef.of(case)), "renew")

    def on_key(self, event: events.Key) -> None:
        """Explain why the key of the next case does not work while the current case is unfinished."""
        if self.session.is_unfinished and event.key in desk.NEXT.keys:
            event.stop()
            event.prevent_default()
            if not key_presses_of(self).is_repeat:
                self.action_act(desk.NEXT.id)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The bindings; the label of undo names the case of the act to undo."""
        inherited, undoable = super().active_bindings, self.session.undoable
        if undoable is None:
            return inherited
        label = _("undo {case}").format(case=format_case(undoable.case_id))
        undo = {key: active for key, active in inherited.items() if active.binding.id == desk.UNDO.id}
        return inherited | {
            key: active._replace(binding=replace(active.binding, description=label)) for key, active in undo.items()
        }
