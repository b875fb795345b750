"""How likely the first result of a case comes after its due date, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from db.enums import CaseState

OFTEN_RETURNED = 3
"""From this number of returned verdicts on, the returns are the cause."""


class LateChance(NamedTuple):
    """A chance to be late.

    Attributes:
        share: The chance (0 to 1).
        before: How many cases will be decided before it.
        waits_for_assignee: Whether `before` counts the cases of its assignee, and not those of the whole team.
    """

    share: float
    before: int = 0
    waits_for_assignee: bool = False


class LateCause(StrEnum):
    """Why a case is likely late."""

    CHECK = "check"
    AWAY = "away"
    DEPARTMENT = "department"
    RETURNED = "returned"
    ASSIGNEE = "assignee"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRisk:
    """The chance of a case to be late, and the cause.

    Attributes:
        share: The chance (0 to 1).
        as_of: When it was computed.
        cause: Why.
        count: How often its verdict was returned, or how many cases go before it.
        who: The holder or assignee of the case, or the department that has not answered; empty if there is none.
        until: The last day of an absence that is the cause, None if it is not known.
    """

    share: float
    as_of: datetime
    cause: LateCause
    count: int = 0
    who: str = ""
    until: date | None = None


def late_risk(  # noqa: PLR0913 - each of these can be the cause
    state: CaseState,
    who: str,
    chance: LateChance,
    *,
    as_of: datetime,
    returns: int,
    away: Mapping[str, date | None],
    department: str = "",
) -> LateRisk:
    """Return the risk of a case, with the first cause that applies.

    In this order: its check, the absence of the person, a department, returned verdicts, the cases before it.

    Args:
        state: The state of the case.
        who: Its holder or assignee, empty if there is none.
        chance: Its chance to be late.
        as_of: When the chance was computed.
        returns: How many verdicts on the case a check returned.
        away: The people who are away today, each with the last day of the absence if it is known.
        department: The name of a department that has not answered yet, empty if there is none.
    """
    until, count, cause = None, chance.before, LateCause.ASSIGNEE if chance.waits_for_assignee else LateCause.QUEUE
    if state is CaseState.AWAITING_CHECK:
        cause = LateCause.CHECK
    elif who in away:
        cause, until = LateCause.AWAY, away[who]
    elif department:
        cause, who = LateCause.DEPARTMENT, department
    elif returns >= OFTEN_RETURNED:
        cause, count = LateCause.RETURNED, returns
    return LateRisk(share=chance.share, as_of=as_of, cause=cause, count=count, who=who, until=until)
