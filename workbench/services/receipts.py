"""The receipt that an applicant is sent when the case is first queued: number, due date, what happens next."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from db.enums import ApplicantKind, Language
from db.models import CaseRow
from db.queries.published import ImportedRow
from workbench.domain.case_id import format_case
from workbench.domain.policy import Policy
from workbench.services.clock_letters import ClockLetter, ClockLetterKind
from workbench.services.clock_notices import DueNews, notice_columns, tell_due
from workbench.services.context import Context

_NUMBER, _NAME, _APPLICATION = "\ue000", "\ue001", "\ue002"
_PLACES = re.compile("[\ue000-\ue002]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt whose case has no number yet: the same frame for many, and what stands in it for one."""

    frame: dict[str, Any]
    applicant_name: str
    application_no: str

    def numbered(self, case_id: int) -> dict[str, Any]:
        """Return the receipt as a row of the notices."""
        words = {_NUMBER: format_case(case_id), _NAME: self.applicant_name, _APPLICATION: self.application_no}
        texts = {name: _PLACES.sub(lambda found: words[found[0]], self.frame[name]) for name in ("subject", "body")}
        return {**self.frame, **texts, "case_id": case_id}


def owes_receipt(due_at: datetime | None, now: datetime) -> bool:
    """Say whether an applicant is sent a receipt: not where the date that it would promise is past.

    Such applications were handed in long ago and are imported as history; what was promised then was told then.
    """
    return due_at is not None and due_at > now


def receipt_of(row: ImportedRow, due_at: datetime, policy: Policy, now: datetime, *, is_provisional: bool) -> Receipt:
    """Return the receipt of an application whose case is about to be opened."""
    letter = ClockLetter(
        kind=ClockLetterKind.RECEIPT,
        language=Language(row["language"]),
        applicant_kind=ApplicantKind(row["applicant_kind"]),
        applicant_name=_NAME,
        case_no=_NUMBER,
        application_no=_APPLICATION,
        due_at=due_at,
        is_provisional=is_provisional,
        supplier=policy.supplier,
        written_at=now,
        zone=policy.zone,
    )
    return Receipt(frame=_frame(letter), applicant_name=row["applicant_name"], application_no=row["application_no"])


@lru_cache(maxsize=256)
def _frame(letter: ClockLetter) -> dict[str, Any]:
    """Return the receipt of everybody who is promised the same day in the same words; thousands of a batch are."""
    return notice_columns(letter, 0, letter.written_at)


def send_receipt(session: Session, context: Context, case: CaseRow) -> None:
    """Write the receipt of a case that has just become complete, in the caller's write transaction."""
    if owes_receipt(case.due_at, context.now()):
        tell_due(session, context, case, DueNews(kind=ClockLetterKind.RECEIPT))
