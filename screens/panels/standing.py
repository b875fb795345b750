"""Which decisions of a case stand: not those taken back, returned, void, or still to be checked."""

from workbench.domain.case.casefile import CaseFile, DecisionLine

_STANDING = frozenset({"applied", "approved"})


def standing(case: CaseFile) -> tuple[DecisionLine, ...]:
    """Return the decisions of a case that took effect, in their order."""
    return tuple(decision for decision in case.decisions if decision.status in _STANDING)
