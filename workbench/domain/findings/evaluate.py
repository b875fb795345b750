"""Evaluates the rules of a policy, and derives risk, priority and service class. A rule never decides a case."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from db.enums import ApplicantKind, Priority, Risk, ServiceClass, Severity, Verdict, WaitsFor
from workbench.domain.facts.all_facts import CaseFacts
from workbench.domain.facts.identity import HOLDER_FACT_BY_FACT
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.reason_documents import replaced_documents
from workbench.domain.findings.subject_batch import SubjectBatch, flattened
from workbench.domain.policy.policy import CLEAN_REASON, OVERRIDE_REASON, FactValue, Policy, Rule, RuleLimit, Scope

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
_PRIORITIES = tuple(Priority)
_CLASSES = tuple(ServiceClass)
_MEDIUM_FROM_WARNS = 2
"""The warnings from which on the risk of a case is medium."""


def findings_of(facts: CaseFacts, policy: Policy) -> tuple[Finding, ...]:
    """Return the findings of one case; see `findings_of_all`."""
    return findings_of_all((facts,), policy)[0]


def findings_of_all(cases: Sequence[CaseFacts], policy: Policy) -> list[tuple[Finding, ...]]:
    """Return the findings of each case: one for each rule that is hit, from the most severe limit.

    Blocks come first, then warns, then infos, each in the order of the policy.
    """
    of_cases = SubjectBatch([("", facts.case) for facts in cases], range(len(cases)))
    subjects: dict[Scope, SubjectBatch] = {
        "case": of_cases,
        "card": SubjectBatch(*flattened([facts.cards for facts in cases]), of_cases),
        "document": SubjectBatch(*flattened([facts.documents for facts in cases]), of_cases),
    }
    findings_by_case: list[dict[str, Finding]] = [{} for _case in cases]
    for check in _checks_of(policy):
        code = check.rule.code
        for case_index, finding in check.findings(subjects[check.limit.scope], findings_by_case):
            # The checks of a rule begin with the most severe one.
            findings_by_case[case_index].setdefault(code, finding)
    return [_reported(finding_by_rule, policy) for finding_by_rule in findings_by_case]


def _reported(findings: Mapping[str, Finding], policy: Policy) -> tuple[Finding, ...]:
    """Return the findings of a case, given by rule, without those whose rule yields to another; blocks first."""
    rules, places = policy.rules, _places_of_rules(policy)
    reported = (finding for code, finding in findings.items() if not _yields(rules[code], findings))
    return tuple(sorted(reported, key=lambda finding: (_by_severity(finding), places[finding.rule])))


def _yields(rule: Rule, findings: Mapping[str, Finding]) -> bool:
    """Say whether the finding of a rule is left out because a stronger rule is hit.

    The finding of a rule about documents stays: it does not name the documents of the stronger finding.
    """
    return any(code in findings for code in rule.stronger) and any(limit.scope != "document" for limit in rule.limits)


def worse_blocks(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the block findings of `after` that `before` does not have, or has with a less severe value."""
    earlier = {finding.rule: finding for finding in before if finding.severity is Severity.BLOCK}
    blocks = [finding for finding in after if finding.severity is Severity.BLOCK]
    return tuple(finding for finding in blocks if _is_worse(finding, earlier.get(finding.rule)))


def _is_worse(finding: Finding, earlier: Finding | None) -> bool:
    """Say whether a finding is new, or its value is further beyond the limit than the earlier one's."""
    if earlier is None or finding.observes != earlier.observes:
        return True
    is_beyond = COMPARISONS.get(finding.op.rstrip("="), COMPARISONS["!="])
    return is_beyond(finding.observed, earlier.observed)


def _by_severity(graded: Finding | RuleLimit) -> int:
    """Return the sort key that puts blocks first. Sorting is stable, so the order of the policy stays otherwise."""
    return _ORDER[graded.severity]


class _LimitCheck:
    """The check of one limit of a rule, prepared once for all cases."""

    def __init__(self, rule: Rule, limit: RuleLimit) -> None:
        self.rule = rule
        self.limit = limit
        self._compare = COMPARISONS[limit.op]
        self._samples = tuple(limit.samples.items())
        self._conditions = tuple(limit.conditions.items())

    def findings(self, batch: SubjectBatch, found: Sequence[Mapping[str, Finding]]) -> Iterator[tuple[int, Finding]]:
        """Yield the index of each case that hits the limit, and its finding.

        The finding names all cards or documents that hit the limit, worst first, so that the applicant can rectify
        them in one round. A finding about an ID number names the people whose number it is.

        Args:
            batch: The subjects of the limit's scope.
            found: The findings of stronger rules, by case.
        """
        hits = self._beyond(batch)
        if self._samples or self._conditions:
            hits = [index for index in hits if self._applies(batch, index)]
        if self.limit.scope == "case":
            observed = batch.column(self.limit.observes)
            subject_of = self.limit.subject_of or HOLDER_FACT_BY_FACT.get(self.limit.observes, "")
            for index in hits:
                subject = str(batch.own_or_case_values(subject_of)[index] or "") if subject_of else ""
                yield index, self._finding(observed[index], self._bound(batch, index), subject)
            return
        for case_index, own_hits in groupby(hits, key=batch.case_indices.__getitem__):
            # Sorting is stable: subjects that are equally far beyond the limit stay in the order of the evidence.
            worst_first = sorted(own_hits, key=lambda index: -self._distance(batch, index))
            if self.rule.yields_to:
                replaced = replaced_documents(self.rule, found[case_index])
                worst_first = [index for index in worst_first if batch.subjects[index][0] not in replaced]
            if not worst_first:
                continue
            worst = worst_first[0]
            subject = ";".join(dict.fromkeys(batch.subjects[index][0] for index in worst_first))
            if self.limit.subject_of:
                subject = str(batch.own_or_case_values(self.limit.subject_of)[worst] or "")
            value = batch.column(self.limit.observes)[worst]
            yield case_index, self._finding(value, self._bound(batch, worst), subject)

    def _beyond(self, batch: SubjectBatch) -> list[int]:
        """Return the indices of the subjects beyond the limit; unknown values are not beyond it."""
        observes = self.limit.observes
        if not self.limit.value_of:
            # Most facts have few values, and most values are within all limits.
            beyond = {value for value in batch.values(observes) if self._is_beyond(value, self.limit.value)}
            return [index for index, value in enumerate(batch.column(observes)) if value in beyond] if beyond else []
        if not batch.values(observes):
            return []
        pairs = zip(batch.column(observes), batch.own_or_case_values(self.limit.value_of), strict=True)
        return [
            index for index, (value, bound) in enumerate(pairs) if value is not None and self._is_beyond(value, bound)
        ]

    def _is_beyond(self, observed: FactValue, bound: FactValue) -> bool:
        return bound is not None and self._compare(observed, bound)

    def _bound(self, batch: SubjectBatch, index: int) -> FactValue:
        return batch.own_or_case_values(self.limit.value_of)[index] if self.limit.value_of else self.limit.value

    def _applies(self, batch: SubjectBatch, index: int) -> bool:
        """Say whether the limit applies to a subject, and its sample is large enough."""
        counts = ((batch.own_or_case_values(fact)[index], least) for fact, least in self._samples)
        return all(isinstance(count, int | float) and count >= least for count, least in counts) and all(
            batch.own_or_case_values(fact)[index] in values for fact, values in self._conditions
        )

    def _distance(self, batch: SubjectBatch, index: int) -> float:
        observed, bound = batch.column(self.limit.observes)[index], self._bound(batch, index)
        if isinstance(observed, int | float) and isinstance(bound, int | float):
            return abs(observed - bound)
        return 0.0

    @lru_cache(maxsize=16_384, typed=True)  # noqa: B019 - the checks of the last policies are kept anyway
    def _finding(self, observed: FactValue, bound: FactValue, subject: str) -> Finding:
        rule, limit = self.rule, self.limit
        return Finding(
            rule=rule.code,
            leg=rule.leg,
            severity=limit.severity,
            observed=observed,
            op=limit.op,
            limit=bound,
            unit=limit.unit,
            subject=subject,
            source=limit.source or rule.source,
            observes=limit.observes,
        )


@lru_cache(maxsize=8)
def _checks_of(policy: Policy) -> tuple[_LimitCheck, ...]:
    """Return the checks of all limits in the order in which they are made.

    Stronger rules come first. Within a rule, the most severe limit comes first, and equally severe limits keep the
    order of the policy.
    """
    rules = sorted(policy.rules.values(), key=lambda rule: len(_stronger_rules(rule, policy)))
    return tuple(_LimitCheck(rule, limit) for rule in rules for limit in sorted(rule.limits, key=_by_severity))


def _stronger_rules(rule: Rule, policy: Policy, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the rules to which a rule yields, those to which these yield, and so on."""
    for code in rule.stronger:
        if code not in known:
            known = _stronger_rules(policy.rules[code], policy, known | {code})
    return known


@lru_cache(maxsize=8)
def _places_of_rules(policy: Policy) -> Mapping[str, int]:
    """Return the place of each rule in the policy."""
    return {code: place for place, code in enumerate(policy.rules)}


def risk_of(findings: Iterable[Finding]) -> Risk:
    """Return the risk: high with any block, medium with two or more warns, else low."""
    severities = [finding.severity for finding in findings]
    if Severity.BLOCK in severities:
        return Risk.HIGH
    return Risk.MEDIUM if severities.count(Severity.WARN) >= _MEDIUM_FROM_WARNS else Risk.LOW


def has_block(findings: Iterable[Finding]) -> bool:
    """Say whether a finding blocks a pass."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def priority_of(findings: Iterable[Finding], cards: int, kind: ApplicantKind, policy: Policy) -> Priority:
    """Return the highest priority given by the kind of applicant, the risk, or the number of cards."""
    priorities = [
        policy.priority.kind.get(kind, Priority.NORMAL),
        policy.priority.risk.get(risk_of(findings), Priority.LOW),
        Priority.HIGH if cards >= policy.priority.high_from_cards else Priority.LOW,
    ]
    return max(priorities, key=_PRIORITIES.index)


def raised_priority(current: Priority, assessed: Priority) -> Priority:
    """Return the priority of a queued case after an assessment: it may rise, and never falls by itself.

    A finding vanishes when the applicant hands in what was missing; that must not send the case back in the queue. Only
    a supervisor lowers a priority.
    """
    return max(current, assessed, key=_PRIORITIES.index)


def service_class_of(
    promised: ServiceClass | None, cards: int, findings: Iterable[Finding], policy: Policy
) -> ServiceClass:
    """Return the class promised to the applicant, or else the longest one given by risk or number of cards."""
    if promised is not None:
        return promised
    classes = [policy.classes.default, policy.classes.risk.get(risk_of(findings), policy.classes.default)]
    if cards >= policy.classes.complex_from_cards:
        classes.append(ServiceClass.COMPLEX)
    return max(classes, key=_CLASSES.index)


def is_answerable(finding: Finding, policy: Policy) -> bool:
    """Say whether the applicant can clear up a finding by handing in or correcting something."""
    reason = policy.reasons.get(finding.rule)
    return reason is not None and reason.waits_for in {None, WaitsFor.APPLICANT} and bool(reason.item.en)


def worst_severity(findings: Iterable[Finding]) -> str:
    """Return the severity of the worst block or warn, "none" without one."""
    severities = {finding.severity for finding in findings} - {Severity.INFO}
    return min(severities, key=_ORDER.__getitem__).value if severities else "none"


def worst_severity_if_answered(findings: Iterable[Finding], policy: Policy) -> str:
    """Return the severity of the worst block or warn that the applicant cannot clear up, "none" without one."""
    return worst_severity(finding for finding in findings if not is_answerable(finding, policy))


def is_clean(findings: Iterable[Finding]) -> bool:
    """Say whether there is no warn and no block."""
    return all(finding.severity is Severity.INFO for finding in findings)


def preselected_reasons(findings: Sequence[Finding], verdict: Verdict, policy: Policy) -> tuple[str, ...]:
    """Return the reasons that a verdict dialog preselects.

    For a pass: OK if the case is clean, or the override if a finding blocks. For a fail: the reasons of the blocks. For
    pending: the reasons of blocks and warns that allow no other verdict, such as a hit by name only.
    """
    if verdict is Verdict.PASS:
        if is_clean(findings):
            return (CLEAN_REASON,)
        # The reviewer must judge warns.
        return (OVERRIDE_REASON,) if has_block(findings) and OVERRIDE_REASON in policy.reasons else ()
    with_reason = (finding for finding in findings if finding.rule in policy.reasons)
    return tuple(finding.rule for finding in with_reason if _is_preselected(finding, verdict, policy))


def _is_preselected(finding: Finding, verdict: Verdict, policy: Policy) -> bool:
    verdicts = policy.reasons[finding.rule].verdicts
    if verdict is Verdict.FAIL:
        return finding.severity is Severity.BLOCK and Verdict.FAIL in verdicts
    return finding.severity is not Severity.INFO and verdicts == (Verdict.PENDING,)
