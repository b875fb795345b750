"""The lines that panels consist of: findings, headings, and facts with their marks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from textual.content import Content

from screens.shell.view import Symbols
from screens.widgets.safe_text import ERROR, INFO, MUTED, SUCCESS, WARNING, hanging, joined, plain, row, wrapped
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.vocabulary import ItemResult, PanelKind, Severity
from workbench.domain.facts.identity import HANDLER, LEGAL_REP
from workbench.domain.findings.finding import Finding
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _, current_language
from workbench.wording.findings import finding_text

_STYLE_OF = {Severity.BLOCK: ERROR, Severity.WARN: WARNING, Severity.INFO: INFO}
_MARK_STYLES = frozenset({ERROR, WARNING})
"""The styles of a finding, a defect or a change."""

_SEVERITY_ORDER = (Severity.BLOCK, Severity.WARN, Severity.INFO)
"""The severities, the most severe first."""


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line of a panel."""

    content: Content
    field: str = ""
    """The name of the masked personal value in the line, if there is one."""
    label: str = ""
    value: str = ""
    """The value that the cursor visits and that can be copied, under its `label`; empty if the line has none."""

    @property
    def is_marked(self) -> bool:
        """Whether the line shows a finding, a defect or a change."""
        return any(span.style in _MARK_STYLES for span in self.content.spans)


EMPTY = PanelLine(Content())
UNKNOWN = "–"
"""Stands for what no data says; it has no mark."""


def condensed(lines: Sequence[PanelLine], rows: int) -> Sequence[PanelLine]:
    """Return the lines of a panel for a height that is too small for them: without the blank lines between the groups.

    If they still do not fit, the groups with a mark follow the first group, which has the findings. So the end of the
    panel never hides a mark.
    """
    groups = [list(group) for is_blank, group in groupby(lines, key=lambda line: line is EMPTY) if not is_blank]
    if sum(map(len, groups)) > rows:
        groups[1:] = sorted(groups[1:], key=lambda group: not any(line.is_marked for line in group))
    return [line for group in groups for line in group]


def heading(text: str) -> PanelLine:
    """Return the dim heading of a group."""
    return PanelLine(plain(text, f"{MUTED} bold"))


def labelled(label: str, value: str, first: Content, *rest: Content) -> list[PanelLine]:
    """Return the lines of a value, which the cursor visits in the first one."""
    return [PanelLine(first, "", label, value), *map(PanelLine, rest)]


def wrapped_heading(text: str, width: int) -> list[PanelLine]:
    """Return a long heading in as many lines as it needs."""
    return [heading(part) for part in wrapped(text, width)]


def muted(text: str, width: int) -> list[PanelLine]:
    """Return a dim text in as many lines as it needs."""
    return [PanelLine(plain(f" {part}", MUTED)) for part in wrapped(text, width - 2)]


def prose(label: str, text: str, width: int) -> list[PanelLine]:
    """Return a label with a long text that runs on below it; nothing for an empty text."""
    if not text.strip():
        return []
    first, *rest = wrapped(f"{label}  {text.strip()}", width - 3)
    head = plain(f" {first}").stylize(MUTED, 0, len(label) + 1)
    return [PanelLine(head, "", label, text.strip()), *(PanelLine(plain(f"  {line}")) for line in rest)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLayout:
    """The layout of a group of facts: the width of the panel, and of the column of labels."""

    width: int
    label_cells: int

    def fact(
        self, label: str, value: str, mark: Content | None = None, *, note: str = "", field: str = ""
    ) -> PanelLine:
        """Return a dim label, its value, and its mark at the end of the line; the note is added if it fits."""
        style = MUTED if value == _("unknown") else ""
        right = mark or Content()
        # A long value moves to the left instead of being cut.
        room = self.width - cells(value) - right.cell_length - 1
        label_cells = max(cells(label) + 2, min(self.label_cells, room))
        left = joined((" " + pad_right(label, label_cells - 1), MUTED), (value, style))
        if note and left.cell_length + cells(note) + right.cell_length + 3 <= self.width:
            right = Content.assemble(joined((f"{note} ", MUTED)), right)
        return PanelLine(row(left, right, self.width), field, label, value.strip())


def fact_layout(labels: Iterable[str], width: int) -> FactLayout:
    """Return the layout for facts with these labels."""
    return FactLayout(width=width, label_cells=max((cells(label) for label in labels), default=0) + 3)


def findings_on(case: CaseFile, kind: PanelKind) -> list[Finding]:
    """Return the findings of a panel, the most severe first."""
    return sorted(
        (finding for finding in case.findings if finding.leg is kind),
        key=lambda finding: _SEVERITY_ORDER.index(finding.severity),
    )


def severity_rank(case: CaseFile, kind: PanelKind) -> int:
    """Return the rank of the most severe finding of a panel; 0 is the most severe."""
    findings = findings_on(case, kind)
    return _SEVERITY_ORDER.index(findings[0].severity) if findings else len(_SEVERITY_ORDER)


def finding_lines(case: CaseFile, kind: PanelKind, width: int, symbols: Symbols) -> list[PanelLine]:
    """Return the findings in words, each with its code at the right, or one line that says there are none."""
    findings = findings_on(case, kind)
    if not findings:
        return [PanelLine(joined((f"{symbols.fine} ", SUCCESS), (_("no findings"), SUCCESS)))]
    lines: list[PanelLine] = []
    for finding in findings:
        style = _STYLE_OF[finding.severity]
        label = [(f"{symbols.of_severity(finding.severity)} ", style)]
        if changed_mark(case, EvidencePart.FINDINGS, symbols, finding.rule):
            label.append((f"{symbols.changed} ", WARNING))
        text = finding_text(finding, case.policy, current_language())
        *before, last = hanging(label, text, width, style)
        code = plain(finding.rule, MUTED)
        if last.cell_length + code.cell_length + 1 > width:
            before, last = [*before, last], Content()
        lines += labelled(finding.rule, text, *before, row(last, code, width))
    return lines


def changed_mark(case: CaseFile, part: EvidencePart, symbols: Symbols, *names: str) -> Content:
    """Return the mark for a change of these fields or things since the last round; empty if none changed."""
    is_changed = case.changes is not None and case.changes.has(part, *names)
    return plain(f" {symbols.changed}", WARNING) if is_changed else Content()


def severity_mark(severity: Severity | None, symbols: Symbols) -> Content:
    """Return the mark of a severity; without a severity, the mark for fine."""
    return (
        plain(symbols.fine, SUCCESS) if severity is None else plain(symbols.of_severity(severity), _STYLE_OF[severity])
    )


def judgement_mark(judged: ItemResult, symbols: Symbols) -> tuple[str, str]:
    """Return the mark of the judgement of an item to rectify, with its style."""
    return {
        ItemResult.FIXED: (symbols.fine, SUCCESS),
        ItemResult.PARTLY: (symbols.warn, WARNING),
        ItemResult.NOT_FIXED: (symbols.block, ERROR),
    }[judged]


def mark_of(case: CaseFile, rules: Sequence[str] | None, symbols: Symbols, *, subject: str = "") -> Content:
    """Return the mark of a checked fact: the most severe finding of these rules, otherwise the mark for fine.

    If `rules` is None, the findings of all rules count. With a `subject`, only those about that person or card count.
    """
    severities = [
        finding.severity
        for finding in case.findings
        if (rules is None or finding.rule in rules) and (not subject or subject in _about(finding))
    ]
    return severity_mark(min(severities, key=_SEVERITY_ORDER.index, default=None), symbols)


def _about(finding: Finding) -> tuple[str, ...]:
    """Return the people and cards of a finding; a finding of an earlier version does not name the person."""
    return finding.subjects or (LEGAL_REP if finding.observes.startswith(LEGAL_REP) else HANDLER,)


def finding_counts(case: CaseFile, kind: PanelKind, symbols: Symbols) -> Content:
    """Return the number of findings for the title of a panel: `✗ 1  ! 2`, or `✓` if there are none."""
    numbers = Counter(finding.severity for finding in findings_on(case, kind))
    parts = [
        plain(f"{symbols.of_severity(severity)} {numbers[severity]}", _STYLE_OF[severity])
        for severity in _SEVERITY_ORDER
        if numbers[severity]
    ]
    return Content("  ").join(parts) if parts else plain(symbols.fine, SUCCESS)
