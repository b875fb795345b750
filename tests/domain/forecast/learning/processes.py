"""Generates the event log of an office with rework and checks; deterministic for a seed."""

import numpy as np

from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent

DAY = 86_400.0
_START_DAY = 15_000
_OPENS, _CLOSES = 9 / 24, 17 / 24
_FRIDAY = 4


def next_working_instant(day: float) -> float:
    """Return the next working instant, in days since 1970: Monday to Friday, nine to five."""
    date, time = divmod(day, 1)
    if time >= _CLOSES:
        date, time = date + 1, _OPENS
    time = max(time, _OPENS)
    while (date + 3) % 7 > _FRIDAY:
        date, time = date + 1, _OPENS
    return date + time


def after_work(day: float, days_of_work: float) -> float:
    """Return when an amount of work is done that begins at an instant."""
    day = next_working_instant(day)
    while True:
        left = int(day) + _CLOSES - day
        if days_of_work <= left:
            return day + days_of_work
        days_of_work -= left
        day = next_working_instant(int(day) + _CLOSES)


def office_log(seed: int, cases: int = 800) -> list[EventTrace]:
    """Return the log of an office that reviews three kinds of case, sends some back and checks half of them."""
    random = np.random.default_rng(seed)
    length = cases / 2
    traces = []
    for number, begins in enumerate(np.sort(random.uniform(0, length, cases))):
        kind = ("simple", "common", "large")[random.choice(3, p=[0.2, 0.5, 0.3])]
        size = {"simple": 0.15, "common": 0.4, "large": 1.0}[kind]
        day = next_working_instant(_START_DAY + begins)
        events = [TraceEvent(f"received {kind}", day * DAY)]
        while True:
            day = after_work(day, size * random.lognormal(0, 0.8))
            events.append(TraceEvent("reviewed", day * DAY))
            if random.random() >= 0.3:
                break
            day += random.lognormal(np.log(4), 0.9)
            events.append(TraceEvent("rectified", day * DAY))
        if random.random() < 0.5:
            day = after_work(day, random.exponential(0.25))
            events.append(TraceEvent("checked", day * DAY))
        events.append(TraceEvent("closed", (day + random.choice([0, random.exponential(0.1)])) * DAY))
        traces.append(EventTrace(str(number), tuple(events)))
    return traces
