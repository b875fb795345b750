"""Runs of a simulated office that compare forecasts with what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.domain.forecast.queue.simulated_office import ASSUMED, SimulatedOffice
from workbench.domain.forecast.case_history import VERDICT, CaseHistory, QueueSpells
from workbench.domain.forecast.estimates import CaseEstimate
from workbench.domain.forecast.queue.model import OpenCase, QueueModel


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """One forecast and the outcome, in working days."""

    forecast: CaseEstimate
    made_at: float
    first_verdict_at: float
    passed_at: float


def first_verdict_at(history: CaseHistory) -> float:
    """Return when the first verdict on a case was given, infinity if none was."""
    return next((step.at for step in history.steps if step.what == VERDICT), np.inf)


def at_completion(office: SimulatedOffice, first_day: int, every_days: int) -> list[ForecastOutcome]:
    """Forecast each incomplete case when its documents come, which is what its applicant was told to assume.

    A case is ahead of the newer ones that are due on the same day.
    """
    past = office.history
    spells = QueueSpells.of(past.cases)
    outcomes: list[ForecastOutcome] = []
    learnt, learnt_on = QueueModel.fit(past, 0.0, office.time, ASSUMED), -every_days
    first_spells = [spell for spell in range(len(spells.step)) if spells.step[spell] == 0]
    for spell in sorted(first_spells, key=lambda spell: float(spells.entered[spell])):
        number, at = int(spells.history[spell]), float(spells.entered[spell])
        if number not in office.incomplete or not first_day <= at <= office.plan.arriving_days:
            continue
        if int(at) >= learnt_on + every_days:
            learnt_on = int(at)
            learnt = QueueModel.fit(past, learnt_on, office.time, ASSUMED)
        is_waiting = (spells.entered <= at) & (spells.left > at) & (spells.history > number)
        same = is_waiting & (spells.rank == spells.rank[spell]) & (spells.due == spells.due[spell])
        history = past.cases[number]
        known = replace(history, steps=history.steps[:1])
        ahead, due = spells.ahead_of(spell) - int(same.sum()), float(spells.due[spell])
        (forecast,) = learnt.forecast([OpenCase(history=known, ahead=ahead, due=due)], at)
        outcomes.append(ForecastOutcome(forecast, at, first_verdict_at(history), np.inf))
    return outcomes


def at_moments(office: SimulatedOffice, first_day: int, every_days: int) -> list[ForecastOutcome]:
    """Forecast all cases that are open at some instants and will pass."""
    past = office.history
    spells = QueueSpells.of(past.cases)
    random = np.random.default_rng(first_day)
    last_day = int(max(history.steps[0].at for history in past.cases))
    outcomes: list[ForecastOutcome] = []
    for day in range(first_day, last_day, every_days):
        learnt = QueueModel.fit(past, day, office.time, ASSUMED)
        at = day + float(random.random())
        cases = open_at(past.cases, spells, at)
        for case, forecast in zip(cases, learnt.forecast(cases, at), strict=True):
            history = past.cases[case.history.case]
            if history.passed_at is not None:
                outcomes.append(ForecastOutcome(forecast, at, first_verdict_at(history), history.passed_at))
    return outcomes


def open_at(histories: Sequence[CaseHistory], spells: QueueSpells, at: float) -> list[OpenCase]:
    """Return the cases that are open at an instant, with their positions in the queue."""
    spell_of = {
        int(history): spell
        for spell, history in enumerate(spells.history)
        if spells.entered[spell] < at <= spells.left[spell]
    }
    cases = []
    for number, history in enumerate(histories):
        known = history.until(at)
        if known is None or known.is_over:
            continue
        spell = spell_of.get(number)
        ahead = None if spell is None else spells.ahead_of(spell, at)
        due = float("inf") if spell is None else float(spells.due[spell])
        cases.append(OpenCase(history=known, ahead=ahead, due=due))
    return cases


def share_in_time(outcomes: list[ForecastOutcome]) -> float:
    """Return the share of cases that passed no later than the p90 day of their forecast."""
    return float(
        np.mean([np.ceil(each.passed_at - 1e-9) <= np.ceil(each.forecast.passed.p90 - 1e-9) for each in outcomes])
    )
