"""The header of the queue, and the notices that are shown instead of rows."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part, joined, key_hints, paragraphs, plain, row
from workbench.domain.filter.ordering import DEFAULT_ORDER, list_order_words
from workbench.domain.filter.parser import parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import N_, _
from workbench.keys import queue
from workbench.keys.registry import with_keys
from workbench.services.queue.listing import Queue
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from screens.queue.case_list import CaseList
    from workbench.errors import WorkbenchError

_WIDE = 108
_EMPTY = {
    "queue": (N_("No cases are open."), queue.FILTER.key, N_("find closed cases: state:closed")),
    "mine": (
        N_("You hold no cases, and none are assigned to you."),
        "Esc",
        N_("go to the desk, where {desk.next} takes the next case"),
    ),
    "pending": (N_("No cases are pending."), queue.GO_QUEUE.key, N_("go to the queue")),
    "reopen": (N_("No verdict is contradicted by newer block findings."), queue.GO_QUEUE.key, N_("go to the queue")),
}
"""For each list: why it is empty, and a key that helps."""


def head_line(cases: "CaseList", login: str, view: View, width: int) -> Content:
    """Return the header: the list and its filter at the left; the counts, the reviewer and the time at the right."""
    dot: Part = (f" {view.symbols.dot} ", MUTED)
    filter_text = mask_digits_within(cases.filter_text)
    left = joined(
        (cases.view_name or _(cases.preset.name), "bold"),
        ("   ", ""),
        (filter_text or _("all open cases"), "$text-accent" if filter_text else MUTED),
    )
    right: list[Part] = []
    if cases.rows.range_from is not None:
        right += [(_("range started"), ACCENT), dot]
    if cases.rows.marks:
        right += [(_("{count} marked").format(count=count(len(cases.rows.marks))), f"{ACCENT} bold"), dot]
    if cases.is_stale:
        message = with_keys(_("list changed, press {queue.again} to reload")) if width >= _WIDE else _("changed")
        right += [(message, WARNING), dot]
    right += [(_count_text(cases, view), MUTED), dot]
    for part in _order_part(cases, width):
        right += [part, dot]
    right += [(f"{view.symbols.mine} ", ACCENT), (login, ""), dot, (view.time_of_day(view.now), MUTED)]
    return row(left, joined(*right), width)


def _order_part(cases: "CaseList", width: int) -> list[Part]:
    """Return the order: always if it was chosen, otherwise only in a wide window that has room for it."""
    order, pages = cases.layout_now.order, cases.rows.pages
    if order in {"", DEFAULT_ORDER}:
        lists_open_cases = not parse_filter(cases.filter_text).names_state
        is_shown = width >= _WIDE and cases.rows.length and lists_open_cases
        return [(list_order_words(order), MUTED)] if is_shown and not cases.is_stale and not cases.rows.marks else []
    words = list_order_words(order)
    if pages is not None and not Queue.sorts_all(order, pages.length):
        words = _("the first {count}: {order}").format(count=count(Queue.MOST_SORTED), order=words)
    return [(words, ACCENT)]


def _count_text(cases: "CaseList", view: View) -> str:
    pages = cases.rows.pages
    if pages is None or pages.count is None:
        return view.symbols.ellipsis
    # The total counts the open cases, so it does not fit a list of closed cases.
    if not pages.filter_text or cases.all_count is None or parse_filter(pages.filter_text).names_state:
        return count(pages.count)
    return _("{count} of {total}").format(count=count(pages.count), total=count(cases.all_count))


def failure_notice(error: "WorkbenchError") -> Content:
    """Return the notice for a list that cannot be read: the error and how to retry."""
    title = plain(_("The list cannot be loaded."), ERROR)
    return Content("\n").join([title, paragraphs(str(error)), Content(), key_hints((queue.RELOAD.key, _("try again")))])


def empty_notice(list_id: str, filter_text: str, *, is_preset: bool) -> Content:
    """Return the notice for an empty list: why it is empty and which keys help."""
    if not is_preset:
        lines = [joined((f"{_('No cases match')}  ", ""), (mask_digits_within(filter_text), ACCENT))]
        if not parse_filter(filter_text).names_state:
            lines.append(plain(_("Only open cases were searched; with state:all also the closed ones are."), WARNING))
        if suggestions := parse_filter(filter_text).suggestions:
            # Words that were searched as text may have been meant as filter terms.
            lines.append(joined((f"{_('Did you mean')}  ", ""), ("  ".join(suggestions), ACCENT)))
        lines += [Content(), key_hints((queue.FILTER.key, _("change the filter; clear the line to reset it")))]
    else:
        why, key, does = _EMPTY[list_id]
        lines = [plain(_(why)), Content()]
        if list_id == "queue":
            lines.append(plain(_("New cases come with the next import."), MUTED))
        lines.append(key_hints((key, with_keys(_(does)))))
    return Content("\n").join([*lines, key_hints((queue.RELOAD.key, _("reload the list")))])
