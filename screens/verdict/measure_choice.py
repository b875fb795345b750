"""What happens to the cards: its line in the verdict dialog, and the dialog that chooses the numbers."""

from textual.app import ComposeResult
from textual.content import Content

from screens.verdict.form_state import VerdictState
from screens.verdict.mark_list import MarkDialog, MarkLine, MarkList
from screens.widgets.safe_text import ACCENT, MUTED, Static, joined, key_hints, plain
from workbench.domain.case.casefile import VerdictPreview
from workbench.domain.case.vocabulary import Measure
from workbench.i18n import _, with_details
from workbench.keys import registry as keys
from workbench.wording.case.labels import MEASURE_WORDS, numbers_words

_KEY = f"{ACCENT} bold"


def measure_line(state: VerdictState, preview: VerdictPreview | None) -> Content:
    """Return what happens to which cards; empty if the policy leaves no choice."""
    if preview is None or len(preview.measures) <= 1:
        return Content()
    line, measure = joined((keys.MEASURE.key, _KEY), (f" {_('cards')}  ", MUTED)), _(MEASURE_WORDS[state.measure])
    if state.measure is Measure.NONE or len(preview.numbers) <= 1:
        return Content.assemble(line, measure)
    chosen = [number for key, number in preview.numbers.items() if key in state.numbers]
    words = numbers_words(chosen) if state.numbers else _("all {total} numbers").format(total=len(preview.numbers))
    choose = key_hints((keys.NUMBERS.key, _("choose")))
    return Content.assemble(line, f"{with_details(measure, words)}   ", choose)


class NumberChooser(MarkDialog[tuple[str, ...]]):
    """Lists the numbers of a case to mark; the result is the keyed hashes of the marked ones, () for all."""

    def __init__(self, state: VerdictState, preview: VerdictPreview) -> None:
        lines = [MarkLine(key, number, plain(""), is_bright=True) for key, number in preview.numbers.items()]
        # The draft may have numbers that are out of service by now.
        chosen = [key for key in state.numbers if key in preview.numbers]
        super().__init__(_("{what}: for which numbers?").format(what=_(MEASURE_WORDS[state.measure])), lines, chosen)

    def parts(self) -> ComposeResult:
        yield MarkList()
        words = _("Without a mark, it concerns all {total} numbers.").format(total=len(self.lines))
        yield Static(plain(words, MUTED), id="hint", markup=False)
        yield Static(key_hints(("1-9 Space", _("mark")), ("Enter", _("use these")), ("Esc", _("back"))), markup=False)

    def action_take(self) -> None:
        self.leave(self.marked)
