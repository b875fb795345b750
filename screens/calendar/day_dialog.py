"""The dialog that sets a day of the calendar and shows beforehand which due dates move."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from screens.calendar.year_text import effect_lines
from screens.shell.base_screen import Dialog, TooSmall
from screens.shell.bindings import bind
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, UNEASY, key_hints, plain
from screens.widgets.text_fields import TextLine
from workbench.domain.clock.hours import format_hours, parse_hours
from workbench.errors import BadConfiguration, WorkbenchError
from workbench.i18n import _
from workbench.keys.registry import BACK

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices
    from workbench.services.calendar.preview import CalendarEffect, DaySetting


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQuestion:
    """What the dialog asks: its title, the setting to start with, and the fields besides the reason."""

    title: str
    setting: "DaySetting"
    asks_hours: bool = False
    asks_name: bool = False


class DayDialog(Dialog["CalendarEffect"]):
    """Previews the new setting of a day, asks for the reason and saves it; closes once it is saved."""

    DEFAULT_CSS = """
    DayDialog { align: center middle; background: $background 60%; }
    DayDialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%; border: round $border; background: $surface;
        padding: 0 1;
    }
    DayDialog Static { height: auto; }
    DayDialog .title { color: $text-muted; }
    DayDialog Input { border: none; height: 1; padding: 0; background: $panel; }
    DayDialog Input:focus { border: none; background-tint: $foreground 8%; }
    DayDialog #effect { margin: 1 0; min-height: 3; }
    """
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [bind(BACK, "back")]

    effect_view = getters.query_one("#effect", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, services: "ScreenServices", question: DayQuestion, view: View) -> None:
        super().__init__()
        self._services = services
        self._question = question
        self._view = view
        self._setting = question.setting
        self._effect: CalendarEffect | None = None
        self._is_saving = False

    def compose(self) -> ComposeResult:
        asked = self._question
        with Vertical() as box:
            box.border_title = plain(asked.title)
            if asked.asks_hours:
                yield Static(
                    plain(_("Hours, such as 09:00-12:00 or 09:00-12:00,13:00-16:00")), classes="title", markup=False
                )
                yield TextLine(format_hours(asked.setting.hours), id="hours")
            if asked.asks_name:
                yield Static(plain(_("Name of the day (optional)")), classes="title", markup=False)
                yield TextLine(asked.setting.name, id="name")
            yield Static(plain(_("Reason, for colleagues")), classes="title", markup=False)
            yield TextLine(id="reason")
            yield Static(plain(_("Checking which due dates move …"), FAINT), id="effect", markup=False)
            yield Static(id="hint", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self.preview()
        self._show_keys()

    @work(exclusive=True, group="read")
    async def preview(self) -> None:
        """Show which due dates the setting moves."""
        self._effect = None
        setting = self._setting
        try:
            effect = await asyncio.to_thread(self._services.calendars.set_day, setting, "", dry_run=True)
        except WorkbenchError as error:
            self.effect_view.update(plain(str(error), BAD))
            return
        self._effect = effect
        self.effect_view.update(effect_lines(effect, self._view, max(20, self.effect_view.size.width)))

    @work(group="give")
    async def save(self, reason: str) -> None:
        """Save the day in a thread; the dialog stays open until it ends."""
        self._is_saving = True
        self.hint.update(plain(_("Saving …"), FAINT))
        try:
            done = await asyncio.to_thread(self._services.calendars.set_day, self._setting, reason)
        except WorkbenchError as error:
            self._is_saving = False
            self.hint.update(plain(str(error), BAD))
            return
        self.leave(done)

    @on(Input.Changed, "#hours")
    def take_hours(self, event: Input.Changed) -> None:
        """Preview the typed hours, or show what is wrong with them."""
        try:
            hours = parse_hours(event.value)
        except BadConfiguration as error:
            self.workers.cancel_group(self, "read")
            self._effect = None
            self.effect_view.update(plain(str(error), BAD))
            return
        self._setting = replace(self._setting, hours=hours)
        self.preview()

    @on(Input.Changed, "#name")
    def take_name(self, event: Input.Changed) -> None:
        """Take the name of the day."""
        self._setting = replace(self._setting, name=event.value.strip())

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Go to the next field; in the last one save the day, if the preview is shown and a reason is given."""
        if event.input.id != "reason":
            self.focus_next()
            return
        if self._is_saving:
            return
        reason = event.value.strip()
        if self._effect is None:
            self.hint.update(plain(_("The effect is not known yet. Wait, or correct the hours."), UNEASY))
        elif not self._effect.after and self._setting.name == self._question.setting.name:
            self.hint.update(plain(_("Nothing would change. Press Esc to cancel."), UNEASY))
        elif not reason:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), UNEASY))
        else:
            self.save(reason)

    @on(Input.Changed, "#reason")
    def clear_hint(self) -> None:
        """Replace the hint about the previous input by the keys."""
        if not self._is_saving:
            self._show_keys()

    def on_descendant_focus(self) -> None:
        if not self._is_saving:
            self._show_keys()

    def action_back(self) -> None:
        if not self._is_saving:
            self.leave()

    def _show_keys(self) -> None:
        is_last = isinstance(self.focused, Input) and self.focused.id == "reason"
        does = _("set the day") if is_last else _("next field")
        self.hint.update(key_hints(("Enter", does), ("Esc", _("back"))))
