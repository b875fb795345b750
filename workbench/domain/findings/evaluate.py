"""Evaluates the rules of a policy, and derives risk, priority and service class. A rule never decides a case."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from db.enums import ApplicantKind, Priority, Risk, ServiceClass, Severity, Verdict
from workbench.domain.facts.all_facts import Facts
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import CLEAN_REASON, OVERRIDE_REASON, FactValue, Limit, Policy, Rule

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

_Subject = tuple[str, Mapping[str, FactValue]]


def findings_of(facts: Facts, policy: Policy) -> tuple[Finding, ...]:
    """Return one finding for each rule that is hit, with its most severe limit.

    Blocks come first, then warns, then infos, each in the order of the policy.
    """
    found: dict[str, Finding] = {}
    for checks in _checks_of(policy):
        for check in checks:
            subject = check.hit_subject(facts)
            if subject is not None:
                found[check.rule.code] = _finding(check, subject, facts.case)
                break
    reported = [finding for code, finding in found.items() if policy.rules[code].yields_to not in found]
    return tuple(sorted(reported, key=_by_severity))


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


def _by_severity(graded: Finding | Limit) -> int:
    """Return the sort key that puts blocks first. Sorting is stable, so the order of the policy stays otherwise."""
    return _ORDER[graded.severity]


class _Check:
    """A limit of a rule, with what follows from it worked out: a batch asks it of every case."""

    __slots__ = ("_compare", "_conditions", "_samples", "limit", "rule")

    def __init__(self, rule: Rule, limit: Limit) -> None:
        self.rule = rule
        self.limit = limit
        self._compare = COMPARISONS[limit.op]
        self._samples = tuple(limit.samples.items())
        self._conditions = tuple(limit.conditions.items())

    def hit_subject(self, facts: Facts) -> _Subject | None:
        """Return the subject if the limit is hit: the case, the worst card, or all documents that hit it.

        The documents are named worst first, so that the applicant can rectify all of them in one round.
        """
        case, limit = facts.case, self.limit
        if limit.scope == "case":
            return ("", case) if self._is_hit(case, case) else None
        subjects = facts.cards if limit.scope == "card" else facts.documents
        hits = [subject for subject in subjects if self._is_hit(subject[1], case)]
        if not hits:
            return None
        # Sorting is stable: subjects that are equally far beyond the limit stay in the order of the evidence.
        hits.sort(key=lambda subject: -self._distance(subject[1], case))
        name, own = hits[0]
        if limit.scope == "document":
            name = ";".join(dict.fromkeys(kind for kind, _facts in hits))
        return name, own

    def _is_hit(self, own: Mapping[str, FactValue], case: Mapping[str, FactValue]) -> bool:
        limit = self.limit
        observed = own.get(limit.observes)
        if observed is None:
            return False
        bound = self.bound(own, case) if limit.value_of else limit.value
        if bound is None or not self._compare(observed, bound):
            return False
        for fact, least in self._samples:
            count = _known(fact, own, case)
            if not isinstance(count, int | float) or count < least:
                return False
        return all(_known(name, own, case) in values for name, values in self._conditions)

    def bound(self, own: Mapping[str, FactValue], case: Mapping[str, FactValue]) -> FactValue:
        """Return the value that the observed one is compared with."""
        return _known(self.limit.value_of, own, case) if self.limit.value_of else self.limit.value

    def _distance(self, own: Mapping[str, FactValue], case: Mapping[str, FactValue]) -> float:
        observed, bound = own[self.limit.observes], self.bound(own, case)
        if isinstance(observed, int | float) and isinstance(bound, int | float):
            return abs(observed - bound)
        return 0.0


@lru_cache(maxsize=8)
def _checks_of(policy: Policy) -> tuple[tuple[_Check, ...], ...]:
    """Return the checks of each rule, the most severe first; of equal limits, the first in the policy's order."""
    return tuple(
        tuple(_Check(rule, limit) for limit in sorted(rule.limits, key=_by_severity)) for rule in policy.rules.values()
    )


def _known(name: str, own: Mapping[str, FactValue], case: Mapping[str, FactValue]) -> FactValue:
    """Return a fact of the card or document, or else of the case."""
    return own[name] if name in own else case.get(name)


def _finding(check: _Check, hit: _Subject, case: Mapping[str, FactValue]) -> Finding:
    (subject, own), rule, limit = hit, check.rule, check.limit
    if limit.subject_of:
        subject = str(_known(limit.subject_of, own, case) or "")
    return Finding(
        rule=rule.code,
        leg=rule.leg,
        severity=limit.severity,
        observed=own[limit.observes],
        op=limit.op,
        limit=check.bound(own, case),
        unit=limit.unit,
        subject=subject,
        source=limit.source or rule.source,
        observes=limit.observes,
    )


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


def class_of(promised: ServiceClass | None, cards: int, findings: Iterable[Finding], policy: Policy) -> ServiceClass:
    """Return the class promised to the applicant, or else the longest one given by risk or number of cards."""
    if promised is not None:
        return promised
    classes = [policy.classes.default, policy.classes.risk.get(risk_of(findings), policy.classes.default)]
    if cards >= policy.classes.complex_from_cards:
        classes.append(ServiceClass.COMPLEX)
    return max(classes, key=_CLASSES.index)


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
    return tuple(
        finding.rule
        for finding in findings
        if finding.rule in policy.reasons and _is_preselected(finding, verdict, policy)
    )


def _is_preselected(finding: Finding, verdict: Verdict, policy: Policy) -> bool:
    verdicts = policy.reasons[finding.rule].verdicts
    if verdict is Verdict.FAIL:
        return finding.severity is Severity.BLOCK and Verdict.FAIL in verdicts
    return finding.severity is not Severity.INFO and verdicts == (Verdict.PENDING,)
