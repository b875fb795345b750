"""The evidence panels: side by side, as tabs in a narrow window, or one of them zoomed."""

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from screens.panels.calls import calls_lines
from screens.panels.credit import credit_lines
from screens.panels.history import history_lines
from screens.panels.identity import identity_lines
from screens.panels.lines import counts_of, gravity
from screens.panels.panel import Panel
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from screens.widgets.safe_text import FAINT, joined
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind
from workbench.i18n import _, marked

_KINDS = (PanelKind.IDENTITY, PanelKind.ACTIVITY, PanelKind.CREDIT)
_TITLES = (marked("Identity"), marked("Call activity"), marked("Credit"), marked("History"))
_SHORT = (marked("Identity"), marked("Calls"), marked("Credit"), marked("History"))


class EvidencePanels(Container):
    """Shows the evidence and the history of a case in four panels."""

    PANELS: ClassVar[tuple[str, ...]] = ("identity", "activity", "credit", "history")

    tabs = getters.query_one("#tabs", Static)
    active: reactive[str] = reactive("identity", init=False)
    is_zoomed: reactive[bool] = reactive(default=False, toggle_class="-zoomed", bindings=True, init=False)

    def __init__(self) -> None:
        super().__init__(id="bench")
        self._case: CaseFile | None = None
        self._view: View | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="tabs", markup=False)
        with Horizontal(id="legs"):
            yield Panel("identity", identity_lines)
            yield Panel("activity", calls_lines)
            yield Panel("credit", credit_lines)
        yield Panel("history", history_lines)

    def on_mount(self) -> None:
        self._mark_active()

    def watch_active(self) -> None:
        self._mark_active()
        self._show_tabs()

    def on_descendant_focus(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Panel) and focused.id:
            self.active = focused.id

    @property
    def panel(self) -> Panel:
        """The active panel."""
        return self.query_one(f"#{self.active}", Panel)

    @property
    def gravest(self) -> str:
        """The name of the panel with the most severe finding; the first of several."""
        if self._case is None:
            return self.PANELS[0]
        case = self._case
        return min(self.PANELS[: len(_KINDS)], key=lambda name: gravity(case, _KINDS[self.PANELS.index(name)]))

    def show(self, case: CaseFile, view: View) -> None:
        """Show a case in all panels."""
        self._case, self._view = case, view
        for number, name in enumerate(self.PANELS):
            panel = self.query_one(f"#{name}", Panel)
            counts = counts_of(case, _KINDS[number], view.symbols) if number < len(_KINDS) else Content()
            panel.entitle(f"{number + 1} {_(_TITLES[number])}", counts)
            panel.show(case, view)
        self._show_tabs()

    def go(self, name: str) -> None:
        """Go to a panel."""
        self.active = name
        self.panel.focus(scroll_visible=False)

    def step(self, by: int) -> None:
        """Go to the next or the previous panel."""
        at = self.PANELS.index(self.active) + by
        self.go(self.PANELS[at % len(self.PANELS)])

    def _mark_active(self) -> None:
        for panel in self.query(Panel):
            panel.set_class(panel.id == self.active, "-active")
        self.set_class(self.active == "history", "-history")

    def _show_tabs(self) -> None:
        if self._case is None:
            return
        symbols = symbols_of(self)
        parts: list[Content] = []
        for number, name in enumerate(self.PANELS):
            style = "bold reverse" if name == self.active else FAINT
            title = joined((f" {number + 1} {_(_SHORT[number])} ", style))
            if number < len(_KINDS):
                counts = counts_of(self._case, _KINDS[number], symbols)
                title = Content.assemble(title, " ", counts)
            parts.append(title)
        self.tabs.update(Content.assemble(" ", Content(f" {symbols.bar} ").join(parts)))
