"""Exports the notices that can be sent to applicants, with their recipients: released and not cancelled."""

from collections.abc import Iterator
from typing import Any

from db.enums import ApplicantKind
from db.queries.published import NOTICE
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.masking import shown_name
from workbench.services.case.redaction import Redaction
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource
from workbench.services.notices.sender import select_letters

COLUMNS = (
    *("notice", "case", "decision", "agent", "application_no", "kind", "language"),
    *("subject", "body", "created_at", "release_at", "sent_at"),
    *("recipient_name", "recipient_handler", "recipient_phone", "channel"),
)


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the released notices in the order in which they were written."""
    return (record for record, _people in rows_with_people(source))


def rows_with_people(source: ExportSource) -> Iterator[tuple[Record, Redaction]]:
    """Yield the released notices, each with what masks the people of its case."""
    is_released = (NOTICE.c.release_at <= source.now, *source.on_or_after_since(NOTICE.c.release_at))
    for page in source.pages(select_letters().where(*is_released), NOTICE.c.id):
        people = source.people_of(page)
        for row in page:
            hidden = people[row.agent, row.application_no]
            record = {
                **source.record(row._asdict(), ("subject", "body"), hidden),
                "notice": row.id,
                "case": format_case(row.case_id),
                "decision": None if row.decision_id is None else format_decision(row.decision_id),
                **_recipient(row, source),
            }
            yield record, hidden


def _recipient(row: Any, source: ExportSource) -> dict[str, str | None]:
    """Return the recipient of a notice, or that retention erased it."""
    name, handler, phone = row.applicant_name, row.handler_name, row.contact_phone
    if row.erased_at is not None or not source.reveal:
        name = shown_name(ApplicantKind(row.applicant_kind), name, row.erased_at, source.zone)
    if not source.reveal:
        handler, phone = mask(MaskKind.NAME, handler), mask(MaskKind.MSISDN, phone)
    return {
        "recipient_name": name,
        "recipient_handler": handler or None,
        "recipient_phone": phone or None,
    }
