"""What is expected of a case and of the queue, in working days."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The middle and the end of a range, in working days."""

    p50: float
    p90: float

    def not_before(self, other: "Reach") -> "Reach":
        """Return it with middle and end no earlier than those of another."""
        return Reach(p50=max(self.p50, other.p50), p90=max(self.p90, other.p90))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of a case; `sent_back` is the share of cases like it that are sent back at first.

    `checked` is when the result of a verdict is out that a second person looks at, None where nobody has to.
    """

    case: int
    ahead: int | None
    first_verdict: Reach
    passed: Reach
    sent_back: float | None
    checked: Reach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """How the whole queue goes: when it is cleared, and how many of its cases will be late.

    `days` are the working days that each simulated course takes to clear it.
    """

    queued: int
    p50_days: float
    p90_days: float
    late_p50: int
    late_p90: int
    days: tuple[float, ...]
