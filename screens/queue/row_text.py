"""A case as one line of the queue, in columns that give way where the window is narrow."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from screens.shell.symbols import Symbols
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, MINE, UNEASY, Part, joined
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.case.running import clock_runs, is_with_applicant
from workbench.domain.case.stopped_clock import is_suspended, stopped_clock_words
from workbench.domain.case.vocabulary import CaseState, Priority
from workbench.domain.text.safe import cells, fit, pad_left, pad_right, safe
from workbench.i18n import _, current, marked
from workbench.wording.amounts import count, waiting

_OVER = frozenset({CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN})
_SMALLEST_NAME = 10
_OVERDUE = "$text-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row and from where it is looked at; `login` is who looks."""

    row: CaseRowView
    view: View
    login: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; it is there in windows from `above` cells on and below `below`.

    A column of no width takes what the others leave.
    """

    title: str
    parts: Callable[[Seen, int], list[Part]]
    width: int
    width_zh: int = 0
    is_right: bool = False
    gap: int = 1
    above: int = 0
    below: int = 1_000

    @property
    def cells(self) -> int:
        """How many cells it takes in the language in use."""
        return self.width_zh if self.width_zh and current() == "zh" else self.width


def row_line(seen: Seen, width: int) -> Content:
    """Return a case as the list shows it, in exactly so many cells."""
    parts: list[Part] = []
    for column, room in _columns(width):
        parts += [*_fitted(column.parts(seen, room), room, seen.view.symbols, is_right=column.is_right)]
        parts.append((" " * column.gap, ""))
    return joined(*parts)


def coming_line(symbols: Symbols) -> Content:
    """Return the line of a row that is on its way."""
    return joined((f"   {symbols.ellipsis}", FAINT))


def heading_line(width: int, symbols: Symbols) -> Content:
    """Return the titles of the columns."""
    parts: list[Part] = []
    for column, room in _columns(width):
        title = [(_(column.title) if column.title else "", FAINT)]
        parts += [*_fitted(title, room, symbols, is_right=column.is_right), (" " * column.gap, "")]
    return joined(*parts)


def _columns(width: int) -> list[tuple[Column, int]]:
    """Return the columns that a window has room for, each with its cells."""
    shown = [column for column in COLUMNS if column.above <= width < column.below]
    left = width - sum(column.cells + column.gap for column in shown)
    return [(column, column.cells or max(_SMALLEST_NAME, left)) for column in shown]


def _fitted(parts: list[Part], room: int, symbols: Symbols, *, is_right: bool) -> list[Part]:
    """Return parts cut or filled up to so many cells."""
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


def _signs(seen: Seen, _room: int) -> list[Part]:
    row, symbols = seen.row, seen.view.symbols
    mark: Part = ("x", f"{MINE} bold") if seen.is_marked else (" ", "")
    if row.held_by == seen.login:
        return [mark, (symbols.mine, MINE)]
    return [mark, (symbols.mine if row.assignee == seen.login else " ", FAINT)]


def _urgency(seen: Seen) -> Part:
    """Return the sign in front of a due time: overdue, due today, not sure yet."""
    row, view = seen.row, seen.view
    if row.due_at is None or not clock_runs(row.state, row.waits_for):
        return (" ", "")
    if row.is_breached:
        return (view.symbols.block, BAD)
    if row.due_at.astimezone(view.zone).date() <= view.today:
        return (view.symbols.warn, UNEASY)
    return (view.symbols.provisional if row.is_due_provisional else " ", FAINT)


def _due_style(seen: Seen) -> str:
    if seen.row.state in _OVER:
        return FAINT
    # The sign is strong; a column of strong dates would be loud.
    return {BAD: _OVERDUE, UNEASY: UNEASY}.get(_urgency(seen)[1], "")


def _due(seen: Seen, _room: int) -> list[Part]:
    if still := stopped_clock_words(seen.row, seen.view.now):
        return [("  ", ""), (still, FAINT)]
    due = seen.row.due_at
    text = _("not due yet") if due is None else seen.view.instant(due)
    return [_urgency(seen), (f" {text}", FAINT if due is None else _due_style(seen))]


def _short_due(seen: Seen, _room: int) -> list[Part]:
    if is_with_applicant(seen.row.state, seen.row.waits_for):
        return [("  ", ""), (_("applicant"), FAINT)]
    if is_suspended(seen.row, seen.view.now):
        return [("  ", ""), (_("suspended"), FAINT)]
    due = seen.row.due_at
    if due is None:
        return [(" ", ""), (f" {_('not due yet')}", FAINT)]
    local = due.astimezone(seen.view.zone)
    text = f"{local:%m-%d %H:%M}" if local.year == seen.view.today.year else f"{local:%Y-%m-%d}"
    return [_urgency(seen), (f" {text}", _due_style(seen))]


def _priority(seen: Seen, _room: int) -> list[Part]:
    priority = seen.row.priority
    style = {Priority.URGENT: BAD, Priority.HIGH: UNEASY}.get(priority, FAINT)
    return [(seen.view.symbols.of_priority(priority), style)]


def _case(seen: Seen, _room: int) -> list[Part]:
    return [(format_case(seen.row.id), "bold" if seen.is_marked else "")]


def _applicant(seen: Seen, _room: int) -> list[Part]:
    return [(seen.row.applicant_name, "")]


def _state(seen: Seen, _room: int) -> list[Part]:
    state = seen.row.state
    # What is queued is the rule; a list that says it on each line says nothing.
    return [(_(STATE_WORDS[state]) if state is not CaseState.QUEUED else "", FAINT)]


def _round(seen: Seen, _room: int) -> list[Part]:
    return [(count(seen.row.round), "" if seen.row.round > 1 else FAINT)]


def _findings(seen: Seen, _room: int) -> list[Part]:
    row, symbols = seen.row, seen.view.symbols
    if not row.blocks and not row.warns:
        return []
    blocks = f"{symbols.block}{row.blocks}" if row.blocks else ""
    warns = f"{symbols.warn}{row.warns}" if row.warns else ""
    return [(pad_right(blocks, 3 if warns else 0), BAD), (warns, UNEASY)]


def _who(seen: Seen, _room: int) -> list[Part]:
    row = seen.row
    if row.held_by:
        return [(row.held_by, MINE if row.held_by == seen.login else "")]
    # Nobody works on it yet; the brackets say so.
    return [(f"({row.assignee})", FAINT)] if row.assignee else []


def _waiting(seen: Seen, room: int) -> list[Part]:
    return [(pad_left(waiting(seen.view.now - seen.row.received_at), room), FAINT)]


COLUMNS: tuple[Column, ...] = (
    Column(title="", parts=_signs, width=2),
    Column(title=marked("  due"), parts=_due, width=18, width_zh=21, above=100),
    Column(title=marked("  due"), parts=_short_due, width=13, below=100),
    Column(title="", parts=_priority, width=2),
    Column(title=marked("case"), parts=_case, width=9),
    Column(title=marked("applicant"), parts=_applicant, width=0),
    Column(title=marked("state"), parts=_state, width=14, width_zh=10, above=110),
    Column(title=marked("round"), parts=_round, width=5, width_zh=4, is_right=True, gap=3, above=90),
    Column(title=marked("found"), parts=_findings, width=6, width_zh=8, below=100),
    Column(title=marked("findings"), parts=_findings, width=8, above=100),
    Column(title=marked("who"), parts=_who, width=8, above=72, below=100),
    Column(title=marked("who"), parts=_who, width=12, above=100),
    Column(title=marked("waits"), parts=_waiting, width=6, is_right=True, above=66),
)
