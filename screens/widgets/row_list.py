"""A list of rows that keeps its cursor on the same row when it is loaded again."""

from collections.abc import Collection, Mapping, Set
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.widgets.safe_text import row_text


class SafeOptionList(OptionList):
    """An option list that ignores page keys before its first layout; Textual would fail, as it knows no lines yet."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self.scrollable_content_region:
            super()._move_page(direction)


class RowList(SafeOptionList, inherit_bindings=False):
    """Lists rows by id; Enter runs the command of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in OptionList.BINDINGS if isinstance(binding, Binding) and binding.key != "enter"
    ]

    DEFAULT_CSS = """
    RowList { height: 1fr; border: none; padding: 0 1; background: $background; scrollbar-size-vertical: 1; }
    RowList:focus { border: none; }
    """

    def __init__(self, *, id: str, marks: Set[int] = frozenset()) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._marks = marks
        self._ids: tuple[int, ...] = ()

    @property
    def current(self) -> int | None:
        """The id of the row under the cursor."""
        at = self.highlighted
        return self._ids[at] if at is not None and at < len(self._ids) else None

    async def text_to_copy(self) -> str | None:
        """Return the marked rows, or else the row under the cursor, one row on each line."""
        chosen: Set[int | None] = (self._marks & set(self._ids)) or {self.current}
        rows = [self.get_option_at_index(index).prompt for index, row_id in enumerate(self._ids) if row_id in chosen]
        return "\n".join(row_text(row.plain) for row in rows if isinstance(row, Content)) or None

    def show(self, rows: Mapping[int, Content], done: Collection[int] = ()) -> None:
        """Show rows. The cursor stays on its row; that row stays at its height, unless the list is at its top.

        If that row is gone, or in `done`, the cursor goes to the row that came next, else to the one before.
        """
        at, top = self.highlighted or 0, self.scroll_offset.y
        row_height = self.virtual_size.height // max(1, len(self._ids))
        # With the mouse, a person may have scrolled the cursor out of view.
        is_visible = 0 <= at * row_height - top < max(1, self.size.height)
        candidates = (*self._ids[at:], *reversed(self._ids[:at]))
        target = next((row_id for row_id in candidates if row_id in rows and row_id not in done), None)
        if top and target is not None and target == self.current:
            top += (list(rows).index(target) - at) * row_height
        self._ids = tuple(rows)
        self.set_options([Option(row) for row in rows.values()])
        self.scroll_to(y=top, animate=False, immediate=True)
        if rows:
            self.highlighted = 0 if target is None else self._ids.index(target)
        if not is_visible:
            self.scroll_to(y=top, animate=False, immediate=True)

    def redraw(self, row_id: int, row: Content) -> None:
        """Draw one row again."""
        self.replace_option_prompt_at_index(self._ids.index(row_id), row)
