"""Dialogs that choose items to rectify: the one to waive, with a reason, or the documents to ask for."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual import events, getters, on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens.dialogs.choice import ChoiceDialog
from screens.panels.history import item_words
from screens.shell.view import View, symbols_of
from screens.verdict.mark_list import MarkDialog, MarkLine, MarkList
from screens.widgets.safe_text import MUTED, WARNING, Static, WrappedText, flowing, hanging, key_hints, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.items import vague_items
from workbench.domain.case.records import ItemLine
from workbench.domain.policy.policy import Reason
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.wording.findings import document_name

NumberedItem = tuple[int, ItemLine]
"""An item with its number in the list of all items, by which the service knows it."""


def open_items(case: CaseFile) -> list[NumberedItem]:
    """Return the items that the applicant of a case still has to rectify."""
    latest = next(reversed(case.decisions_in_effect), None)
    numbered = enumerate(latest.items if latest is not None else (), start=1)
    return [(number, item) for number, item in numbered if item.is_open]


class ReceivedItems(MarkDialog[tuple[str, ...]]):
    """Lists the items that are owed, to mark those that came without a file; the result is their numbers.

    Enter without a mark asks for a second Enter, because the case then leaves the applicant with nothing received.
    """

    DEFAULT_CSS = "ReceivedItems > Vertical { width: 90; }"

    hint = getters.query_one("#hint", WrappedText)

    def __init__(self, title: str, items: Sequence[NumberedItem], view: View) -> None:
        lines = [MarkLine(str(number), item_words(item, view), plain(""), is_bright=True) for number, item in items]
        super().__init__(title, lines)
        self._is_warned = False

    def parts(self) -> ComposeResult:
        yield WrappedText(plain(_("What came without a file, such as on paper? Mark it."), MUTED), markup=False)
        yield MarkList()
        yield WrappedText(id="hint", markup=False)
        keys = (("1-9 Space", _("mark")), ("Enter", _("next: the note")), ("Esc", _("back")))
        yield Static(key_hints(*keys), markup=False)

    def action_take(self) -> None:
        if self.marked or self._is_warned:
            self.leave(self.marked)
            return
        self._is_warned = True
        words = _("Nothing is marked: none of these items counts as received. Enter again goes on; Esc goes back.")
        self.hint.update(plain(words, WARNING))


class WaiverDialog(ChoiceDialog[int]):
    """Asks which item to waive, and why."""

    DEFAULT_CSS = """
    WaiverDialog > Vertical { width: 90; }
    WaiverDialog #choices { margin-top: 1; }
    """
    ACT: ClassVar[str] = N_("waive")

    def __init__(self, name: str, items: Sequence[NumberedItem], view: View) -> None:
        words = {number: item_words(item, view) for number, item in items}
        title, reason = _("Waive an item of {case}"), _("Reason, for colleagues")
        super().__init__(title.format(case=name), words, _("item"), placeholder=reason)

    def parts(self) -> ComposeResult:
        hint = _("The applicant is told that this is no longer needed, not why.")
        yield WrappedText(plain(hint, MUTED), markup=False)
        yield from super().parts()

    def choice_lines(self, width: int) -> list[Content]:
        """Return the items, each starting on a new line."""
        symbols, lines = symbols_of(self), list[Content]()
        for number, words in self._words.items():
            mark, style = (symbols.chosen, "bold") if number == self._choice else (symbols.unchosen, "")
            lines += hanging([(f"{mark} {number}. ", style)], words, width)
        return lines


_BOX_CELLS, _FRAME_CELLS, _MAX_WINDOW_SHARE = 90, 5, 0.96
"""The width of the box, the cells of its frame and scroll bar, and the greatest share of the window that it takes."""


class _DocumentList(MarkList):
    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's method
        """Say that letters are text, so that a text reaches the dialog whole."""
        return (character or "").isalpha()


class ItemChooser(MarkDialog[str]):
    """Lists the documents of a case to mark, with a field for another text; the result is the text of the item."""

    DEFAULT_CSS = """
    ItemChooser > Vertical { width: 90; }
    ItemChooser Input { margin-top: 1; }
    """

    words = getters.query_one(Input)
    hint = getters.query_one("#hint", Static)

    def __init__(self, reason: Reason, case: CaseFile) -> None:
        question = _("Which documents? {reason}") if reason.names_documents else _("What has to be sent? {reason}")
        self._case = case
        received = {document.kind for document in case.evidence.documents}
        required = case.policy.documents.required.get(case.header.applicant_kind, ())
        # Those that the applicant owes or sent come first; `sorted` is stable.
        others = sorted(case.policy.documents.names, key=lambda kind: kind not in received)
        self._kinds = {kind.value: kind for kind in (*required, *others)}
        lines = [
            MarkLine(
                code,
                document_name(kind, case.policy, current_language()),
                plain(_("already received") if kind in received else "", MUTED),
                is_bright=True,
            )
            for code, kind in self._kinds.items()
        ]
        super().__init__(question.format(reason=reason.title.in_language(current_language())), lines)

    def parts(self) -> ComposeResult:
        width = min(_BOX_CELLS, int(self.app.size.width * _MAX_WINDOW_SHARE))
        yield _DocumentList(width=width - _FRAME_CELLS)
        yield TextLine(placeholder=_("or in your own words"), classes=f"item {PROSE}")
        keys = [("↑ ↓", _("choose")), ("1-9 Space", _("mark")), ("Tab", _("own words"))]
        keys += [("Enter", _("use these")), ("Esc", _("leave it open"))]
        hints = [key_hints(key) for key in keys]
        yield Static(Content("\n").join(flowing(hints, width - _FRAME_CELLS)), id="hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Begin your own words with a letter that is typed over the list; digits and Space mark."""
        if self.list.has_focus and self.list.check_consume_key(event.key, event.character):
            event.stop()
            self._write(event.character or "")
        else:
            super().on_key(event)

    def on_paste(self, event: events.Paste) -> None:
        """Begin your own words with a text that an input method, or a paste, puts over the list."""
        self._write(event.text)

    def _write(self, text: str) -> None:
        # Otherwise the field selects the first text, and the next replaces it.
        self.words.select_on_focus = False
        self.words.focus()
        self.words.insert_text_at_cursor(text)

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Close with the marked documents and the typed text, joined in the language of the letter, if there is any."""
        language = self._case.header.language
        names = [document_name(self._kinds[code], self._case.policy, language) for code in self.marked]
        text = comma_joined(filter(None, [*names, self.words.value.strip()]), language=language)
        if text:
            self.leave(text)
        else:
            self.hint.update(plain(_("Mark a document or write what is needed; Esc leaves it open."), WARNING))


def ask_item(
    app: App[Any], request: VerdictRequest, case: CaseFile, codes: Iterable[str], write: Callable[[str, str], None]
) -> bool:
    """Ask for the item of the first reason whose item is vague, and write it; return whether there is such a reason."""
    vague = vague_items(request, case.policy, case.findings)
    code = next((code for code in codes if code in vague), None)
    if code is not None:
        dialog = ItemChooser(case.policy.reasons[code], case)
        app.push_screen(dialog, lambda text: write(code, text) if text else None)
    return code is not None
