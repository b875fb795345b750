"""The list of canned texts, and the insertion of one into the text field that has the focus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from screens.dialogs.list_dialog import ListDialog
from screens.shell.protocols import FillsFields
from screens.widgets.safe_text import ACCENT, MUTED, fitted, joined, wrapped_lines
from screens.widgets.text_fields import MultilineField, TextLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import ApplicantKind
from workbench.domain.text.canned_texts import fields_in, fill_fields
from workbench.i18n import _, current_language
from workbench.keys.registry import TEXTS
from workbench.wording.case.canned_fields import field_values

_MAX_LINES = 3
"""The most lines of a text in the list."""

_LETTER_FIELDS = frozenset({"letter-edit", "answer"})
"""The fields whose text the applicant reads."""


@dataclass(frozen=True, slots=True)
class CannedText:
    """A canned text with its fields filled."""

    name: str
    text: str
    refusal: str = ""
    """Why it cannot be inserted here, "" if it can."""


async def insert_text(app: App[Any], own: Mapping[str, str], case: CaseFile | None) -> None:
    """List the canned texts, the user's and those of the policy, and insert the chosen one at the cursor."""
    field = app.focused
    keeps_fields = any(isinstance(screen, FillsFields) for screen in app.screen_stack)
    texts = texts_for(own, case, is_letter=_is_letter(field), keeps_fields=keeps_fields)
    if not texts:
        message = _("There are no canned texts; write some under [texts] in your settings or in the policy.")
        app.notify(message, timeout=6)
        return
    if chosen := await app.push_screen_wait(TextChooser(texts)):
        if isinstance(field, MultilineField):
            start, end = sorted(field.selection)
            # A paragraph begins on a line of its own.
            between = "\n" if field.get_text_range((start[0], 0), start).strip() else ""
            inserted = field.replace(between + chosen.text, start, end, maintain_selection_offset=False)
            field.move_cursor(inserted.end_location)
        elif isinstance(field, TextLine):
            field.replace(chosen.text, *sorted(field.selection))


def _is_letter(field: Widget | None) -> bool:
    return field is not None and (field.id in _LETTER_FIELDS or field.has_class("item"))


def texts_for(
    own: Mapping[str, str], case: CaseFile | None, *, is_letter: bool, keeps_fields: bool
) -> list[CannedText]:
    """Return the texts to offer for a field: the user's, then the policy's in the language of the field.

    In a verdict, the fields are filled when it is given, because its date may change until then. Elsewhere they are
    filled at once, and a text with a field that has no value is refused.
    """
    language = case.header.language if case is not None and is_letter else current_language()
    texts = list(own.items())
    if case is not None:
        shared = [(name, words) for name, words in case.policy.texts.items() if name not in own]
        titles = [words.title.in_language(current_language()) if words.title else name for name, words in shared]
        texts += zip(titles, (words.in_language(language) for _name, words in shared), strict=True)
    if keeps_fields:
        return [CannedText(name, text) for name, text in texts]
    values = _values_of(case, language) if case is not None else {}
    return [_filled(name, text, values) for name, text in texts]


def _values_of(case: CaseFile, language: str) -> dict[str, str]:
    header = case.header
    # The screen masks the name of a person, and a masked name must not get into a text.
    name = "" if header.applicant_kind is ApplicantKind.INDIVIDUAL else header.applicant_name
    return field_values(case, name, header.deadline_at or header.next_action_on, language)


def _filled(name: str, text: str, values: Mapping[str, str]) -> CannedText:
    missing = [f"{{{field}}}" for field in fields_in(text) if field not in values]
    refusal = _("{fields} cannot be filled here").format(fields=" ".join(missing)) if missing else ""
    return CannedText(name, fill_fields(text, values), refusal)


class TextChooser(ListDialog[CannedText, CannedText]):
    """Lists canned texts; the result is the one to insert."""

    DEFAULT_CSS = "TextChooser > Vertical { width: 84; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
        Binding("enter", "choose", show=False),
        Binding(",".join(("q", *TEXTS.keys)), "back", show=False),
    ]

    def __init__(self, texts: Sequence[CannedText]) -> None:
        super().__init__(_("Canned texts"), "", ("Enter", _("insert")), ("1-9", _("insert at once")))
        self._list = texts

    def entry_lines(self, entry: CannedText, width: int) -> list[Content]:
        """Return the name of a text and its first lines, or why it cannot be inserted here."""
        number = list(self._list or ()).index(entry) + 1
        style = MUTED if entry.refusal else f"{ACCENT} bold"
        head = joined((f"{number:>2} ", MUTED), (fitted(f"{entry.name}  {entry.refusal}", width - 3), style))
        lines = wrapped_lines(entry.text, width - 3, MUTED if entry.refusal else "")
        return [head, *(Content.assemble("   ", line) for line in lines[:_MAX_LINES])]

    def action_choose(self, number: int = 0) -> None:
        """Insert the text with a number, or the one under the cursor."""
        at = number - 1 if number else self._cursor
        if self._list and at < len(self._list):
            self.action_move(at - self._cursor)
            if not self._list[at].refusal:
                self.leave(self._list[at])
