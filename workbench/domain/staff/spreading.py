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

    def place(login: str) -> tuple[int, int, int]:
        return total[login], given[login], rank[login]

    # First the cases that few people may take, while these have room. The sort keeps the order of urgency.
    for case in sorted(takers, key=lambda case: len(takers[case])):
        if takers[case]:
            owner[case] = min(takers[case], key=place)
            total[owner[case]] += 1
            given[owner[case]] += 1
    _even_out(owner, total, takers)
    return {case: owner[case] for case in cases if case in owner}


def _even_out(owner: dict[int, str], total: Counter[str], takers: Mapping[int, Sequence[str]]) -> None:
    """Give cases to people with fewer ones, directly or through others, until the loads cannot become more even."""
    while (path := _path(owner, total, takers)) is not None:
        for case, taker in path:
            total[owner[case]] -= 1
            total[taker] += 1
            owner[case] = taker


def _path(
    owner: Mapping[int, str], total: Mapping[str, int], takers: Mapping[int, Sequence[str]]
) -> list[tuple[int, str]] | None:
    """Return cases with the person who gets each, which together move one case to a person who has two fewer."""
    exchanges: dict[str, dict[str, int]] = defaultdict(dict)
    for case, login in owner.items():
        for taker in takers[case]:
            exchanges[login].setdefault(taker, case)
    for start in sorted(exchanges, key=lambda login: -total[login]):
        paths: dict[str, list[tuple[int, str]]] = {start: []}
        waiting = [start]
        for login in waiting:
            if total[login] < total[start] - 1:
                return paths[login]
            for taker, case in exchanges[login].items():
                if taker not in paths:
                    paths[taker] = [*paths[login], (case, taker)]
                    waiting.append(taker)
    return None
