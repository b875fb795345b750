"""All facts that rules can use, by name. Thresholds are in the policy, not here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.domain.evidence.evidence import NO_CALLS, CallFacts, Evidence
from workbench.domain.facts.activity import (
    ACTIVITY_FACTS,
    CASE_ACTIVITY_FACTS,
    NO_ACTIVITY,
    ComplaintStatus,
    card_activity_facts,
    case_activity_facts,
    complaint_statuses,
)
from workbench.domain.facts.credit import CREDIT_FACTS, credit_facts
from workbench.domain.facts.documents import DOCUMENT_FACTS, USE_FACTS, document_facts, use_facts
from workbench.domain.facts.fact import Facts, FactType, chained
from workbench.domain.facts.identity import CARD_FACTS, IDENTITY_FACTS, card_facts, identity_facts
from workbench.domain.policy.policy import FactValue, Policy, Scope

FACTS: Mapping[Scope, Mapping[str, FactType]] = {
    "case": {**IDENTITY_FACTS, **USE_FACTS, **CASE_ACTIVITY_FACTS, **CREDIT_FACTS},
    "card": {**CARD_FACTS, **ACTIVITY_FACTS},
    "document": DOCUMENT_FACTS,
}
"""The facts that a policy may observe, by scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts of a case, of each card by msisdn, and of each document by kind.

    A document kind occurs once for each file of its latest delivery. `complaints` are in the order of the evidence.
    """

    case: Facts
    cards: tuple[tuple[str, Facts], ...] = ()
    documents: tuple[tuple[str, Facts], ...] = ()
    complaints: tuple[ComplaintStatus, ...] = ()


def observe(evidence: Evidence, policy: Policy, today: date) -> CaseFacts:
    """Return all facts of FACTS; `today` is the local day in the policy's zone."""
    activity = card_activity_facts(evidence, policy, today)
    return CaseFacts(
        case=chained(
            *identity_facts(evidence, today),
            *use_facts(evidence, policy),
            *case_activity_facts(evidence, policy, today),
            credit_facts(evidence.credit, today),
        ),
        cards=tuple(
            (msisdn, chained(facts_of_card, activity.get(msisdn, NO_ACTIVITY)))
            for msisdn, facts_of_card in card_facts(evidence)
        ),
        documents=tuple(document_facts(evidence, today)),
        complaints=complaint_statuses(evidence, policy, today),
    )


def activity_view(evidence: Evidence, facts: CaseFacts) -> dict[str, Any]:
    """Return the activity facts as `--json` prints them, over all cards and for each card; no number is masked."""
    calls = {call.msisdn: call for call in evidence.calls}
    return {
        **_activity(facts.case, evidence.all_calls),
        "cards": [
            {"msisdn": msisdn, **_activity(facts_of_card, calls.get(msisdn, NO_CALLS))}
            for msisdn, facts_of_card in facts.cards
        ],
    }


def _activity(facts: Facts, call: CallFacts) -> dict[str, FactValue]:
    return {
        **{name: facts[name] for name in CASE_ACTIVITY_FACTS if name in facts},
        "window_from": None if call.window_from is None else call.window_from.isoformat(),
        "window_to": None if call.window_to is None else call.window_to.isoformat(),
    }
