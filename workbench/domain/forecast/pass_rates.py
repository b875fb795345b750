"""How often similar cases passed at their first decision, with the interval of the estimate."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from workbench.domain.forecast.case_history import PASSED, CaseHistory
from workbench.domain.forecast.result import PassRate

FEWEST_SAME = 20
"""The fewest cases with the same block findings that have a rate of their own."""

_Z = 1.6449
"""The 95 % quantile of the normal distribution, for an interval that holds with a probability of 90 %."""

_Group = tuple[str, tuple[str, ...]]
"""A group of cases: their most severe findings (block, warn or none), and the rules of their block findings.

Without rules, the group has the cases with any block findings.
"""


@dataclass(frozen=True, slots=True)
class PassRates:
    """The counts of decided cases, and of those that passed at the first decision, by their findings."""

    decided: Counter[_Group]
    passed: Counter[_Group]

    @classmethod
    def fit(cls, histories: Iterable[CaseHistory]) -> "PassRates":
        """Count the first results of cases; a verdict that awaits its check is no result."""
        rates = cls(Counter(), Counter())
        for history in histories:
            if history.first_result is not None:
                groups = set(_groups(history))
                rates.decided.update(groups)
                rates.passed.update(groups if history.first_result.what == PASSED else ())
        return rates

    def of(self, history: CaseHistory) -> PassRate | None:
        """Return the rate of the cases with the same block findings, None if no such case was decided.

        Where there are few such cases, the rate is that of all cases whose most severe findings are as severe.
        """
        same, similar = _groups(history)
        group = same if self.decided[same] >= FEWEST_SAME else similar
        decided, passed = self.decided[group], self.passed[group]
        if not decided:
            return None
        low, high = wilson_interval(passed, decided)
        findings, rules = group
        share = passed / decided
        return PassRate(share=share, low=low, high=high, cases=decided, findings=findings, has_same_rules=bool(rules))


def wilson_interval(passed: int, decided: int) -> tuple[float, float]:
    """Return the 90 % interval of a share, 0 to 1.

    The interval is that of E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212. It is
    usable for few cases and for shares near 0 or 1.

    Args:
        passed: How many cases passed.
        decided: How many cases were decided, at least 1.
    """
    share, spread = passed / decided, _Z**2 / decided
    middle = share + spread / 2
    half = sqrt(spread * (share * (1 - share) + spread / 4))
    # Rounding errors must not exclude the share itself.
    return min(max((middle - half) / (1 + spread), 0.0), share), max(min((middle + half) / (1 + spread), 1.0), share)


def _groups(history: CaseHistory) -> tuple[_Group, _Group]:
    findings = history.attributes.get("findings", "none")
    return (findings, history.block_rules), (findings, ())
