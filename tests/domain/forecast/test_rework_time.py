"""Rework paths are drawn as often as cases are expected to be sent back."""

from dataclasses import replace

import numpy as np

from tests.domain.forecast.queue.simulated_office import ASSUMED
from tests.domain.forecast.queue.test_queue_model import NOW, learnt, simulated
from workbench.domain.forecast.case_history import HistoryStep
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.rework_mixture import shortest_rework, with_rework_share

FEW_RECTIFIED = np.array([[0.0] * 60 + [3.0, 4.0, 5.0, 6.0] * 10])
"""Forty of a hundred paths include rework."""


def test_the_share_of_rework_paths_equals_the_forecast_share() -> None:
    mixed = with_rework_share(FEW_RECTIFIED, np.array([0.7]))

    assert (mixed >= 3).mean() == 0.7
    assert np.median(mixed) >= 3
    assert np.quantile(mixed[mixed >= 3], [0, 0.5, 1]).tolist() == [3, 4.5, 6]


def test_a_smaller_forecast_share_leaves_the_paths_unchanged() -> None:
    assert (with_rework_share(FEW_RECTIFIED, np.array([0.45])) == FEW_RECTIFIED).all()
    assert (with_rework_share(FEW_RECTIFIED, np.array([0.0])) == FEW_RECTIFIED).all()


def test_paths_without_any_or_with_only_rework_stay_unchanged() -> None:
    for days in (np.zeros((1, 100)), np.full((1, 100), 3.0)):
        assert (with_rework_share(days, np.array([0.7])) == days).all()


def test_no_path_becomes_shorter() -> None:
    days = np.random.default_rng(3).permutation(FEW_RECTIFIED[0])[None, :]
    mixed = with_rework_share(days, np.array([0.7]))

    assert (mixed >= days).all()


def test_the_median_includes_the_shortest_rework_if_most_cases_are_sent_back() -> None:
    both = np.concatenate([FEW_RECTIFIED, FEW_RECTIFIED, FEW_RECTIFIED * 0.3])

    assert shortest_rework(both, np.array([0.6, 0.4, 0.6])).tolist() == [3, 0, 1]


def test_cases_mostly_sent_back_are_not_forecast_to_pass_at_once() -> None:
    queue_model = learnt()
    often = [
        replace(history, steps=(HistoryStep("queued", NOW),))
        for history in simulated().history.cases
        if (queue_model.send_back_rates.share(history.attributes) or 0) > 0.5
    ]
    cases = [OpenCase(history=history, ahead=number) for number, history in enumerate(often)]

    assert len(cases) > 20
    for forecast in queue_model.forecast(cases, NOW):
        assert forecast.first_verdict.p50 + 1 <= forecast.passed.p50 <= forecast.passed.p90


def test_a_queue_longer_than_what_is_learnt_from_leaves_what_passed_before() -> None:
    history = simulated().history
    newest = [replace(each, steps=(HistoryStep("queued", NOW - 0.1),)) for each in history.cases[:900]]

    queue_model = QueueModel.fit(replace(history, cases=[*history.cases, *newest]), NOW, simulated().time, ASSUMED)

    assert queue_model.rework is not None
