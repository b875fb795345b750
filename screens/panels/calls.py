"""The call activity panel: figures with their limits, a bar for each day and a heat map of the hours."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from textual.content import Content

from screens.panels.lines import (
    EMPTY,
    UNKNOWN,
    PanelLine,
    changed_mark,
    fact_layout,
    finding_lines,
    findings_on,
    heading,
    labelled,
    mark_of,
    muted,
    severity_mark,
)
from screens.shell.view import View
from screens.widgets.plots import day_scale, heat_rows, hour_scale, sparkline
from screens.widgets.safe_text import INFO, MUTED, WARNING, Part, joined, plain, row
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.vocabulary import PanelKind
from workbench.domain.facts.all_facts import FACTS_OF_CALLS, ComplaintStatus, calling_hours_for
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, RuleLimit
from workbench.domain.text.safe import cells, pad_left, pad_right
from workbench.i18n import N_, _
from workbench.wording.amounts import commas, duration_words, percentage

CallFigure = tuple[str, str, Callable[[Any], str]]
"""The name of a fact, its label and the function that formats its value."""

_FIGURES: tuple[CallFigure, ...] = (
    ("calls", N_("calls"), commas),
    ("answer_ratio", N_("answered"), percentage),
    ("distinct_callees", N_("different numbers"), commas),
    ("mean_duration_s", N_("mean duration"), duration_words),
    ("short_call_ratio", N_("at most 6 s"), percentage),
    ("off_hours_calls", N_("off hours"), commas),
    ("complaints", N_("complaints"), commas),
    ("opt_out_calls", N_("after opting out"), commas),
)
"""The figures that are judged for all cards together."""

_FIGURES_OF_A_CARD: tuple[CallFigure, ...] = (
    ("peak_hour_calls", N_("busiest hour"), commas),
    ("peak_day_calls", N_("busiest day"), commas),
    ("max_same_callee_day", N_("repeats in a day"), commas),
    ("handsets", N_("handsets"), commas),
)
"""The figures that are judged per card; of several cards the greatest is shown."""

_TABLE_FACTS = ("calls", "peak_hour_calls", "peak_day_calls", "complaints")
"""The facts in the table of the cards, a column each."""

_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_NOT_COUNTED = {
    ComplaintStatus.OUTSIDE_SERVICE: N_("outside the service"),
    ComplaintStatus.OLD: N_("old, not counted"),
}
"""Why a complaint is not counted."""

_WIDE_MAP = 54
"""From this width on, an hour of the heat map has two cells."""

_MAX_DAY_CELLS = 3
"""The greatest width of the bar of a day, with the blank after it."""

_FIGURE_LINE_CELLS = 48
"""The most cells of a line with a figure, so that its limit stays beside it."""

_MAX_FIGURE_CELLS = 6
"""The width of the right-aligned figures; a longer one, such as a duration, does not widen the column."""


def calls_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the call activity panel."""
    lines = finding_lines(case, PanelKind.ACTIVITY, width, view.symbols)
    if not case.evidence.all_calls.calls and not case.evidence.all_calls.calls_in:
        nothing = [PanelLine(plain(_("No call records were imported for these cards."), MUTED))]
        return [*lines, EMPTY, *(_outside_service(case, width) or nothing), *_complaints(case, view, width)]
    return [
        *lines,
        EMPTY,
        *_days(case, view, width),
        *_figures(case, view, width, _FIGURES),
        EMPTY,
        *_hours(case, view, width),
        *_last_day_with_data(case, view),
        EMPTY,
        *([heading(_("Most of one card"))] if len(case.evidence.cards) > 1 else []),
        *_figures(case, view, width, _FIGURES_OF_A_CARD),
        *_outside_service(case, width),
        *_cards(case, view, width),
        *_complaints(case, view, width),
    ]


def _days(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return a bar for each day, and below them the days of the month, the first day and the maximum of all cards."""
    days = case.days[-max(1, width - 1) :]
    cell = max(1, min(_MAX_DAY_CELLS, (width - 1) // max(1, len(days))))
    bars = sparkline([number for _day, number in days], width - 1, view.symbols.bars)
    if not bars.strip():
        return []
    shown = "".join((bar * max(1, cell - 1)).ljust(cell) for bar in bars)
    lines = [PanelLine(joined((" ", ""), (shown, INFO))), PanelLine(plain(f" {day_scale(days, cell=cell)}", MUTED))]
    busiest, (first_day, _number) = max(number for _day, number in days), days[0]
    text = _("since {day}, highest day {count}")
    if len(case.evidence.cards) > 1:
        text = _("since {day}, highest day {count} by all cards")
    return [*lines, *muted(text.format(day=view.day(first_day), count=commas(busiest)), width), EMPTY]


def _figures(case: CaseFile, view: View, width: int, figures: tuple[CallFigure, ...]) -> list[PanelLine]:
    """Return a line for each known figure, with its limit and whether it is exceeded."""
    labels = (_(label) for _name, label, _format in (*_FIGURES, *_FIGURES_OF_A_CARD))
    facts, known = fact_layout(labels, min(width, _FIGURE_LINE_CELLS)), _known_figures(case)
    figure_cells = min(_MAX_FIGURE_CELLS, max((cells(text) for text, _value in known.values()), default=0))
    lines: list[PanelLine] = []
    for name, label, format_value in figures:
        if name not in known:
            continue
        text, value = known[name]
        if text == UNKNOWN:
            lines.append(facts.fact(_(label), pad_left(text, figure_cells)))
            continue
        severity, note = Content(), ""
        if limit_beside := _limit_beside(case, name, value):
            limit, is_exceeded = limit_beside
            # A finding may be about another limit, such as the quota of a card.
            rules = [] if is_exceeded else [finding.rule for finding in case.findings if finding.observes == name]
            severity = mark_of(case, rules, view.symbols)
            if is_exceeded:
                severity = severity_mark(limit.severity, view.symbols)
            note = "" if rules else _bound_words(limit, format_value)
        marks = Content.assemble(severity, changed_mark(case, EvidencePart.ACTIVITY, view.symbols, name))
        lines.append(facts.fact(_(label), pad_left(text, figure_cells), marks, note=note))
    return lines


def _known_figures(case: CaseFile) -> dict[str, tuple[str, float]]:
    """Return the known figures by name, each formatted and as a number.

    The handsets are those of the card with the most. None at all means that the call records do not name them, so their
    number is shown as unknown.
    """
    known: dict[str, tuple[str, float]] = {}
    for name, _label, format_value in (*_FIGURES, *_FIGURES_OF_A_CARD):
        value = case.facts.case.get(name)
        if name == "handsets":
            value = max((int(facts.get(name) or 0) for _number, facts in case.facts.cards), default=value)
        if value is not None and not isinstance(value, str):
            known[name] = (format_value(value) if value or name != "handsets" else UNKNOWN), value
    return known


def _hours(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the heat map: a row for each weekday, in which the hours outside the calling hours are highlighted."""
    cell = 2 if width >= _WIDE_MAP else 1
    label_cells = 5
    opens, closes = _calling_hours(case)
    lines = [PanelLine(plain(" " * label_cells + hour_scale((0, 4, 8, 12, 16, 20), cell=cell), MUTED))]
    for day, shades in enumerate(heat_rows(case.hours, view.symbols.shades, cell=cell)):
        parts = [
            (pad_right(f" {_(_WEEKDAYS[day])}", label_cells), MUTED),
            *_tinted(shades[: opens * cell], WARNING, view.symbols.shades),
            *_tinted(shades[opens * cell : closes * cell], INFO, view.symbols.shades),
            *_tinted(shades[closes * cell :], WARNING, view.symbols.shades),
        ]
        lines.append(PanelLine(joined(*parts)))
    text = _("highlighted: outside {opens} to {closes}")
    return [*lines, *muted(text.format(opens=f"{opens:02}:00", closes=f"{closes:02}:00"), width)]


def _tinted(signs: str, style: str, shades: str) -> Iterator[Part]:
    """Yield a row of the heat map in runs of equal characters; fuller characters are brighter."""
    for sign, run in groupby(signs):
        share = 40 + 60 * max(0, shades.find(sign)) // (len(shades) - 1)
        yield "".join(run), f"{style} {share}%"


def _calling_hours(case: CaseFile) -> tuple[int, int]:
    """Return the hours in which this industry may call, widened to full hours."""
    window = calling_hours_for(case.header.industry, case.policy)
    return window.opens.hour, window.closes.hour + (1 if window.closes.minute else 0)


def _last_day_with_data(case: CaseFile, view: View) -> list[PanelLine]:
    """Return up to which day there are call records."""
    calls = case.evidence.all_calls
    if calls.window_to is None:
        return []
    text = _("data to {day}, {far}").format(day=view.day(calls.window_to), far=view.relative_day(calls.window_to))
    return [PanelLine(plain(f" {text}", MUTED))]


def _outside_service(case: CaseFile, width: int) -> list[PanelLine]:
    """Return how many calls of these numbers belong to other holders, or to nobody."""
    outside = case.evidence.all_calls.calls_outside_service
    if not outside:
        return []
    text = _("calls before activation or after the end of service: {count}, charged to nobody")
    return muted(text.format(count=commas(outside)), width)


def _cards(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return a table with the figures of each card, if there are several."""
    if len(case.evidence.cards) <= 1:
        return []
    rules = [finding.rule for finding in findings_on(case, PanelKind.ACTIVITY)]
    titles, width = (_("calls"), _("hour"), _("day"), _("complaints")), min(width, _FIGURE_LINE_CELLS)
    lines = [EMPTY, heading(_("Per card")), PanelLine(row(Content(), plain(_columns(titles, titles), MUTED), width))]
    for index, ((_number, facts), card) in enumerate(zip(case.facts.cards, case.evidence.cards, strict=False)):
        has_calls = facts.get("calls") or facts.get("calls_in")
        # Without calls, the facts that are computed from calls are unknown.
        values = [facts.get(name) if has_calls or name not in FACTS_OF_CALLS else None for name in _TABLE_FACTS]
        figures = tuple(map(_count, values))
        mark = mark_of(case, rules, view.symbols, subject=card.msisdn)
        shown = view.shown(f"msisdn:{index}", card.msisdn)
        number = Content.assemble(" " if mark.plain == view.symbols.fine else mark, plain(shown))
        line = row(number, plain(_columns(figures, titles)), width)
        lines.append(PanelLine(line, f"msisdn:{index}", _("number"), shown))
    return lines


def _count(value: FactValue) -> str:
    """Return a number as it is shown, or the sign for an unknown one."""
    return commas(int(value)) if isinstance(value, int | float) else UNKNOWN


def _columns(texts: tuple[str, ...], titles: tuple[str, ...]) -> str:
    """Return texts as columns, each right-aligned below its title."""
    return "".join(pad_left(text, max(7, cells(title) + 1)) for text, title in zip(texts, titles, strict=True))


def _complaints(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return each complaint with its summary, and whether it is verified or why it is not counted."""
    if not case.evidence.complaints:
        return []
    lines = [EMPTY, heading(_("Complaints"))]
    for index, (complaint, status) in enumerate(zip(case.evidence.complaints, case.facts.complaints, strict=True)):
        counted = N_("verified") if complaint.verified else N_("not verified")
        state = _(_NOT_COUNTED.get(status, counted))
        lines.append(PanelLine(row(plain(f" {view.instant(complaint.received_at)}"), plain(state, MUTED), width)))
        summary = view.shown(f"summary:{index}", complaint.summary)
        lines += labelled(state, summary or complaint.source, plain(f"   {summary or complaint.source}", MUTED))
    return lines


def _limit_beside(case: CaseFile, name: str, value: FactValue) -> tuple[RuleLimit, bool] | None:
    """Return the limit to show beside a figure and whether it is exceeded; None if no rule limits the figure.

    This is the most severe limit that is exceeded, otherwise the first limit.
    """
    rules_with_finding = {finding.rule for finding in case.findings}
    limits = [
        (limit, rule.code in rules_with_finding and COMPARISONS[limit.op](value, limit.value))
        for rule in case.policy.rules.values()
        for limit in rule.limits
        if limit.observes == name and limit.op[0] in "<>" and isinstance(limit.value, int | float)
    ]
    exceeded = [limit for limit, is_exceeded in limits if is_exceeded]
    if exceeded:
        return exceeded[-1], True
    return limits[0] if limits else None


def _bound_words(limit: RuleLimit, format_value: Callable[[Any], str]) -> str:
    """Return from where on a figure gets a finding, for example `block > 60` or `warn < 40 %`."""
    bound: Any = limit.value
    return f"{_(limit.severity.value)} {limit.op} {format_value(bound)}"
