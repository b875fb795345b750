"""A case as one line of the queue; a narrow window shows fewer columns."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from screens.shell.symbols import Symbols
from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part, hanging, joined
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.case.running import clock_runs, is_clock_suspended, is_with_applicant, stopped_clock_words
from workbench.domain.case.vocabulary import CaseState, Priority, WaitsFor
from workbench.domain.text.safe import cells, fit, pad_left, pad_right, safe
from workbench.i18n import N_, _, current_language
from workbench.wording.amounts import count, waiting

_CLOSED = frozenset({CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN})
_SMALLEST_NAME = 10
_SIGN_CELLS = 19
_OVERDUE = "$text-error"
_PENDING = {
    WaitsFor.APPLICANT: N_("answer by {day}"),
    WaitsFor.CARRIER: N_("carrier to {day}"),
    WaitsFor.REGISTRY: N_("registry to {day}"),
    WaitsFor.DEPARTMENT: N_("others to {day}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContext:
    """A row and the settings that it is drawn with; `login` is the reviewer at the screen."""

    row: CaseRowView
    view: View
    login: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, shown if the row has `min_row_width` to `max_row_width` cells.

    A column of width 0 takes the remaining cells.
    """

    title: str
    parts: Callable[[RowContext, int], list[Part]]
    width: int
    width_zh: int = 0
    is_right: bool = False
    gap: int = 1
    min_row_width: int = 0
    max_row_width: int = 999

    @property
    def cells(self) -> int:
        """The width in the current language."""
        return self.width_zh if self.width_zh and current_language() == "zh" else self.width


def row_line(context: RowContext, width: int) -> Content:
    """Return a case as a line of exactly `width` cells."""
    parts: list[Part] = []
    for column, room in _columns(width):
        parts += [*_fitted(column.parts(context, room), room, context.view.symbols, is_right=column.is_right)]
        parts.append((" " * column.gap, ""))
    return joined(*parts)


def heading_line(width: int, symbols: Symbols) -> Content:
    """Return the titles of the columns."""
    parts: list[Part] = []
    for column, room in _columns(width):
        title = [(_(column.title) if column.title else "", MUTED)]
        parts += [*_fitted(title, room, symbols, is_right=column.is_right), (" " * column.gap, "")]
    return joined(*parts)


def _columns(width: int) -> list[tuple[Column, int]]:
    """Return the columns that fit, each with its width."""
    shown = [column for column in COLUMNS if column.min_row_width <= width <= column.max_row_width]
    left = width - sum(column.cells + column.gap for column in shown)
    return [(column, column.cells or max(_SMALLEST_NAME, left)) for column in shown]


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


def _signs(context: RowContext, _room: int) -> list[Part]:
    row, symbols = context.row, context.view.symbols
    mark: Part = ("x", f"{ACCENT} bold") if context.is_marked else (" ", "")
    if row.held_by == context.login:
        return [mark, (symbols.mine, ACCENT)]
    return [mark, (symbols.mine if row.assignee == context.login else " ", MUTED)]


def _urgency(context: RowContext) -> Part:
    """Return the symbol before a due time: overdue, due today or provisional."""
    row, view = context.row, context.view
    if row.due_at is None or not clock_runs(row.state, row.waits_for):
        return (" ", "")
    if row.is_overdue:
        return (view.symbols.block, ERROR)
    if row.due_at.astimezone(view.zone).date() <= view.today:
        return (view.symbols.warn, WARNING)
    return (view.symbols.provisional if row.is_due_provisional else " ", MUTED)


def _due_style(context: RowContext) -> str:
    if context.row.state in _CLOSED:
        return MUTED
    # The symbol is bold; a whole column of bold dates would distract.
    return {ERROR: _OVERDUE, WARNING: WARNING}.get(_urgency(context)[1], "")


def _due(context: RowContext, _room: int) -> list[Part]:
    if clock_words := stopped_clock_words(context.row, context.view.now):
        return [("  ", ""), (clock_words, MUTED)]
    due = context.row.due_at
    text = _("no due date") if due is None else context.view.instant(due)
    return [_urgency(context), (f" {text}", MUTED if due is None else _due_style(context))]


def _short_due(context: RowContext, _room: int) -> list[Part]:
    if is_with_applicant(context.row.state, context.row.waits_for):
        return [("  ", ""), (_("applicant"), MUTED)]
    if is_clock_suspended(context.row, context.view.now):
        return [("  ", ""), (_("suspended"), MUTED)]
    due = context.row.due_at
    if due is None:
        return [(" ", ""), (f" {_('no due date')}", MUTED)]
    return [_urgency(context), (f" {context.view.short_instant(due)}", _due_style(context))]


def _priority(context: RowContext, _room: int) -> list[Part]:
    priority = context.row.priority
    style = {Priority.URGENT: ERROR, Priority.HIGH: WARNING}.get(priority, MUTED)
    return [(context.view.symbols.of_priority(priority), style)]


def _case(context: RowContext, _room: int) -> list[Part]:
    return [(format_case(context.row.id), "bold" if context.is_marked else "")]


def _applicant(context: RowContext, _room: int) -> list[Part]:
    # The rules come first: a long name must not hide why the case is on this list.
    rules: list[Part] = [(f"{rule} ", ERROR) for rule in context.row.reopen_for]
    return [*rules, (context.row.applicant_name, "")]


def _state_words(row: CaseRowView, view: View) -> str:
    """Return the state of a case, with the day until which the case stays in it."""
    if row.aside_until is not None and row.aside_until > view.now:
        return _("aside to {when}").format(when=view.short_moment(row.aside_until))
    if row.state is CaseState.RECTIFYING and row.deadline_at is not None:
        return _("rectify by {day}").format(day=view.short_day(row.deadline_at.astimezone(view.zone).date()))
    if row.state is CaseState.PENDING and row.waits_for is not None and row.next_action_on is not None:
        return _(_PENDING[row.waits_for]).format(day=view.short_day(row.next_action_on))
    # Most cases are queued; naming that state on every line would hide the others.
    return _(STATE_WORDS[row.state]) if row.state is not CaseState.QUEUED else ""


def _state(context: RowContext, _room: int) -> list[Part]:
    return [(_state_words(context.row, context.view), MUTED)]


def _state_and_who(context: RowContext, _room: int) -> list[Part]:
    who, state = _who(context, _room), _state(context, _room)
    if context.row.held_by is None:
        return [*state, (" " if state[0][0] and who else "", ""), *who]
    is_aside = context.row.aside_until is not None and context.row.aside_until > context.view.now
    return [*who, (" ", ""), *state] if is_aside else who


def _round(context: RowContext, _room: int) -> list[Part]:
    return [(count(context.row.round), "" if context.row.round > 1 else MUTED)]


def _findings(context: RowContext, _room: int) -> list[Part]:
    row, symbols = context.row, context.view.symbols
    if not row.blocks and not row.warns:
        return []
    blocks = f"{symbols.block}{row.blocks}" if row.blocks else ""
    warns = f"{symbols.warn}{row.warns}" if row.warns else ""
    return [(pad_right(blocks, 3 if warns else 0), ERROR), (warns, WARNING)]


def _who(context: RowContext, _room: int) -> list[Part]:
    row = context.row
    if row.held_by:
        return [(row.held_by, ACCENT if row.held_by == context.login else "")]
    # Brackets: assigned, but not held.
    return [(f"({row.assignee})", MUTED)] if row.assignee else []


def _waiting(context: RowContext, room: int) -> list[Part]:
    return [(pad_left(waiting(context.view.now - context.row.received_at), room), MUTED)]


COLUMNS: tuple[Column, ...] = (
    Column(title="", parts=_signs, width=2),
    Column(title=N_("  due"), parts=_due, width=18, width_zh=21, min_row_width=100),
    Column(title=N_("  due"), parts=_short_due, width=13, max_row_width=99),
    Column(title="", parts=_priority, width=2),
    Column(title=N_("case"), parts=_case, width=9),
    Column(title=N_("applicant"), parts=_applicant, width=0),
    Column(title=N_("state"), parts=_state, width=18, width_zh=17, min_row_width=110),
    Column(title=N_("state, who"), parts=_state_and_who, width=19, width_zh=18, min_row_width=72, max_row_width=109),
    Column(title=N_("round"), parts=_round, width=5, width_zh=4, is_right=True, gap=3, min_row_width=90),
    Column(title=N_("found"), parts=_findings, width=6, width_zh=8, max_row_width=99),
    Column(title=N_("findings"), parts=_findings, width=8, min_row_width=100),
    Column(title=N_("who"), parts=_who, width=12, min_row_width=110),
    Column(title=N_("waits"), parts=_waiting, width=6, is_right=True, min_row_width=90),
)


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
        (_("aside to {when}").format(when="14:30"), _("put aside by its holder until then")),
        (_(_PENDING[WaitsFor.CARRIER]).format(day="12-02"), _("pending: waits until that day for who is named")),
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
