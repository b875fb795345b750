"""What the applicant can do to speed up a case: missing documents, and findings that need an answer."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from db.enums import CaseState, Severity
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.items import documents_in
from workbench.domain.case.records import AskedDocument, ItemLine
from workbench.domain.case.running import is_with_applicant
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.evaluate import is_answerable
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.placeholders import without_optional_parts
from workbench.domain.policy.policy import BilingualText, Policy
from workbench.i18n import _, comma_joined, current_language, with_remark
from workbench.wording.amounts import commas, day_on_screen
from workbench.wording.findings import NO_DETAILS, LetterDetails, document_name, finding_text, reason_letter

_MISSING = "DOC-MISSING"
_MOST_LISTED = 4
_SEVERITIES_TO_ANSWER = (Severity.BLOCK, Severity.WARN)


def missing_codes(casefile: CaseFile) -> tuple[str, ...]:
    """Return the codes of the missing required documents."""
    return tuple(kind.value for kind in missing_documents(casefile.evidence, casefile.policy))


def missing_names(evidence: Evidence, policy: Policy, language: str) -> tuple[str, ...]:
    """Return the names of the missing documents in a language."""
    return tuple(document_name(kind, policy, language) for kind in missing_documents(evidence, policy))


def missing_items(case: CaseFile) -> tuple[str, ...]:
    """Return the requested items that the applicant has not submitted; empty unless the applicant has the case."""
    header = case.header
    if header.state is CaseState.INCOMPLETE:
        return missing_names(case.evidence, case.policy, current_language())
    if not is_with_applicant(header.state, header.waits_for):
        return ()
    requested = next((line.items for line in reversed(case.decisions_in_effect)), ())
    items = [(item, documents_in(item.text, case.policy)) for item in requested if item.is_open]
    named = partial(document_name, policy=case.policy, language=current_language())
    return tuple(comma_joined(map(named, kinds)) or _item_words(item, case) for item, kinds in items)


def _item_words(item: ItemLine, case: CaseFile) -> str:
    """Return what an item asks for; in another language than that of the letters, what its reason asks for or means."""
    own, written = current_language(), case.header.language
    if own == written or item.code not in case.policy.reasons:
        return item.text or item.code
    asked = case.policy.reasons[item.code].item
    if item.text in ("", _without_finding(asked, written)) and (words := _without_finding(asked, own)):
        return words
    return with_remark(case.policy.reason_title(item.code, own), item.text)


def listed_items(names: Sequence[str]) -> str:
    """Return the first items, which may contain commas, and how many more there are."""
    shown = _("; ").join(names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return _("{items} and {count} more").format(items=shown, count=commas(more)) if more > 0 else shown


def asked_words(asked: Iterable[AskedDocument], policy: Policy, today: date) -> tuple[str, ...]:
    """Return a sentence without a full stop for each day until which a letter asked for missing documents."""
    names: dict[date, list[str]] = {}
    for document in asked:
        names.setdefault(document.until, []).append(document_name(document.kind, policy, current_language()))
    due = _("a letter asks the applicant for {documents} until {day}")
    past = _("the applicant was asked for {documents} until {day}; nothing came")
    return tuple(
        (due if day >= today else past).format(documents=comma_joined(names[day]), day=day_on_screen(day, today))
        for day in sorted(names)
    )


def findings_to_answer(casefile: CaseFile, language: str) -> Iterator[tuple[Finding, str]]:
    """Yield the findings that the applicant must answer, the most severe first, each in words for reviewers.

    Missing documents are not included; see `missing_names`.
    """
    for finding in _most_severe_first(casefile.findings):
        if finding.rule != _MISSING:
            yield finding, finding_text(finding, casefile.policy, language)


def findings_in_letters(
    findings: Iterable[Finding], policy: Policy, language: str, details: LetterDetails = NO_DETAILS
) -> Iterator[tuple[str, str]]:
    """Yield the findings that the applicant can answer, in words for applicants.

    Each pair is a sentence about the finding, and the item to submit or fix. No reviewer has judged the findings yet,
    so findings that only others can answer, such as list entries and complaints, are left out. Observed values are
    included only if the rule allows it.
    """
    for finding in _most_severe_first(findings):
        if not is_answerable(finding, policy):
            continue
        reason, rule = policy.reasons[finding.rule], policy.rules.get(finding.rule)
        # The sentence about the finding already names the document or number.
        item = _without_finding(reason.item, language)
        if item and rule is not None and rule.told:
            yield reason_letter(reason, (finding,), policy, language, details), item
        elif item:
            yield _without_finding(reason.letter, language), item


def _most_severe_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the blocking findings, then the warnings."""
    answerable = [finding for finding in findings if finding.severity in _SEVERITIES_TO_ANSWER]
    return sorted(answerable, key=lambda finding: _SEVERITIES_TO_ANSWER.index(finding.severity))


def _without_finding(words: BilingualText, language: str) -> str:
    """Return a text without the parts that need a finding."""
    return without_optional_parts(words.in_language(language))
