"""What people did and recorded on a case, as its case file lists it."""

from dataclasses import dataclass
from datetime import datetime

from db import enums
from workbench.domain.policy.policy import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act on the case; `text` is what a person wrote, or else the details in codes, without personal values."""

    at: datetime
    action: str
    who: str
    text: str
    round: int
    state: enums.CaseState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """A question of the policy about the panel `leg`, with the latest answer of this round."""

    question: str
    text: Words
    leg: enums.PanelKind
    answer: str | None
    note: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationLine:
    """A fact confirmed outside the workbench."""

    kind: str
    result: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """A contact with the applicant outside the letters."""

    channel: str
    text: str
    by: str
    at: datetime
