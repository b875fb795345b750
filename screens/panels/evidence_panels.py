"""The evidence panels: side by side, as tabs in a narrow window, or with one panel zoomed."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.reactive import var

from screens.panels.calls import calls_lines
from screens.panels.credit import credit_lines
from screens.panels.history import history_lines
from screens.panels.identity import identity_lines, paper_lines
from screens.panels.lines import PanelLine, finding_counts, muted, severity_rank
from screens.panels.panel import Panel, PanelLines
from screens.shell.bindings import bind
from screens.shell.view import Symbols, View, symbols_of
from screens.widgets.safe_text import MUTED, Static, plain
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind
from workbench.i18n import N_, _
from workbench.keys import desk
from workbench.wording.retention import erased_words

_TITLES = {
    "identity": N_("Identity"),
    "activity": N_("Call activity"),
    "credit": N_("Credit"),
    "history": N_("History"),
}
"""The titles of the panels by name, in their order."""

_SHORT_TITLES = {"activity": N_("Calls")}
"""The titles of tabs that are shorter than those of their panels."""

_MIN_HISTORY, _BORDERS = 4, 2
"""The lines that the history has at least, and those of the border of a panel."""

_ROOM_FOR_HISTORY = 170
"""From this width on, the history is beside the evidence instead of below it."""


def _unless_erased(lines_of: PanelLines) -> PanelLines:
    """Return a function that says of an erased case that its evidence is gone, instead of showing empty facts."""

    def lines(case: CaseFile, view: View, width: int) -> Sequence[PanelLine]:
        if case.header.erased_at is None:
            return lines_of(case, view, width)
        return muted(erased_words(case.header.erased_at.astimezone(view.zone).date()), width)

    return lines


class EvidencePanels(Container):
    """Shows evidence and history of a case in four panels.

    Args:
        subject: The title of a fifth panel, such as that of an appeal, and the function that returns its lines.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(desk.IDENTITY, "go('identity')"),
        bind(desk.CALLS, "go('activity')"),
        bind(desk.CREDIT, "go('credit')"),
        bind(desk.HISTORY, "go('history')"),
        bind(desk.NEXT_PANEL, "step(1)"),
        bind(desk.PREVIOUS_PANEL, "step(-1)"),
        bind(desk.ZOOM, "zoom"),
    ]

    tabs = getters.query_one("#tabs", Static)
    active: var[str] = var("identity", init=False)
    is_zoomed: var[bool] = var(default=False, toggle_class="-zoomed", bindings=True, init=False)

    def __init__(self, subject: tuple[str, PanelLines] | None = None) -> None:
        super().__init__(id="panels", classes="-with-subject" if subject is not None else None)
        self._case: CaseFile | None = None
        self._subject = subject
        self._titles = _TITLES if subject is None else {**_TITLES, "subject": subject[0]}

    def compose(self) -> ComposeResult:
        yield Static(id="tabs", markup=False)
        if self._subject is not None:
            yield Panel("subject", self._subject[1])
        with Horizontal(id="evidence"):
            yield Panel("identity", _unless_erased(self._identity_lines))
            yield Panel("activity", _unless_erased(calls_lines))
            yield Panel("credit", _unless_erased(self._credit_lines))
        yield Panel("history", history_lines)

    def _identity_lines(self, case: CaseFile, view: View, width: int) -> Sequence[PanelLine]:
        return identity_lines(case, view, width, shows_papers=not self.is_side_by_side)

    def _credit_lines(self, case: CaseFile, view: View, width: int) -> Sequence[PanelLine]:
        papers = paper_lines(case, view, width) if self.screen.has_class("-wide") else ()
        return [*credit_lines(case, view, width), *papers]

    @property
    def is_side_by_side(self) -> bool:
        """Whether the evidence panels are beside each other; then the documents and the use are below the credit."""
        return not self.is_zoomed and self.screen.has_class("-wide")

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _ROOM_FOR_HISTORY, "-vast")
        # The class changes the widths of the panels first.
        self.call_after_refresh(self._share_height)
        # If the panels were hidden before, their tabs were drawn without a width.
        self._show_tabs()

    def on_panel_width_changed(self) -> None:
        # A hidden panel has no width, and so no known height. When the last one is shown, all heights are known.
        if all(panel.size.width for panel in self.query(Panel)):
            self._share_height()

    def watch_active(self) -> None:
        self._mark_active()
        self._show_tabs()

    def watch_is_zoomed(self) -> None:
        for name in ("identity", "credit"):
            self.query_one(f"#{name}", Panel).rebuild_lines()
        if self.is_zoomed:
            self._share_height()
        else:
            # The hidden panels have no width yet, or keep theirs.
            self.call_after_refresh(self._share_height)

    def _share_height(self) -> None:
        """Give the history below the evidence the lines that the evidence leaves, and at least a few."""
        if not self.size:
            return
        history, height = self.query_one("#history", Panel), None
        if self.is_side_by_side and self._subject is None and not self.has_class("-vast"):
            needed = max(self.query_one(f"#{kind.value}", Panel).needed_rows for kind in PanelKind) + _BORDERS
            left = max(_MIN_HISTORY, self.size.height - needed)
            height = min(left, history.needed_rows + _BORDERS)
        if history.styles.height is None or history.styles.height.value != height:
            history.styles.height = height

    def on_descendant_focus(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Panel) and focused.id:
            self.active = focused.id

    @property
    def panel(self) -> Panel:
        """The active panel."""
        return self.query_one(f"#{self.active}", Panel)

    @property
    def most_severe(self) -> str:
        """The name of the panel with the most severe finding; the first of several."""
        if self._case is None:
            return next(iter(PanelKind)).value
        return min(PanelKind, key=partial(severity_rank, self._case)).value

    def show(self, case: CaseFile, view: View) -> None:
        """Show a case in all panels."""
        self._case = case
        for number, (name, title) in enumerate(self._titles.items(), start=1):
            counts = _counts(case, name, view.symbols)
            heading = Content.assemble(f"{number} {_(title)}", "  " if counts else "", counts)
            self.query_one(f"#{name}", Panel).show(heading, case, view)
        self._share_height()
        self._show_tabs()

    def action_go(self, name: str) -> None:
        """Go to a panel."""
        self.active = name
        self.panel.focus(scroll_visible=False)

    def action_step(self, by: int) -> None:
        """Go to the next or the previous panel."""
        names = list(self._titles)
        self.action_go(names[(names.index(self.active) + by) % len(names)])

    def action_zoom(self) -> None:
        """Show only the active panel, or all panels again."""
        self.is_zoomed = not self.is_zoomed
        self.panel.text.refresh(layout=True)

    def _mark_active(self) -> None:
        for panel in self.query(Panel):
            panel.set_class(panel.id == self.active, "-active")
        self.set_class(self.active in {"history", "subject"}, "-without-evidence")

    on_mount = _mark_active

    def _show_tabs(self) -> None:
        if self._case is None:
            return
        symbols = symbols_of(self)
        parts: list[Content] = []
        for number, (name, title) in enumerate((self._titles | _SHORT_TITLES).items(), start=1):
            label = plain(f" {number} {_(title)} ", "bold reverse" if name == self.active else MUTED)
            counts = _counts(self._case, name, symbols)
            parts.append(Content.assemble(label, " ", counts) if counts else label)
        line = Content.assemble(" ", Content(f" {symbols.separator} ").join(parts))
        fitting = line if line.cell_length <= self.size.width else Content(symbols.separator).join(parts)
        self.tabs.update(fitting, layout=False)


def _counts(case: CaseFile, name: str, symbols: Symbols) -> Content:
    """Return the number of findings of a panel; empty for the history and for an erased case, which have none."""
    has_findings = name in set(PanelKind) and case.header.erased_at is None
    return finding_counts(case, PanelKind(name), symbols) if has_findings else Content()
