"""How often similar cases passed at the first decision, and the interval of this share."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.case_history import CaseHistory, HistoryStep
from workbench.domain.forecast.pass_rates import FEWEST_SAME, PassRates, wilson_interval

OUTCOMES = ("passed", "failed", "rectifying", "pending", "pending_others")
COUNTS = st.integers(1, 400).flatmap(lambda decided: st.tuples(st.integers(0, decided), st.just(decided)))


def history(outcome: str, *rules: str, findings: str = "") -> CaseHistory:
    """Return a case with block findings of some rules whose first verdict had an outcome, if any."""
    steps = [HistoryStep("queued", 1.0)]
    if outcome:
        steps += [HistoryStep("verdict", 2.0), HistoryStep(outcome, 2.0)]
    return CaseHistory(
        case=1,
        steps=tuple(steps),
        attributes={"findings": findings or ("block" if rules else "none")},
        block_rules=rules,
    )


@given(COUNTS)
def test_the_interval_is_within_0_and_1_and_holds_the_share(counts: tuple[int, int]) -> None:
    passed, decided = counts
    low, high = wilson_interval(passed, decided)

    assert 0 <= low <= passed / decided <= high <= 1
    assert low < high


def test_the_interval_holds_the_true_share_about_nine_times_in_ten() -> None:
    for decided in [20, 50, 200]:
        shares = [number / 40 for number in range(1, 40)]
        held = []
        for share in shares:
            held.append(
                sum(
                    comb(decided, passed) * share**passed * (1 - share) ** (decided - passed)
                    for passed in range(decided + 1)
                    if wilson_interval(passed, decided)[0] <= share <= wilson_interval(passed, decided)[1]
                )
            )

        assert sum(held) / len(held) == pytest.approx(0.9, abs=0.02)
        assert min(held) > 0.8


@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(["A", "B", ""])), max_size=60))
def test_only_passes_at_the_first_decision_of_similar_cases_count(cases: list[tuple[str, str]]) -> None:
    rates = PassRates.fit([history(outcome, *filter(None, [rule])) for outcome, rule in cases])

    for rule in ("A", ""):
        same = [outcome for outcome, other in cases if other == rule]
        if rule and len(same) < FEWEST_SAME:
            same = [outcome for outcome, other in cases if other]
        rate = rates.of(history("", *filter(None, [rule])))
        if not same:
            assert rate is None
            continue
        assert rate is not None
        assert rate.cases == len(same)
        assert rate.share == same.count("passed") / len(same)
        assert rate.findings == ("block" if rule else "none")


def test_few_cases_with_the_same_block_findings_are_widened_to_all_with_block_findings() -> None:
    known = [history("passed", "A")] * (FEWEST_SAME - 1) + [history("rectifying", "B")] * FEWEST_SAME

    few, many = (PassRates.fit(known).of(history("", rule)) for rule in ("A", "B"))
    assert few is not None
    assert many is not None
    assert (few.cases, few.has_same_rules) == (2 * FEWEST_SAME - 1, False)
    assert (many.cases, many.share, many.has_same_rules) == (FEWEST_SAME, 0, True)


def test_cases_with_block_findings_are_never_counted_among_those_without() -> None:
    rates = PassRates.fit([history("passed", findings="warn")] * 50 + [history("passed")] * 50)

    assert rates.of(history("", "A")) is None
