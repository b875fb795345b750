"""Fits a policy to an applicant: the tables `special` change it for a province, a card type, an agent or a kind."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from workbench.domain.evidence.evidence import ApplicationFacts
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.settings import SpecialCase
from workbench.domain.values.provinces import province_key
from workbench.domain.values.values import folded_word

SPECIAL_FACTS = ("province", "card_type", "agent", "applicant_kind")
"""The facts that the condition of a special case may name."""


def policy_for(policy: Policy, application: ApplicationFacts) -> Policy:
    """Return the policy as it is for an application.

    If several special cases fit, the class comes from the first in the file that gives one, and so does each number of
    days. The documents of all fitting special cases are required.
    """
    if not policy.special:
        return policy
    return _fitted(policy, tuple(str(getattr(application, name)) for name in SPECIAL_FACTS))


@lru_cache(maxsize=4096)
def _fitted(policy: Policy, facts: tuple[str, ...]) -> Policy:
    """Return the policy with the changes of all special cases that fit; of different values, the first counts."""
    fitting = [special for special in policy.special if _fits(special, facts)]
    classes, rectify, pending = policy.classes, policy.rectify, policy.pending
    reasons, required = policy.reasons, policy.documents.required
    if service_class := next((special.service_class for special in fitting if special.service_class), None):
        classes = replace(classes, default=service_class)
    if rectify_days := _first(special.rectify_days for special in fitting):
        rectify = replace(rectify, default_days=rectify_days)
        reasons = {
            code: replace(reason, rectify_days=rectify_days) if reason.rectify_days else reason
            for code, reason in reasons.items()
        }
    if pending_days := _first(special.pending_days for special in fitting):
        pending = replace(pending, days=pending_days, days_by_party={})
    if added := [document for special in fitting for document in special.documents]:
        required = {kind: tuple(dict.fromkeys((*documents, *added))) for kind, documents in required.items()}
    documents = replace(policy.documents, required=required)
    return replace(policy, classes=classes, rectify=rectify, pending=pending, reasons=reasons, documents=documents)


def _first(days: Iterable[int | None]) -> int | None:
    return next(filter(None, days), None)


def _fits(special: SpecialCase, facts: tuple[str, ...]) -> bool:
    """Return whether the facts meet all conditions of a special case."""
    text_by_fact = dict(zip(SPECIAL_FACTS, facts, strict=True))
    return all(
        _comparable(name, text_by_fact[name]) in {_comparable(name, value) for value in values}
        for name, values in special.conditions.items()
    )


def _comparable(name: str, text: str) -> str:
    """Return a text in which spelling makes no difference: 湖北, 湖北省 and Hubei are one province."""
    province = province_key(text) if name == "province" else ""
    return province or folded_word(text)
