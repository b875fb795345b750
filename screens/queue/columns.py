"""The columns of the queue: what each shows of a case, and at which widths of the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, Part
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import CLASS_WORDS, RISK_WORDS, STATE_WORDS
from workbench.domain.case.running import clock_runs, is_with_applicant
from workbench.domain.case.vocabulary import CaseState, Priority, Risk, WaitsFor
from workbench.domain.filter.case_row import CaseRowView, is_clock_suspended, stopped_clock_words
from workbench.domain.filter.keys import LIKELY_SHARES
from workbench.domain.filter.ordering import LATE
from workbench.domain.text.safe import pad_left, pad_right
from workbench.domain.values.provinces import province_words
from workbench.i18n import N_, _, current_language
from workbench.wording.amounts import commas, waiting_words

_VAST = 180
"""From this width on, a row has room for the agent, the province, the class and the risk."""

MIN_APPLICANT, MAX_APPLICANT = 10, 60
"""The least and the greatest width of the column of the applicant, which takes the remaining cells."""

PENDING_WORDS = {
    WaitsFor.APPLICANT: N_("answer by {day}"),
    WaitsFor.CARRIER: N_("carrier to {day}"),
    WaitsFor.REGISTRY: N_("registry to {day}"),
    WaitsFor.DEPARTMENT: N_("dept to {day}"),
}
"""What a pending case waits for, and until when."""

_CLOSED = frozenset({CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN})
_AT_WORK = frozenset({CaseState.QUEUED, CaseState.IN_REVIEW})
"""The states in which a reviewer can work on the case."""

_OVERDUE = "$text-error"
"""The style of an overdue date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContext:
    """A row and the settings that it is drawn with; `login` is the reviewer at the screen."""

    row: CaseRowView
    view: View
    login: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueColumn:
    """One column of the list."""

    title: str
    parts: Callable[[RowContext, int], list[Part]]
    """Returns what the column shows of a row, given the cells that it has."""
    width: int
    """The cells of the column; 0 means the cells that other columns leave."""
    width_zh: int = 0
    """The width in Chinese, if it differs."""
    is_right: bool = False
    """Whether its text is aligned to the right."""
    gap: int = 1
    """The blanks after the column."""
    min_row_width: int = 0
    """The cells of a row from which on the column is usually shown."""
    max_row_width: int = 999
    """The cells of a row up to which the column is usually shown."""
    order: str = ""
    """The name of the order that sorts by the column, if there is one."""

    @property
    def cells(self) -> int:
        """The width in the current language."""
        return self.width_zh if self.width_zh and current_language() == "zh" else self.width


def _signs(context: RowContext, _room: int) -> list[Part]:
    """Return whether the case is marked, and whether the reviewer holds it or has it assigned."""
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
    _symbol, style = _urgency(context)
    return {ERROR: _OVERDUE, WARNING: WARNING}.get(style, "")


def _due(context: RowContext, _room: int) -> list[Part]:
    if clock_words := stopped_clock_words(context.row, context.view.now):
        return [("  ", ""), (clock_words, MUTED)]
    due = context.row.due_at
    text = _("no due date") if due is None else context.view.instant(due)
    return [_urgency(context), (f" {text}", MUTED if due is None else _due_style(context))]


def _late(context: RowContext, _room: int) -> list[Part]:
    """Return how likely the case is late and why, or why it is stuck."""
    # Imported here, because most lists do not show it.
    from workbench.wording.forecast import late_cause_words, stuck_words

    risk = context.row.late
    if context.row.stuck:
        return [(stuck_words(context.row.stuck), WARNING)]
    if risk is None:
        return []
    styles = {"overdue": ERROR, "late": WARNING}
    style = next((styles[word] for word in styles if risk.share >= LIKELY_SHARES[word]), MUTED)
    return [(pad_left(f"{risk.share:.0%}", 4), style), (f" {late_cause_words(risk, context.view.today)}", "")]


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
    if row.aside_until is not None:
        words = _("aside to {when}") if row.aside_until > view.now else _("back since {when}")
        return words.format(when=view.short_moment(row.aside_until))
    if row.state is CaseState.RECTIFYING and row.deadline_at is not None:
        return _("rectify by {day}").format(day=view.short_day(row.deadline_at.astimezone(view.zone).date()))
    if row.state is CaseState.PENDING and row.waits_for is not None and row.next_action_on is not None:
        return _(PENDING_WORDS[row.waits_for]).format(day=view.short_day(row.next_action_on))
    if row.is_returned and row.state in _AT_WORK:
        return _("returned")
    if row.is_skipped:
        return _("you skipped")
    # Most cases are queued; naming that state on every line would hide the others.
    return _(STATE_WORDS[row.state]) if row.state is not CaseState.QUEUED else ""


def _state(context: RowContext, _room: int) -> list[Part]:
    words = _state_words(context.row, context.view)
    return [(words, WARNING if _needs_holder(context.row) and words else MUTED)]


def _needs_holder(row: CaseRowView) -> bool:
    """Return whether a case waits for the person who put it aside, or whose verdict was returned."""
    return row.state in _AT_WORK and (row.is_returned or row.aside_until is not None)


def _state_and_who(context: RowContext, room: int) -> list[Part]:
    """Return the state and the person; of a held case only the holder, unless the state concerns that person."""
    who, state = _who(context, room), _state(context, room)
    if context.row.held_by is not None:
        return [*who, (" ", ""), *state] if _needs_holder(context.row) else who
    has_both = bool(_state_words(context.row, context.view) and who)
    return [*state, (" " if has_both else "", ""), *who]


def _round(context: RowContext, _room: int) -> list[Part]:
    return [(commas(context.row.round), "" if context.row.round > 1 else MUTED)]


def _findings(context: RowContext, _room: int) -> list[Part]:
    row, symbols = context.row, context.view.symbols
    if not row.blocks and not row.warns:
        return []
    blocks = f"{symbols.block}{row.blocks}" if row.blocks else ""
    warns = f"{symbols.warn}{row.warns}" if row.warns else ""
    return [(pad_right(blocks, 3 if warns else 0), ERROR), (warns, WARNING)]


def _who(context: RowContext, _room: int) -> list[Part]:
    """Return the holder, or else the assignee in brackets."""
    row = context.row
    if row.held_by:
        return [(row.held_by, ACCENT if row.held_by == context.login else "")]
    return [(f"({row.assignee})", MUTED)] if row.assignee else []


def _waiting(context: RowContext, room: int) -> list[Part]:
    return [(pad_left(waiting_words(context.view.now - context.row.received_at), room), MUTED)]


def _field(name: str) -> Callable[[RowContext, int], list[Part]]:
    """Return a function that shows one text of the row as it is."""
    return lambda context, _room: [(getattr(context.row, name), "")]


def _province(context: RowContext, _room: int) -> list[Part]:
    return [(province_words(context.row.province), "")]


def _class(context: RowContext, _room: int) -> list[Part]:
    return [(_(CLASS_WORDS[context.row.service_class]), MUTED)]


def _risk(context: RowContext, _room: int) -> list[Part]:
    risk = context.row.risk
    return [(_(RISK_WORDS[risk]), {Risk.HIGH: ERROR, Risk.MEDIUM: WARNING}.get(risk, MUTED))]


def _received(context: RowContext, _room: int) -> list[Part]:
    return [(context.view.short_day(context.row.received_at.astimezone(context.view.zone).date()), MUTED)]


_DUE = QueueColumn(title=N_("  due"), parts=_due, width=18, width_zh=21, min_row_width=100, order="due")
_SHORT_DUE = QueueColumn(title=N_("  due"), parts=_short_due, width=13, max_row_width=99, order="due")
_LATE = QueueColumn(title=N_("late, why"), parts=_late, width=36, min_row_width=110, order=LATE)
_SHORT_LATE = replace(_LATE, width=24, min_row_width=0, max_row_width=109)
_SIGNS = QueueColumn(title="", parts=_signs, width=2)
_PRIORITY = QueueColumn(title="", parts=_priority, width=2, order="priority")
_CASE = QueueColumn(title=N_("case"), parts=_case, width=9, order="case")
_APPLICANT = QueueColumn(title=N_("applicant"), parts=_applicant, width=0, order="applicant")
_STATE = QueueColumn(title=N_("state"), parts=_state, width=18, width_zh=17, min_row_width=110, order="state")
_ROUND = QueueColumn(
    title=N_("round"), parts=_round, width=5, width_zh=4, is_right=True, gap=3, min_row_width=90, order="round"
)
_FINDINGS = QueueColumn(title=N_("findings"), parts=_findings, width=8, order="findings")
_WHO = QueueColumn(title=N_("who"), parts=_who, width=12, min_row_width=110, order="who")
_STATE_AND_WHO = replace(
    _STATE, title=N_("state, who"), parts=_state_and_who, width=19, width_zh=18, min_row_width=72, max_row_width=109
)
_WAITING = QueueColumn(title=N_("waits"), parts=_waiting, width=6, is_right=True, min_row_width=90, order="received")
_AGENT = QueueColumn(title=N_("agent"), parts=_field("agent"), width=24, gap=2, min_row_width=_VAST, order="agent")
_SHORT_AGENT = replace(_AGENT, width=14, gap=1, min_row_width=0)
_PROVINCE = QueueColumn(title=N_("province"), parts=_province, width=14, gap=2, min_row_width=_VAST, order="province")
_CLASS = QueueColumn(title=N_("class"), parts=_class, width=9, gap=2, min_row_width=_VAST, order="class")
_RISK = QueueColumn(title=N_("risk"), parts=_risk, width=11, width_zh=8, gap=2, min_row_width=_VAST, order="risk")

USUAL_COLUMNS: tuple[QueueColumn, ...] = (
    *(_SIGNS, _DUE, _SHORT_DUE, _PRIORITY, _CASE, _APPLICANT, _AGENT, _PROVINCE, _CLASS, _RISK),
    *(_STATE, _STATE_AND_WHO, _ROUND, _FINDINGS, _WHO, _WAITING),
)
"""The usual columns, shown if none were chosen."""

CHOOSABLE: Mapping[str, tuple[QueueColumn, ...]] = {
    "signs": (_SIGNS,),
    "due": (_DUE, _SHORT_DUE),
    LATE: (_LATE, _SHORT_LATE),
    "priority": (_PRIORITY,),
    "case": (_CASE,),
    "applicant": (_APPLICANT,),
    "state": (_STATE, _STATE_AND_WHO),
    "who": (_WHO, _STATE_AND_WHO),
    "findings": (_FINDINGS,),
    "waits": (_WAITING,),
    "round": (_ROUND,),
    "application": (QueueColumn(title=N_("application"), parts=_field("application_no"), width=18),),
    "agent": (_AGENT, _SHORT_AGENT),
    "province": (_PROVINCE,),
    "class": (_CLASS,),
    "risk": (_RISK,),
    "received": (QueueColumn(title=N_("received"), parts=_received, width=8, order="received"),),
}
"""The columns that can be chosen, by name in display order; of several variants, one fits the window."""
