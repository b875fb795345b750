"""A finding of a rule."""

from dataclasses import dataclass, field

from db.enums import PanelKind, Severity
from workbench.domain.policy.policy import FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule hit: the observed value, the limit and the unit.

    `leg` is the panel that shows it. `subject` is the msisdn of the worst card, the document kinds, or the value of the
    fact that the limit's `subject_of` names; several are separated by `;`. `observes` is the name of the fact. It is
    empty in a finding that an earlier version stored, and does not count when findings are compared.
    """

    rule: str
    leg: PanelKind
    severity: Severity
    observed: FactValue
    op: str
    limit: FactValue
    unit: str
    subject: str = ""
    source: str = ""
    observes: str = field(default="", compare=False)
