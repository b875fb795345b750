"""The header of the queue: its list and filter, counts, reviewer and time."""

from textual.content import Content

from screens.queue.case_list import CaseList
from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, MUTED, WARNING, Part, joined, row
from workbench.domain.filter.ordering import DEFAULT_ORDER, list_order_words
from workbench.domain.filter.parser import in_shown_words, parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.keys.registry import with_keys
from workbench.services.queue.listing import Queue
from workbench.wording.amounts import commas

_WIDE = 108
"""From this width on, the header says what to do about a changed list, and in which order it is by default."""


def header_line(cases: CaseList, login: str, view: View, width: int) -> Content:
    """Return the header: the list and its filter at the left; the counts, the reviewer and the time at the right."""
    dot: Part = (f" {view.symbols.dot} ", MUTED)
    filter_text = mask_digits_within(in_shown_words(cases.filter_text))
    left = joined(
        (cases.view_name or _(cases.preset.name), "bold"),
        ("   ", ""),
        (filter_text or _("all open cases"), "$text-accent" if filter_text else MUTED),
    )
    right: list[Part] = []
    if cases.rows.range_from is not None:
        right += [(_("range started"), ACCENT), dot]
    if cases.rows.marks:
        right += [(_("{count} marked").format(count=commas(len(cases.rows.marks))), f"{ACCENT} bold"), dot]
    if cases.is_stale:
        message = with_keys(_("list changed, press {queue.again} to reload")) if width >= _WIDE else _("changed")
        right += [(message, WARNING), dot]
    right += [(_count_text(cases, view), MUTED), dot]
    first = None if cases.rows.pages is None else cases.rows.pages.row(0)
    if first is not None and first.late is not None:
        right += [(_("chances of {time}").format(time=view.time_of_day(first.late.as_of)), MUTED), dot]
    for part in _order_parts(cases, width):
        right += [part, dot]
    right += [(f"{view.symbols.mine} ", ACCENT), (login, ""), dot, (view.time_of_day(view.now), MUTED)]
    return row(left, joined(*right), width)


def _order_parts(cases: CaseList, width: int) -> list[Part]:
    """Return the order, if it was chosen or a wide window has room for it; otherwise nothing."""
    order, pages = cases.chosen_layout.order, cases.rows.pages
    if order in {"", DEFAULT_ORDER}:
        lists_open_cases = not parse_filter(cases.filter_text).names_state
        has_room = width >= _WIDE and not cases.is_stale and not cases.rows.marks
        return [(list_order_words(order), MUTED)] if has_room and cases.rows.length and lists_open_cases else []
    words = list_order_words(order)
    if pages is not None and not Queue.sorts_all(order, pages.length):
        words = _("the first {count}: {order}").format(count=commas(Queue.MOST_SORTED), order=words)
    return [(words, ACCENT)]


def _count_text(cases: CaseList, view: View) -> str:
    """Return the number of cases of the list, of all open ones if it is a part of them."""
    pages = cases.rows.pages
    if pages is None or pages.count is None:
        return view.symbols.ellipsis
    # The total counts the open cases, so it does not fit a list of closed cases.
    if not pages.filter_text or cases.open_count is None or parse_filter(pages.filter_text).names_state:
        return commas(pages.count)
    return _("{count} of {total}").format(count=commas(pages.count), total=commas(cases.open_count))
