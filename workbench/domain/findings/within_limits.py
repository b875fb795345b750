"""Tells whether the facts that a rule checks are known and within its limits."""

from collections.abc import Iterator, Mapping

from workbench.domain.facts.all_facts import CaseFacts
from workbench.domain.facts.fact import chained, groups_of
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, Policy, RuleLimit

_JUDGED_BY_READING = frozenset(
    {"trade_allowed", "script_given", "script_words_found", "consent_source_given", "stated_use_given"}
)
"""Facts about words found in the applicant's texts; only a reviewer can judge whether a text is good enough."""


def is_within_limits(code: str, facts: CaseFacts, policy: Policy) -> bool:
    """Say whether at least one fact that a rule checks is known, and all known ones are within its limits.

    Imported statements about documents are ignored, because the reviewer looks at the document itself.
    """
    rule = policy.rules.get(code)
    checked = [] if rule is None else [is_hit for limit in rule.limits for is_hit in _hits(limit, facts)]
    return bool(checked) and not any(checked)


def _hits(limit: RuleLimit, facts: CaseFacts) -> Iterator[bool]:
    """Yield whether a subject hits a limit, for each subject whose observed fact is known."""
    if limit.scope == "document" or limit.observes in _JUDGED_BY_READING:
        return
    for _name, subject_facts in facts.cards if limit.scope == "card" else (("", facts.case),):
        value = subject_facts.get(limit.observes)
        if value is None:
            continue
        # A fact of the subject hides the fact of the case with the same name.
        visible = chained(*groups_of(subject_facts), *groups_of(facts.case))
        bound = visible.get(limit.value_of) if limit.value_of else limit.value
        if bound is not None and _applies(limit, visible):
            yield bool(COMPARISONS[limit.op](value, bound))


def _applies(limit: RuleLimit, visible: Mapping[str, FactValue]) -> bool:
    """Say whether a subject meets the conditions of a limit, and has large enough samples."""
    counts = ((visible.get(fact), least) for fact, least in limit.samples.items())
    return all(isinstance(count, int | float) and count >= least for count, least in counts) and all(
        visible.get(fact) in values for fact, values in limit.conditions.items()
    )
