"""Which open cases will probably get their first result after their due date."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.domain.clock.late_risk import LateChance
from workbench.domain.forecast.queue.lateness import DueCases, days_to_simulate, late_chances
from workbench.domain.forecast.queue.model import LEVELS, OpenCase, QueueModel
from workbench.domain.forecast.queue.simulation import QueueSimulation
from workbench.domain.forecast.queue.team import PATHS, SEED


def chances_to_be_late(queue_model: QueueModel, cases: Sequence[OpenCase], now: float) -> dict[int, LateChance]:
    """Return the chance of each case that its first result comes after its due date.

    Left out are cases with a result, without a due date, with a stopped clock, or waiting for their applicant. A case
    that waits for somebody else is assumed to get its answer when similar cases did.

    Args:
        queue_model: The model of the queue.
        cases: The open cases.
        now: The time in working days.
    """
    known = [case for case in cases if np.isfinite(case.due) and not (case.is_arriving or case.is_returning)]
    queued = [case for case in known if case.ahead is not None]
    chances = [(case, LateChance(_share_outside_queue(queue_model, case, now))) for case in known if case.ahead is None]
    chances += zip(queued, _chances_in_queue(queue_model, queued, now), strict=True)
    return {
        case.history.case: chance
        for case, chance in chances
        if case.history.first_result_at is None and not case.is_stopped
    }


def _chances_in_queue(queue_model: QueueModel, queued: Sequence[OpenCase], now: float) -> list[LateChance]:
    """Return the chance of each queued case.

    The team decides all cases together. A case assigned to a person who is present also waits for that person.
    """
    cases = DueCases(
        rank=np.array([case.history.rank for case in queued], dtype=np.int64),
        due=np.array([case.due for case in queued], dtype=np.float64),
        is_held=np.array([case.is_held for case in queued], dtype=bool),
    )
    days = queue_model.days(now, days_to_simulate(cases.due, now))
    random, inflow = np.random.default_rng(SEED), queue_model.inflow
    work = QueueSimulation.draw(queue_model.capacity, inflow, days, PATHS, random)
    shares, before = late_chances(cases, np.diff(work.done), inflow, now, random)
    chances = [LateChance(share, count) for share, count in zip(shares.tolist(), before.tolist(), strict=True)]
    assignees = np.array([case.assignee or 0 for case in queued], dtype=np.int64)
    for person in set(assignees.tolist()) - {0}:
        presence = np.array([queue_model.is_present(person, int(now) + day) for day in range(len(days.work_share))])
        if not presence[0]:
            # Everybody may take the cases of somebody who is away.
            continue
        alone = replace(days, work_share=presence * queue_model.share_of(person))
        work = QueueSimulation.draw(queue_model.capacity, inflow, alone, PATHS, np.random.default_rng(SEED))
        own = np.flatnonzero(assignees == person)
        shares, before = late_chances(cases.only(own), np.diff(work.done), None, now, random)
        for index, share, count in zip(own.tolist(), shares.tolist(), before.tolist(), strict=True):
            chances[index] = max(chances[index], LateChance(share, count, waits_for_assignee=True))
    return chances


def _share_outside_queue(queue_model: QueueModel, case: OpenCase, now: float) -> float:
    """Return the chance that a case outside the queue gets its first result late.

    The chance is interpolated between the quantiles of the end of its check or answer; it is 0 if the case waits for
    neither.
    """
    if case.due <= now:
        return 1.0
    answer = case.answer_at
    if case.history.awaits_check:
        answer = queue_model.checks.ends(max(now - case.history.steps[-1].at, 0.0), now)
    if answer is None:
        return 0.0
    return 1 - float(np.interp(case.due, [now, answer.p50, answer.p90, 2 * answer.p90 - now], [0, *LEVELS, 1]))
