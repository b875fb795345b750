"""Times at which work stops for a cause that nobody here can help, so that no clock runs."""

from dataclasses import dataclass

from workbench.domain.provinces import province_key
from workbench.domain.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A time without work (force majeure, 不可抗力).

    `province`, by its short Chinese name, and `agent` are None where it concerns all of them. `reason` is what
    applicants are told.
    """

    id: int
    span: Span
    reason: str
    province: str | None = None
    agent: str | None = None

    def concerns(self, province: str, agent: str) -> bool:
        """Say whether it stops the clocks of the applications of this agent from this province."""
        return self.province in {None, province_key(province)} and self.agent in {None, agent}
