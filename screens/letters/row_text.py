"""A letter as one line of the list, and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from screens.panels.letters import delivery_outcome
from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part, fitted, joined, plain, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.records import NoticeLine
from workbench.domain.text.safe import pad_right
from workbench.i18n import _, comma_joined, sentences_joined
from workbench.services.outbox.outbox import NoticePage
from workbench.wording.amounts import commas
from workbench.wording.letters import has_passed, letter_kind_words, overdue_letters_words, overdue_measures_words
from workbench.wording.measures import measure_order_words

_MARK_CELLS = 2
"""The width of the column of marks."""

_COLUMN_CELLS, _WIDE_COLUMN_CELLS = (10, 18, 12), (10, 27, 20)
"""The widths of the columns case, kind and release; from `_WIDE` cells on, the longest kind and the weekday fit."""

_WIDE = 100


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters the list shows; by default all."""

    case_id: int | None = None
    is_unsent_only: bool = False

    def nothing_words(self) -> str:
        """Return why the list is empty."""
        if self.is_unsent_only:
            return _("No letter is waiting to be sent.")
        if self.case_id is not None:
            return _("{case} has no letters.").format(case=format_case(self.case_id))
        return _("There are no letters yet. A verdict writes one.")


def heading_line(width: int) -> Content:
    """Return the titles of the columns."""
    titles, outcome = (_("Case"), _("Kind"), _("Released")), (_("What became of it"), MUTED)
    return _columns(" " * _MARK_CELLS, titles, outcome, width, MUTED)


def row_line(line: NoticeLine, view: View, width: int, *, is_marked: bool) -> Content:
    """Return a letter as a line of the list."""
    released = view.instant(line.release_at) if width >= _WIDE else view.short_instant(line.release_at)
    if not line.is_released:
        released = _("not yet")
    cells = (format_case(line.case_id), letter_kind_words(line), released)
    sign = view.symbols.mine if is_marked else ""
    return _columns(pad_right(sign, _MARK_CELLS), cells, delivery_outcome(line, view), width, "")


def summary(page: NoticePage, letter_filter: LetterFilter, view: View) -> Content:
    """Return the line over the list: its filter, how many letters are owed and overdue, and which are shown."""
    parts: list[Part] = []
    if letter_filter.case_id is not None:
        parts.append((_("Only {case}").format(case=format_case(letter_filter.case_id)), ACCENT))
    if letter_filter.is_unsent_only:
        parts.append((_("Only unsent"), ACCENT))
    parts.append((_("{count} to send").format(count=commas(page.owed)), ""))
    parts += [(_("{count} failed").format(count=commas(page.failed)), ERROR)] if page.failed else []
    parts += [(overdue_letters_words(page.overdue), ERROR)] if page.overdue else []
    parts += [(overdue_measures_words(page.measures_overdue), WARNING)] if page.measures_overdue else []
    if len(page.lines) < page.total:
        message = _("the first {shown} of {total} are shown")
        parts.append((message.format(shown=commas(len(page.lines)), total=commas(page.total)), WARNING))
    return joined((f" {view.symbols.dot} ", MUTED)).join(joined(part) for part in parts)


def about_sending(lines: Sequence[NoticeLine], view: View) -> str:
    """Return what a person must know before marking letters as sent: nothing undoes it, and a deadline may be over."""
    passed = sorted({format_case(line.case_id) for line in lines if has_passed(line, view.now)})
    sentences = [_("A letter stays marked as sent; this cannot be undone.")]
    if passed:
        message = _("The deadline in the letter of {cases} has passed; marking it as sent moves the deadline on.")
        sentences.append(message.format(cases=comma_joined(passed)))
    return sentences_joined(sentences)


def owed_lines(orders: Sequence[MeasureOrder], view: View, width: int) -> list[Content]:
    """Return a line for each number to bar or restore, ordered by due date."""
    if not orders:
        return [plain(_("No number is to be barred or restored."), MUTED)]
    how = _(
        "An admin or supervisor exports the work list with `workbench export measures`, and confirms what was carried "
        "out with `workbench measures done FILE`."
    )
    lines = [*wrapped_lines(how, width, MUTED), Content()]
    for order in sorted(orders, key=lambda order: order.due_at):
        what = f"{format_case(order.case_id)} {view.symbols.dot} {order.msisdn or _('number unknown')}"
        words = f"{what} {view.symbols.dot} {measure_order_words(order, view.now, view.zone)}"
        lines += wrapped_lines(words, width, WARNING if order.is_overdue(view.now) else "")
    return lines


def _columns(mark: str, cells: tuple[str, ...], outcome: Part, width: int, style: str) -> Content:
    """Return the columns of a line: the mark, the cells in a style, and the outcome of the letter."""
    rooms = _WIDE_COLUMN_CELLS if width >= _WIDE else _COLUMN_CELLS
    parts: list[Part] = [(mark, ACCENT)]
    parts += [(pad_right(fitted(cell, room - 1), room), style) for cell, room in zip(cells, rooms, strict=True)]
    text, outcome_style = outcome
    return joined(*parts, (fitted(text, width - _MARK_CELLS - sum(rooms)), outcome_style))
