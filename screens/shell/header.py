"""The header of a screen: the mode, the reviewer, the counts of the queue, the clock."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part, Static, joined, plain, row
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.domain.case.casefile import CaseFile
    from workbench.domain.case.records import DeskCounts


class HeaderBar(Static):
    """The widget of the header."""

    DEFAULT_CSS = "HeaderBar { dock: top; height: auto; padding: 0 1; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(markup=False)


def title_line(mode: str, case: "CaseFile | None", right: Content, view: View, width: int, scope: str = "") -> Content:
    """Return the first line: mode, scope and case at the left, reviewer and counts at the right.

    A narrow window leaves out the application number, not the round.
    """
    title: list[Part] = [(mode, "bold"), (f" / {scope}" if scope else "", f"{ACCENT} bold")]
    if case is None:
        return row(joined(*title), right, width)
    from workbench.domain.case.case_id import format_case

    header = case.header
    dot = f" {view.symbols.dot} "
    name: list[Part] = [*title, ("   ", ""), (format_case(header.id), "bold $text-accent")]
    round_part: Part = (dot + _("round {round}").format(round=header.round), MUTED)
    left = joined(*name, (f"{dot}{header.application_no}", MUTED), round_part)
    if left.cell_length + right.cell_length >= width:
        left = joined(*name, round_part)
    return row(left, right, width)


def reviewer_status(
    login: str,
    counts: "DeskCounts | None",
    view: View,
    *,
    has_clock: bool = True,
    room: int = sys.maxsize,
    is_auto_next: bool = False,
) -> Content:
    """Return the right part of a header: the reviewer, the counts that fit, and the clock.

    Args:
        login: The reviewer, "" for nobody.
        counts: The counts, None to leave them out.
        view: The time and the symbols.
        has_clock: Whether to show the clock.
        room: The cells for all parts; counts that do not fit are left out.
        is_auto_next: Whether the next case comes by itself after a verdict.
    """
    dot: Part = (f" {view.symbols.dot} ", MUTED)
    who = [joined((f"{view.symbols.mine} ", ACCENT), (login, ""))] if login else []
    if is_auto_next:
        who.append(joined((_("auto"), ACCENT)))
    clock = [plain(view.time_of_day(view.now), MUTED)] if has_clock else []
    shown = [joined(part) for part in _count_parts(counts)] if counts is not None else []
    while (line := joined(dot).join([*who, *shown, *clock])).cell_length > room and shown:
        shown.pop()
    return line


def _count_parts(counts: "DeskCounts") -> Iterator[Part]:
    """Yield the counts in words, the most important first."""
    from workbench.wording.amounts import commas, decided_today_words
    from workbench.wording.letters import overdue_letters_words, overdue_measures_words

    if counts.is_clock_wrong:
        yield _("check the clock"), ERROR
    yield _("{count} queued").format(count=commas(counts.queued)), MUTED
    if counts.overdue:
        yield _("{count} overdue").format(count=commas(counts.overdue)), ERROR
    if counts.due_today:
        yield _("{count} due today").format(count=commas(counts.due_today)), WARNING
    if counts.to_check:
        yield _("{count} for you to check").format(count=commas(counts.to_check)), MUTED
    if counts.to_reopen:
        yield _("{count} to open again").format(count=commas(counts.to_reopen)), ERROR
    if counts.letters_overdue:
        yield overdue_letters_words(counts.letters_overdue), WARNING
    if counts.measures_overdue:
        yield overdue_measures_words(counts.measures_overdue), WARNING
    if decided := decided_today_words(counts):
        yield decided, MUTED
