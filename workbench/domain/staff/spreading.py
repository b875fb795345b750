"""Spreads cases evenly over people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from random import Random


def spread(
    cases: Sequence[int], loads: Mapping[str, int], may_take: Callable[[int, str], bool], seed: int = 0
) -> dict[int, str]:
    """Return who gets each case, so that the loads become as even as they can; a case that nobody may take is left out.

    Args:
        cases: The cases, the most urgent first, so that everybody gets early and late ones.
        loads: The cases that each person has already, without those that are spread.
        may_take: Whether a person may take a case, such as by skills.
        seed: Decides between people with the same load; the same seed gives the same result.
    """
    rank = {login: number for number, login in enumerate(Random(seed).sample(sorted(loads), len(loads)))}  # noqa: S311 - no secret
    takers = {case: [login for login in loads if may_take(case, login)] for case in cases}
    total, given, owner = Counter(loads), Counter[str](), dict[int, str]()

    def load_key(login: str) -> tuple[int, int, int]:
        return total[login], given[login], rank[login]

    # First the cases that few people may take, while these have room. The sort keeps the order of urgency.
    for case in sorted(takers, key=lambda case: len(takers[case])):
        if takers[case]:
            owner[case] = min(takers[case], key=load_key)
            total[owner[case]] += 1
            given[owner[case]] += 1
    _even_out(owner, total, takers)
    return {case: owner[case] for case in cases if case in owner}


def _even_out(owner: dict[int, str], total: Counter[str], takers: Mapping[int, Sequence[str]]) -> None:
    """Give cases to people with fewer ones, directly or through others, until the loads cannot become more even."""
    while (handovers := _handovers(owner, total, takers)) is not None:
        for case, taker in handovers:
            total[owner[case]] -= 1
            total[taker] += 1
            owner[case] = taker


def _handovers(
    owner: Mapping[int, str], total: Mapping[str, int], takers: Mapping[int, Sequence[str]]
) -> list[tuple[int, str]] | None:
    """Return a chain of handovers, each a case and who gets it, that makes the loads more even; None if none does.

    Together, the handovers take one case from a person and give one to a person who has at least two fewer.
    """
    case_to_give: dict[str, dict[str, int]] = defaultdict(dict)
    for case, login in owner.items():
        for taker in takers[case]:
            case_to_give[login].setdefault(taker, case)
    for start in sorted(case_to_give, key=lambda login: -total[login]):
        chains: dict[str, list[tuple[int, str]]] = {start: []}
        waiting = [start]
        for login in waiting:
            if total[login] < total[start] - 1:
                return chains[login]
            for taker, case in case_to_give[login].items():
                if taker not in chains:
                    chains[taker] = [*chains[login], (case, taker)]
                    waiting.append(taker)
    return None
