"""Compares the items asked of an applicant with the evidence received since, and closes rectifications."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from db.enums import InquiryStatus, Verdict
from db.models import CaseRow, DecisionReasonRow, DecisionRow, RectificationItemRow, RectificationRow
from db.queries.published import INQUIRY
from workbench.domain.case.reason_scope import documents_for, named_documents
from workbench.domain.clock.due import latest_receipt
from workbench.domain.findings.finding import Finding
from workbench.services.case.decisions import decision_in_effect, items_of, open_rectification
from workbench.services.case.evidence_reader import documents_after
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import cancel_letters
from workbench.services.notices.letter_facts import ClockLetterKind, LetterItem


@dataclass(frozen=True, slots=True)
class RectificationProgress:
    """The progress of the items that a verdict asks for."""

    received: int
    asked: int
    last_at: datetime | None
    """When the last document was received; None if nothing was received."""
    first_deadline_at: datetime | None = None
    """The earliest own deadline of the items that were not received in time; None if there is none."""
    to_judge: int = 0
    """The number of items that name no document but may have come with one; only a reviewer can judge that."""

    @property
    def is_complete(self) -> bool:
        """Whether every item was received, or waits for the judgement of a reviewer."""
        return self.received + self.to_judge == self.asked


class ReceivedDocument(NamedTuple):
    """A document from an applicant: its kind, and when it was received."""

    kind: str
    received_at: datetime


def progress_of(
    session: Session,
    context: Context,
    case: CaseRow,
    findings: Iterable[Finding],
    arriving: Iterable[ReceivedDocument] = (),
) -> RectificationProgress:
    """Return the progress of the items that the verdict on a case asks for, and mark received items to rectify.

    * An item counts as received if a document that it names was imported after the verdict. If the letter or the
      finding of its reason lists documents, all of them are needed.
    * It also counts as received if the finding of its reason is gone.
    * An item that names no document waits for the judgement of a reviewer once any other document was received.
    * Documents do not count if they were received before the verdict, or after an item's own deadline.
    * A pending case asks for the documents of its items or reasons. If these name none, any document answers.

    Args:
        session: The transaction.
        context: The clock.
        case: The case.
        findings: The present findings of the case.
        arriving: Documents that count too, although they are not imported yet.
    """
    decision = decision_in_effect(session, case.id or 0)
    if decision is None:
        return RectificationProgress(0, 0, None)
    since = decision.checked_at or decision.decided_at
    seen = json.loads(decision.seen)
    documents = [*documents_after(session, case.id or 0, seen, since), *arriving]
    if decision.verdict == Verdict.PENDING:
        return _progress_of_pending(session, decision, seen, documents)
    documents = [document for document in documents if document.received_at >= since]
    gone_rules = {finding["rule"] for finding in seen.get("findings", ())} - {finding.rule for finding in findings}
    items, now = items_of(session, decision.id or 0), context.now()
    named = named_documents([(item.code, item.text) for item in items], seen)
    matching, to_judge, own_deadlines = [], 0, []
    for item, documents_of_item in zip(items, named, strict=True):
        until = None if item.deadline_at is None else latest_receipt(item.deadline_at, case.suspended_from)
        in_time = [one for one in documents if until is None or one.received_at <= until]
        answers, may_answer = documents_for(documents_of_item, named, in_time)
        is_finding_gone = item.code in gone_rules and (until is None or now <= until)
        if item.satisfied_at is None and (is_finding_gone or answers):
            item.satisfied_at = now
        to_judge += int(_is_open(item) and bool(may_answer))
        if _is_open(item) and not may_answer and until is not None:
            own_deadlines.append(until)
        matching.append(may_answer)
    # A waived item needs nothing, and does not count as received.
    asked = [item for item in items if item.waived_at is None]
    received = sum(item.satisfied_at is not None for item in asked)
    first_deadline_at = min(own_deadlines, default=None)
    return RectificationProgress(received, len(asked), _last_at(matching), first_deadline_at, to_judge)


def _progress_of_pending(
    session: Session, decision: DecisionRow, seen: Mapping[str, Any], documents: list[ReceivedDocument]
) -> RectificationProgress:
    reasons = select(col(DecisionReasonRow.code)).where(col(DecisionReasonRow.decision_id) == decision.id)
    planned = [(item["code"], item["text"]) for item in seen.get("items", ())]
    planned = planned or [(code, "") for code in session.execute(reasons).scalars()]
    named = [one for one in named_documents(planned, seen) if one.kinds]
    matching = [documents_for(one, named, documents)[1] for one in named] or [documents]
    return RectificationProgress(sum(map(bool, matching)), len(matching), _last_at(matching))


def _last_at(matching: Iterable[Iterable[Any]]) -> datetime | None:
    return max((document.received_at for found in matching for document in found), default=None)


def _is_open(item: RectificationItemRow) -> bool:
    return item.satisfied_at is None and item.waived_at is None


def open_items(session: Session, rectification: RectificationRow) -> list[RectificationItemRow]:
    """Return the items that were neither received nor waived."""
    return [item for item in items_of(session, rectification.decision_id) if _is_open(item)]


def next_deadline(session: Session, rectification: RectificationRow) -> datetime | None:
    """Return the deadline that ends a rectification: the earliest of the letter's and the open items' own deadlines.

    An item with a deadline in hours, such as a second identity verification, cannot wait for the others. If it is late,
    the service is limited or suspended (反诈法, art. 11), even if other items are still due later.
    """
    own_deadlines = [item.deadline_at for item in open_items(session, rectification)]
    return min(filter(None, (rectification.deadline_at, *own_deadlines)), default=None)


def is_overdue(session: Session, context: Context, case: CaseRow) -> bool:
    """Say whether the deadline that ends the rectification of a case has passed, or it has no open one."""
    row = open_rectification(session, case)
    deadline_at = None if row is None else next_deadline(session, row)
    return deadline_at is None or latest_receipt(deadline_at, case.suspended_from) < context.now()


def letter_items(items: Iterable[RectificationItemRow]) -> tuple[LetterItem, ...]:
    """Return items as letters list them."""
    return tuple(LetterItem(item.text, item.deadline_at) for item in items)


def waived_texts(session: Session, rectification: RectificationRow) -> tuple[str, ...]:
    """Return the texts of the items that were waived."""
    return tuple(item.text for item in items_of(session, rectification.decision_id) if item.waived_at is not None)


def reopen_items(
    session: Session, context: Context, case: CaseRow, findings: Iterable[Finding], since: datetime
) -> RectificationProgress | None:
    """Compare the items received since a time with the evidence again, after an import was undone; return the progress.

    Items received earlier still count, even if their own deadline has passed. Return None if no rectification is open.
    """
    rectification = open_rectification(session, case)
    if rectification is None:
        return None
    for item in items_of(session, rectification.decision_id):
        if item.satisfied_at is not None and item.satisfied_at >= since:
            item.satisfied_at = None
    return progress_of(session, context, case, findings)


def close_rectification(session: Session, context: Context, case: CaseRow, findings: Iterable[Finding]) -> None:
    """Close the rectification of a case, mark the received items, and cancel an unsent reminder of its deadline.

    After an undo, `remind` writes a new one.
    """
    progress_of(session, context, case, findings)
    cancel_letters(session, context, case, (ClockLetterKind.DEADLINE_NEAR,))
    of_case = col(RectificationRow.case_id) == case.id
    session.execute(update(RectificationRow).where(of_case).values(is_open=False))


def reopen_inquiries(session: Session, case: CaseRow) -> None:
    """Open the inquiries again that ended with a lapse that is taken back; of several to a department, the newest."""
    decision = decision_in_effect(session, case.id or 0)
    if decision is not None:
        ended_with_case = (INQUIRY.c.status == InquiryStatus.WITHDRAWN.value) & INQUIRY.c.ended_by_id.is_(None)
        ended_with_case &= (INQUIRY.c.case_id == case.id) & (INQUIRY.c.ended_at > decision.decided_at)
        newest = select(func.max(INQUIRY.c.id)).where(ended_with_case).group_by(INQUIRY.c.department)
        reopened = {"status": InquiryStatus.OPEN.value, "ended_at": None}
        session.execute(update(INQUIRY).where(INQUIRY.c.id.in_(newest)).values(reopened))
