"""The limit shown beside a figure: the most severe one exceeded, otherwise the first."""

from collections.abc import Callable
from typing import Any

from workbench.domain.case.casefile import CaseFile
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, Limit
from workbench.i18n import _
from workbench.wording.amounts import count, duration_s, ratio

Formatter = Callable[[Any], str]
"""Formats the value of a figure."""

_UPPER = frozenset({">", ">="})
_LOWER = frozenset({"<", "<="})
_IN_SECONDS = "_s"
_AS_SHARE = "_ratio"


def limit_beside(case: CaseFile, name: str, value: FactValue) -> tuple[Limit, bool] | None:
    """Return the limit to show beside a figure and whether it is exceeded; None if no rule limits the figure."""
    rules_with_finding = {finding.rule for finding in case.findings}
    limits = [
        (limit, rule.code in rules_with_finding and COMPARISONS[limit.op](value, limit.value))
        for rule in case.policy.rules.values()
        for limit in rule.limits
        if limit.observes == name and _number(limit) is not None and limit.op in _UPPER | _LOWER
    ]
    exceeded = [(limit, is_exceeded) for limit, is_exceeded in limits if is_exceeded]
    return exceeded[-1] if exceeded else next(iter(limits), None)


def _number(limit: Limit) -> int | float | None:
    """Return the value of a limit, None if it is not a number."""
    return limit.value if isinstance(limit.value, int | float) and not isinstance(limit.value, bool) else None


def bound_words(limit: Limit) -> str:
    """Return a limit in words, for example `limit 60` or `min 40 %`."""
    message = _("limit {figure}") if limit.op in _UPPER else _("min {figure}")
    return message.format(figure=_figure(limit))


def _figure(limit: Limit) -> str:
    value = _number(limit) or 0
    if limit.observes.endswith(_AS_SHARE):
        return ratio(value)
    if limit.observes.endswith(_IN_SECONDS):
        return duration_s(value)
    # The greatest allowed value: a limit with >= must not even be reached.
    return count(int(value - 1 if limit.op == ">=" else value))
