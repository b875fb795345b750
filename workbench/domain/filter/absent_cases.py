"""What an absence does with the cases of a person: each share of them is a filter, like a figure of the board."""

from dataclasses import dataclass

from workbench.domain.filter.figures import PersonFigure
from workbench.i18n import N_

MOVES, RELEASED, OFFERED, TO_SUBSTITUTE, TO_ALL = "moves", "released", "offered", "to-substitute", "to-all"
HANDOVERS = {
    MOVES: N_("goes to the substitute, with the draft"),
    RELEASED: N_("the hold ends; back in the queue"),
    OFFERED: N_("stays, and is offered to others too"),
    TO_SUBSTITUTE: N_("what comes back goes to the substitute"),
    TO_ALL: N_("what comes back is offered to everybody"),
}
"""What becomes of a case, by name: the first three at once, the others when the case comes back."""


@dataclass(frozen=True, slots=True)
class CaseShare(PersonFigure):
    """A share of the cases of a person.

    Attributes:
        with_substitute: What becomes of its cases if the person has a substitute, one of HANDOVERS.
        alone: What becomes of its cases without a substitute, one of HANDOVERS.
    """

    with_substitute: str = TO_SUBSTITUTE
    alone: str = TO_ALL


CASE_SHARES = (
    CaseShare("held", N_("held"), "-hold:aside", "holder", MOVES, RELEASED),
    CaseShare("aside", N_("aside"), "hold:aside", "holder", MOVES, RELEASED),
    CaseShare("returned", N_("sent back"), "hold:returned", "assignee", MOVES, OFFERED),
    CaseShare("assigned", N_("assigned"), "state:queued", "assignee", MOVES, OFFERED),
    CaseShare("pending", N_("pending, an answer is owed"), "state:pending", "owner"),
    CaseShare("staged", N_("staged, a check is owed"), "state:awaiting_check", "owner"),
    CaseShare("rectifying", N_("rectifying, an answer is owed"), "state:rectifying", "maker"),
    # A substitute may have a part in the appealed verdict.
    CaseShare("appealed", N_("appealed"), "state:appealed", "assignee", OFFERED, OFFERED),
)
"""The shares; a case counts to the first one that it is in."""


@dataclass(frozen=True, slots=True)
class AbsentCase:
    """A case of an absent person, and what becomes of it, one of HANDOVERS."""

    case_id: int
    share: CaseShare
    handover: str
