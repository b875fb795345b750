"""Exports the events of the audit log with their hashes, so that others can verify the chain."""

import json
from collections.abc import Iterator

from sqlalchemy import select

from db.models import EventRow, ExportReasonRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_batch, format_case
from workbench.domain.text.mask import mask_digits_within
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import ExportSource

_EVENT, _REASON = table_of(EventRow), table_of(ExportReasonRow)

COLUMNS = (
    *("seq", "at", "actor", "identity", "action", "case", "batch"),
    *("state", "is_clock_running", "is_refused", "body", "prev_hash", "hash", "reason"),
)


def rows(source: ExportSource) -> Iterator[Record]:
    """Yield the events in the order of their numbers; they contain no personal values."""
    reasons = {row.id: mask_digits_within(row.reason) for row in source.session.execute(select(_REASON))}
    statement = select(_EVENT).where(*source.on_or_after_since(_EVENT.c.at))
    for page in source.pages(statement, _EVENT.c.seq):
        for row in page:
            yield {
                **source.record(row._asdict()),
                "actor": row.actor_login,
                "case": None if row.case_id is None else format_case(row.case_id),
                # That of an export is in a row of its own, until retention deletes it.
                "reason": reasons.get(json.loads(row.body).get("reason_no")) if row.action == "export" else None,
                "batch": None if row.batch_id is None else format_batch(row.batch_id),
            }
