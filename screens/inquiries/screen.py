"""The screen of inquiries; people who only answer inquiries have no other screen."""

from collections.abc import Callable, Mapping
from functools import partial, partialmethod
from pathlib import Path, PurePath
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from screens.dialogs.choice import ChoiceDialog
from screens.dialogs.prompt import Prompt, any_text
from screens.inquiries.inquiry_text import about_lines, field_lines, row_line
from screens.shell.base_screen import ModeScreen, attempt, in_thread, show_title, unreported
from screens.shell.bindings import bind
from screens.shell.key_guard import key_presses_of
from screens.shell.revealed_fields import ONE_FIELD_S, RevealedFields
from screens.shell.view import Clock
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import MUTED, Static, plain
from workbench.domain.case.case_id import format_inquiry
from workbench.domain.case.lifecycle import only_inquiries_refusal
from workbench.domain.facts.inquiry_lines import OUTCOME_WORDS, InquiryField, InquiryLine
from workbench.domain.text.safe import cells
from workbench.i18n import _
from workbench.keys import inquiries as keys
from workbench.keys.command import Place
from workbench.keys.registry import COMMANDS
from workbench.services.wiring import Services
from workbench.wording.case.inquiries import status_words

_COMMAND_OF_KEY = {key.split(" ")[0]: command for command in COMMANDS for key in command.keys}
"""The command of each key; of two keys in a row, the first one."""


class InquiriesScreen(ModeScreen):
    """Lists the inquiries, shows the one under the cursor with the fields of its department, and takes the answer."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("inquiries.tcss")]
    PLACE: ClassVar[Place] = "inquiries"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.ANSWER, "answer"),
        bind(keys.REVEAL, "reveal"),
        bind(keys.SWITCH, "switch", priority=True),
        bind(keys.WITHDRAW, "withdraw"),
        bind(keys.RELOAD, "load"),
        bind(keys.LEAVE_INQUIRIES, "desk"),
    ]

    footer_commands = (keys.ANSWER, keys.SWITCH, keys.REVEAL, keys.WITHDRAW, keys.LEAVE_INQUIRIES)

    list = getters.query_one("#list", RowList)
    fields = getters.query_one("#fields", RowList)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.revealed = RevealedFields(clock.monotonic)
        self._lines: Mapping[int, InquiryLine] = {}
        self._known_fields: Mapping[int, InquiryField] = {}
        """The fields that the department of the inquiry sees, by number; empty until they are read."""
        self._known_fields_of: InquiryLine | None = None
        """The inquiry whose fields these are, None if they must be read."""

    def parts(self) -> ComposeResult:
        yield RowList(id="list")
        yield Static(id="about", markup=False)
        yield RowList(id="fields")
        yield Static(plain(_("No department is asked anything."), MUTED), id="nothing", markup=False)

    def on_screen_resume(self) -> None:
        if not self.is_covered:
            self.action_load()

    @work(exclusive=True, group="read")
    async def action_load(self, *, is_again: bool = False) -> None:
        read = in_thread(lambda: self.services.inquiries.list())  # noqa: PLW0108 - the thread also imports the service
        found = await attempt(self, read, unreported if is_again else None)
        if found is not None:
            self._lines = {line.id: line for line in found}
            self._draw()
            self.show_inquiry()

    read_again = partialmethod(action_load, is_again=True)

    @on(OptionList.OptionHighlighted, "#list")
    def show_inquiry(self) -> None:
        """Show the inquiry under the cursor; what was revealed of another one is hidden."""
        self.refresh_bindings()
        if self.current != self._known_fields_of:
            self._known_fields_of, self._known_fields = self.current, {}
            self.hide_fields()
            self._load_fields()

    @work(exclusive=True, group="fields")
    async def _load_fields(self) -> None:
        line = self.current
        if line is not None and line.is_open:
            found = await attempt(self, in_thread(self.services.inquiries.fields, line.id), unreported)
            self._known_fields = dict(enumerate(found or ()))
            # After a failure, the next reload tries again.
            self._known_fields_of = line if found is not None else None
            self._draw_fields()

    @work(group="dialog")
    async def action_answer(self) -> None:
        line = self.current
        if line is None:
            return
        push, words = self.app.push_screen_wait, {outcome: _(text) for outcome, text in OUTCOME_WORDS.items()}
        heading = _("Answer to {inquiry}").format(inquiry=format_inquiry(line.id))
        new_dialog = partial(ChoiceDialog, heading, words, _("answer"), placeholder=_("what the reviewer should know"))
        hint = _("File of a document that belongs to the answer; an empty line sends none.")
        outcome, note, path = next(iter(words)), "", ""
        # A refusal leads back to the file, Esc there to the answer; the fields keep what was sent.
        while True:
            dialog = new_dialog(chosen=outcome, text=note)
            dialog.about = line.question
            if (answer := await push(dialog)) is None:
                return
            outcome, note = answer
            while (sent := await push(Prompt(heading, hint, path, problem_of=any_text, is_prose=False))) is not None:
                path = sent
                file = Path(path).expanduser() if path else None  # noqa: ASYNC240 - it reads no file
                act = partial(self.services.inquiries.answer, line.id, outcome, note, file)
                if await self._carry_out(act, _("{inquiry} is answered.")):
                    return

    @work(group="dialog")
    async def action_withdraw(self) -> None:
        line = self.current
        if line is not None:
            heading = _("Withdraw {inquiry}").format(inquiry=format_inquiry(line.id))
            new_prompt, reason = partial(Prompt, heading, _("Why? Only colleagues read it.")), ""
            # A refusal leads back to the reason, as it was typed.
            while reason := await self.app.push_screen_wait(new_prompt(reason)) or "":
                act = partial(self.services.inquiries.withdraw, line.id, reason)
                if await self._carry_out(act, _("{inquiry} is withdrawn.")):
                    return

    async def _carry_out(self, act: Callable[[], InquiryLine], message: str) -> bool:
        done = await attempt(self, in_thread(act))
        if done is not None:
            self.notify(message.format(inquiry=format_inquiry(done.id)), timeout=5)
            self.action_load()
        return done is not None

    @work(group="reveal")
    async def action_reveal(self) -> None:
        line, shown, generation = self.current, self._field, self.revealed.generation
        if line is None or shown is None:
            return
        value = await attempt(self, in_thread(self.services.inquiries.reveal, line.id, shown.key))
        if value is not None and generation == self.revealed.generation:
            self.revealed.reveal(shown.key, value)
            self._draw_fields()
            self.set_timer(ONE_FIELD_S, self._draw_fields)

    def action_switch(self) -> None:
        (self.list if self.focused is self.fields or not self._known_fields else self.fields).focus()
        self.refresh_bindings()

    def hide_fields(self) -> None:
        """Mask all fields."""
        self.revealed.hide_all()
        self._draw_fields()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        actor, command = self.services.actor, {"answer": keys.ANSWER, "withdraw": keys.WITHDRAW}.get(action)
        if command is not None and command.refusal(actor) is None:
            return (self.current is not None and self.current.is_open) or None
        if action == "reveal":
            return (self._field is not None and self._field.is_masked) or None
        return command is None and (action != "desk" or not actor.is_only_verifier)

    def why_not(self, key: str) -> str | None:
        """Return why a key of another screen does nothing for people who only answer inquiries, and log the attempt."""
        refusal, command = only_inquiries_refusal(self.services.actor), _COMMAND_OF_KEY.get(key)
        if refusal is None or command is None or key in self.active_bindings:
            return None
        if not key_presses_of(self).is_repeat:
            self._log_attempt(command.id)
        return refusal

    @work(group="write")
    async def _log_attempt(self, command_id: str) -> None:
        await attempt(self, in_thread(self.services.refuse_verifier, command_id), unreported)

    @property
    def current(self) -> InquiryLine | None:
        """The inquiry under the cursor."""
        return self._lines.get(self.list.current or 0)

    @property
    def _field(self) -> InquiryField | None:
        return self._known_fields.get(-1 if self.fields.current is None else self.fields.current)

    def _draw(self) -> None:
        view, width = self.view(), max(10, self.size.width - 5)
        show_title(self)
        self.set_class(not self._lines, "-empty")
        room = max((cells(status_words(line)) for line in self._lines.values()), default=0)
        self.list.show({number: row_line(line, view, width, room) for number, line in self._lines.items()})
        self._draw_fields()

    on_resize = _draw

    def _draw_fields(self) -> None:
        view, width, line = self.view(), max(10, self.size.width - 6), self.current
        about = about_lines(line, view, width) if line is not None else []
        self.query_one("#about", Static).update(Content("\n").join(about))
        self.fields.show(field_lines(self._known_fields, self.revealed.values(), width - 1))
        self.refresh_bindings()
