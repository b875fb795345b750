"""The limit shown beside a figure: the most severe one exceeded, otherwise the first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import Severity
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, Limit
from workbench.i18n import _
from workbench.wording.amounts import count, duration_s, ratio

Shown = Callable[[Any], str]
_UPPER = frozenset({">", ">="})
_LOWER = frozenset({"<", "<="})
_IN_SECONDS = "_s"
_AS_SHARE = "_ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearLimit:
    """A numeric limit of a fact."""

    observes: str
    op: str
    value: float
    severity: Severity
    is_hit: bool


def nearest(case: CaseFile, name: str, value: FactValue) -> NearLimit | None:
    """Return the limit to show beside a figure, None if no rule limits it."""
    seen = {finding.rule for finding in case.findings}
    chosen = [
        _near(limit, is_hit=rule.code in seen and COMPARISONS[limit.op](value, limit.value))
        for rule in case.policy.rules.values()
        for limit in rule.limits
        if _shows(limit, name)
    ]
    hit = [limit for limit in chosen if limit.is_hit]
    return hit[-1] if hit else next(iter(chosen), None)


def _shows(limit: Limit, name: str) -> bool:
    is_figure = isinstance(limit.value, int | float) and not isinstance(limit.value, bool)
    return limit.observes == name and is_figure and limit.op in _UPPER | _LOWER


def _near(limit: Limit, *, is_hit: bool) -> NearLimit:
    value = limit.value if isinstance(limit.value, int | float) else 0
    return NearLimit(observes=limit.observes, op=limit.op, value=value, severity=limit.severity, is_hit=is_hit)


def bound_words(limit: NearLimit) -> str:
    """Return a limit in words, for example `limit 60` or `min 40 %`."""
    figure = _figure(limit)
    if limit.op in _UPPER:
        return _("limit {figure}").format(figure=figure)
    return _("min {figure}").format(figure=figure)


def _figure(limit: NearLimit) -> str:
    if limit.observes.endswith(_AS_SHARE):
        return ratio(limit.value)
    if limit.observes.endswith(_IN_SECONDS):
        return duration_s(limit.value)
    # A limit that must not be reached allows one less.
    value = limit.value - 1 if limit.op == ">=" else limit.value
    return count(int(value))
