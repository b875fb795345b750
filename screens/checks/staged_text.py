"""A verdict that waits for a second person, as its checker reads it."""

from textual.content import Content

from screens.panels.labels import DECIDED, MEASURE, PRIORITY
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, UNEASY, Part, fitted, joined, plain, row, wrapped
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseRowView, DecisionLine
from workbench.domain.case.vocabulary import FailKind, Measure
from workbench.i18n import _, current

STAGED = "staged"


def staged_of(case: CaseFile) -> DecisionLine | None:
    """Return the verdict of a case that waits for a second person, the newest."""
    staged = [decision for decision in case.decisions if decision.status == STAGED]
    return max(staged, key=lambda decision: decision.id, default=None)


def row_line(found: CaseRowView, view: View, width: int) -> Content:
    """Return a waiting case as the list shows it."""
    due = view.instant(found.due_at) if found.due_at is not None else _("not due yet")
    counts: list[Part] = []
    if found.blocks:
        counts.append((f"{view.symbols.block}{found.blocks} ", BAD))
    if found.warns:
        counts.append((f"{view.symbols.warn}{found.warns} ", UNEASY))
    left = joined((f"{format_case(found.id)}  ", "bold"), (found.applicant_name, ""))
    right = joined(
        *counts,
        (f" {_(PRIORITY[found.priority])}  ", FAINT),
        (_("due {when}").format(when=due), BAD if found.is_breached else FAINT),
    )
    return row(left, right, width)


def staged_lines(case: CaseFile, decision: DecisionLine, view: View, width: int) -> Content:
    """Return what the maker decided, for which reasons, and what the applicant would read."""
    verdict: list[Part] = [
        (f"{format_case(case.header.id)}  ", "bold"),
        (_(DECIDED[decision.verdict]), "bold"),
    ]
    if decision.fail_kind is not None:
        kind = _("final") if decision.fail_kind is FailKind.FINAL else _("can be mended")
        verdict.append((f", {kind}", ""))
    if decision.measure is not Measure.NONE:
        verdict.append((f", {_(MEASURE[decision.measure])}", ""))
    by = _("by {maker}, {when}").format(maker=decision.maker, when=view.instant(decision.decided_at))
    lines = [row(joined(*verdict), joined((by, FAINT)), width)]
    for code in decision.reasons:
        reason = case.policy.reasons.get(code)
        title = code if reason is None else reason.title.in_language(current())
        lines.append(row(plain(f"  {title}"), plain(code, FAINT), width))
    lines += _texts(_("For us only"), decision.note, width)
    lines += _texts(_("The applicant reads"), decision.letter, width)
    return Content("\n").join(lines)


def _texts(label: str, text: str, width: int) -> list[Content]:
    if not text.strip():
        return []
    return [plain(label, FAINT), *(plain(f"  {part}") for part in wrapped(text, width - 2))]


def alone_line(why: str, width: int) -> Content:
    """Say that one person reviews here alone, so that nothing is checked before there is a second one."""
    said = _("One person reviews here alone ({reason}); verdicts wait until an admin adds a second one.")
    return joined((fitted(said.format(reason=why), width).rstrip(), UNEASY))
