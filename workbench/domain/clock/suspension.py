"""Times at which work stops for a cause that nobody here can help, so that no clock runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workbench.domain.clock.spans import Span, merged
from workbench.domain.values.provinces import province_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A time without work (force majeure, 不可抗力).

    `province`, by its short Chinese name, and `agent` are None where it concerns all of them. `reason` is what
    applicants are told. `announced` is the suspension as it was before a supervisor ended it, None if nobody did.
    `is_settled` says that every due date is recomputed with it.
    """

    id: int
    span: Span
    reason: str
    province: str | None = None
    agent: str | None = None
    announced: "Suspension | None" = None
    is_settled: bool = True

    @property
    def is_ended(self) -> bool:
        """Whether somebody ended it, or called it off."""
        return self.announced is not None

    def concerns(self, province: str, agent: str) -> bool:
        """Say whether it stops the clocks of the applications of this agent from this province."""
        return self.province in {None, province_key(province)} and self.agent in {None, agent}


def stopped_until(suspensions: Iterable[Suspension], province: str, agent: str, now: datetime) -> datetime | None:
    """Return until when work on a case is suspended now, None if it is not or nobody knows until when."""
    known = (one.span for one in suspensions if not one.span.is_open and one.concerns(province, agent))
    return next((span.end for span in merged(known) if span.start <= now < span.end), None)
