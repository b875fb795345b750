"""Reads inquiries, with people masked."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from db.enums import AnswerDocument, InquiryStatus
from db.queries.published import CASE, INQUIRY
from workbench.domain.case.case_id import format_inquiry
from workbench.domain.evidence.evidence import DocumentFacts
from workbench.domain.facts.inquiry_lines import InquiryLine
from workbench.domain.policy.settings import BilingualText
from workbench.services.case.known_people import key_of, redactions_of
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row

_IS_OPEN = INQUIRY.c.status == InquiryStatus.OPEN.value
MOST_SHOWN = 500


def inquiries_of(session: Session, context: Context, case_id: int) -> tuple[InquiryLine, ...]:
    """Return the inquiries about a case, the oldest first."""
    return read_inquiries(session, context, (INQUIRY.c.case_id == case_id,), INQUIRY.c.id)


def read_inquiries(
    session: Session, context: Context, conditions: Iterable[ColumnElement[bool]], *order: Any
) -> tuple[InquiryLine, ...]:
    """Return the inquiries that meet some conditions; by default the open ones by due date, then the newest others."""
    by_urgency = (~_IS_OPEN, INQUIRY.c.ended_at.desc(), INQUIRY.c.due_at, INQUIRY.c.id)
    statement = select(INQUIRY, CASE.c.agent, CASE.c.application_no).join(CASE, CASE.c.id == INQUIRY.c.case_id)
    found = session.execute(statement.where(*conditions).order_by(*(order or by_urgency)).limit(MOST_SHOWN)).all()
    if not found:
        return ()
    now, departments, logins = context.now(), context.policy(session).departments, logins_of(session)
    redactions = redactions_of(session, map(key_of, found))
    lines = []
    for row in found:
        department, mask_in = departments.get(row.department), redactions[key_of(row)].mask_in
        line = from_row(
            InquiryLine,
            row,
            name=None if department is None else department.name,
            question=mask_in(row.question),
            note=mask_in(row.note),
            asked_by=logins[row.asked_by_id],
            ended_by=logins.get(row.ended_by_id),
            is_overdue=row.due_at < (row.ended_at or now),
            has_document=bool(row.document_sha256),
        )
        lines.append(line)
    return tuple(lines)


def answer_documents(session: Session, context: Context, case_id: int) -> list[tuple[Any, BilingualText]]:
    """Return the documents that came with answers about a case, as rows for a list, each with its name."""
    departments = context.policy(session).departments
    with_document = select(INQUIRY).where(INQUIRY.c.case_id == case_id, INQUIRY.c.document_sha256 != "")
    found = []
    for row in session.execute(with_document.order_by(INQUIRY.c.id)):
        facts = DocumentFacts(
            kind=AnswerDocument.DEPARTMENT_ANSWER,  # type: ignore[arg-type]  # shown in lists, and no evidence for rules
            sha256=row.document_sha256,
            received_at=row.ended_at,
            bytes_count=row.document_bytes,
            media_type=row.document_type,
        )
        department = departments.get(row.department)
        names = BilingualText(row.department, row.department) if department is None else department.name
        number = format_inquiry(row.id)
        found.append((facts, BilingualText(en=f"{names.en}, {number}", zh=f"{names.zh}，{number}")))
    return found
