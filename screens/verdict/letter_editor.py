"""The text for the applicant, which can be edited where it is shown."""

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import TextArea

from screens.verdict.form_state import FormEdited
from screens.widgets.safe_text import MUTED, Static, editable, key_hints, paragraphs, plain, row
from screens.widgets.text_fields import MultilineField
from workbench.domain.case.casefile import CaseFile, VerdictPreview
from workbench.i18n import _
from workbench.keys.registry import LETTER, WHOLE_LETTER
from workbench.wording.letters import gloss_heading, letter_heading


class LetterView(Static, can_focus=True):
    """The text while it is not edited; focusing it starts editing."""


class LetterEditor(Vertical):
    """A heading, and below it either the text or the field in which the reviewer edits it."""

    shown = getters.query_one("#letter", LetterView)
    edit = getters.query_one("#letter-edit", MultilineField)

    def __init__(self, case: CaseFile, width: int) -> None:
        super().__init__()
        self._case = case
        self._width = width
        self._text = ""
        self._last_text = ""
        """The text that was last loaded into the field or posted."""
        self._is_edited = False
        """Whether the reviewer changed the text since it was loaded into the field."""

    def compose(self) -> ComposeResult:
        yield Static(self._heading(self._width), id="letter-heading", classes="title", markup=False)
        yield Static(id="translation", markup=False)
        yield LetterView(id="letter", markup=False)
        yield MultilineField(id="letter-edit")

    def on_resize(self) -> None:
        heading = self.query_one("#letter-heading", Static)
        heading.update(self._heading(heading.content_size.width))

    def _heading(self, width: int) -> Content:
        left = plain(letter_heading(self._case.header.language, self._text), MUTED)
        keys = key_hints((LETTER.shown_keys, _("edit")), (WHOLE_LETTER.shown_keys, _("whole letter")))
        return row(left, keys, width)

    def show(self, own_text: str | None, preview: VerdictPreview | None) -> None:
        """Show the reviewer's text, or else that of the preview; above it, what it says in the language in use."""
        is_own, translation = bool(own_text), preview.translation if preview else ""
        self._text = editable(own_text or (preview.letter if preview else ""))
        translated = self.query_one("#translation", Static)
        translated.display = bool(translation)
        translated.update(paragraphs(f"{gloss_heading(self._case.header.language)}\n{translation}"))
        self.shown.update(paragraphs(self._text))
        self.on_resize()
        if self.edit.display and not (is_own or self._is_edited) and self._last_text != self._text:
            # The reviewer typed nothing yet, and the text from the reasons has changed.
            self._load()

    @on(DescendantFocus, "#letter")
    def begin(self) -> None:
        """Edit the text."""
        self._load()
        # Move the focus while both widgets are shown: hiding a focused widget would focus an unrelated one.
        self.edit.display = True
        self.screen.set_focus(self.edit)
        self.shown.display = False

    def _load(self) -> None:
        self._last_text, self._is_edited = self._text, False
        self.edit.load_text(self._text)
        self.edit.move_cursor(self.edit.document.end)

    def stop(self) -> None:
        """Show the text again."""
        self.shown.display = True
        self.edit.display = False

    @on(TextArea.Changed, "#letter-edit")
    def post_edited(self, event: TextArea.Changed) -> None:
        """Post the edited text, unless it was posted already."""
        event.stop()
        text = self.edit.text
        # Compare with the last posted text, since the dialog updates the shown text a little later.
        if self.edit.display and text != self._last_text:
            self._last_text, self._is_edited = text, True
            # If the reviewer empties the text, the letter uses the texts of the reasons again.
            self.post_message(FormEdited(letter=text if text.strip() else None))
