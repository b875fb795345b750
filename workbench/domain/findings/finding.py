"""A finding of a rule."""

from dataclasses import dataclass, field

from db.enums import PanelKind, Severity
from workbench.domain.policy.policy import FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule hit.

    Attributes:
        rule: The code of the rule.
        leg: The panel that shows the finding; policy files and stored findings use this word.
        severity: The severity of the limit.
        observed: The worst value.
        op: The comparison of the observed value with the limit.
        limit: The limit.
        unit: The unit of both values.
        subject: What the finding is about; several values are separated by `;`. Depending on the rule, they are the
            card numbers or document kinds beyond the limit (the worst first), the roles of people, or the value of the
            fact that the limit's `subject_of` names.
        source: Where the limit comes from.
        observes: The name of the observed fact. It is empty in findings that an earlier version stored, so comparisons
            of findings ignore it.
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
        """The values in `subject`."""
        return tuple(filter(None, self.subject.split(";")))
