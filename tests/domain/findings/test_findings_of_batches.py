"""The findings of many cases at once are those of each case, judged limit by limit."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from db.enums import Severity
from tests.domain.facts.sample_evidence import default_policy
from tests.sizes import sized
from workbench.domain.facts.all_facts import FACTS, CaseFacts
from workbench.domain.facts.fact import FLAG, NUMBER, TEXT, FactType, chained, interned_group
from workbench.domain.facts.identity import HOLDER_FACT_BY_FACT
from workbench.domain.findings.evaluate import COMPARISONS, findings_of_all
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.reason_documents import documents_of_finding
from workbench.domain.policy.policy import FactValue, Rule, RuleLimit, Scope

POLICY = default_policy()
LIMITS = [limit for rule in POLICY.rules.values() for limit in rule.limits]
ORDER = (Severity.BLOCK, Severity.WARN, Severity.INFO)

Own = Mapping[str, FactValue]


def interesting(fact: str, kind: FactType) -> list[FactValue]:
    """Return values of a fact around its limits and its conditions."""
    bounds: list[Any] = [limit.value for limit in LIMITS if limit.observes == fact and limit.value is not None]
    around = [bound + step for bound in bounds if kind is NUMBER for step in (-1, 0, 1)]
    usual: list[FactValue] = {FLAG: [True, False], TEXT: ["", "x", *bounds], NUMBER: [0, 10, 10**6, *around]}[kind]
    return [None, *usual, *(value for limit in LIMITS for value in limit.conditions.get(fact, ()))]


GROUPS = {scope: [tuple(facts)[place::3] for place in range(3)] for scope, facts in FACTS.items()}
"""The facts of each scope in three groups."""

VALUES = {scope: {fact: interesting(fact, kind) for fact, kind in facts.items()} for scope, facts in FACTS.items()}


def _shared(names: tuple[str, ...], known: Own) -> Own:
    return interned_group(names, *(known[name] for name in names))


def facts_of(rng: Random) -> CaseFacts:
    def own(scope: Scope) -> Own:
        known = {fact: rng.choice(values) for fact, values in VALUES[scope].items() if rng.random() < 0.9}
        return chained(*(_shared(tuple(fact for fact in group if fact in known), known) for group in GROUPS[scope]))

    cards = tuple((f"1380000000{number}", own("card")) for number in range(rng.randrange(4)))
    documents = tuple((rng.choice("ABC"), own("document")) for _number in range(rng.randrange(4)))
    return CaseFacts(case=own("case"), cards=cards, documents=documents)


def known(name: str, own: Own, case: Own) -> FactValue:
    return own[name] if name in own else case.get(name)


def is_hit(limit: RuleLimit, own: Own, case: Own) -> bool:
    observed = own.get(limit.observes)
    bound: Any = known(limit.value_of, own, case) if limit.value_of else limit.value
    if observed is None or bound is None or not COMPARISONS[limit.op](observed, bound):
        return False
    samples = [(known(fact, own, case), least) for fact, least in limit.samples.items()]
    return all(isinstance(count, int | float) and count >= least for count, least in samples) and all(
        known(fact, own, case) in values for fact, values in limit.conditions.items()
    )


def distance(limit: RuleLimit, own: Own, case: Own) -> float:
    observed, bound = own[limit.observes], known(limit.value_of, own, case) if limit.value_of else limit.value
    return abs(observed - bound) if isinstance(observed, int | float) and isinstance(bound, int | float) else 0.0


def finding(rule: Rule, facts: CaseFacts) -> Finding | None:
    """Return the finding of a rule: that of the most severe limit that a subject hits."""
    case, stronger = facts.case, [finding(POLICY.rules[code], facts) for code in rule.stronger]
    replaced = {kind for hit in stronger if hit is not None for kind in documents_of_finding(hit)}
    for limit in sorted(rule.limits, key=lambda limit: ORDER.index(limit.severity)):
        subjects = {"case": (("", case),), "card": facts.cards, "document": facts.documents}[limit.scope]
        hits = [subject for subject in subjects if subject[0] not in replaced and is_hit(limit, subject[1], case)]
        if hits:
            hits.sort(key=lambda subject: -distance(limit, subject[1], case))
            _worst, own = hits[0]
            name = ";".join(dict.fromkeys(each for each, _own in hits))
            subject_of = limit.subject_of or HOLDER_FACT_BY_FACT.get(limit.observes)
            return Finding(
                rule=rule.code,
                leg=rule.leg,
                severity=limit.severity,
                observed=own[limit.observes],
                op=limit.op,
                limit=known(limit.value_of, own, case) if limit.value_of else limit.value,
                unit=limit.unit,
                subject=str(known(subject_of, own, case) or "") if subject_of else name,
                source=limit.source or rule.source,
                observes=limit.observes,
            )
    return None


def one_by_one(facts: CaseFacts) -> Iterator[Finding]:
    found = {code: hit for code, rule in POLICY.rules.items() if (hit := finding(rule, facts)) is not None}
    of_documents = {code for code, rule in POLICY.rules.items() if rule.limits[0].scope == "document"}
    shown = [
        hit
        for code, hit in found.items()
        if code in of_documents or found.keys().isdisjoint(POLICY.rules[code].stronger)
    ]
    yield from sorted(shown, key=lambda hit: ORDER.index(hit.severity))


def test_cases_that_are_judged_together_have_the_findings_of_each() -> None:
    rng = Random(300)
    cases = [facts_of(rng) for _case in range(sized(ci=300, full=10_000))]
    found = findings_of_all(cases, POLICY)
    expected = [tuple(one_by_one(facts)) for facts in cases]
    assert found == expected
    # What is not compared above: the name of the fact, and of what type its value is.
    assert [[(hit.observes, repr(hit.observed)) for hit in own] for own in found] == [
        [(hit.observes, repr(hit.observed)) for hit in own] for own in expected
    ]
    assert len({hit.rule for own in found for hit in own}) == len(POLICY.rules)
