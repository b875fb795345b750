"""The filter line of the queue, with an error message or completions below it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from os.path import commonprefix
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from screens.queue.filter_help import (
    Reader,
    completions,
    hint_lines,
    problem_in,
    word_at,
)
from screens.shell.base_screen import attempt, in_thread
from screens.widgets.safe_text import Static
from screens.widgets.text_fields import TextLine
from workbench.domain.filter.meant import NOTHING_KNOWN, KnownValues, value_terms


class FilterField(TextLine):
    """The text field of the filter: Tab completes the word at the cursor, Ctrl+U clears the line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False),
        Binding("ctrl+u", "clear_line", show=False),
    ]

    known: KnownValues = NOTHING_KNOWN
    _offered: tuple[str, ...] = ()
    """The completions that Tab goes through."""

    def action_clear_line(self) -> None:
        """Clear the whole line; after an error the cursor is in the middle of it."""
        self.clear()

    def action_complete(self) -> None:
        """Extend the word at the cursor to what all completions begin with, or else go through the completions."""
        word = word_at(self.value, self.cursor_position)
        if len(self._offered) == 1 or word.text not in self._offered:
            self._offered = completions(word, self.known)
        replacement = commonprefix(self._offered)  # noqa: RUF071 - characters, not paths
        if self._offered and (replacement == word.text or not replacement.startswith(word.text)):
            following = self._offered.index(word.text) + 1 if word.text in self._offered else 0
            replacement = self._offered[following % len(self._offered)]
        self.replace(replacement or word.text, word.start, self.cursor_position)


class FilterBar(Vertical):
    """The filter line with four lines of help; hidden until it is opened."""

    DEFAULT_CSS = """
    FilterBar { display: none; height: 5; padding: 0 1; background: $surface; }
    FilterBar.-open { display: block; }
    FilterBar Horizontal { height: 1; }
    FilterBar #slash { width: 2; color: $text-accent; text-style: bold; }
    FilterBar Input { width: 1fr; border: none; height: 1; padding: 0; background: $panel; }
    FilterBar Input:focus { border: none; }
    FilterBar #help { height: 4; padding-left: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    is_open: reactive[bool] = reactive(default=False, toggle_class="-open", init=False, bindings=True)

    field = getters.query_one(FilterField)
    help_lines = getters.query_one("#help", Static)

    @dataclass
    class Applied(Message):
        """A valid filter was entered; an empty text clears the filter."""

        text: str

    def __init__(self, load_reader: Callable[[], Awaitable[Reader]], load_known: Callable[[], KnownValues]) -> None:
        super().__init__()
        self._load_known = load_known
        self._load_reader = load_reader
        self._reader: Reader | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", id="slash", markup=False)
            yield FilterField(id="filter")
        yield Static(id="help", markup=False)

    def on_mount(self) -> None:
        # Watch the attribute: `Input.Changed` arrives after the field is painted, so the help would be a frame late.
        self.watch(self.field, "selection", lambda _selection: self._show_help(), init=False)

    def open(self, text: str) -> None:
        """Open the line with the current filter."""
        self.is_open = True
        self.field.value = text
        self.field.cursor_position = len(text)
        # Set the focus at once: `focus` would set it only after keys that were typed before.
        self.screen.set_focus(self.field)
        self._show_help()
        self._load()

    @work(exclusive=True, group="read")
    async def _load(self) -> None:
        """Load the calendar, which the help needs to explain dates, and the values that complete a word."""
        self._reader = await attempt(self, self._load_reader)
        self.field.known = await attempt(self, in_thread(self._read_known)) or NOTHING_KNOWN
        self._show_help()

    def _read_known(self) -> KnownValues:
        known = self._load_known()
        # The first search by pinyin takes half a second, which the first letters that are typed should not wait for.
        value_terms("zz", known)
        return known

    @on(Input.Changed)
    def update_help(self, event: Input.Changed) -> None:
        """Show what is wrong with the text, or how it can continue."""
        event.stop()
        self._show_help()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Apply a valid filter; otherwise move the cursor to the error."""
        event.stop()
        problem = problem_in(event.value)
        if problem is None:
            self.post_message(self.Applied(event.value.strip()))
            return
        self.field.cursor_position = min(problem.end, len(event.value))
        self._show_help(is_submitted=True)

    def on_resize(self) -> None:
        if self.is_open:
            self._show_help()

    def _show_help(self, *, is_submitted: bool = False) -> None:
        width = max(10, (self.size.width or self.app.size.width) - 4)
        field = self.field
        lines = hint_lines(
            (field.value, field.cursor_position),
            round(field.scroll_offset.x),
            width,
            self._reader,
            field.known,
            is_submitted=is_submitted,
        )
        self.help_lines.update(Content("\n").join(lines), layout=False)
