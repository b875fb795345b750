"""The lines below a verdict that stay visible: its warnings, a message and the keys."""

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from screens.shell.view import View, symbols_of
from screens.verdict import dialog_text
from screens.verdict.form_state import VerdictState
from screens.widgets.safe_text import ERROR, Static, plain
from workbench.domain.case.casefile import CaseFile, VerdictPreview
from workbench.domain.case.vocabulary import Verdict
from workbench.i18n import _
from workbench.keys.command import shown_key
from workbench.keys.desk import DOCUMENTS
from workbench.keys.registry import ITEMS, MARK_REASON, NOTE


class ClosingLines(Vertical):
    """Shows what a reviewer has to know before confirming."""

    warnings = getters.query_one("#warnings", Static)
    message = getters.query_one("#message", Static)
    foot = getters.query_one("#foot", Static)

    def __init__(self, case: CaseFile, view: View) -> None:
        super().__init__(id="ends")
        self._case = case
        self._view = view
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield Static(id="warnings", markup=False)
        yield Static(id="message", markup=False)
        yield Static(id="foot", markup=False)

    def say(self, message: Content) -> None:
        """Show a message."""
        self.message.update(message)

    def show_problem(self, problem: str, preview: VerdictPreview | None, state: VerdictState) -> None:
        """Show a problem; if the preview lists it already, show that it remains and which key leads to it."""
        self._problem = problem
        if preview is not None and problem in preview.problems:
            after_reasons = NOTE if state.verdict is Verdict.PASS else ITEMS
            way = after_reasons if state.reasons else MARK_REASON
            key = shown_key(way.keys[0])
            if problem == preview.to_open:
                # The documents are opened on the desk, below this dialog.
                way, key = DOCUMENTS, f"Esc {DOCUMENTS.key}"
            message = _("Not decided: see “to do” above ({key} {what}).")
            problem = message.format(key=key, what=_(way.label))
        self.say(plain(f"{symbols_of(self).warn} {problem}", ERROR) if problem else Content())

    def draw(self, state: VerdictState, preview: VerdictPreview | None, width: int, *, is_low: bool) -> None:
        """Draw the warnings of a preview."""
        self.warnings.display = preview is not None
        if preview is not None and width:
            layout = (self._view, width, 1 if is_low else 2)
            is_confirming = self._problem in preview.problems
            lines = dialog_text.warning_lines(state, self._case, preview, layout, is_confirming=is_confirming)
            self.warnings.update(lines)
