"""Generators of event logs that are hard to forecast, because the past is not like the test; deterministic for a seed.

The process is random too: how long each step takes, how much that varies, and how often steps are repeated or skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.domain.forecast.learning.processes import DAY
from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent

_START_DAY = 15_000
_MOST_EVENTS = 40

Pace = Callable[[float, float], float]
"""How much slower a step is, by the day on which the case began and that of the step."""

DatedSteps = list[tuple[int, float]]
"""The steps of a case with their days."""


def steady(_began: float, _at: float) -> float:
    """Return the usual pace."""
    return 1.0


@dataclass(frozen=True)
class RandomProcess:
    """A process of some steps; `median_days` and `spread` describe the wait after each."""

    random: np.random.Generator
    median_days: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    spread: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    repeated: float
    skipped: float

    @classmethod
    def of_seed(cls, seed: int) -> "RandomProcess":
        """Return the process of a seed."""
        random = np.random.default_rng(seed)
        steps = int(random.integers(3, 8))
        median_days = np.exp(random.uniform(-1, 3) + random.normal(0, 1, steps))
        return cls(random, median_days, random.uniform(0.4, 1.2, steps), random.uniform(0, 0.3), random.uniform(0, 0.3))

    def steps(self, began: float, pace: Pace = steady) -> DatedSteps:
        """Return the steps of one case."""
        step, day = 0, began
        steps = [(step, day)]
        last = len(self.median_days)
        while step < last and len(steps) < _MOST_EVENTS:
            day += self.median_days[step] * self.random.lognormal(0, self.spread[step]) * pace(began, day)
            chance = self.random.random()
            forward = 2 if chance > 1 - self.skipped else 1
            step = max(0, step - 1) if chance < self.repeated else min(last, step + forward)
            steps.append((step, day))
        return steps

    def usual_days(self) -> float:
        """Return the median duration of a case."""
        return float(np.median([self.steps(0)[-1][1] for _case in range(200)]))

    def begins(self, cases: int, days: float) -> list[float]:
        """Return when cases begin, in order."""
        return [float(day) for day in np.sort(self.random.uniform(0, days, cases))]


def traces_of(step_lists: list[DatedSteps]) -> list[EventTrace]:
    """Return the traces of cases."""
    return [
        EventTrace(str(number), tuple(TraceEvent(f"step {step}", (_START_DAY + day) * DAY) for step, day in steps))
        for number, steps in enumerate(step_lists)
    ]


def _span(process: RandomProcess, cases: int) -> tuple[list[float], float]:
    """Return when cases begin, and the days from the first to the last."""
    days = process.usual_days() * float(process.random.uniform(15, 60))
    return process.begins(cases, days), days


def backlog(seed: int, cases: int = 300) -> list[EventTrace]:
    """Return a log that opens amid work: of the cases that began earlier, it shows those that were still open."""
    process = RandomProcess.of_seed(seed)
    begins, days = _span(process, cases)
    earlier = [process.steps(day - days) for day in process.begins(cases, days)]
    return traces_of([*(steps for steps in earlier if steps[-1][1] > 0), *(process.steps(day) for day in begins)])


def last_ends(seed: int, cases: int = 500) -> list[EventTrace]:
    """Return a log that shows only the cases that ended in its last days."""
    process = RandomProcess.of_seed(seed)
    begins, days = _span(process, cases)
    opens = days * float(process.random.uniform(0.4, 0.7))
    return traces_of([steps for day in begins if opens <= (steps := process.steps(day))[-1][1] <= days])


def drift(seed: int, factor: float, cases: int = 300, split: float = 0.6) -> list[EventTrace]:
    """Return a log in which the cases that begin after the split take longer by a factor."""
    process = RandomProcess.of_seed(seed)
    begins, _days = _span(process, cases)
    at = begins[int(cases * split)]
    return traces_of([process.steps(day, lambda began, _now: factor if began >= at else 1.0) for day in begins])


def old_cases(seed: int, cases: int = 300) -> list[EventTrace]:
    """Return a log in which some of the first cases take very long."""
    process = RandomProcess.of_seed(seed)
    begins, days = _span(process, cases)
    slow = float(process.random.uniform(5, 20))
    old = process.begins(cases // 15, days * 0.3)
    return traces_of([*(process.steps(day) for day in begins), *(process.steps(d, lambda _b, _n: slow) for d in old)])


def of_size(seed: int, learnt: int, percent: int = 60) -> list[EventTrace]:
    """Return a log of which a number of cases are learnt from."""
    process = RandomProcess.of_seed(seed)
    begins, _days = _span(process, learnt * 100 // percent)
    return traces_of([process.steps(day) for day in begins])


def seasons(seed: int, cases: int = 300) -> list[EventTrace]:
    """Return a log in which work is slower and faster in turn."""
    process = RandomProcess.of_seed(seed)
    begins, days = _span(process, cases)
    much, turns, first = process.random.uniform(0.2, 0.7), process.random.uniform(1, 4), process.random.uniform(0, 6)
    return traces_of(
        [process.steps(d, lambda _b, now: 1 + much * np.sin(first + 2 * np.pi * turns * now / days)) for d in begins]
    )


def ties_at_zero(seed: int, cases: int = 300) -> list[EventTrace]:
    """Return a log in which many cases are over at once, and times are whole days."""
    process = RandomProcess.of_seed(seed)
    begins, _days = _span(process, cases)
    at_once = float(process.random.uniform(0.3, 0.7))
    step_lists = [process.steps(day) for day in begins]
    step_lists = [
        [(step, steps[0][1]) for step, _day in steps] if process.random.random() < at_once else steps
        for steps in step_lists
    ]
    return traces_of([[(step, float(np.floor(day))) for step, day in steps] for steps in step_lists])


HARD_LOGS: dict[str, Callable[[int], list[EventTrace]]] = {
    "a backlog at the start": backlog,
    "only the ends of the last days": last_ends,
    "slower from the split on": lambda seed: drift(seed, 1.6),
    "faster from the split on": lambda seed: drift(seed, 0.5),
    "much faster from the split on": lambda seed: drift(seed, 0.3),
    "old cases that take long": old_cases,
    "a hundred cases to learn from": lambda seed: of_size(seed, 100),
    "a thousand cases to learn from": lambda seed: of_size(seed, 1_000),
    "seasons": seasons,
    "ties at zero": ties_at_zero,
}
