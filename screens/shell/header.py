"""The header of a screen: the mode, the reviewer, the counts of the queue, the clock."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part, joined, row
from screens.widgets.static import Static
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.domain.case.casefile import CaseFile, DeskCounts


class HeaderBar(Static):
    """The widget of the header."""

    DEFAULT_CSS = "HeaderBar { dock: top; height: auto; padding: 0 1; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(markup=False)


def title_line(mode: str, case: "CaseFile | None", right: Content, view: View, width: int) -> Content:
    """Return the first line: mode and case at the left, reviewer and counts at the right.

    A narrow window leaves out the application number, not the round.
    """
    if case is None:
        return row(joined((mode, "bold")), right, width)
    from workbench.domain.case.case_id import format_case

    header = case.header
    dot = f" {view.symbols.dot} "
    name: list[Part] = [(mode, "bold"), ("   ", ""), (format_case(header.id), "bold $text-accent")]
    round_part: Part = (dot + _("round {round}").format(round=header.round), MUTED)
    left = joined(*name, (f"{dot}{header.application_no}", MUTED), round_part)
    if left.cell_length + right.cell_length >= width:
        left = joined(*name, round_part)
    return row(left, right, width)


def who_line(login: str, counts: "DeskCounts | None", view: View, *, has_clock: bool = True) -> Content:
    """Return the reviewer, the counts, and the clock unless `has_clock` is false."""
    dot = f" {view.symbols.dot} "
    parts: list[Part] = [(f"{view.symbols.mine} ", ACCENT), (login, "")] if login else []
    if counts is not None:
        from workbench.wording.amounts import count

        parts += [(dot + _("{count} queued").format(count=count(counts.queued)), MUTED)]
        if counts.overdue:
            parts += [(dot, MUTED), (_("{count} overdue").format(count=count(counts.overdue)), ERROR)]
        if counts.due_today:
            parts += [(dot, MUTED), (_("{count} due today").format(count=count(counts.due_today)), WARNING)]
        if counts.to_check:
            parts += [(dot + _("{count} to check").format(count=count(counts.to_check)), MUTED)]
        if counts.to_reopen:
            parts += [(dot, MUTED), (_("{count} to open again").format(count=count(counts.to_reopen)), ERROR)]
        if late := counts.measures_overdue:
            message = _("1 measure overdue") if late == 1 else _("{count} measures overdue").format(count=count(late))
            parts += [(dot, MUTED), (message, WARNING)]
    if has_clock:
        parts.append((f"{dot if parts else ''}{view.time_of_day(view.now)}", MUTED))
    return joined(*parts)
