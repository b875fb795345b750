"""The facts about documents, and about the stated use of the cards."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache

from db.enums import DocumentKind
from workbench.domain.evidence.evidence import DocumentFacts, Evidence
from workbench.domain.facts.business_scope import without_exclusions
from workbench.domain.facts.fact import FLAG, NUMBER, TEXT, Facts, FactType, interned_group
from workbench.domain.facts.identity import days_left
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.special_cases import policy_for

USE_FACTS: Mapping[str, FactType] = {
    **dict.fromkeys(("documents", "documents_missing", "script_words_found"), NUMBER),
    **dict.fromkeys(("missing_kinds", "prohibited_trades", "script_words"), TEXT),
    **dict.fromkeys(("trade_allowed", "script_given", "stated_use_given", "consent_source_given"), FLAG),
}
DOCUMENT_FACTS: Mapping[str, FactType] = {
    "kind": TEXT,
    "document_days_left": NUMBER,
    "sealed": FLAG,
    "quality": TEXT,
}
_COUNT_NAMES = ("documents", "documents_missing", "missing_kinds")
_GIVEN_NAMES = ("stated_use_given", "consent_source_given")


@lru_cache(maxsize=16)
def _word_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that matches any of these words: English ones as whole words, Chinese ones anywhere.

    A Chinese word after 非 (non-) does not count.
    """
    parts = (
        rf"(?<![a-z]){re.escape(word)}e?s?(?![a-z])" if word.isascii() else rf"(?<!非){re.escape(word)}"
        for word in words
    )
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def words_found(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a policy that a text contains, each once, in the order of the text."""
    return tuple(dict.fromkeys(_word_pattern(words).findall(text))) if text else ()


def missing_documents(evidence: Evidence, policy: Policy) -> tuple[DocumentKind, ...]:
    """Return the documents that the policy requires of this kind of applicant and that were not submitted.

    An expired or unreadable document is not missing; other rules check its validity and quality.
    """
    required = policy_for(policy, evidence.application).documents.required[evidence.application.applicant_kind]
    if not evidence.documents:
        # Most applications of an import have none yet.
        return required
    submitted = {document.kind for document in evidence.documents}
    return tuple(kind for kind in required if kind not in submitted)


# The facts of texts are cached: many applicants submit the same texts, because they copy them from a form.


@lru_cache(maxsize=1024)
def _trade_facts(industry: str, business_scope: str, policy: Policy) -> Facts:
    """Return the prohibited trades in the industry and the business scope, without what they exclude."""
    if not industry and not business_scope:
        return {"trade_allowed": None, "prohibited_trades": ""}
    prohibited = words_found(without_exclusions(f"{industry}\n{business_scope}"), policy.use.prohibited_trades)
    return {"trade_allowed": not prohibited, "prohibited_trades": ";".join(prohibited)}


@lru_cache(maxsize=1024)
def _script_facts(call_script: str, policy: Policy) -> Facts:
    script = call_script.strip()
    words = words_found(script, policy.use.forbidden_script_words)
    return {
        "script_given": bool(script),
        "script_words_found": len(words) if script else None,
        "script_words": ";".join(words),
    }


def use_facts(evidence: Evidence, policy: Policy) -> tuple[Facts, ...]:
    """Return the facts about missing documents, about trade, about the call script, and about use and consent."""
    application = evidence.application
    missing = missing_documents(evidence, policy)
    is_use_stated, has_source = bool(application.stated_use.strip()), bool(application.consent_source.strip())
    return (
        interned_group(_COUNT_NAMES, len(evidence.documents), len(missing), ";".join(missing)),
        _trade_facts(application.industry, application.business_scope, policy),
        _script_facts(application.call_script, policy),
        interned_group(_GIVEN_NAMES, is_use_stated, has_source),
    )


def newest_files(documents: tuple[DocumentFacts, ...]) -> Iterator[DocumentFacts]:
    """Yield the files of each kind that were received last, so that a better copy replaces a poor one."""
    newest: dict[DocumentKind, datetime] = {}
    for document in documents:
        newest[document.kind] = max(newest.get(document.kind, document.received_at), document.received_at)
    yield from (document for document in documents if document.received_at == newest[document.kind])


def document_facts(evidence: Evidence, today: date) -> Iterator[tuple[str, Facts]]:
    """Yield the facts of each newest file, with its kind. Unknown seals and qualities are None."""
    for document in newest_files(evidence.documents):
        kind, days = document.kind.value, days_left(document.valid_to, today)
        quality = None if document.quality is None else document.quality.value
        yield kind, {"kind": kind, "document_days_left": days, "sealed": document.sealed, "quality": quality}
