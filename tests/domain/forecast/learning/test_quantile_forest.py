"""Trees and the quantile forest agree with scikit-learn on the same data."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from workbench.domain.forecast.learning import tree
from workbench.domain.forecast.learning.arrays import CodeArray, FloatArray
from workbench.domain.forecast.learning.feature_encoding import BINS
from workbench.domain.forecast.learning.quantile_forest import QuantileForest, TrainingRows
from workbench.domain.forecast.learning.tree import TreeLimits, TreeSample, grow_tree

# Each test imports scikit-learn itself: all processes collect this module, and the import takes as long as many tests.
if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

COLUMNS = 4


def codes_of(random: np.random.Generator, rows: int) -> CodeArray:
    return random.integers(0, BINS, (rows, COLUMNS), dtype=np.uint8)


def times_of(random: np.random.Generator, codes: CodeArray) -> FloatArray:
    """Return times whose median and spread depend on the codes."""
    middle = 1 + codes[:, 0] / 8 + (codes[:, 1] > BINS // 2) * 2.0
    return np.asarray(middle * random.lognormal(0, 0.3, len(codes)), dtype=np.float64)


@pytest.mark.proof
def test_a_tree_of_all_columns_splits_like_that_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    for levels, share in [(1, 0.0), (3, 0.01), (6, 0.002)]:
        from sklearn.tree import DecisionTreeRegressor

        random = np.random.default_rng(20261124)
        codes = codes_of(random, 600)
        target, weights = times_of(random, codes), random.uniform(0.5, 2, len(codes))
        # The reference has no minimum gain for a split.
        monkeypatch.setattr(tree, "_LEAST_GAIN", 0.0)

        shape = TreeLimits(leaf_weight=share * weights.sum(), levels=levels, columns=COLUMNS)
        _tree, leaf = grow_tree(TreeSample(codes, target, weights), shape, random)
        mean = np.bincount(leaf, weights * target) / np.maximum(np.bincount(leaf, weights), 1e-9)

        reference = DecisionTreeRegressor(max_depth=levels, min_weight_fraction_leaf=share)
        reference.fit(codes, target, sample_weight=weights)
        assert mean[leaf] == pytest.approx(reference.predict(codes))


def test_a_tree_sends_each_training_row_to_its_own_leaf() -> None:
    random = np.random.default_rng(1)
    codes = codes_of(random, 600)
    shape = TreeLimits(leaf_weight=5, levels=6, columns=1)

    grown, leaf = grow_tree(TreeSample(codes, times_of(random, codes), np.ones(len(codes))), shape, random)

    assert (grown.leaves(codes) == leaf).all()
    assert len(set(leaf.tolist())) > 4


def pinball(predicted: FloatArray, truth: FloatArray, level: float) -> float:
    """Return the pinball loss, whose mean is least for the true quantile."""
    missed = truth - predicted
    return float(np.mean(np.maximum(level * missed, (level - 1) * missed)))


def reference_quantiles(
    fitted: "RandomForestRegressor", known: CodeArray, times: FloatArray, queries: CodeArray
) -> FloatArray:
    """Return the quantiles 0.1, 0.5 and 0.9 after Meinshausen, from the leaves that query and training rows share."""
    leaf_known, leaf_of_queries = fitted.apply(known), fitted.apply(queries)
    order = np.argsort(times)
    found = []
    for leaves in leaf_of_queries:
        together = leaf_known == leaves
        share = (together / np.maximum(together.sum(axis=0), 1)).mean(axis=1)[order]
        found.append(times[order][np.searchsorted(share.cumsum(), [0.1, 0.5, 0.9])])
    return np.array(found)


@pytest.mark.proof
def test_the_quantile_error_is_at_most_that_of_a_scikit_learn_forest() -> None:
    from sklearn.ensemble import RandomForestRegressor

    random = np.random.default_rng(7)
    codes, queries = codes_of(random, 2_000), codes_of(random, 400)
    times, truth = times_of(random, codes), times_of(random, queries)
    rows = TrainingRows(codes=codes, remaining_s=times, case=np.arange(len(codes)))

    support_s = np.unique(np.quantile(times, np.linspace(0, 1, 257)))
    forest = QuantileForest(rows, support_s, seed=1)
    cumulative = forest.cumulative(queries)
    fitted = RandomForestRegressor(60, min_samples_leaf=25, max_features=2, random_state=1).fit(codes, times)
    reference = reference_quantiles(fitted, codes, times, queries)

    for place, level in enumerate((0.1, 0.5, 0.9)):
        ours = np.array([support_s[np.searchsorted(row, level)] for row in cumulative])
        assert pinball(ours, truth, level) <= 1.03 * pinball(reference[:, place], truth, level)
