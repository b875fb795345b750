"""The documents that a reason or a finding is about, so that no two items ask for the same document."""

from collections.abc import Iterable, Mapping, Set

from db.enums import DocumentKind
from workbench.domain.facts.identity import HANDLER, LEGAL_REP
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Rule

D = DocumentKind

DOCUMENTS_OF_REASON: Mapping[str, frozenset[str]] = {
    "ID-RIC": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-EXPIRED": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-EXPIRING": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-RIC-VALIDITY": frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    "ID-NAME": frozenset({D.BIZ_LICENSE, D.AUTH_LETTER, D.COMMITMENT_LETTER}),
    "ID-HANDHELD": frozenset({D.AGENT_HANDHELD}),
    "ID-REVERIFY": frozenset({D.AGENT_HANDHELD}),
    "ID-USCC": frozenset({D.BIZ_LICENSE}),
    "ID-LICENCE-EXPIRED": frozenset({D.BIZ_LICENSE}),
    "ID-LICENCE-EXPIRING": frozenset({D.BIZ_LICENSE}),
    "USE-SCRIPT": frozenset({D.CALL_SCRIPT}),
    "USE-CONSENT": frozenset({D.CONSENT_PROOF}),
    "USE-STATEMENT": frozenset({D.USE_STATEMENT}),
    "USE-TRADE": frozenset({D.INDUSTRY_PERMIT}),
    "ACT-RECORDING": frozenset({D.CALL_RECORDS_3M}),
}
"""The kinds of documents that satisfy an item of a reason; the reviewer judges their content."""

DOCUMENTS_OF_HOLDER: Mapping[str, frozenset[str]] = {
    HANDLER: frozenset({D.AGENT_ID_FRONT, D.AGENT_ID_BACK}),
    LEGAL_REP: frozenset({D.LEGAL_ID_FRONT, D.LEGAL_ID_BACK}),
}
"""The documents of the people whose ID number or card a finding is about; they win over those of the reason."""


def implied_documents(code: str, subjects: Iterable[str]) -> Set[str]:
    """Return the documents of the people among the subjects, else those of the reason; none if it has no documents."""
    of_people = frozenset[str]().union(*(DOCUMENTS_OF_HOLDER.get(subject, ()) for subject in subjects))
    of_reason = DOCUMENTS_OF_REASON.get(code, frozenset[str]())
    return of_reason and (of_people or of_reason)


def documents_of_finding(finding: Finding) -> Set[str]:
    """Return the documents that a finding names, else those of its reason."""
    return frozenset(D).intersection(finding.subjects) or implied_documents(finding.rule, finding.subjects)


def replaced_documents(rule: Rule, reported: Mapping[str, Finding]) -> Set[str]:
    """Return the documents for which a rule yields, because a stronger rule is reported for them."""
    stronger = (reported[code] for code in rule.stronger if code in reported)
    return frozenset[str]().union(*map(documents_of_finding, stronger))
