"""Agreement of two people on the same cases: raw, Cohen's kappa and Gwet's AC1, with 95 % intervals.

A table counts pairs: row k, column l holds the cases that the first person put in category k and the second one in l.
Kappa collapses where nearly all cases are in one category, AC1 does not; so both are given.

Without weights, the interval of raw agreement is Wilson's (Wilson, JASA 22, 1927), and those of kappa and AC1 are
t-intervals with the variances of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969) and Gwet (British
Journal of Mathematical and Statistical Psychology 61, 2008). Where all agree, that variance is 0; their lower end is
then computed from that of raw agreement. With weights, they come from a bootstrap that draws, in each stratum, one case
fewer than it has, so that small strata do not look surer than they are (Rao and Wu, JASA 83, 1988). No
interval is narrowed for a sample that is a large part of its period: what is asked is how people decide, not how they
decided in these cases alone.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.domain.quality.report import wilson

FEWEST_PAIRS = 30
"""With fewer pairs no figure is given: its interval would be too wide to be of use."""

_CONFIDENCE = 0.95
_DRAWS = 2_000
_SEED = 20_261_101

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree.

    Attributes:
        pairs: The number of cases that both judged.
        raw: The share on which they agree; None with fewer than `FEWEST_PAIRS` pairs.
        kappa: None also if chance alone explains everything, because all answers are the same.
        ac1: Gwet's coefficient.
    """

    pairs: int
    raw: Estimate | None = None
    kappa: Estimate | None = None
    ac1: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """What two people said about one case, and the stratum that the case was drawn from."""

    first: Hashable
    second: Hashable
    stratum: str = ""


def agreement_of(
    pairs: Collection[Pair], categories: Sequence[Hashable], sizes: Mapping[str, int] | None = None
) -> Agreement:
    """Return how far two people agree.

    Args:
        pairs: One for each case.
        categories: All possible answers, at least two.
        sizes: The number of cases in each stratum of the period, which weigh the strata; None weighs all pairs equally.
    """
    if len(pairs) < FEWEST_PAIRS:
        return Agreement(len(pairs))
    if sizes is None or all(pair.first == pair.second for pair in pairs):
        # Where everybody agrees, all draws are the same, whatever the weights.
        return _unweighted(_table(pairs, categories))
    tables, shares = _by_stratum(pairs, sizes, lambda some: _table(some, categories))
    draws = _resampled(tables, shares)
    together = sum(share * table / table.sum() for share, table in zip(shares, tables, strict=True))
    return Agreement(
        len(pairs),
        *(_bootstrap_estimate(function(together), function(draws), len(pairs)) for function in (_raw, _kappa, _ac1)),
    )


def jaccard_of(pairs: Collection[Pair], sizes: Mapping[str, int] | None = None) -> Estimate | None:
    """Return the mean Jaccard index of two people's sets of reasons; None with fewer than `FEWEST_PAIRS` pairs.

    The index of two empty sets is 1 (Jaccard, New Phytologist 11, 1912, leaves it open). The answers of the pairs are
    frozen sets; `sizes` are as for `agreement_of`.
    """
    if len(pairs) < FEWEST_PAIRS:
        return None
    # Without sizes, the shares are not used.
    some_sizes = dict.fromkeys((pair.stratum for pair in pairs), 1) if sizes is None else sizes
    indexes, shares = _by_stratum(pairs, some_sizes, lambda some: np.array([_jaccard(one) for one in some]))
    if sizes is None:
        indexes, shares = [np.concatenate(indexes)], np.ones(1)
    random = np.random.default_rng(_SEED)
    drawn = [random.choice(values, (_DRAWS, max(len(values) - 1, 1))).mean(axis=1) for values in indexes]
    value = sum(share * values.mean() for share, values in zip(shares, indexes, strict=True))
    return _bootstrap_estimate(
        np.asarray(value), sum(share * draws for share, draws in zip(shares, drawn, strict=True)), len(pairs)
    )


def _jaccard(pair: Pair) -> float:
    first, second = frozenset(_set(pair.first)), frozenset(_set(pair.second))
    return len(first & second) / len(first | second) if first | second else 1.0


def _set(answer: Hashable) -> Iterable[Any]:
    return answer if isinstance(answer, frozenset) else (answer,)


def _table(pairs: Iterable[Pair], categories: Sequence[Hashable]) -> Table:
    place = {category: number for number, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    for pair in pairs:
        table[place[pair.first], place[pair.second]] += 1
    return table


def _by_stratum(
    pairs: Iterable[Pair], sizes: Mapping[str, int], summary_of: Callable[[list[Pair]], Table]
) -> tuple[list[Table], Table]:
    """Return what is counted in each stratum that has pairs, and the share of the period that each stratum is."""
    strata: dict[str, list[Pair]] = {}
    for pair in pairs:
        strata.setdefault(pair.stratum, []).append(pair)
    shares = np.array([sizes[stratum] for stratum in strata], float)
    return [summary_of(some) for some in strata.values()], shares / shares.sum()


def _resampled(tables: Sequence[Table], weights: Table) -> Table:
    """Return bootstrap tables of the shares of cells, one for each draw; the weights are those of the strata."""
    random, together = np.random.default_rng(_SEED), np.zeros((_DRAWS, *tables[0].shape))
    for table, weight in zip(tables, weights, strict=True):
        pairs = int(table.sum())
        draws = max(pairs - 1, 1)
        drawn = random.multinomial(draws, table.ravel() / pairs, size=_DRAWS)
        together += weight * drawn.reshape(together.shape) / draws
    return together


def _bootstrap_estimate(value: Table, draws: Table, pairs: int) -> Estimate | None:
    """Return a figure with its interval from bootstrap draws; None if it is undefined.

    Percentiles of the draws would miss the truth too often near 1, where few disagreements are seen; the logarithm of
    what is missing to 1 is nearly normal.
    """
    if np.isnan(value):
        return None
    missing = float(1 - value)
    factor = np.exp(_t_quantile(pairs) * np.nanstd(draws) / missing) if missing else 1.0
    return Estimate(float(value), float(max(1 - missing * factor, -1)), float(1 - missing / factor))


def _t_quantile(pairs: int) -> float:
    """Return the quantile of the t-distribution for an interval of 95 %."""
    # SciPy is imported on first use, because its import takes much time and memory, and most periods need no interval.
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(pairs - 1, (1 + _CONFIDENCE) / 2))


def _raw(shares: Table) -> Table:
    raw: Table = np.einsum("...kk->...", shares)
    return raw


def _kappa(shares: Table) -> Table:
    chance = np.einsum("...k,...k->...", shares.sum(axis=-1), shares.sum(axis=-2))
    # Where chance explains everything, kappa is undefined.
    return _beyond(_raw(shares), np.where(chance > 1 - 1e-12, np.nan, chance))


def _ac1(shares: Table) -> Table:
    return _beyond(_raw(shares), _chance_of_ac1(shares))


def _chance_of_ac1(shares: Table) -> Table:
    prevalence: Table = (shares.sum(axis=-1) + shares.sum(axis=-2)) / 2
    chance: Table = (prevalence * (1 - prevalence)).sum(axis=-1) / (shares.shape[-1] - 1)
    return chance


def _beyond(observed: Table, chance: Table) -> Table:
    return (observed - chance) / (1 - chance)


def _unweighted(table: Table) -> Agreement:
    pairs, shares = int(table.sum()), table / table.sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    raw, same = float(_raw(shares)), np.eye(len(table))
    low, high = wilson(round(raw * pairs), pairs)
    kappa, ac1 = float(_kappa(shares)), float(_ac1(shares))
    prevalence = (rows + columns) / 2
    kappa_slopes = columns[:, None] + rows[None, :]
    ac1_slopes = 2 * (1 - (prevalence[:, None] + prevalence[None, :]) / 2) / (len(table) - 1)

    def with_interval(value: float, chance: float, slopes: Table) -> Estimate | None:
        if np.isnan(value):
            return None
        if raw == 1:
            return Estimate(value, (low - chance) / (1 - chance), 1.0)
        spread = (shares * (same - (1 - value) * slopes) ** 2).sum() - (raw - 2 * (1 - value) * chance) ** 2
        half = _t_quantile(pairs) * np.sqrt(max(spread, 0) / pairs) / (1 - chance)
        return Estimate(value, float(max(value - half, -1)), float(min(value + half, 1)))

    return Agreement(
        pairs,
        Estimate(raw, low, high),
        with_interval(kappa, float(rows @ columns), kappa_slopes),
        with_interval(ac1, float(_chance_of_ac1(shares)), ac1_slopes),
    )
