"""What would make a case faster: the documents that are missing, and the findings that will be asked about."""

from collections.abc import Iterable, Iterator

from db.enums import Severity, WaitsFor
from workbench.domain.case.casefile import CaseFile
from workbench.domain.findings.evaluate import missing_documents
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.placeholders import outside_brackets
from workbench.domain.policy.policy import Policy, Words
from workbench.wording.findings import letter_of, text_of

_MISSING = "DOC-MISSING"


def missing_codes(casefile: CaseFile) -> tuple[str, ...]:
    """Return the codes of the required documents that are not there."""
    return tuple(kind.value for kind in missing_documents(casefile.evidence, casefile.policy))


def missing_names(casefile: CaseFile, language: str) -> tuple[str, ...]:
    """Return what the missing documents are called in a language."""
    names = casefile.policy.documents.names
    return tuple(
        names[kind].in_language(language) if kind in names else kind.value
        for kind in missing_documents(casefile.evidence, casefile.policy)
    )


def asked_about(casefile: CaseFile, language: str) -> Iterator[tuple[Finding, str]]:
    """Yield the findings that the applicant will be asked about, the gravest first, each in words for reviewers.

    What is missing is told by the names of the documents.
    """
    for finding in _asked(casefile.findings):
        yield finding, text_of(finding, casefile.policy, language)


def asked_in_letters(findings: Iterable[Finding], policy: Policy, language: str) -> Iterator[tuple[str, str]]:
    """Yield what the applicant will be asked about and can do something about, in words that are meant for applicants.

    Each comes as a sentence on what was noticed, and what to hand in or mend. Nobody has judged it yet, so what only
    others can answer is left out: what stands on a list, or what somebody complained of. What a finding saw is told
    where the rule tells it.
    """
    for finding in _asked(findings):
        reason, rule = policy.reasons.get(finding.rule), policy.rules.get(finding.rule)
        if reason is None or reason.waits_for not in {None, WaitsFor.APPLICANT}:
            continue
        # The sentence before it says already of which document or number it is.
        item = _bare(reason.item, language)
        if item:
            is_told = rule is not None and rule.told
            noticed = letter_of(reason, (finding,), policy, language) if is_told else _bare(reason.letter, language)
            yield noticed, item


def _asked(findings: Iterable[Finding]) -> Iterator[Finding]:
    known = tuple(findings)
    for severity in (Severity.BLOCK, Severity.WARN):
        for finding in known:
            if finding.severity is severity and finding.rule != _MISSING:
                yield finding


def _bare(words: Words, language: str) -> str:
    """Return words without what a finding would add to them."""
    return outside_brackets(words.in_language(language))
