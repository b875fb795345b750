"""The predefined lists, which columns a list shows, and how wide each is."""

from dataclasses import dataclass

from screens.queue.columns import CHOOSABLE, MAX_APPLICANT, MIN_APPLICANT, USUAL_COLUMNS, QueueColumn
from workbench.domain.filter.ordering import ORDER_WORDS, ListLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A predefined filter with its own screen; an empty filter line returns to `filter_text`."""

    id: str
    name: str
    filter_text: str


ALWAYS_SHOWN = frozenset({"signs", "case", "applicant"})
"""The columns that are always shown."""


def usable_layout(saved: ListLayout) -> ListLayout:
    """Return a saved layout without unknown orders and columns, which a file of another version may have."""
    order = saved.order if saved.order.removeprefix("-") in ORDER_WORDS else ""
    return ListLayout(order, tuple(name for name in saved.columns if name in CHOOSABLE))


def columns(width: int, chosen: tuple[str, ...]) -> list[tuple[QueueColumn, int]]:
    """Return the chosen columns of a row, each with its width; if none are chosen, the usual columns.

    If the row is too narrow, the last chosen columns are left out.
    """
    shown = [column for column in USUAL_COLUMNS if column.min_row_width <= width <= column.max_row_width]
    if chosen:
        shown = _chosen_columns(width, chosen)
    applicant_cells = min(max(MIN_APPLICANT, _room_left(width, shown)), MAX_APPLICANT)
    return [(column, column.cells or applicant_cells) for column in shown]


def _chosen_columns(width: int, chosen: tuple[str, ...]) -> list[QueueColumn]:
    """Return the chosen columns that fit into a row, and those that are always shown."""
    names = [name for name in CHOOSABLE if name in ALWAYS_SHOWN or name in chosen]
    while True:
        # State and person are one column in a narrow window.
        shown = list(dict.fromkeys(_variant_for(name, width) for name in names))
        unneeded = [name for name in names if name not in ALWAYS_SHOWN]
        if not unneeded or _room_left(width, shown) >= MIN_APPLICANT:
            return shown
        names.remove(unneeded[-1])


def _variant_for(name: str, width: int) -> QueueColumn:
    """Return the variant of a column for a row of this width."""
    *variants, last = CHOOSABLE[name]
    return next((column for column in variants if column.min_row_width <= width <= column.max_row_width), last)


def _room_left(width: int, shown: list[QueueColumn]) -> int:
    return width - sum(column.cells + column.gap for column in shown)
