"""Agreement equals a reference, a plain count and a known rate."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest

from workbench.domain.quality.agreement import FEWEST_PAIRS, Estimate, Pair, agreement_of, jaccard_of

REFERENCE = json.loads((Path(__file__).parent / "irrcac.json").read_text(encoding="ascii"))
CODES = ("ID", "ACT", "CRD")


def pairs_of(table: list[list[int]], stratum: str = "") -> Iterator[Pair]:
    """Yield the pairs that a table counts."""
    for first, second in product(range(len(table)), repeat=2):
        yield from [Pair(first, second, stratum)] * table[first][second]


def figures(estimate: Estimate | None) -> tuple[float, float, float]:
    """Return the value and the interval."""
    assert estimate is not None
    return estimate.value, estimate.low, estimate.high


def test_kappa_and_ac1_equal_the_reference_on_a_hundred_tables() -> None:
    for case in REFERENCE:
        found = agreement_of(list(pairs_of(case["table"])), range(len(case["table"])))
        for ours, (value, low, high) in ((found.kappa, case["kappa"]), (found.ac1, case["ac1"])):
            assert figures(ours)[0] == pytest.approx(value, abs=1e-6)
            assert figures(ours)[1:] == pytest.approx((max(low, -1), high), abs=1e-6)
    assert len(REFERENCE) == 100


def test_the_bootstrap_of_one_stratum_is_near_the_reference() -> None:
    for table, case in [(case["table"], case) for case in REFERENCE if sum(map(sum, case["table"])) > 250][:20]:
        found = agreement_of(list(pairs_of(table)), range(len(table)), {"": 1})
        assert figures(found.ac1)[0] == pytest.approx(case["ac1"][0], abs=1e-6)
        assert figures(found.ac1)[1:] == pytest.approx(case["ac1"][1:], abs=0.04)


def test_weighted_figures_equal_a_count_of_every_case_that_a_pair_stands_for() -> None:
    rng = Random(3)
    sizes = {"a": 400, "b": 90, "c": 10}
    pairs = [
        Pair(first := rng.randrange(3), first if rng.random() < 0.8 else rng.randrange(3), stratum)
        for stratum in sizes
        for _number in range(20 if stratum == "a" else 10)
    ]
    pairs_in = {stratum: [pair for pair in pairs if pair.stratum == stratum] for stratum in sizes}
    whole = [pair for pair in pairs for _copy in range(sizes[pair.stratum] * 2 // len(pairs_in[pair.stratum]))]
    weighted, counted = agreement_of(pairs, range(3), sizes), agreement_of(whole, range(3))
    for ours, plain in ((weighted.raw, counted.raw), (weighted.kappa, counted.kappa), (weighted.ac1, counted.ac1)):
        assert figures(ours)[0] == pytest.approx(figures(plain)[0], abs=1e-12)


def test_few_pairs_have_no_figure_and_equal_answers_no_kappa() -> None:
    few = agreement_of([Pair("pass", "pass")] * (FEWEST_PAIRS - 1), ("pass", "fail"))
    assert (few.pairs, few.raw, few.kappa, few.ac1) == (FEWEST_PAIRS - 1, None, None, None)
    for sizes in (None, {"": 500}):
        same = agreement_of([Pair("pass", "pass")] * 200, ("pass", "fail"), sizes)
        assert same.kappa is None
        assert figures(same.ac1)[0] == figures(same.raw)[0] == 1
    assert jaccard_of([Pair(frozenset(), frozenset())] * (FEWEST_PAIRS - 1)) is None


def test_the_jaccard_index_is_the_mean_share_of_common_reasons() -> None:
    half = [Pair(frozenset({"ID", "ACT"}), frozenset({"ID"}))] * 20
    none, both = [Pair(frozenset({"ID"}), frozenset())] * 10, [Pair(frozenset(), frozenset())] * 10
    value, low, high = figures(jaccard_of([*half, *none, *both]))
    assert value == 0.5
    assert 0.35 < low < 0.5 < high < 0.65


@pytest.mark.proof
@pytest.mark.parametrize("weighted", [False, True], ids=["all cases", "by strata"])
def test_the_intervals_cover_the_known_rate_of_a_simulated_office(weighted: bool) -> None:
    """1,000 samples of an office whose people disagree in 12 of 100 cases; the true figures come from its odds."""
    verdicts, shares = ("pass", "fail", "pending"), {"a": (0.7, 0.2, 0.1), "b": (0.4, 0.5, 0.1)}
    sizes, drawn, disagree = {"a": 3_000, "b": 1_000}, {"a": 120, "b": 80}, {"a": 0.10, "b": 0.18}
    if not weighted:
        drawn = {"a": 150, "b": 50}
    truth = _truth(shares, sizes, disagree)
    covered = dict.fromkeys(truth, 0)
    runs = 1_000
    for run in range(runs):
        rng = Random(run)
        pairs = []
        for stratum, count in drawn.items():
            for _case in range(count):
                first = rng.choices(verdicts, shares[stratum])[0]
                others = [verdict for verdict in verdicts if verdict != first]
                second = rng.choice(others) if rng.random() < disagree[stratum] else first
                pairs.append(Pair(first, second, stratum))
        found = agreement_of(pairs, verdicts, sizes if weighted else None)
        for name, value in truth.items():
            low, high = figures(getattr(found, name))[1:]
            covered[name] += low <= value <= high
    assert {name: 0.93 <= count / runs <= 0.97 for name, count in covered.items()} == dict.fromkeys(truth, True), (
        covered
    )


def _truth(
    shares: dict[str, tuple[float, float, float]], sizes: dict[str, int], disagree: dict[str, float]
) -> dict[str, float]:
    """Return the figures of the whole office, from its odds alone."""
    table = [[0.0] * 3 for _row in range(3)]
    for stratum, size in sizes.items():
        for first, second in product(range(3), repeat=2):
            odds = 1 - disagree[stratum] if first == second else disagree[stratum] / 2
            table[first][second] += size / sum(sizes.values()) * shares[stratum][first] * odds
    raw = sum(table[k][k] for k in range(3))
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    means = [(row + column) / 2 for row, column in zip(rows, columns, strict=True)]
    chance_of_ac1 = sum(mean * (1 - mean) for mean in means) / 2
    return {"raw": raw, "kappa": (raw - chance) / (1 - chance), "ac1": (raw - chance_of_ac1) / (1 - chance_of_ac1)}
