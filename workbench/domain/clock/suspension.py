"""Suspensions: periods in which an external cause stops work, and with it the clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workbench.domain.clock.spans import TimeSpan, merge_spans
from workbench.domain.values.provinces import province_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A suspension of work (force majeure, 不可抗力).

    `province` is a short Chinese name. `province` or `agent` is None if all provinces or agents are affected. `reason`
    is shown to applicants. `announced` is the suspension as it was before a supervisor ended it, else None.
    `is_settled` says that every due date includes the suspension.
    """

    id: int
    span: TimeSpan
    reason: str
    province: str | None = None
    agent: str | None = None
    announced: "Suspension | None" = None
    is_settled: bool = True

    @property
    def is_ended(self) -> bool:
        """Whether a supervisor ended or cancelled the suspension."""
        return self.announced is not None

    def concerns(self, province: str, agent: str) -> bool:
        """Say whether the suspension stops the clocks of this agent's applications from this province."""
        return self.province in {None, province_key(province)} and self.agent in {None, agent}


def stopped_until(suspensions: Iterable[Suspension], province: str, agent: str, now: datetime) -> datetime | None:
    """Return the end of the suspension that affects a case now; None without a suspension or if its end is unknown."""
    ending = (item.span for item in suspensions if not item.span.is_open and item.concerns(province, agent))
    return next((span.end for span in merge_spans(ending) if span.start <= now < span.end), None)
