"""Inquiries: questions that reviewers ask departments about a case, and their answers."""

from dataclasses import dataclass
from datetime import datetime

from db.enums import InquiryOutcome, InquiryStatus
from workbench.domain.policy.settings import BilingualText
from workbench.i18n import N_, current_language

OUTCOME_WORDS: dict[InquiryOutcome, str] = {
    InquiryOutcome.CONFIRMED: N_("confirmed"),
    InquiryOutcome.CONTRADICTED: N_("contradicted"),
    InquiryOutcome.CANNOT_SAY: N_("cannot say"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryLine:
    """An inquiry as lists show it, with people masked.

    Attributes:
        department: The code of the department.
        name: The name of the department; None if the policy no longer has it.
        note: The note of the answer, or the reason of the withdrawal.
        reminded_at: When the reminder was given, because half of its time was over; None before that.
        ended_by: Who answered or withdrew it; None if it is open, or if it ended with its case or its department.
        is_overdue: Whether it is open after its due date, or was answered after it.
        has_document: Whether a document came with the answer.
    """

    id: int
    case_id: int
    department: str
    name: BilingualText | None
    question: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    reminded_at: datetime | None
    status: InquiryStatus
    outcome: InquiryOutcome | None
    note: str
    ended_at: datetime | None
    ended_by: str | None
    is_overdue: bool
    has_document: bool

    @property
    def is_open(self) -> bool:
        """Whether the inquiry has not ended."""
        return self.status is InquiryStatus.OPEN

    @property
    def is_contradicted(self) -> bool:
        """Whether the department contradicts what the applicant says."""
        return self.outcome is InquiryOutcome.CONTRADICTED

    @property
    def department_name(self) -> str:
        """The name of the department in the current language; its code if the policy no longer has it."""
        return self.department if self.name is None else self.name.in_language(current_language())


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryField:
    """A field of the application that the department may see.

    Attributes:
        name: The column; each card has a field of its own, with the name `msisdns`.
        key: The name by which it is revealed: the column, or msisdn:N for card N (from 0).
        value: The value, with people masked.
        is_masked: Whether it can be revealed.
    """

    name: str
    key: str
    value: object
    is_masked: bool
