"""Each rule of DOMAIN 8.4 at its limit, one below and one above, on otherwise clean evidence."""

from datetime import time

import pytest

from tests.domain.facts.sample_evidence import calls, default_policy, evidence, findings, half_hours, with_calls
from tests.domain.findings.rule_table import TABLE, complained_of
from workbench.domain.evidence.evidence import CallFacts


def test_a_rule_gives_the_result_of_the_table() -> None:
    for row in TABLE:
        for value, expected in row.says.items():
            found = findings(row.build(value)).get(row.rule)
            assert (found.severity.value if found else None) == expected, (row.rule, row.name, value)
            assert found is None or found.source


def test_every_rule_of_the_default_policy_is_in_the_table() -> None:
    assert {row.rule for row in TABLE} == default_policy().rules.keys()


def test_a_clean_application_has_no_finding() -> None:
    assert findings(evidence()) == {}


SAMPLES = [
    ("ACT-SHORT-CALLS", {"short_calls": 10}, "answered", 20),
    ("ACT-MEAN-DURATION", {"total_duration_s": 20}, "answered", 20),
    ("ACT-ANSWER-RATE", {"answered": 1}, "calls", 20),
    ("ACT-OUT-SHARE", {"calls_in": 0}, "calls", 20),
    ("ACT-DISTINCT", {"distinct_callees": 19}, "calls", 20),
]


@pytest.mark.parametrize(("rule", "changes", "counted", "least"), SAMPLES)
def test_a_ratio_is_judged_only_from_its_minimum_sample(
    rule: str, changes: dict[str, int], counted: str, least: int
) -> None:
    def small(count: int) -> CallFacts:
        return calls(**({"calls": count, "answered": count} | changes | {counted: count}))

    assert rule not in findings(with_calls(small(least - 1)))
    assert rule in findings(with_calls(small(least)))
    assert rule in findings(with_calls(small(least + 1)))


def test_the_share_of_night_calls_is_judged_from_20_calls() -> None:
    def small(count: int) -> CallFacts:
        return calls(calls=count, half_hours=half_hours(time(10), count, off=1))

    severities = [findings(with_calls(small(count)))["ACT-OFF-HOURS"].severity for count in (19, 20, 21)]
    assert severities == ["warn", "block", "block"]


def test_the_complaint_rate_is_judged_from_200_calls() -> None:
    severities = [findings(complained_of((2, made)))["ACT-COMPLAINTS"].severity for made in (199, 200, 201)]
    assert severities == ["warn", "block", "block"]


def test_a_complaint_rate_above_three_per_thousand_is_a_warning() -> None:
    # One verified complaint is already a warning, so no evidence shows this limit alone.
    limits = default_policy().rules["ACT-COMPLAINTS"].limits
    ratios = [(limit.value, limit.op, limit.severity, limit.min_calls) for limit in limits if limit.unit == "ratio"]
    assert ratios == [(0.003, ">", "warn", 200), (0.005, ">", "block", 200)]


def test_every_severity_of_every_rule_is_in_the_table() -> None:
    rules = default_policy().rules
    wanted = {(code, limit.severity.value) for code, rule in rules.items() for limit in rule.limits}
    assert {(row.rule, severity) for row in TABLE for severity in row.says.values() if severity} == wanted
