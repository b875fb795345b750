"""The items that the applicant must rectify, and the date of the verdict."""

from collections.abc import Callable
from datetime import date
from string import ascii_lowercase

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from screens.verdict.form_state import ADD, LEAVE_OUT, FormEdited, VerdictState
from screens.widgets.safe_text import ERROR, MUTED, Static, as_single_line, editable, joined, key_hints, plain, row
from screens.widgets.text_fields import PROSE, TextLine
from screens.widgets.time_field import TimeReader
from workbench.domain.case.casefile import ItemRequest
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.clock.typed.reference import UnclearTime
from workbench.domain.text.safe import cells
from workbench.i18n import _
from workbench.keys.command import shown_key
from workbench.keys.registry import (
    CONFIRM,
    FINAL,
    ITEMS,
    LETTER,
    MEASURE,
    NOTE,
    NUMBERS,
    SEARCH,
    WAIT_FOR,
    WHOLE_LETTER,
)

_COMMANDS = (FINAL, ITEMS, LETTER, MEASURE, NOTE, NUMBERS, SEARCH, WAIT_FOR, WHOLE_LETTER)
_DATE_CELLS = 17
"""The width of the date field and the blanks around it."""


class ItemField(TextLine):
    """The text of one item; empty means `default_text`, the reason's text."""

    def __init__(self, code: str, text: str, default_text: str) -> None:
        placeholder = default_text or _("what has to be submitted or rectified")
        super().__init__(text, placeholder=placeholder, classes=f"item {PROSE}")
        # A key pressed as a command must not replace the text.
        self.select_on_focus = False
        self.code = code
        self.default_text = as_single_line(default_text)

    def on_focus(self) -> None:
        self.cursor_position = len(self.value)

    @property
    def _is_unchanged(self) -> bool:
        return bool(self.value) and self.value == self.default_text

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave the keys of the dialog to it until the text is changed.

        The key that confirms is too grave for a letter that may begin a text; like all other letters, it does nothing.
        """
        is_command = self._is_unchanged and any(key in command.keys for command in _COMMANDS)
        return super().check_consume_key(key, character) and not is_command

    async def _on_key(self, event: events.Key) -> None:
        if not self.check_consume_key(event.key, event.character):
            # Without its character the key is no text.
            event.character = None
        elif self._is_unchanged and event.key in ascii_lowercase:
            event.prevent_default().stop()
            message = _("Letters are no text here: type + or - first. {key} confirms.")
            self.notify(message.format(key=shown_key(CONFIRM.permanent_keys[0])))

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace text; + and - at the end of an unchanged text replace all of it, as the hint says."""
        is_mark = text[:1] in ADD or text in LEAVE_OUT
        is_whole = is_mark and self._is_unchanged and start == end == len(self.value)
        super().replace(text, 0 if is_whole else start, end)

    def on_blur(self) -> None:
        if not self.value.strip():
            self.value = self.default_text


class RectificationForm(Vertical):
    """The items that a verdict asks for, and the date: its deadline, or the next-action date of a pending case."""

    items = getters.query_one("#items", Vertical)
    until = getters.query_one("#until", Input)
    label = getters.query_one("#until-label", Static)
    date_view = getters.query_one("#until-date", Static)

    def __init__(
        self,
        state: VerdictState,
        reader: TimeReader[date],
        items: tuple[ItemRequest, ...],
        width: int,
        *,
        items_first: bool,
    ) -> None:
        super().__init__()
        self._width = width
        self._items_first = items_first
        self._reader = reader
        self._is_pending = state.verdict is Verdict.PENDING
        self._until_text = state.until
        self._texts = dict(state.items)
        self._initial_items = items
        self._codes = tuple(item.code for item in items)
        self._date_words = ("", "")
        """The label of the date, and the date in words."""

    def compose(self) -> ComposeResult:
        yield Static(id="items-title", markup=False)
        hint = _("In the field, + adds, - omits the item; before, letters are commands. ^u restores")
        yield Static(plain(hint, MUTED), id="items-hint", markup=False)
        with Vertical(id="items"):
            yield from map(self._field, self._initial_items)
        with Horizontal():
            yield Static(id="until-label", markup=False)
            yield TextLine(self._until_text, id="until", placeholder=_("e.g. 3 Dec, +5"))
            yield Static(id="until-date", markup=False)

    def on_mount(self) -> None:
        self._show_heading(is_shown=bool(self._codes))
        if self._items_first and self._codes:
            self.enter()

    async def show(self, items: tuple[ItemRequest, ...]) -> None:
        """Show the items; the fields of items that were already shown are kept."""
        codes = tuple(item.code for item in items)
        kept = {field.code: field for field in self.items.query(ItemField)}
        # Also compare with the fields that exist, since a newer preview may have cancelled this method half way.
        if codes == self._codes and codes == tuple(kept):
            return
        self._codes = codes
        self._show_heading(is_shown=bool(codes))
        for code, field in kept.items():
            if code not in codes:
                await field.remove()
        for index, item in enumerate(items):
            if item.code not in kept:
                await self.items.mount(self._field(item), before=index if index < len(self.items.children) else None)

    def _field(self, item: ItemRequest) -> ItemField:
        return ItemField(item.code, editable(self._texts.get(item.code) or item.text), editable(item.text))

    def _show_heading(self, *, is_shown: bool) -> None:
        self.query_one("#items-title").display = is_shown
        self.query_one("#items-hint").display = is_shown
        self.call_after_refresh(self._draw)

    def show_date(self, label: str, date_text: str) -> None:
        """Show the label of the date, and the date or why the typed date cannot be read."""
        self._date_words = (label, date_text)
        self._draw()

    def _draw(self) -> None:
        """Draw the title of the items, and the date with its key."""
        if not self.query("#items-title"):
            # Called after a refresh; the dialog may be closed by then.
            return
        label, date_text = self._date_words
        again = _("{key} again").format(key=shown_key(ITEMS.keys[-1]))
        keys = key_hints((again if self._codes else ITEMS.shown_keys, _("date")))
        title = self.query_one("#items-title", Static)
        edit = key_hints((ITEMS.shown_keys, _("edit")))
        words = _("What the applicant must send") if self._is_pending else _("To be rectified")
        title.update(row(plain(words, MUTED), edit, title.content_size.width or self._width))
        self.label.update(joined((f"{label} ", MUTED)))
        message = plain(self.problem, ERROR) if self.problem else plain(date_text, MUTED)
        width = self.date_view.content_size.width or self._width - cells(label) - _DATE_CELLS
        fits = message.cell_length + keys.cell_length < width
        self.date_view.update(row(message, keys, width) if fits else message)

    on_resize = _draw

    def enter(self) -> None:
        """Focus the first item, or the date if an item has the focus or there is none."""
        fields = list(self.items.query(ItemField))
        is_date_next = not fields or any(field.has_focus for field in fields)
        (self.until if is_date_next else fields[0]).focus()

    def write(self, code: str, text: str) -> None:
        """Set the text of an item; its field shows the text, now or when the field appears."""
        self._texts[code] = text
        for field in self.items.query(ItemField):
            if field.code == code:
                field.value = text
        self.post_message(FormEdited(items=dict(self._texts)))

    def chosen_until(self) -> date | None:
        """Return the typed date; None if the field is empty or cannot be read."""
        return self._read()[0]

    @property
    def problem(self) -> str:
        """Why the typed date cannot be read; empty if it can be, or if the form is not shown."""
        return self._read()[1] if self.display else ""

    def refuses(self, show: Callable[[str], None]) -> bool:
        """Show why the typed date cannot be read, and return whether that is so: a letter would have another date."""
        if problem := self.problem:
            show(problem)
        return bool(problem)

    def _read(self) -> tuple[date | None, str]:
        """Return the typed date, None without one, and why it cannot be read, "" if it can be."""
        text = self.until.value
        if not text.strip():
            return None, ""
        try:
            return self._reader.read(text), ""
        except UnclearTime as error:
            return None, str(error)

    @on(Input.Changed, ".item")
    def item_changed(self, event: Input.Changed) -> None:
        """Post the texts of the items; an empty one means the text of the reason."""
        event.stop()
        if isinstance(event.input, ItemField):
            text = "" if event.value == event.input.default_text else event.value
            # A new field posts its first text too.
            if text != self._texts.get(event.input.code, ""):
                self._texts[event.input.code] = text
                self.post_message(FormEdited(items=dict(self._texts)))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Write a typed date in full when its field is left: tomorrow, +5 in a draft would mean another day."""
        typed = self.chosen_until()
        if event.widget is self.until and typed is not None:
            self.until.value = typed.isoformat()

    @on(Input.Changed, "#until")
    def until_changed(self, event: Input.Changed) -> None:
        """Post the text of the date."""
        event.stop()
        if event.value != self._until_text:
            self._until_text = event.value
            self.post_message(FormEdited(until=event.value))
