"""The desk, where one case at a time is reviewed, and the screen that shows a case read-only."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content

from screens.desk.case_screen import start_act
from screens.desk.key_map import CaseCommandScreen, bindings
from screens.desk.outcomes import CaseRef, CaseShown
from screens.desk.session import DeskSession
from screens.shell.base_screen import attempt, close
from screens.shell.bindings import bind
from screens.shell.key_guard import key_presses_of
from screens.shell.view import Clock, View
from screens.widgets.safe_text import MUTED, joined
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.lifecycle import STATE_WORDS, Actor
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import N_, _, with_remark
from workbench.keys import desk
from workbench.keys.command import Command, Place
from workbench.keys.desk import ACTS, APPEAL, CONTACT, LETTERS, PHONE_ESTIMATE, REOPEN
from workbench.keys.registry import BACK, with_keys
from workbench.services.wiring import Services

_COUNT_AFTER_CLAIM_S = 0.3
"""How long the first counts wait if a case is taken at once, which must not wait for them."""


class DeskScreen(CaseCommandScreen):
    """The mode in which cases are decided."""

    PLACE: ClassVar[Place] = "desk"
    IS_DESK: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(is_desk=True), bind(BACK, "back")]

    def begin(self, *, takes_next: bool) -> None:
        """Show the overview, unless the reviewer has already pressed the key of the next case."""
        if takes_next:
            self.set_timer(_COUNT_AFTER_CLAIM_S, self.read_again)
        else:
            self.show_page()
            self.read_again()

    def on_screen_resume(self) -> None:
        if self.session.counts is not None:
            self.read_again()

    def renew(self) -> None:
        """Renew the hold of the case on the desk."""
        case = self.session.case
        if case is not None and self.session.is_held:
            start_act(self, partial(self.session.renew, CaseRef.of(case)), "renew")

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
        label = _("undo move") if undoable.together else label
        undo = {key: active for key, active in inherited.items() if active.binding.id == desk.UNDO.id}
        return inherited | {
            key: active._replace(binding=replace(active.binding, description=label)) for key, active in undo.items()
        }


def read_only_line(session: DeskSession, view: View) -> Content | None:
    """Return the message line of a read-only case: who holds it or is assigned to it."""
    if session.case is None:
        return None
    return joined(
        (_("Read only"), "bold"),
        (f" {view.symbols.dot} ", MUTED),
        (_holder_words(session.case.header, session.services.actor, view), ""),
    )


def _holder_words(header: CaseHeader, actor: Actor, view: View) -> str:
    """Return who holds the case or has it assigned, otherwise its state."""
    if header.held_by is not None and header.aside_until is not None and header.aside_until > view.now:
        message = _("put aside by {login} until {when}")
        return message.format(login=header.held_by, when=view.moment(header.aside_until))
    if header.held_by is not None:
        until = view.moment(header.held_until) if header.held_until is not None else ""
        return _("held by {login} until {until}").format(login=header.held_by, until=until)
    if header.assignee is not None and header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        if header.assignee == actor.login:
            return with_keys(_("assigned to you; {desk.next} on the desk takes it in its turn"))
        words = _("assigned to {login}").format(login=header.assignee)
        return with_remark(words, _("away") if header.is_assignee_away else "")
    return _(STATE_WORDS[header.state])


class ReadOnlyScreen(CaseCommandScreen):
    """Shows a case of a list read-only; Esc goes back to its row. `then` is a command that runs on it at once."""

    PLACE: ClassVar[Place] = "desk"
    NAME: ClassVar[str] = N_("Case")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(is_desk=False),
        bind(BACK, "leave"),
        Binding("q", "leave", show=False),
    ]

    def __init__(self, clock: Clock, services: Services, case: CaseFile, then: str = "") -> None:
        super().__init__(clock, services, read_only_line)
        self._then = then
        self.session.place(case)

    def on_mount(self) -> None:
        self.show(CaseShown(is_same=False))
        self.show_message_line()
        self.read_again()
        if self._then:
            self.call_after_refresh(self.action_act, self._then)

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands in the footer: what a caller asks about the case, and the way back."""
        case = self.session.case
        is_in_time = case is not None and case.appeal_until is not None and self.view().today <= case.appeal_until
        return (REOPEN, *((APPEAL,) if is_in_time else ()), ACTS, PHONE_ESTIMATE, CONTACT, LETTERS, BACK)

    @property
    def read_only_reason(self) -> str:
        """The sentence that says why no verdict can be given; the help starts with it."""
        return _("Read only: this case is not on your desk, so only these keys work here.")

    @work(exclusive=True, group="leave-case")
    async def action_leave(self) -> None:
        """Leave the zoomed panel, or else save the draft and go back to the list."""
        if self.panels.is_zoomed:
            self.panels.is_zoomed = False
            return
        await attempt(self, self.session.save_draft)
        close(self)
