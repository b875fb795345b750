"""Compares what an applicant was asked for with what came since, and closes rectifications."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session, col

from db.enums import Verdict
from db.models import CaseRow, DecisionReasonRow, RectificationItemRow, RectificationRow
from db.queries.published import NOTICE
from workbench.domain.case.reason_scope import documents_for, named_documents
from workbench.domain.findings.finding import Finding
from workbench.services.case.decisions import items_of, newest_decision, open_rectification
from workbench.services.case.evidence_reader import documents_since
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import cancel_unsent
from workbench.services.notices.verdict_letter import LetterItem


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the items asked for came, and when the last of them was received; None without a date.

    `first_deadline_at` is the earliest own deadline of the items that did not come in time, None if there is none.
    `to_judge` are the items that name no document but may have come with one: only a reviewer can say.
    """

    received: int
    asked: int
    last_at: datetime | None
    first_deadline_at: datetime | None = None
    to_judge: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to wait for: everything came, or waits for the judgement of a reviewer."""
        return self.received + self.to_judge == self.asked


class ReceivedDocument(NamedTuple):
    """A document that an applicant handed in: its kind, and when it was received."""

    kind: str
    received_at: datetime


def progress_of(
    session: Session,
    context: Context,
    case: CaseRow,
    findings: Iterable[Finding],
    arriving: Iterable[ReceivedDocument] = (),
) -> Progress:
    """Return what came of the items that the verdict on a case asks for, and mark items to rectify that came.

    `arriving` are documents that count as well although they are not imported yet.

    An item came if a document that it names was imported after the verdict, or if the finding that its reason names is
    gone. If the letter or that finding lists documents, each of them must have come. An item in free words, or one that
    names no document, waits for a reviewer's judgement once any other document came. Documents that were received
    before the verdict are late evidence, not items to rectify; what was received after an item's own deadline does not
    count either. A pending case asks for the documents of its items or reasons; if these name none, any answers.
    """
    decision = newest_decision(session, case.id or 0, "applied", "approved")
    if decision is None:
        return Progress(0, 0, None)
    since = decision.checked_at or decision.decided_at
    seen = json.loads(decision.seen)
    documents = [*documents_since(session, case.id or 0, seen, since), *arriving]
    if decision.verdict == Verdict.PENDING:
        reasons = select(col(DecisionReasonRow.code)).where(col(DecisionReasonRow.decision_id) == decision.id)
        planned = [(item["code"], item["text"]) for item in seen.get("items", ())]
        planned = planned or [(code, "") for code in session.execute(reasons).scalars()]
        named = [one for one in named_documents(planned, seen) if one.kinds]
        matching = [documents_for(one, named, documents)[1] for one in named] or [documents]
        return Progress(sum(map(bool, matching)), len(matching), _last_at(matching))
    documents = [document for document in documents if document.received_at >= since]
    gone = {finding["rule"] for finding in seen.get("findings", ())} - {finding.rule for finding in findings}
    items, now = items_of(session, decision.id or 0), context.now()
    named = named_documents([(item.code, item.text) for item in items], seen)
    matching, to_judge, own_deadlines = [], 0, []
    for position, item in enumerate(items):
        in_time = [one for one in documents if item.deadline_at is None or one.received_at <= item.deadline_at]
        shown, found = documents_for(named[position], named, in_time)
        is_gone = item.code in gone and (item.deadline_at is None or now <= item.deadline_at)
        if item.satisfied_at is None and (is_gone or shown):
            item.satisfied_at = now
        to_judge += bool(found) and _is_open(item)
        if _is_open(item) and not found and item.deadline_at is not None:
            own_deadlines.append(item.deadline_at)
        matching.append(found)
    # Nothing needs to come for a waived item, and a waiver is no receipt.
    asked = [item for item in items if item.waived_at is None]
    came = sum(item.satisfied_at is not None for item in asked)
    first_deadline_at = min(own_deadlines, default=None)
    return Progress(came, len(asked), _last_at(matching), first_deadline_at, to_judge)


def _last_at(matching: Iterable[Iterable[Any]]) -> datetime | None:
    return max((document.received_at for found in matching for document in found), default=None)


def _is_open(item: RectificationItemRow) -> bool:
    return item.satisfied_at is None and item.waived_at is None


def open_items(session: Session, rectification: RectificationRow) -> list[RectificationItemRow]:
    """Return the items that have neither come nor been waived."""
    return [item for item in items_of(session, rectification.decision_id) if _is_open(item)]


def next_deadline(session: Session, rectification: RectificationRow) -> datetime | None:
    """Return the deadline that ends a rectification: the earliest of an open item's own and that of the letter.

    An item with a deadline in hours, such as a second identity verification, cannot wait for the others: whoever does
    not verify in time has the service limited or suspended (反诈法, art. 11), whatever else is on its way.
    """
    own = [item.deadline_at for item in open_items(session, rectification)]
    return min(filter(None, (rectification.deadline_at, *own)), default=None)


def letter_items(items: Iterable[RectificationItemRow]) -> list[LetterItem]:
    """Return items as letters list them."""
    return [LetterItem(item.text, item.deadline_at) for item in items]


def waived_texts(session: Session, rectification: RectificationRow) -> tuple[str, ...]:
    """Return the texts of the items that were waived."""
    return tuple(item.text for item in items_of(session, rectification.decision_id) if item.waived_at is not None)


def reopen_items(
    session: Session, context: Context, case: CaseRow, findings: Iterable[Finding], since: datetime
) -> Progress | None:
    """Open the items that came since a time and for which nothing is left; None without an open rectification.

    The import that had brought them is undone. What came earlier counts as before, also after its own deadline.
    """
    rectification = open_rectification(session, case)
    if rectification is None:
        return None
    for item in items_of(session, rectification.decision_id):
        if item.satisfied_at is not None and item.satisfied_at >= since:
            item.satisfied_at = None
    return progress_of(session, context, case, findings)


def close_rectification(session: Session, context: Context, case: CaseRow, findings: Iterable[Finding]) -> None:
    """Close the rectification of a case, mark the items that came, and cancel an unsent reminder of its deadline."""
    progress_of(session, context, case, findings)
    cancel_reminder(session, context, case)
    of_case = col(RectificationRow.case_id) == case.id
    session.execute(update(RectificationRow).where(of_case).values(is_open=False))


def cancel_reminder(session: Session, context: Context, case: CaseRow) -> None:
    """Cancel the unsent reminder of a deadline that no longer matters; if an undo brings it back, `remind` does too."""
    cancel_unsent(session, context, (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.DEADLINE_NEAR.value))
