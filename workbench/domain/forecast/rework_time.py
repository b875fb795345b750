"""What comes after a verdict, and how often: from the estimator of remaining time, which learns from past courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.domain.forecast.case_history import DAY_S, VERDICT, WITH_APPLICANT, CaseHistory, Step
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.estimator import Choices, Estimator
from workbench.domain.forecast.learning.event_trace import Attribute
from workbench.domain.forecast.learning.past_split import Past
from workbench.domain.forecast.learning.remaining_time import Remaining

_MOST_LEARNT = 800
"""The cases that began last; older ones tell of other times, and take longer to learn."""

_TREES = 32
_LONGEST_SHARE = 0.5
_MIXED_BY = 11
FEWEST_PASSED = 30

SENT_BACK = WITH_APPLICANT
LEVELS: tuple[str, ...] = ("findings", "applicant_kind", "service_class", "card_type", "province", "agent")
"""What cases are alike in, what matters most first; where few are alike, fewer words count."""

_SHRUNK_BY = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Courses of which the rest is asked for, from their last step or from a verdict that is expected at a time."""

    courses: Sequence[CaseHistory]
    verdict_at: FloatArray | None = None
    waited: FloatArray | None = None


class Rework:
    """How long it takes from a step of a case until it is passed, for those that are."""

    def __init__(self, courses: Sequence[CaseHistory], until: float, seed: int = 0, trees: int = _TREES) -> None:
        """Learn from what was known at a time.

        Raises:
            NothingToLearnFrom: If nothing was passed by then.
        """
        known = sorted((part for course in courses if (part := course.until(until)) is not None), key=_began)
        known = known[-_MOST_LEARNT:]
        window = until - known[0].steps[0].at if known else 0.0
        # Where a case lasted most of the time that is known of, it would stand for many that nobody saw.
        passed = [
            course
            for course in known
            if course.passed_at is not None and course.passed_at - course.steps[0].at <= window * _LONGEST_SHARE
        ]
        still_open = [course for course in known if not course.is_over]
        # Some of those that are open will never be passed: so many as of those that are over, the oldest.
        over = len(known) - len(still_open)
        never = round(len(still_open) * (1 - len(passed) / max(over, 1)))
        will_pass = still_open[never:]
        begun = [course.steps[0].at * DAY_S for course in (*passed, *will_pass)]
        past = Past(until * DAY_S, tuple(course.trace() for course in passed), tuple(begun))
        self._estimator = Estimator.grown(past, Choices(seed=seed), frozenset(), trees)

    def days(self, asked: Asked, paths: int) -> FloatArray:
        """Return so many times drawn for each course, in working days: one row each."""
        if not asked.courses:
            return np.zeros((0, paths))
        if asked.verdict_at is None:
            traces = [course.trace() for course in asked.courses]
        else:
            expected = np.maximum(asked.verdict_at, [course.steps[-1].at for course in asked.courses])
            traces = [
                course.trace(Step(VERDICT, float(at))) for course, at in zip(asked.courses, expected, strict=True)
            ]
        remaining = self._estimator.remaining(traces)
        if asked.waited is not None:
            remaining = remaining.after(asked.waited * DAY_S)
        return _drawn(remaining, levels_of(paths)) / DAY_S


def levels_of(paths: int) -> FloatArray:
    """Return the levels at which times are drawn, in a mixed order that is always the same.

    They lie evenly, so that few paths tell a distribution well; and they are the same for each case, so that no case
    moves what is drawn for another.
    """
    return (np.random.default_rng(_MIXED_BY).permutation(paths) + 0.5) / paths


def _drawn(remaining: Remaining, levels: FloatArray) -> FloatArray:
    """Return the times of each case at the levels, in seconds."""
    wanted = remaining.levels.of(levels).astype(np.float32)
    cells = np.stack([np.searchsorted(row, wanted) for row in remaining.cumulative])
    times = remaining.support_s[np.minimum(cells, len(remaining.support_s) - 1)]
    return np.asarray(np.maximum(times - remaining.waited_s[:, None], 0))


def _began(course: CaseHistory) -> float:
    return course.steps[0].at


@dataclass(frozen=True, slots=True)
class SentBack:
    """How often first verdicts send a case back to its applicant, among cases alike."""

    counts: Mapping[tuple[Attribute, ...], tuple[int, int]]
    _known: dict[tuple[Attribute, ...], float] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def learnt(cls, courses: Sequence[CaseHistory], until: float) -> "SentBack":
        """Count among the courses that had their first verdict before a time."""
        counts: dict[tuple[Attribute, ...], tuple[int, int]] = {}
        for course in courses:
            what = first_outcome(course, until)
            if what is None:
                continue
            alike = _alike(course.attributes)
            for length in range(len(alike) + 1):
                sent_back, of = counts.get(alike[:length], (0, 0))
                counts[alike[:length]] = (sent_back + (what in SENT_BACK), of + 1)
        return cls(counts)

    def share(self, attributes: Mapping[str, Attribute]) -> float | None:
        """Return the share (0 to 1) that is sent back at first, None if nothing is known."""
        sent_back, of = self.counts.get((), (0, 0))
        if not of:
            return None
        alike = _alike(attributes)
        if alike in self._known:
            return self._known[alike]
        share = sent_back / of
        for length in range(1, len(alike) + 1):
            sent_back, of = self.counts.get(alike[:length], (0, 0))
            share = (sent_back + _SHRUNK_BY * share) / (of + _SHRUNK_BY)
        self._known[alike] = share
        return share


def first_outcome(course: CaseHistory, until: float) -> str | None:
    """Return the state that the first verdict led to, None if there was none before a time."""
    for place, step in enumerate(course.steps[:-1]):
        if step.what == VERDICT and step.at < until:
            return course.steps[place + 1].what
    return None


def _alike(attributes: Mapping[str, Attribute]) -> tuple[Attribute, ...]:
    return tuple(attributes.get(name, "") for name in LEVELS)
