"""The lines that panels are made of: findings, headings, facts with their marks."""

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
    """One line of a panel; `field` names the personal value that it shows masked, '' if none."""

    content: Content
    field: str = ""


EMPTY = PanelLine(Content())


def heading(text: str) -> PanelLine:
    """Return the dim heading of a group."""
    return PanelLine(plain(text, f"{FAINT} bold"))


def prose(label: str, text: str, width: int) -> list[PanelLine]:
    """Return a label and a long text under it, indented; nothing if there is no text."""
    if not text.strip():
        return []
    return [PanelLine(plain(f" {label}", FAINT)), *(PanelLine(plain(f"  {part}")) for part in wrapped(text, width - 3))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where the facts of a group stand: the width of the panel, and the cells that labels take."""

    width: int
    columns: int

    def fact(
        self, label: str, value: str, mark: Content | None = None, *, note: str = "", field: str = ""
    ) -> PanelLine:
        """Return a dim label, its value, and at the end the mark of what the rules say; the note only if it fits."""
        style = FAINT if value == _("unknown") else ""
        right = mark or Content()
        # A long value moves to the left rather than lose its end.
        room = self.width - cells(value) - right.cell_length - 1
        columns = max(cells(label) + 2, min(self.columns, room))
        left = joined((" " + pad_right(label, columns - 1), FAINT), (value, style))
        if note and left.cell_length + cells(note) + right.cell_length + 2 <= self.width:
            right = Content.assemble(joined((f"{note} ", FAINT)), right)
        return PanelLine(row(left, right, self.width), field)


def table(labels: Iterable[str], width: int) -> Table:
    """Return where facts with these labels stand."""
    return Table(width=width, columns=max((cells(label) for label in labels), default=0) + 3)


def findings_on(case: CaseFile, leg: PanelKind) -> list[Finding]:
    """Return the findings of a panel, the gravest first."""
    return sorted(
        (finding for finding in case.findings if finding.leg is leg),
        key=lambda finding: _ORDER.index(finding.severity),
    )


def gravity(case: CaseFile, leg: PanelKind) -> int:
    """Return how grave the gravest finding of a panel is; the graver, the lower."""
    found = findings_on(case, leg)
    return _ORDER.index(found[0].severity) if found else len(_ORDER)


def finding_lines(case: CaseFile, leg: PanelKind, width: int, symbols: Symbols) -> list[PanelLine]:
    """Return what the rules saw, in words, the code dim behind where it fits; one line says if nothing."""
    found = findings_on(case, leg)
    if not found:
        return [PanelLine(joined((f"{symbols.fine} ", FINE), (_("nothing against it"), FINE)))]
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
    """Return the mark of a checked fact: the gravest of these rules' findings, else that it is fine.

    `subject` looks only at findings about it.
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


def counts_of(case: CaseFile, leg: PanelKind, symbols: Symbols) -> Content:
    """Return the count of a panel's findings for its title: `✗ 1  ! 2`, `✓` where there are none."""
    found = findings_on(case, leg)
    parts = [
        (f"{symbols.of_severity(severity)} {number}", STYLES[severity])
        for severity in _ORDER
        if (number := sum(finding.severity is severity for finding in found))
    ]
    if not parts:
        return plain(symbols.fine, FINE)
    return Content("  ").join(plain(text, style) for text, style in parts)
