"""The header of the queue, and the pages that are shown instead of rows."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, MINE, UNEASY, Part, joined, paragraphs, row
from workbench.domain.filter.parser import parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from screens.queue.case_list import CaseList
    from workbench.errors import WorkbenchError

_WIDE = 108
_KEY = "$text-accent bold"


def head_line(cases: "CaseList", login: str, view: View, width: int) -> Content:
    """Return the header: the list and its filter; at the right the counts, the reviewer and the time."""
    dot: Part = (f" {view.symbols.dot} ", FAINT)
    filter_text = mask_digits_within(cases.filter_text)
    left = joined(
        (_(cases.preset.name), "bold"),
        ("   ", ""),
        (filter_text or _("all open cases"), "$text-accent" if filter_text else FAINT),
    )
    right: list[Part] = []
    if cases.rows.range_from is not None:
        right += [(_("range started"), MINE), dot]
    if cases.rows.marks:
        right += [(_("{count} marked").format(count=count(len(cases.rows.marks))), f"{MINE} bold"), dot]
    if cases.is_stale:
        message = _("list changed, press n to reload") if width >= _WIDE else _("changed")
        right += [(message, UNEASY), dot]
    right += [(_count_text(cases, view), FAINT), dot]
    lists_open_cases = not parse_filter(cases.filter_text).names_state
    if width >= _WIDE and cases.rows.length and lists_open_cases and not cases.is_stale and not cases.rows.marks:
        right += [(_("most urgent first"), FAINT), dot]
    right += [(f"{view.symbols.mine} ", MINE), (login, ""), dot, (view.clock(view.now), FAINT)]
    return row(left, joined(*right), width)


def _count_text(cases: "CaseList", view: View) -> str:
    pages = cases.rows.pages
    if pages is None or pages.count is None:
        return view.symbols.ellipsis
    # A list of closed cases is no part of all open cases.
    if not pages.filter_text or cases.all_count is None or parse_filter(pages.filter_text).names_state:
        return count(pages.count)
    return _("{count} of {total}").format(count=count(pages.count), total=count(cases.all_count))


def reading_page() -> Content:
    """Return the page shown while the list is loaded."""
    return joined((_("Loading the list …"), FAINT), ("   n", _KEY), (f" {_('reload the list')}", FAINT))


def broken_page(error: "WorkbenchError") -> Content:
    """Return the page for a list that cannot be read: the error and how to retry."""
    return Content("\n").join(
        [
            joined((_("The list cannot be loaded."), BAD)),
            paragraphs(str(error)),
            Content(),
            joined(("n", _KEY), (f" {_('try again')}", FAINT)),
        ]
    )


def empty_page(list_id: str, filter_text: str, *, is_preset: bool) -> Content:
    """Return the page for an empty list: why it is empty and which keys help."""
    if not is_preset:
        lines = [
            joined((_("No cases match"), ""), ("  ", ""), (mask_digits_within(filter_text), "$text-accent")),
            *_suggestion_lines(filter_text),
            Content(),
            joined(("/", _KEY), (f" {_('change the filter; clear the line to reset it')}", FAINT)),
        ]
    elif list_id == "mine":
        lines = [
            joined((_("You hold no cases, and none are assigned to you."), "")),
            Content(),
            joined(("Esc", _KEY), (f" {_('go to the desk, where n takes the next case')}", FAINT)),
        ]
    elif list_id == "pending":
        lines = [
            joined((_("No cases are pending."), "")),
            Content(),
            joined(("g q", _KEY), (f" {_('go to the queue')}", FAINT)),
        ]
    else:
        lines = [
            joined((_("No cases are open."), "")),
            Content(),
            joined((_("New cases come with the next import."), FAINT)),
            joined(("/", _KEY), (f" {_('find closed cases: state:closed')}", FAINT)),
        ]
    lines.append(joined(("n", _KEY), (f" {_('reload the list')}", FAINT)))
    return Content("\n").join(lines)


def _suggestion_lines(filter_text: str) -> list[Content]:
    """Return the filter terms that words searched as text may have been meant as."""
    meant = parse_filter(filter_text).suggestions
    if not meant:
        return []
    return [joined((_("Did you mean"), ""), ("  ", ""), ("  ".join(meant), "$text-accent"))]
