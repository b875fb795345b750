"""Compares the findings of a case under two policies."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.domain.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class FindingChanges:
    """The rules whose findings are new, gone, or differ in severity or limit; false if there are none."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def changed_findings(before: Iterable[Finding], after: Iterable[Finding]) -> FindingChanges:
    """Return how the findings differ; the source of a limit is not compared."""
    old, new = _by_rule(before), _by_rule(after)
    return FindingChanges(
        added=tuple(rule for rule in new if rule not in old),
        removed=tuple(rule for rule in old if rule not in new),
        changed=tuple(rule for rule in new if rule in old and new[rule] != old[rule]),
    )


def _by_rule(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.rule: replace(finding, source="") for finding in findings}
