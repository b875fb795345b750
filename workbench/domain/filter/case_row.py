"""A case as a row of a list."""

from dataclasses import dataclass

from db import enums
from workbench.domain.case.casefile import CaseLine
from workbench.domain.clock.late_risk import LateRisk


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRowView(CaseLine):
    """A case as a row of a list.

    Attributes:
        blocks: How many block findings it has.
        warns: How many warnings it has.
        is_returned: Whether a check returned it, so that it waits for its maker.
        reopen_for: The rules whose block findings are newer than the verdict.
        late: Why it is likely late, None if it is not.
        stuck: Why nothing will happen to it by itself, "" if something will.
    """

    blocks: int
    warns: int
    province: str = ""
    service_class: enums.ServiceClass = enums.ServiceClass.STANDARD
    risk: enums.Risk = enums.Risk.LOW
    is_returned: bool = False
    reopen_for: tuple[str, ...] = ()
    late: LateRisk | None = None
    stuck: str = ""
