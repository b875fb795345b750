"""The chance of each open case to get its first verdict after its due date."""

from dataclasses import replace

import numpy as np
import pytest

from tests.domain.forecast.queue.simulated_office import ASSUMED
from tests.domain.forecast.queue.test_queue_model import NOW, queued, simulated
from workbench.domain.forecast.case_history import HistoryStep
from workbench.domain.forecast.estimates import QuantilePair
from workbench.domain.forecast.queue.model import OpenCase, QueueModel


@pytest.fixture(scope="module")
def queue_model() -> QueueModel:
    return QueueModel.fit(simulated().history, int(NOW), simulated().time, ASSUMED)


def share(queue_model: QueueModel, case: OpenCase) -> float:
    return queue_model.late_shares([case], NOW)[case.history.case]


def test_the_longer_the_queue_before_a_case_the_likelier_it_is_late(queue_model: QueueModel) -> None:
    shares = queue_model.late_shares(queued(400, due=NOW + 3), NOW)

    assert list(shares.values()) == sorted(shares.values())
    assert shares[0] == 0
    assert shares[399] == 1


def test_a_case_is_late_for_sure_once_it_is_overdue(queue_model: QueueModel) -> None:
    (case,) = queued(1, due=NOW - 0.1)
    staged = replace(case.history, steps=(*case.history.steps, HistoryStep("awaiting_check", NOW)))

    assert share(queue_model, case) == 1
    assert share(queue_model, replace(case, ahead=None, history=staged)) == 1


def test_a_case_outside_the_queue_is_late_as_its_check_or_its_answer_is(queue_model: QueueModel) -> None:
    (case,) = queued(1)
    pending = replace(case, ahead=None, waits_for_others=True, answer_at=QuantilePair(p50=NOW + 2, p90=NOW + 4))
    staged = replace(case.history, steps=(*case.history.steps, HistoryStep("awaiting_check", NOW)))

    assert [share(queue_model, replace(pending, due=NOW + due)) for due in (2, 4, 9)] == pytest.approx([0.5, 0.1, 0])
    assert share(queue_model, replace(case, ahead=None, history=staged, due=NOW + 30)) == 0


def test_a_case_that_cannot_become_late_has_no_chance(queue_model: QueueModel) -> None:
    (case,) = queued(1)
    decided = replace(case.history, steps=(*case.history.steps, HistoryStep("passed", NOW)))
    without = (case, replace(case, due=NOW, is_stopped=True), replace(case, due=NOW, history=decided))

    assert np.isinf(case.due)
    assert queue_model.late_shares(without, NOW) == {}
