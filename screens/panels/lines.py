"""The lines that panels consist of: findings, headings, and facts with their marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from screens.shell.symbols import Symbols
from screens.widgets.safe_text import BAD, FAINT, FINE, TOLD, UNEASY, joined, plain, row, wrapped
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import PanelKind, Severity
from workbench.domain.findings.finding import Finding
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _, current
from workbench.wording.findings import text_of

STYLES = {Severity.BLOCK: BAD, Severity.WARN: UNEASY, Severity.INFO: TOLD}
_ORDER = (Severity.BLOCK, Severity.WARN, Severity.INFO)


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line of a panel; `field` names the masked personal value in it, '' if none."""

    content: Content
    field: str = ""


EMPTY = PanelLine(Content())


def heading(text: str) -> PanelLine:
    """Return the dim heading of a group."""
    return PanelLine(plain(text, f"{FAINT} bold"))


def prose(label: str, text: str, width: int) -> list[PanelLine]:
    """Return a label with a long text indented below it; nothing for an empty text."""
    if not text.strip():
        return []
    return [PanelLine(plain(f" {label}", FAINT)), *(PanelLine(plain(f"  {part}")) for part in wrapped(text, width - 3))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The layout of a group of facts: the width of the panel and of the column of labels."""

    width: int
    columns: int

    def fact(
        self, label: str, value: str, mark: Content | None = None, *, note: str = "", field: str = ""
    ) -> PanelLine:
        """Return a dim label, its value and at the end its mark; the note is added if it fits."""
        style = FAINT if value == _("unknown") else ""
        right = mark or Content()
        # A long value moves to the left instead of being cut.
        room = self.width - cells(value) - right.cell_length - 1
        columns = max(cells(label) + 2, min(self.columns, room))
        left = joined((" " + pad_right(label, columns - 1), FAINT), (value, style))
        if note and left.cell_length + cells(note) + right.cell_length + 2 <= self.width:
            right = Content.assemble(joined((f"{note} ", FAINT)), right)
        return PanelLine(row(left, right, self.width), field)


def table(labels: Iterable[str], width: int) -> Table:
    """Return the layout for facts with these labels."""
    return Table(width=width, columns=max((cells(label) for label in labels), default=0) + 3)


def findings_on(case: CaseFile, kind: PanelKind) -> list[Finding]:
    """Return the findings of a panel, the most severe first."""
    return sorted(
        (finding for finding in case.findings if finding.leg is kind),
        key=lambda finding: _ORDER.index(finding.severity),
    )


def gravity(case: CaseFile, kind: PanelKind) -> int:
    """Return the rank of the most severe finding of a panel; 0 is the most severe."""
    found = findings_on(case, kind)
    return _ORDER.index(found[0].severity) if found else len(_ORDER)


def finding_lines(case: CaseFile, kind: PanelKind, width: int, symbols: Symbols) -> list[PanelLine]:
    """Return the findings in words, each with its code if it fits, or one line that says there are none."""
    found = findings_on(case, kind)
    if not found:
        return [PanelLine(joined((f"{symbols.fine} ", FINE), (_("no findings"), FINE)))]
    lines: list[PanelLine] = []
    for finding in found:
        style = STYLES[finding.severity]
        parts = wrapped(text_of(finding, case.policy, current()), width - 2)
        first = joined((f"{symbols.of_severity(finding.severity)} ", style), (parts[0], style))
        rest = [joined(("  ", ""), (part, style)) for part in parts[1:]]
        lines += [PanelLine(content) for content in _with_code([first, *rest], finding.rule, width)]
    return lines


def _with_code(lines: list[Content], code: str, width: int) -> list[Content]:
    if lines[-1].cell_length + cells(code) + 2 <= width:
        lines[-1] = row(lines[-1], plain(code, FAINT), width)
    return lines


def mark_of(case: CaseFile, rules: Sequence[str], symbols: Symbols, *, subject: str | None = None) -> Content:
    """Return the mark of a checked fact: the most severe finding of these rules, otherwise the mark for fine.

    With a `subject`, only findings about it count.
    """
    severities = [
        finding.severity
        for finding in case.findings
        if finding.rule in rules and (subject is None or finding.subject == subject)
    ]
    if not severities:
        return plain(symbols.fine, FINE)
    worst = min(severities, key=_ORDER.index)
    return plain(symbols.of_severity(worst), STYLES[worst])


def counts_of(case: CaseFile, kind: PanelKind, symbols: Symbols) -> Content:
    """Return the number of findings for the title of a panel: `✗ 1  ! 2`, or `✓` if there are none."""
    found = findings_on(case, kind)
    parts = [
        (f"{symbols.of_severity(severity)} {number}", STYLES[severity])
        for severity in _ORDER
        if (number := sum(finding.severity is severity for finding in found))
    ]
    if not parts:
        return plain(symbols.fine, FINE)
    return Content("  ").join(plain(text, style) for text, style in parts)
