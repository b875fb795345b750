"""A case as one line of the queue; a narrow window shows fewer columns."""

from textual.content import Content

from screens.queue.columns import PENDING_WORDS, RowContext
from screens.queue.layout import columns
from screens.shell.view import Symbols
from screens.widgets.safe_text import ACCENT, MUTED, Part, hanging, joined
from workbench.domain.case.vocabulary import Priority, WaitsFor
from workbench.domain.filter.ordering import ListLayout, reversed_order
from workbench.domain.text.safe import cells, fit, pad_right, safe
from workbench.i18n import _

_SIGN_CELLS = 19
"""The width of the column of signs in the legend."""


def row_line(context: RowContext, width: int, chosen: tuple[str, ...] = ()) -> Content:
    """Return a case as a line of exactly `width` cells, with the columns that were chosen."""
    parts: list[Part] = []
    for column, room in columns(width, chosen):
        parts += [*_fitted(column.parts(context, room), room, context.view.symbols, is_right=column.is_right)]
        parts.append((" " * column.gap, ""))
    line = joined(*parts)
    return Content.assemble(line, " " * (width - line.cell_length))


def heading_line(width: int, symbols: Symbols, layout: ListLayout) -> Content:
    """Return the titles of the columns; the title of the sorted column is highlighted."""
    parts: list[Part] = []
    order = layout.order.removeprefix("-")
    for column, room in columns(width, layout.columns):
        style = f"{ACCENT} bold" if order and column.order == order else MUTED
        title = [(_(column.title) if column.title else "", style)]
        parts += [*_fitted(title, room, symbols, is_right=column.is_right), (" " * column.gap, "")]
    return joined(*parts)


def order_at(x: int, width: int, layout: ListLayout) -> str:
    """Return the order of the column whose title is at a cell, "" if there is none; the order in force is reversed."""
    for column, room in columns(width, layout.columns):
        x -= room + column.gap
        if x < 0:
            is_in_force = bool(column.order) and layout.order.removeprefix("-") == column.order
            return reversed_order(layout.order) if is_in_force else column.order
    return ""


def _fitted(parts: list[Part], room: int, symbols: Symbols, *, is_right: bool) -> list[Part]:
    """Return parts cut or padded to `room` cells."""
    fitted: list[Part] = []
    left = room
    for text, style in parts:
        shown = safe(text)
        if cells(shown) > left:
            shown = fit(shown, left, symbols.ellipsis).rstrip()
        fitted.append((shown, style))
        left -= cells(shown)
    blank = (" " * max(0, left), "")
    return [blank, *fitted] if is_right else [*fitted, blank]


def legend_lines(width: int, symbols: Symbols) -> list[Content]:
    """Return the meaning of each symbol of the list, in the order of the columns."""
    ranks = " ".join(map(symbols.of_priority, (Priority.URGENT, Priority.HIGH, Priority.LOW)))
    legend = (
        (symbols.mine, _("held by you; dim: assigned to you")),
        ("x", _("marked")),
        (symbols.block, _("before a date: overdue")),
        (symbols.warn, _("before a date: due today")),
        (symbols.provisional, _("the date is provisional: the calendar of that year is not published yet")),
        (_("with applicant"), _("waiting for the applicant: the clock is paused, so the case is not overdue")),
        (ranks, _("priority: urgent, high, low; no mark for normal")),
        (_("state"), _("empty: queued")),
        (_("returned"), _("the verdict came back to its maker, who decides again")),
        (_("you skipped"), _("comes back to you once something about it changes")),
        (_("back since {when}").format(when="14:30"), _("was put aside until then; the next one for its holder")),
        (_("aside to {when}").format(when="14:30"), _("put aside by its holder until then")),
        (_(PENDING_WORDS[WaitsFor.CARRIER]).format(day="12-02"), _("pending: waits until that day for who is named")),
        (_("rectify by {day}").format(day="12-02"), _("the deadline of the applicant")),
        (f"{symbols.block}2 {symbols.warn}3", _("findings: 2 blocking, 3 warnings")),
        ("rev3", _("held by rev3")),
        ("(sup)", _("assigned to sup and not held yet; offered to nobody else")),
        (_("waits"), _("time since it was received")),
    )
    lines = [joined((_("Queue · symbols"), f"{MUTED} bold"))]
    for sign, meaning in legend:
        lines += hanging([(pad_right(f" {sign}", _SIGN_CELLS), "bold")], meaning, width, MUTED)
    return lines
