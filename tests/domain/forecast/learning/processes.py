"""Generators of event logs with rework, long tails, drift, queues or long cases; deterministic for a seed."""

from collections.abc import Callable

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


def office_log(
    seed: int, cases: int = 800, *, rework: float = 0.3, spread: float = 0.8, slower: float = 0.0, season: float = 0.0
) -> list[EventTrace]:
    """Return the log of an office that reviews three kinds of case, sends some back and checks half of them.

    Args:
        seed: The seed of the random numbers.
        cases: How many cases begin, two a day.
        rework: How often a case is sent back, each time.
        spread: How much the work differs between cases (sigma of its logarithm).
        slower: The logarithm of how much slower the office becomes from the first case to the last.
        season: How much slower the office is in the slowest time of a year, and faster in the fastest.
    """
    random = np.random.default_rng(seed)
    length = cases / 2
    traces = []
    for number, begins in enumerate(np.sort(random.uniform(0, length, cases))):
        pace = np.exp(slower * begins / length) * (1 + season * np.sin(2 * np.pi * begins / 365))
        kind = ("simple", "common", "large")[random.choice(3, p=[0.2, 0.5, 0.3])]
        size = {"simple": 0.15, "common": 0.4, "large": 1.0}[kind] * pace
        day = next_working_instant(_START_DAY + begins)
        events = [TraceEvent(f"received {kind}", day * DAY)]
        while True:
            day = after_work(day, size * random.lognormal(0, spread))
            events.append(TraceEvent("reviewed", day * DAY))
            if random.random() >= rework:
                break
            day += random.lognormal(np.log(4), 0.9)
            events.append(TraceEvent("rectified", day * DAY))
        if random.random() < 0.5:
            day = after_work(day, random.exponential(0.25))
            events.append(TraceEvent("checked", day * DAY))
        events.append(TraceEvent("closed", (day + random.choice([0, random.exponential(0.1)])) * DAY))
        traces.append(EventTrace(str(number), tuple(events)))
    return traces


def queue_log(seed: int, cases: int = 1000, *, servers: int = 3) -> list[EventTrace]:
    """Return the log of a queue with several servers, where the waiting time depends on the queue length."""
    random = np.random.default_rng(seed)
    free = np.full(servers, float(_START_DAY))
    day = float(_START_DAY)
    traces = []
    for number in range(cases):
        day += random.exponential(1 / (servers * 0.85 * (1 + 0.5 * np.sin(day / 15))))
        server = int(free.argmin())
        begins = max(day, float(free[server]))
        free[server] = begins + random.gamma(2, 0.5)
        times = (("came", day), ("begun", begins), ("done", float(free[server])))
        traces.append(EventTrace(str(number), tuple(TraceEvent(activity, at * DAY) for activity, at in times)))
    return traces


def permit_log(seed: int, cases: int = 600) -> list[EventTrace]:
    """Return a log of long cases: when later cases begin, a third of the earlier ones are still open."""
    random = np.random.default_rng(seed)
    traces = []
    for number, begins in enumerate(np.sort(random.uniform(0, 450, cases))):
        length = 60 * random.lognormal(0, 1)
        steps = np.sort(random.uniform(0, 1, random.integers(6, 30))) ** 1.3
        phases = np.clip(steps * 6 + random.normal(0, 0.7, len(steps)), 0, 5).astype(int)
        begun = _START_DAY + begins
        events = [TraceEvent("requested", begun * DAY)]
        for phase, step in zip(phases, steps, strict=True):
            events.append(TraceEvent(f"phase {phase}", (begun + step * length) * DAY))
        events.append(TraceEvent("granted", (begun + length) * DAY))
        traces.append(EventTrace(str(number), tuple(events)))
    return traces


LOGS: dict[str, Callable[[int], list[EventTrace]]] = {
    "steady": office_log,
    "seasons": lambda seed: office_log(seed, season=0.5),
    "slower": lambda seed: office_log(seed, slower=0.8),
    "faster": lambda seed: office_log(seed, slower=-0.8),
    "rework": lambda seed: office_log(seed, rework=0.5),
    "long tails": lambda seed: office_log(seed, spread=1.5),
    "queue": queue_log,
    "permits": permit_log,
}
