"""The sample honours strata, floors and seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.quality.sample import FLOOR, Candidate, allocation, draw, fast_limits

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 400), min_size=1)


@given(sizes=SIZES, size=st.integers(0, 900))
def test_each_stratum_gets_its_floor_and_the_rest_in_proportion(sizes: dict[str, int], size: int) -> None:
    given_ = allocation(sizes, size)
    floors = {stratum: min(count, FLOOR) for stratum, count in sizes.items()}
    assert all(floors[stratum] <= given_[stratum] <= sizes[stratum] for stratum in sizes)
    whole = sum(sizes.values())
    assert sum(given_.values()) == max(min(size, whole), sum(floors.values()))
    # Of two strata above their floors, none is drawn from more densely than the other by more than one decision.
    above = [stratum for stratum in sizes if given_[stratum] > floors[stratum]]
    for one in above:
        for other in above:
            assert (given_[one] - 1) * sizes[other] <= (given_[other] + 1) * sizes[one]


@given(sizes=SIZES, size=st.integers(0, 300), seed=st.integers(0, 2**63), data=st.data())
def test_the_same_seed_draws_the_same_decisions_in_any_order(
    sizes: dict[str, int], size: int, seed: int, data: st.DataObject
) -> None:
    names = [stratum for stratum, count in sorted(sizes.items()) for _one in range(count)]
    candidates = [Candidate(number, stratum) for number, stratum in enumerate(names)]
    drawn = draw(candidates, size, seed)
    assert Counter(one.stratum for one in drawn) == {s: n for s, n in allocation(sizes, size).items() if n}
    assert len(set(drawn)) == len(drawn)
    assert draw(data.draw(st.permutations(candidates)), size, seed) == drawn


def test_the_seed_decides_which_decisions_are_drawn() -> None:
    candidates = [Candidate(number, "ab"[number % 2]) for number in range(1_000)]
    # Written down, because an upgrade or another machine must not draw others.
    assert [one.number for one in draw(candidates, 10, 7)] == [77, 126, 161, 203, 232, 395, 430, 715, 770, 930]
    times = Counter(one.number for seed in range(500) for one in draw(candidates, 20, seed))
    assert len(times) > 990
    assert max(times.values()) < 28


def test_a_speed_outlier_is_far_below_the_others_of_its_group() -> None:
    usual = [("standard", 60.0 + 4 * number) for number in range(40)]
    limit = fast_limits([*usual, ("rare", 1.0)])
    assert set(limit) == {"standard"}
    assert 10 < limit["standard"] < 60
