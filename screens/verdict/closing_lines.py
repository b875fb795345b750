"""The lines below a verdict that stay visible: its warnings, a message and the keys."""

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from screens.shell.view import View, symbols_of
from screens.verdict import dialog_text
from screens.verdict.form_state import VerdictState
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Static, joined, plain
from workbench.domain.case.casefile import CaseFile, VerdictPreview
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.policy.policy import Policy
from workbench.domain.text.safe import cells
from workbench.i18n import _, with_details
from workbench.keys.command import shown_key
from workbench.keys.desk import DOCUMENTS
from workbench.keys.registry import CONFIRM, ITEMS, MARK_REASON, NOTE, TEXTS, with_keys


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


def foot_line(
    state: VerdictState,
    preview: VerdictPreview | None,
    policy: Policy | None,
    width: int,
    *,
    is_writing: bool,
    is_prose: bool,
) -> Content:
    """Return the keys, which differ in a text field, and what follows a confirmation if that fits on the line.

    Without a policy, nothing follows: the verdict is a second opinion.
    """
    message = _("letter is released in {seconds} s; {desk.undo} takes it back")
    if preview is not None and preview.check_for and not preview.waiver_reason:
        message = _("a second person decides; {desk.undo} takes it back until then")
    if policy is None:
        message = _("recorded as an opinion; nothing of the case moves")
    then = with_keys(message).format(seconds=policy.desk.grace_s if policy is not None else 0)
    texts = ((TEXTS.key, dialog_text.KEY), (f" {_(TEXTS.label)}   ", "")) if is_prose else ()
    confirm, leave = (
        (shown_key(CONFIRM.permanent_keys[0]), _("leaves the field")) if is_writing else (CONFIRM.key, _("back"))
    )
    confirms = with_details(_("confirm"), dialog_text.fail_kind_words(state))
    ways = ((confirm, dialog_text.KEY), (f" {confirms}   ", ""), ("Esc", dialog_text.KEY), (f" {leave}   ", ""))
    keys = joined(*ways, *texts)
    # Until the preview is computed, what follows is not known.
    is_short = (policy is None or preview is not None) and keys.cell_length + cells(then) <= width
    return Content.assemble(keys, joined((then, MUTED))) if is_short else keys


def too_soon_line() -> Content:
    """Return the explanation that the confirming key was pressed too early or together with other keys."""
    return joined(
        (with_keys(_("Too soon: a verdict takes a press of its own. Look, then press {verdict.confirm}.")), WARNING)
    )
