"""The dialog that sets a day of the calendar, after a preview of the due dates that move."""

import asyncio
from dataclasses import replace
from functools import partial

from textual import getters, on, work
from textual.app import ComposeResult
from textual.widgets import Input

from screens.calendar.year_text import effect_lines
from screens.dialogs.task_dialog import TaskDialog
from screens.shell.base_screen import attempt
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Static, plain
from screens.widgets.text_fields import TextLine
from workbench.domain.clock.hours import format_hours, parse_hours
from workbench.errors import BadConfiguration, WorkbenchError
from workbench.i18n import _
from workbench.services.time.calendar.preview import CalendarEffect, DaySetting
from workbench.services.wiring import Services


class DayDialog(TaskDialog[CalendarEffect]):
    """Previews the new setting of a day, asks for the reason, saves the setting and closes."""

    DEFAULT_CSS = """
    DayDialog .title { color: $text-muted; }
    DayDialog #effect { margin: 1 0; min-height: 3; }
    """
    AUTO_FOCUS = "Input"

    effect_view = getters.query_one("#effect", Static)

    def __init__(self, services: Services, title: str, setting: DaySetting, view: View) -> None:
        super().__init__(title)
        self._services = services
        self._view = view
        self._initial = self._setting = setting
        self._effect: CalendarEffect | None = None

    def parts(self) -> ComposeResult:
        if self._initial.hours:
            title = plain(_("Hours, such as 09:00-12:00 or 09:00-12:00,13:00-16:00"))
            yield Static(title, classes="title", markup=False)
            yield TextLine(format_hours(self._initial.hours), id="hours")
        if not self._initial.as_published:
            yield Static(plain(_("Name of the day (optional)")), classes="title", markup=False)
            yield TextLine(self._initial.name, id="name")
        yield Static(plain(_("Reason, for colleagues")), classes="title", markup=False)
        yield TextLine(id="reason")
        yield Static(plain(_("Checking which due dates move …"), MUTED), id="effect", markup=False)
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.preview()
        self.show_keys()

    @work(exclusive=True, group="read")
    async def preview(self) -> None:
        """Show which due dates the setting moves."""
        self._effect = None
        set_day = partial(asyncio.to_thread, self._services.calendars.set_day, self._setting, "", dry_run=True)
        self._effect = await attempt(self, set_day, self._show_problem)
        if self._effect is not None:
            width = max(20, self.effect_view.size.width)
            self.effect_view.update(effect_lines(self._effect, self._view, width))

    def _show_problem(self, error: WorkbenchError) -> None:
        self.effect_view.update(plain(str(error), ERROR))

    @on(Input.Changed, "#hours")
    def hours_changed(self, event: Input.Changed) -> None:
        """Preview the typed hours, or show what is wrong with them."""
        try:
            hours = parse_hours(event.value)
        except BadConfiguration as error:
            self.workers.cancel_group(self, "read")
            self._effect = None
            self._show_problem(error)
            return
        self._setting = replace(self._setting, hours=hours)
        self.preview()

    @on(Input.Changed, "#name")
    def name_changed(self, event: Input.Changed) -> None:
        """Update the setting with the name of the day."""
        self._setting = replace(self._setting, name=event.value.strip())

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Go to the next field; in the last field, save the day if the preview is shown and a reason is given."""
        if event.input.id != "reason":
            self.focus_next()
            return
        if self.is_busy:
            return
        reason = event.value.strip()
        if self._effect is None:
            self.hint.update(plain(_("The effect is not known yet. Wait, or correct the hours."), WARNING))
        elif self._effect.changes_nothing and self._setting.name == self._initial.name:
            self.hint.update(plain(_("Nothing would change. Press Esc to cancel."), WARNING))
        elif not reason:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), WARNING))
        else:
            save = partial(self._services.calendars.set_day, self._setting, reason)
            self.run_task(save, plain(_("Saving …"), MUTED))

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        is_last = isinstance(self.focused, Input) and self.focused.id == "reason"
        return _("set the day") if is_last else _("next field")
