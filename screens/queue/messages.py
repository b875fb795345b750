"""What the queue says around its rows: the line above, and the pages that stand there instead of rows."""

from typing import TYPE_CHECKING, Protocol

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, MINE, UNEASY, Part, joined, paragraphs, row
from workbench.domain.filter.parser import parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices
    from screens.widgets.paged_list import RowView
    from workbench.errors import WorkbenchError

_WIDE = 108
_KEY = "$text-accent bold"


class Listed(Protocol):
    """What the head says something about."""

    services: "ScreenServices"
    filter_text: str
    all_count: int | None
    is_changed: bool

    @property
    def title_words(self) -> str:
        """What the list is called."""

    @property
    def rows(self) -> "RowView":
        """The list itself."""


def head_line(listed: Listed, view: View, width: int) -> Content:
    """Return the line above: which list, which filter; at the right how many, who works, what time it is."""
    dot: Part = (f" {view.symbols.dot} ", FAINT)
    filter_text = mask_digits_within(listed.filter_text)
    left = joined(
        (listed.title_words, "bold"),
        ("   ", ""),
        (filter_text or _("all open cases"), "$text-accent" if filter_text else FAINT),
    )
    right: list[Part] = []
    if listed.rows.range_from is not None:
        right += [(_("range begun"), MINE), dot]
    if listed.rows.marks:
        right += [(_("{count} marked").format(count=count(len(listed.rows.marks))), f"{MINE} bold"), dot]
    if listed.is_changed:
        said = _("it has changed, n reads it again") if width >= _WIDE else _("changed")
        right += [(said, UNEASY), dot]
    right += [(_how_many(listed, view), FAINT), dot]
    is_of_open = not parse_filter(listed.filter_text).says_state
    if width >= _WIDE and listed.rows.length and is_of_open and not listed.is_changed and not listed.rows.marks:
        right += [(_("most urgent first"), FAINT), dot]
    right += [(f"{view.symbols.mine} ", MINE), (listed.services.actor.login, ""), dot, (view.clock(view.now), FAINT)]
    return row(left, joined(*right), width)


def _how_many(listed: Listed, view: View) -> str:
    pages = listed.rows.pages
    if pages is None or pages.count is None:
        return view.symbols.ellipsis
    # A list of other states than the open ones is no part of all open cases.
    if not pages.filter_text or listed.all_count is None or parse_filter(pages.filter_text).says_state:
        return count(pages.count)
    return _("{count} of {total}").format(count=count(pages.count), total=count(listed.all_count))


def reading_page() -> Content:
    """Say that the list is on its way."""
    return joined((_("Reading the list …"), FAINT), ("   n", _KEY), (f" {_('reads the list again')}", FAINT))


def broken_page(error: "WorkbenchError") -> Content:
    """Say why there is no list, and what can be done."""
    return Content("\n").join(
        [
            joined((_("The list cannot be read."), BAD)),
            paragraphs(str(error)),
            Content(),
            joined(("n", _KEY), (f" {_('tries again')}", FAINT)),
        ]
    )


def empty_page(list_id: str, filter_text: str, *, is_preset: bool) -> Content:
    """Say which empty it is, and what can be done about it."""
    if not is_preset:
        lines = [
            joined((_("Nothing matches"), ""), ("  ", ""), (mask_digits_within(filter_text), "$text-accent")),
            *_meant_lines(filter_text),
            Content(),
            joined(("/", _KEY), (f" {_('changes the filter; an empty line clears it')}", FAINT)),
        ]
    elif list_id == "mine":
        lines = [
            joined((_("You hold nothing, and nothing is assigned to you."), "")),
            Content(),
            joined(("Esc", _KEY), (f" {_('goes to the desk, where n takes the next case')}", FAINT)),
        ]
    elif list_id == "pending":
        lines = [
            joined((_("No case waits for an answer."), "")),
            Content(),
            joined(("g q", _KEY), (f" {_('goes to the queue')}", FAINT)),
        ]
    else:
        lines = [
            joined((_("No case is open."), "")),
            Content(),
            joined((_("New cases come with the next import."), FAINT)),
            joined(("/", _KEY), (f" {_('finds those that are over: state:closed')}", FAINT)),
        ]
    lines.append(joined(("n", _KEY), (f" {_('reads the list again')}", FAINT)))
    return Content("\n").join(lines)


def _meant_lines(filter_text: str) -> list[Content]:
    """Return what may have been meant by words that were searched as text."""
    meant = parse_filter(filter_text).meant
    if not meant:
        return []
    return [joined((_("Perhaps you meant"), ""), ("  ", ""), ("  ".join(meant), "$text-accent"))]
