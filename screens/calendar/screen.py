"""The calendar screen: a year of working days, which an admin can change."""

from datetime import date, timedelta
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region

from screens.calendar.forms import day_form, resume_form, suspend_form
from screens.calendar.year_text import YearLines, day_lines, legend_lines, title_words, year_lines
from screens.dialogs.task_dialog import FormDialog
from screens.shell.base_screen import ModeScreen, attempt, in_thread, report, unreported
from screens.shell.bindings import bind, bind_key
from screens.shell.header import HeaderBar, reviewer_status
from screens.shell.page_screen import failure_page
from screens.shell.view import ZONE, Clock
from screens.widgets.safe_text import MUTED, Static, joined, plain, row
from workbench.domain.case.lifecycle import Action, admin_refusal, role_refusal
from workbench.errors import WorkbenchError
from workbench.i18n import N_, _
from workbench.keys import calendar as keys
from workbench.keys.command import Place
from workbench.services.time.calendar.preview import CalendarYear, DaySetting
from workbench.services.time.deadlines.recompute import SuspensionEffect
from workbench.services.wiring import Services

_TITLES = {
    "off": N_("{day}: day off"),
    "work": N_("{day}: usual hours"),
    "hours": N_("{day}: special hours"),
    "published": N_("{day}: as published"),
}
"""The title of the dialog for each way to set a day."""

_STEPS = {"left": -1, "right": 1, "up": -7, "down": 7}
"""How many days each arrow key moves the selection."""


class YearScroll(VerticalScroll, inherit_bindings=False):
    """The scrollable months; the arrow keys move the selected day and the view follows it."""

    _lines: YearLines | None = None

    def follow(self, lines: YearLines) -> None:
        """Scroll to the selected day, with the name of its month if it fits."""
        self._lines = lines
        self.call_after_refresh(self._scroll)

    def on_resize(self) -> None:
        self.call_after_refresh(self._scroll)

    watch_virtual_size = on_resize
    """Scrolls again once the months have their size."""

    def _scroll(self) -> None:
        """Scroll so that the selected day is in view, below the name of its month if there is room."""
        lines, height = self._lines, self.size.height
        if lines is None or not height:
            return
        if lines.day_line < height:
            top = 0
        elif lines.day_line - lines.title_line < height:
            top = lines.title_line
        else:
            top = lines.day_line
        self.scroll_to_region(Region(0, top, 1, lines.day_line - top + 1), animate=False, force=True, x_axis=False)


class CalendarScreen(ModeScreen):
    """Shows the months of a year and the selected day."""

    CSS_PATH = "calendar.tcss"
    PLACE: ClassVar[Place] = "calendar"
    AUTO_FOCUS = "#year"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind_key(keys.MOVE_DAY, key, f"move('{key}')") for key in keys.MOVE_DAY.keys),
        bind_key(keys.TURN_YEAR, "pageup", "turn(-1)"),
        bind_key(keys.TURN_YEAR, "pagedown", "turn(1)"),
        bind(keys.TODAY, "today"),
        bind(keys.RELOAD, "again"),
        bind(keys.DAY_OFF, "set('off')"),
        bind(keys.DAY_WORKED, "set('work')"),
        bind(keys.DAY_HOURS, "set('hours')"),
        bind(keys.DAY_PUBLISHED, "set('published')"),
        bind(keys.SUSPEND, "suspend"),
        bind(keys.RESUME, "resume"),
        bind(keys.LEAVE_CALENDAR, "desk"),
    ]

    view_port = getters.query_one("#year", YearScroll)
    months = getters.query_one("#months", Static)
    notice = getters.query_one("#notice", Static)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.year: CalendarYear | None = None
        self.selected: date = clock.now().astimezone(ZONE).date()

    def parts(self) -> ComposeResult:
        with YearScroll(id="year"):
            yield Static(id="months", markup=False)
        yield Static(plain(_("Loading the calendar …"), MUTED), id="notice", markup=False)
        yield Static(id="day", markup=False)
        yield Static(id="legend", markup=False)

    def on_screen_resume(self) -> None:
        self.load(self.selected)

    @work(exclusive=True, group="read")
    async def load(self, selected: date) -> None:
        """Load the year of a day and select the day."""
        if self.year is None:
            self.add_class("-notice")
        year = await attempt(self, in_thread(self.services.calendars.year, selected.year), self._show_failure)
        if year is not None:
            self.year, self.selected, self.zone = year, selected, year.zone
            self.remove_class("-notice")
            self.view_port.focus()
            self._draw()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read the year again, and draw it if it has changed."""
        year = await attempt(self, in_thread(self.services.calendars.year, self.selected.year), unreported)
        if year is not None and self.year is not None and year != self.year:
            self.year, self.zone = year, year.zone
            self._draw()

    def action_suspend(self) -> None:
        self.ask_suspension(
            suspend_form(self.services, self.selected, self.view()), N_("Suspended; cases affected: {count}.")
        )

    def action_resume(self) -> None:
        assert self.year is not None  # noqa: S101 - check_action disables the key until the year is loaded
        form = resume_form(self.services, self.year.suspensions_on(self.selected)[0], self.view())
        self.ask_suspension(form, N_("Resumed; cases affected: {count}."))

    @work(exclusive=True, group="dialog")
    async def ask_suspension(self, form: FormDialog[SuspensionEffect], done_words: str) -> None:
        """Open the form of a suspension, and reload the year if it was saved."""
        done = await self.app.push_screen_wait(form)
        if done is not None:
            self.notify(_(done_words).format(count=len(done.cases)), timeout=8)
            self.load(self.selected)

    @work(exclusive=True, group="dialog")
    async def ask(self, title: str, setting: DaySetting) -> None:
        """Open the dialog for the selected day and reload the year if it was saved."""
        done = await self.app.push_screen_wait(day_form(self.services, title, setting, self.view()))
        if done is not None:
            message = _("{day} saved; due dates moved: {count}.")
            self.notify(message.format(day=self.view().day(self.selected), count=len(done.moved_due_dates)), timeout=8)
            self.load(self.selected)

    @property
    def read_only_reason(self) -> str | None:
        """The sentence for reviewers who may not set days; None for admins."""
        is_admin = admin_refusal(self.services.actor) is None
        return None if is_admin else _("Only an admin can set days; you can view them.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"suspend", "resume"}:
            suspensions = self.year is not None and self.year.suspensions_on(self.selected)
            is_allowed = role_refusal(Action.SUSPEND, self.services.actor) is None
            return (is_allowed and bool(suspensions if action == "resume" else self.year)) or None
        if action not in {"set", "move", "turn", "today"}:
            return True
        if self.year is None or (action == "set" and self.read_only_reason is not None):
            return None
        has_effect = parameters != ("published",) or self.selected in self.year.overrides
        return True if has_effect else None

    def action_move(self, key: str) -> None:
        first = self.selected.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        edges = {"home": first, "end": last}
        self._choose(edges.get(key) or self.selected + timedelta(days=_STEPS[key]))

    def action_turn(self, by: int) -> None:
        # 29 February does not exist in most years.
        day = min(self.selected.day, 28) if self.selected.month == 2 else self.selected.day  # noqa: PLR2004 - February
        self._choose(self.selected.replace(year=self.selected.year + by, day=day))

    def action_today(self) -> None:
        self._choose(self.view().today)

    def action_again(self) -> None:
        self.load(self.selected)

    def action_set(self, how: str) -> None:
        assert self.year is not None  # noqa: S101 - check_action disables the keys until the year is loaded
        override = self.year.overrides.get(self.selected)
        override_hours = override.hours if override is not None else ()
        setting = DaySetting(
            on=self.selected,
            working=how in {"work", "hours"},
            hours=(override_hours or self.year.hours[:1]) if how == "hours" else (),
            name=override.name if override is not None and how != "published" else "",
            as_published=how == "published",
        )
        title = _(_TITLES[how]).format(day=self.view().day(self.selected))
        self.ask(title, setting)

    def _choose(self, day: date) -> None:
        if self.year is None or day.year != self.year.year:
            self.load(day)
            return
        self.selected = day
        self._draw()

    def _show_failure(self, error: WorkbenchError) -> None:
        """Show that the year cannot be read; a year that was loaded before stays."""
        if self.year is not None:
            report(self, error)
            return
        self.notice.update(failure_page(error, keys.RELOAD))
        self.add_class("-notice")

    def _draw(self) -> None:
        view, width = self.view(), max(10, self.size.width - 2)
        head = joined(*title_words(self.year, self.selected.year, view))
        self.query_one(HeaderBar).update(row(head, reviewer_status(self.services.actor.login, None, view), width))
        if self.year is not None and self.year.year == self.selected.year:
            # Always leave a cell for the scroll bar, so that columns do not shift when it appears.
            lines = year_lines(self.year, self.selected, width - 1, view)
            self.months.update(Content("\n").join(lines.lines))
            self.query_one("#day", Static).update(day_lines(self.year, self.selected, view, width))
            self.query_one("#legend", Static).update(legend_lines(view, width))
            self.view_port.follow(lines)
        self.refresh_bindings()

    on_resize = _draw
