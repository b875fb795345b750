"""A finding of a rule."""

from dataclasses import dataclass, field

from db.enums import PanelKind, Severity
from workbench.domain.policy.policy import FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule hit: the observed value, the limit and the unit.

    `leg` is the panel that shows it. `subject` are the numbers of the cards or the document kinds beyond the limit, the
    worst first, or whose ID number it is, or the value of the fact that the limit's `subject_of` names; several are
    separated by `;`. `observed` is the worst value. `observes` is the name of the fact. It is empty in a finding that
    an earlier version stored, and does not count when findings are compared.
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

    @property
    def subjects(self) -> tuple[str, ...]:
        """What the finding is about: cards, documents, people, lists or words."""
        return tuple(filter(None, self.subject.split(";")))
