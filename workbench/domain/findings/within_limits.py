"""Tells whether the facts that a rule checks are known and within its limits."""

from collections.abc import Iterator, Mapping

from workbench.domain.facts.all_facts import Facts
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, Limit, Policy

_JUDGED_BY_READING = frozenset(
    {"trade_allowed", "script_given", "script_words_found", "consent_source_given", "stated_use_given"}
)
"""Facts that look for words in the applicant's texts. Whether a text is good enough, only a reviewer can say."""


def is_within_limits(code: str, facts: Facts, policy: Policy) -> bool:
    """Say whether a rule checks facts that are known, and all of them are within its limits.

    What an import says about a document is no such fact: the reviewer looks at the document.
    """
    rule = policy.rules.get(code)
    checked = [] if rule is None else [is_hit for limit in rule.limits for is_hit in _hits(limit, facts)]
    return bool(checked) and not any(checked)


def _hits(limit: Limit, facts: Facts) -> Iterator[bool]:
    """Yield for each subject of a limit with a known fact whether it hits the limit."""
    if limit.scope == "document" or limit.observes in _JUDGED_BY_READING:
        return
    for _name, own in facts.cards if limit.scope == "card" else (("", facts.case),):
        known = {**facts.case, **own}
        value, bound = own.get(limit.observes), known.get(limit.value_of) if limit.value_of else limit.value
        if value is not None and bound is not None and _applies(limit, known):
            yield bool(COMPARISONS[limit.op](value, bound))


def _applies(limit: Limit, known: Mapping[str, FactValue]) -> bool:
    """Say whether a limit applies to a subject, and its sample is large enough."""
    counts = ((known.get(fact), least) for fact, least in limit.samples.items())
    return all(isinstance(count, int | float) and count >= least for count, least in counts) and all(
        known.get(fact) in values for fact, values in limit.conditions.items()
    )
