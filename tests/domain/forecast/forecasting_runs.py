"""Forecasts made in a simulated office as it goes, compared with what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.domain.forecast.queue.simulated_office import ASSUMED, SimulatedOffice
from workbench.domain.forecast.case_history import VERDICT, CaseHistory, QueueSpells
from workbench.domain.forecast.estimates import Forecast
from workbench.domain.forecast.queue.model import OpenCase, QueueModel


@dataclass(frozen=True, slots=True)
class Told:
    """One forecast and the truth, in working days."""

    forecast: Forecast
    made_at: float
    first_verdict_at: float
    passed_at: float


def first_verdict_at(course: CaseHistory) -> float:
    """Return when the first verdict on a case was given, never if it was not."""
    return next((step.at for step in course.steps if step.what == VERDICT), np.inf)


def at_receipt(queue_model: SimulatedOffice, warm_up: int, most: int, every_days: int = 5) -> list[Told]:
    """Forecast each case when it is received; what is learnt is learnt again every so many working days.

    Cases that are never passed (final fail, lapsed) have no passing to be forecast, and are left out.
    """
    history = queue_model.history
    stays = QueueSpells.of(history.courses)
    place_of = {int(course): place for place, course in enumerate(stays.course) if stays.step[place] == 0}
    told: list[Told] = []
    learnt = QueueModel.learnt(history, 0.0, queue_model.time, ASSUMED)
    learnt_on = -every_days
    for number, course in enumerate(history.courses):
        if number < warm_up or course.passed_at is None or len(told) == most:
            continue
        at = course.steps[0].at
        if int(at) >= learnt_on + every_days:
            learnt_on = int(at)
            learnt = QueueModel.learnt(history, learnt_on, queue_model.time, ASSUMED)
        place = place_of[number]
        known = replace(course, steps=course.steps[:1])
        case = OpenCase(course=known, ahead=stays.ahead_at(place), due=float(stays.due[place]))
        told.append(Told(learnt.forecast([case], at)[0], at, first_verdict_at(course), course.passed_at))
    return told


def at_moments(queue_model: SimulatedOffice, first_day: int, every_days: int = 6) -> list[Told]:
    """Forecast all cases that are open at some moments, wherever they are, that will be passed."""
    history = queue_model.history
    stays = QueueSpells.of(history.courses)
    random = np.random.default_rng(first_day)
    last_day = int(max(course.steps[0].at for course in history.courses))
    told: list[Told] = []
    for day in range(first_day, last_day, every_days):
        learnt = QueueModel.learnt(history, day, queue_model.time, ASSUMED)
        at = day + float(random.random())
        cases = open_at(history.courses, stays, at)
        for forecast in learnt.forecast(cases, at):
            course = history.courses[forecast.case]
            if course.passed_at is not None:
                told.append(Told(forecast, at, first_verdict_at(course), course.passed_at))
    return told


def open_at(courses: Sequence[CaseHistory], stays: QueueSpells, at: float) -> list[OpenCase]:
    """Return the cases that are open at a time, with their places in the queue."""
    place_of = {
        int(course): place
        for place, course in enumerate(stays.course)
        if stays.entered[place] < at <= stays.left[place]
    }
    cases = []
    for number, course in enumerate(courses):
        known = course.until(at)
        if known is None or known.is_over:
            continue
        place = place_of.get(number)
        ahead = None if place is None else stays.ahead_at(place, at)
        due = float("inf") if place is None else float(stays.due[place])
        cases.append(OpenCase(course=known, ahead=ahead, due=due))
    return cases


def share_in_time(told: list[Told]) -> float:
    """Return for how many the day of passing was no later than the day that was told for nine in ten."""
    return float(np.mean([np.ceil(each.passed_at - 1e-9) <= np.ceil(each.forecast.passed.p90 - 1e-9) for each in told]))
