"""What would make a case faster: the documents that are missing, and the findings that will be asked about."""

from collections.abc import Iterator

from db.enums import Severity
from workbench.domain.casefile import CaseFile
from workbench.domain.finding import Finding
from workbench.domain.finding_words import text_of
from workbench.domain.findings import missing_documents

_MISSING = "DOC-MISSING"


def missing_codes(casefile: CaseFile) -> tuple[str, ...]:
    """Return the codes of the required documents that are not there."""
    return tuple(kind.value for kind in missing_documents(casefile.evidence, casefile.policy))


def missing_names(casefile: CaseFile, language: str) -> tuple[str, ...]:
    """Return what the missing documents are called in a language."""
    names = casefile.policy.document_names
    return tuple(
        names[kind].in_language(language) if kind in names else kind.value
        for kind in missing_documents(casefile.evidence, casefile.policy)
    )


def asked_about(casefile: CaseFile, language: str) -> Iterator[tuple[Finding, str]]:
    """Yield the findings that the applicant will be asked about, the gravest first, each in words.

    What is missing is told by the names of the documents.
    """
    for severity in (Severity.BLOCK, Severity.WARN):
        for finding in casefile.findings:
            if finding.severity is severity and finding.rule != _MISSING:
                yield finding, text_of(finding, casefile.policy, language)
