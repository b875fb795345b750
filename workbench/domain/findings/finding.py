"""What a rule saw."""

from dataclasses import dataclass

from db.enums import PanelKind, Severity
from workbench.domain.policy.policy import FactValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule hit: what was observed, against which limit, in which unit.

    `subject` is the msisdn of the worst card or the kinds of the documents where the limit looks at each of
    them, or what the limit's `subject_of` names (document kinds, words found), `;` between, else ''.
    `observes` is the name of the fact; a finding that was stored without it is still put into words by its
    limit.
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
    observes: str = ""
