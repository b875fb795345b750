"""The predefined lists, which columns a list shows, and how wide each is."""

from dataclasses import dataclass, replace

from screens.queue.columns import CHOOSABLE, MAX_APPLICANT, MIN_APPLICANT, USUAL_COLUMNS, QueueColumn
from workbench.domain.filter.ordering import LATE, ORDER_WORDS, ListLayout, keys_of, names_lateness


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A predefined filter with its own screen; an empty filter line returns to `filter_text`."""

    id: str
    name: str
    filter_text: str


LATE_COLUMNS = ("due", LATE, "state", "who")
"""The columns shown of cases that are likely late, if none were chosen."""

ALWAYS_SHOWN = frozenset({"signs", "case", "applicant"})
"""The columns that are always shown."""


def shown_layout(chosen: ListLayout, filter_text: str) -> ListLayout:
    """Return the layout of a list: that of likely late cases if the list is about them and no columns were chosen."""
    if chosen.columns or not (names_lateness(filter_text, chosen.order) or "stuck" in keys_of(filter_text)):
        return chosen
    return replace(chosen, columns=LATE_COLUMNS)


def usable_layout(saved: ListLayout) -> ListLayout:
    """Return a saved layout without unknown orders and columns, which a file of another version may have."""
    order = saved.order if saved.order.removeprefix("-") in ORDER_WORDS else ""
    return ListLayout(order, tuple(name for name in saved.columns if name in CHOOSABLE))


def columns(width: int, chosen: tuple[str, ...]) -> list[tuple[QueueColumn, int]]:
    """Return the chosen columns of a row, each with its width; if none are chosen, the usual columns.

    If the row is too narrow, the last chosen columns are left out.
    """
    if chosen:
        names = [name for name in CHOOSABLE if name in ALWAYS_SHOWN or name in chosen]
        # State and person are one column in a narrow window.
        while _room_left(width, shown := list(dict.fromkeys(_of_width(name, width) for name in names))) < MIN_APPLICANT:
            unneeded = [name for name in names if name not in ALWAYS_SHOWN]
            if not unneeded:
                break
            names.remove(unneeded[-1])
    else:
        shown = [column for column in USUAL_COLUMNS if column.min_row_width <= width <= column.max_row_width]
    left = _room_left(width, shown)
    return [(column, column.cells or min(max(MIN_APPLICANT, left), MAX_APPLICANT)) for column in shown]


def _of_width(name: str, width: int) -> QueueColumn:
    """Return the variant of a column for a width."""
    *variants, last = CHOOSABLE[name]
    return next((column for column in variants if column.min_row_width <= width <= column.max_row_width), last)


def _room_left(width: int, shown: list[QueueColumn]) -> int:
    return width - sum(column.cells + column.gap for column in shown)
