"""The forecast of a case and of the queue, in working days."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantilePair:
    """The median and the 90 % quantile of a time, in working days."""

    p50: float
    p90: float

    def not_before(self, other: "QuantilePair") -> "QuantilePair":
        """Return the pair with neither quantile earlier than the same quantile of another pair."""
        return QuantilePair(p50=max(self.p50, other.p50), p90=max(self.p90, other.p90))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEstimate:
    """The forecast of one case.

    Attributes:
        first_verdict: When it gets, or got, its first verdict.
        passed: When similar cases passed.
        sent_back: The share (0 to 1) of similar cases that the first verdict sends back, None if unknown.
        decided: When its next decision is made. If the applicant has the case, the answer is assumed to come now. If a
            verdict awaits its check, this is when the result is released. For any other case that is not queued, this
            is when similar cases passed.
    """

    first_verdict: QuantilePair
    passed: QuantilePair
    sent_back: float | None
    decided: QuantilePair


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClearing:
    """The forecast of the whole queue.

    Attributes:
        queued: How many cases are queued.
        p50_days: The median of the working days to clear the queue.
        p90_days: The 90 % quantile of these days.
        late_p50: The median of the number of cases that will be decided late.
        late_p90: The 90 % quantile of this number.
        days: The working days to clear the queue in each simulated path, sorted.
    """

    queued: int
    p50_days: float
    p90_days: float
    late_p50: int
    late_p90: int
    days: tuple[float, ...]
