"""Of the cases that are said to be late most turn out late, and most of those that turn out late were named."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from tests.domain.forecast.forecasting_runs import first_verdict_at
from tests.domain.forecast.queue.simulated_office import ASSUMED, Plan, SimulatedOffice
from tests.sizes import sized
from workbench.domain.filter.keys import LIKELY_SHARES
from workbench.domain.forecast.case_history import QueueSpells, urgency_of
from workbench.domain.forecast.queue import model
from workbench.domain.forecast.queue.interval_calibration import IntervalCalibration
from workbench.domain.forecast.queue.late_cases import chances_to_be_late
from workbench.domain.forecast.queue.model import OpenCase, QueueModel

_DAYS, _WARM_UP_DAYS, _DAYS_AHEAD = 60, 15, 2
_FIRST_VERDICTS_SHARE = 0.65
"""The share of the verdicts that are first verdicts on a case."""

_LEAST = 0.6


def office(seed: int, most_reviewers: int) -> SimulatedOffice:
    """Return an office of 3 or more reviewers that is nearly in time or not, with a holiday and a suspension."""
    drawn = random.Random(seed)
    reviewers, speed = drawn.randint(3, most_reviewers), 8.2
    arrivals = reviewers * speed * drawn.uniform(0.8, 1.25) * _FIRST_VERDICTS_SHARE
    return SimulatedOffice(
        Plan(
            seed=seed,
            cases=int(arrivals * _DAYS),
            arrivals=arrivals,
            reviewers=reviewers,
            speed=speed,
            drift=drawn.uniform(0.8, 1.05),
            holiday_after_days=drawn.randint(15, 45),
            suspended_after=drawn.randint(10, 50),
            incomplete=0.1,
        )
    )


def named_and_late(simulated: SimulatedOffice) -> Iterator[tuple[bool, bool]]:
    """Yield for each case two days before it is due whether it is named, and whether its first verdict is late."""
    past = simulated.history
    spells = QueueSpells.of(past.cases)
    for day in map(float, range(_WARM_UP_DAYS, _DAYS - _DAYS_AHEAD, sized(ci=8, full=2))):
        waiting = np.flatnonzero((spells.entered <= day) & (spells.left > day))
        keys = (spells.history, spells.due, -spells.rank, urgency_of(spells.due, day))
        waiting = waiting[np.lexsort([key[waiting] for key in keys])]
        known = {spell: past.cases[spells.history[spell]].until(day + 1e-9) for spell in waiting}
        cases = [
            OpenCase(history=history, ahead=ahead, due=float(spells.due[spell]))
            for ahead, (spell, history) in enumerate(known.items())
            if history is not None
        ]
        learnt = QueueModel.fit(past, day, simulated.time, ASSUMED)
        chances = chances_to_be_late(learnt, cases, day)
        for case in cases:
            if case.due == day + _DAYS_AHEAD and case.history.case in chances:
                is_late = first_verdict_at(past.cases[case.history.case]) > case.due
                yield chances[case.history.case].share >= LIKELY_SHARES["late"], is_late


@pytest.mark.proof
@pytest.mark.parametrize(("offices", "most"), [(sized(ci=1, full=20), sized(ci=6, full=30))])
def test_most_cases_that_are_named_are_late_and_most_late_ones_are_named(
    offices: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The ranges of days are not used here, and calibrating them takes most of the time.
    monkeypatch.setattr(model, "calibrate_intervals", lambda *_: IntervalCalibration())

    outcomes = [outcome for seed in range(offices) for outcome in named_and_late(office(seed, most))]

    named, late, both = (sum(chosen) for chosen in zip(*((*each, all(each)) for each in outcomes), strict=True))
    print(f"\n{len(outcomes)} cases: {named} named, {late} late, {both} both")  # noqa: T201 - the figures of the proof
    assert both >= _LEAST * named
    assert both >= _LEAST * late
    assert late
