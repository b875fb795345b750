"""How long a case takes after a verdict until it passes, and how often cases are sent back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.domain.forecast.case_history import DAY_S, VERDICT, WITH_APPLICANT, CaseHistory, HistoryStep
from workbench.domain.forecast.learning.arrays import FloatArray
from workbench.domain.forecast.learning.estimator import Estimator
from workbench.domain.forecast.learning.past_split import KnownPast

_MOST_LEARNT = 800
"""At most this many cases are learnt from, the latest ones. Older cases are less relevant and make fitting slower."""

_TREES = 20
"""With fewer trees, the times would depend on which cases each tree was grown on."""

_SHUFFLE_SEED = 11
"""The seed of the order in which simulations get their quantiles."""

FEWEST_PASSED = 30
"""The fewest passed cases to learn from, if there are as many."""

SIMILARITY_ATTRIBUTES: tuple[str, ...] = (
    "findings",
    "applicant_kind",
    "service_class",
    "card_type",
    "province",
    "agent",
)
"""The attributes by which cases are similar, the most important first.

Where few cases share all of them, the last ones count less.
"""

_PRIOR_CASES = 8.0
"""The weight of the share of less similar cases, as a number of cases."""


class ReworkTimes:
    """The distribution of the time from a step of a case until it passes, among cases that do pass."""

    def __init__(self, histories: Sequence[CaseHistory], until: float) -> None:
        """Fit the distribution to what was known at `until`, a time in working days.

        Raises:
            NothingToLearnFrom: If no case had passed by then.
        """
        known = sorted((part for history in histories if (part := history.until(until)) is not None), key=_start)
        # In a long queue, the newest cases are all open. So more cases are learnt from, until 30 of them have passed.
        last_passed = [index for index, history in enumerate(known) if history.passed_at is not None][-FEWEST_PASSED:]
        first_learnt = max(len(known) - _MOST_LEARNT, 0)
        known = known[min([first_learnt, *last_passed]) :]
        passed = [history for history in known if history.passed_at is not None]
        still_open = [history for history in known if not history.is_over]
        # Some open cases will never pass: the oldest ones, as large a share as among the closed cases.
        over = len(known) - len(still_open)
        dropped = round(len(still_open) * (1 - len(passed) / max(over, 1)))
        finished, will_pass = [history.trace() for history in passed], [part.trace() for part in still_open[dropped:]]
        self._estimator = Estimator.fit(KnownPast(until * DAY_S, tuple(finished), tuple(will_pass)), trees=_TREES)

    def days(
        self,
        histories: Sequence[CaseHistory],
        paths: int,
        *,
        verdict_at: FloatArray | None = None,
        waited: FloatArray | None = None,
    ) -> FloatArray:
        """Return sampled remaining times in working days, one row for each case and one column for each path.

        Args:
            histories: The cases.
            paths: How many paths are simulated; each has one time for each case.
            verdict_at: The expected times of the verdicts, from which the remaining times count. Without them, the
                remaining times count from the last steps.
            waited: The working days that have passed since the last steps.
        """
        if verdict_at is None:
            traces = [history.trace() for history in histories]
        else:
            expected = np.maximum(verdict_at, [history.steps[-1].at for history in histories])
            traces = [
                history.trace(HistoryStep(VERDICT, float(at))) for history, at in zip(histories, expected, strict=True)
            ]
        waited_s = None if waited is None else waited * DAY_S
        return self._estimator.remaining(traces).quantiles_s(probability_levels(paths), waited_s) / DAY_S


def probability_levels(paths: int) -> FloatArray:
    """Return evenly spaced probability levels in a fixed shuffled order.

    Even levels describe a distribution with few paths. All cases use the same levels, so that no case changes the
    sample of another case.
    """
    return (np.random.default_rng(_SHUFFLE_SEED).permutation(paths) + 0.5) / paths


def _start(history: CaseHistory) -> float:
    return history.steps[0].at


@dataclass(frozen=True, slots=True)
class SendBackRates:
    """How often the first verdict sends a case back to its applicant, among similar cases.

    `counts` has for each prefix of the values of `SIMILARITY_ATTRIBUTES` the number of cases sent back and of all
    decided cases.
    """

    counts: Mapping[tuple[str, ...], tuple[int, int]]
    _shares: dict[tuple[str, ...], float] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def fit(cls, histories: Sequence[CaseHistory], until: float) -> "SendBackRates":
        """Count the outcomes of the first verdicts before `until`, a time in working days."""
        counts: dict[tuple[str, ...], tuple[int, int]] = {}
        for history in histories:
            outcome = first_outcome(history, until)
            if outcome is None:
                continue
            similar = _similarity_key(history.attributes)
            for length in range(len(similar) + 1):
                sent_back, total = counts.get(similar[:length], (0, 0))
                counts[similar[:length]] = (sent_back + (outcome in WITH_APPLICANT), total + 1)
        return cls(counts)

    def share(self, attributes: Mapping[str, str]) -> float | None:
        """Return the share (0 to 1) of similar cases that is sent back, None without any history.

        The share of each more specific group is shrunk towards the share of the group that contains it.
        """
        sent_back, total = self.counts.get((), (0, 0))
        if not total:
            return None
        similar = _similarity_key(attributes)
        if similar in self._shares:
            return self._shares[similar]
        share = sent_back / total
        for length in range(1, len(similar) + 1):
            sent_back, total = self.counts.get(similar[:length], (0, 0))
            share = (sent_back + _PRIOR_CASES * share) / (total + _PRIOR_CASES)
        self._shares[similar] = share
        return share


def first_outcome(history: CaseHistory, until: float) -> str | None:
    """Return the state that the first verdict led to, None if there was no verdict before a time."""
    for index, step in enumerate(history.steps[:-1]):
        if step.what == VERDICT and step.at < until:
            return history.steps[index + 1].what
    return None


def _similarity_key(attributes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(attributes.get(name, "") for name in SIMILARITY_ATTRIBUTES)
