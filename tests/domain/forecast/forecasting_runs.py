"""Forecasts made in a simulated office as it goes, compared with what happened."""

from dataclasses import dataclass

import numpy as np

from tests.domain.forecast.simulated_office import ASSUMED, SimulatedOffice
from workbench.domain.forecast.course import Course, Stays
from workbench.domain.forecast.office import Forecast, Office, OpenCase


@dataclass(frozen=True, slots=True)
class Told:
    """One forecast and the truth, in working days."""

    forecast: Forecast
    made_at: float
    first_verdict_at: float
    passed_at: float


def at_receipt(office: SimulatedOffice, warm_up: int, every_days: int) -> list[Told]:
    """Forecast each case when it is received; what is learnt is learnt again from time to time.

    Cases that are never passed (final fail, lapsed) have no passing to be forecast, and are left out.
    """
    history = office.history
    courses = list(history.courses)
    stays = Stays.of(courses)
    place_of = {int(course): place for place, course in enumerate(stays.course) if stays.step[place] == 0}
    told: list[Told] = []
    learnt: Office | None = None
    learnt_on = -every_days
    for number, course in enumerate(courses):
        if number < warm_up or course.passed_at is None:
            continue
        at = course.steps[0].at
        if learnt is None or int(at) >= learnt_on + every_days:
            learnt_on = int(at)
            learnt = Office.learnt(history, learnt_on, office.time, ASSUMED)
        place = place_of[number]
        known = Course(
            case=course.case,
            steps=course.steps[:1],
            attributes=course.attributes,
            rank=course.rank,
            class_days=course.class_days,
        )
        case = OpenCase(course=known, ahead=stays.ahead_at(place), due=float(stays.due[place]))
        told.append(Told(learnt.forecast([case], at)[0], at, course.first_verdict_at or np.inf, course.passed_at))
    return told


def share_in_time(told: list[Told]) -> float:
    """Return for how many the day of passing was no later than the day that was told for nine in ten."""
    return float(np.mean([np.ceil(each.passed_at - 1e-9) <= np.ceil(each.forecast.passed.p90 - 1e-9) for each in told]))
