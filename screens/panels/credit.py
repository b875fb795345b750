"""The credit panel: arrears, blacklists, measures, earlier reviews. A list that was not checked is shown as such."""

from collections.abc import Iterator

from textual.content import Content

from screens.panels.lines import (
    EMPTY,
    FactLayout,
    PanelLine,
    changed_mark,
    fact_layout,
    finding_lines,
    heading,
    labelled,
    mark_of,
)
from screens.shell.view import View
from screens.widgets.safe_text import MUTED, SUCCESS, WARNING, hanging, joined, plain
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.reason_scope import RULE_OF_LIST, EvidencePart
from workbench.domain.case.records import DecisionLine
from workbench.domain.case.vocabulary import AppealStatus, CreditList, CreditMatch, PanelKind
from workbench.domain.evidence.evidence import CreditFacts
from workbench.i18n import _, ngettext
from workbench.wording.amounts import commas, money_words
from workbench.wording.case.history import appeal_outcome_words
from workbench.wording.case.labels import CREDIT_MATCH_WORDS, DECIDED_WORDS
from workbench.wording.findings import CREDIT_LIST_WORDS, earlier_fail_text
from workbench.wording.measures import measure_lines


def credit_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the credit panel."""
    lines = [*finding_lines(case, PanelKind.CREDIT, width, view.symbols), EMPTY]
    facts = fact_layout((_(word) for word in CREDIT_LIST_WORDS.values()), width)
    for kind in CreditList:
        lines += _list_lines(case, kind, view, facts)
    checked = [record.checked_on for record in case.evidence.credit if record.checked_on is not None]
    if checked:
        oldest = min(checked)
        checked_text = _("checked {day}, {far}").format(day=view.day(oldest), far=view.relative_day(oldest))
        lines.append(PanelLine(plain(f" {checked_text}", MUTED)))
    return lines + _measures(case, view, width) + _earlier_reviews(case, view, width)


def _list_lines(case: CaseFile, kind: CreditList, view: View, facts: FactLayout) -> list[PanelLine]:
    """Return what a list says of the applicant: not checked, nothing, or a line for each record that matches."""
    label, changed = _(CREDIT_LIST_WORDS[kind]), changed_mark(case, EvidencePart.CREDIT, view.symbols, kind.value)
    records = [record for record in case.evidence.credit if record.list is kind]
    hits = [record for record in records if record.match is not CreditMatch.NONE]
    if not records:
        return [facts.fact(label, _("not checked"), plain("–", MUTED))]
    if not hits:
        nothing = money_words(0) if kind is CreditList.ARREARS else _(CREDIT_MATCH_WORDS[CreditMatch.NONE])
        return [facts.fact(label, nothing, Content.assemble(plain(view.symbols.fine, SUCCESS), changed))]
    lines: list[PanelLine] = []
    for record in hits:
        rule = RULE_OF_LIST[kind] if record.match is CreditMatch.EXACT else "CR-NAME-ONLY"
        mark = Content.assemble(mark_of(case, (rule,), view.symbols), changed)
        lines.append(facts.fact(label, _amount_or_match(record), mark))
        for part in _record_details(record, view):
            lines += labelled("", part, plain(f"   {part}", MUTED))
        # Further records of the list stand below its label.
        label = ""
    return lines


def _amount_or_match(record: CreditFacts) -> str:
    """Return the arrears in money, or how well a record of another list matches the applicant."""
    if record.list is CreditList.ARREARS and record.amount_fen is not None:
        return money_words(record.amount_fen)
    return _(CREDIT_MATCH_WORDS[record.match])


def _record_details(record: CreditFacts, view: View) -> list[str]:
    """Return what else is known of a record, each in words."""
    parts: list[str] = []
    if record.overdue_days:
        overdue = ngettext("{count} day overdue at check", "{count} days overdue at check", record.overdue_days)
        parts.append(overdue.format(count=commas(record.overdue_days)))
    if record.listed_on is not None:
        listed = _("owed since {day}") if record.list is CreditList.ARREARS else _("listed {day}")
        parts.append(listed.format(day=view.day(record.listed_on)))
    if record.disputed:
        parts.append(_("disputed by the applicant"))
    if record.reference:
        parts.append(record.reference)
    return parts


def _measures(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the measures on the numbers of the case; nothing if no number is barred."""
    texts = measure_lines(case.measures, view.now, view.zone)
    lines = [line for text in texts for line in labelled("", text, *hanging([(" ", "")], text, width))]
    return [EMPTY, heading(_("Measures")), *lines] if lines else []


def _earlier_reviews(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the earlier verdicts on the case with their appeals, below an earlier fail in its cooldown."""
    decisions, fail = case.decisions_in_effect, case.earlier_fail
    if not decisions and fail is None:
        return []
    lines = [EMPTY, heading(_("Earlier reviews"))]
    if fail is not None:
        warning = f"{view.symbols.warn} {earlier_fail_text(fail)}"
        lines += map(PanelLine, hanging([(" ", "")], warning, width, WARNING))
    for decision in decisions:
        on = view.day(decision.decided_at.astimezone(view.zone).date())
        words = _(DECIDED_WORDS[decision.verdict])
        lines += labelled(on, words, joined((f" {on}  ", MUTED), (words, ""), (f"  {decision.maker}", MUTED)))
        lines += _appeal_lines(case, decision, view)
    return lines


def _appeal_lines(case: CaseFile, decision: DecisionLine, view: View) -> Iterator[PanelLine]:
    """Yield the outcomes of the appeals against a decision, each with its time and its people."""
    for appeal in case.appeals:
        is_answered = appeal.status is AppealStatus.CLOSED and appeal.decision_id == decision.id
        if is_answered and appeal.outcome is not None and appeal.decided_at is not None:
            on = view.day((appeal.checked_at or appeal.decided_at).astimezone(view.zone).date())
            words = _("appeal: {outcome}").format(outcome=appeal_outcome_words(appeal.outcome, appeal.to_state))
            who = "  ".join(filter(None, (appeal.decided_by, appeal.checker)))
            yield from labelled(on, words, joined((f" {on}  ", MUTED), (words, ""), (f"  {who}", MUTED)))
