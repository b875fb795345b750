"""Records which notices were sent and which failed, and extends the deadlines of notices that were sent late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.enums import Verdict
from db.queries.outbox import INFORMING
from db.queries.published import CASE, NOTICE, chunks
from workbench.domain.text.safe import safe
from workbench.services.case.known_people import key_of, redactions_of
from workbench.services.foundation import audit_log
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import cancel_unsent
from workbench.services.notices.letter_facts import ClockLetterKind
from workbench.services.review.rectifying.late_letters import MovedDeadline, move_deadline

SENT, FAILED = "notice-sent", "notice-failed"
"""The events of a case whose notice was sent or could not be delivered."""

_FAILURE_LENGTH = 200
_RESULTS = (Verdict.PASS, Verdict.FAIL, ClockLetterKind.LAPSED, ClockLetterKind.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outcome of one notice: it was sent through a channel, or it failed."""

    notice_id: int
    channel: str = ""
    sent_at: datetime | None = None
    """When it was sent; None means now."""
    failure: str = ""
    """The cause of the failure; empty if it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDeliveries:
    """The number of notices that are newly sent, were sent before, or failed, and the deadlines that moved."""

    sent: int = 0
    already_sent: int = 0
    failed: int = 0
    moved: tuple[MovedDeadline, ...] = ()


def notice_rows(session: Session, ids: Iterable[int]) -> list[Any]:
    """Return the rows of notices that recording needs: their columns with the key of the application."""
    statement = select(NOTICE, CASE.c.agent, CASE.c.application_no).join(CASE, CASE.c.id == NOTICE.c.case_id)
    found = (session.execute(statement.where(NOTICE.c.id.in_(chunk))) for chunk in chunks(sorted(ids)))
    return sorted((row for rows in found for row in rows), key=lambda row: row.id)


def record_deliveries(
    session: Session, context: Context, deliveries: Mapping[int, Delivery], rows: Sequence[Any]
) -> RecordedDeliveries:
    """Record deliveries by notice in the caller's transaction; a notice that was sent before is not changed.

    Args:
        session: A write session.
        context: The context of the person who reports.
        deliveries: The outcome of each notice.
        rows: The `notice_rows` of these notices.
    """
    unsent = [row for row in rows if row.sent_at is None]
    sent = [row for row in unsent if not deliveries[row.id].failure]
    failed = [row for row in unsent if deliveries[row.id].failure]
    now, me = context.now(), context.actor
    sendings = [(row, deliveries[row.id].sent_at or now, deliveries[row.id].channel) for row in sent]
    times = ({"notice_id": row.id, "at": at, "how": channel} for row, at, channel in sendings)
    as_sent = {"sent_at": bindparam("at"), "channel": bindparam("how"), "sent_by_id": me.id}
    _update_notices(session, times, **as_sent, failed_at=None, failure="")
    bodies = [(row.case_id, {"notice": row.id, **details(channel=channel)}) for row, _at, channel in sendings]
    audit_log.append_many(session, me, SENT, now, bodies)
    masked = masked_failures(session, [(row, deliveries[row.id].failure) for row in failed])
    causes = ({"notice_id": row.id, "cause": cause} for row, cause in masked)
    _update_notices(session, causes, failed_at=now, failure=bindparam("cause"))
    audit_log.append_many(session, me, FAILED, now, ((row.case_id, {"notice": row.id}) for row in failed))
    _cancel_overtaken(session, context, sent)
    moved = (move_deadline(session, context, row, at) for row, at, _channel in sendings)
    return RecordedDeliveries(
        sent=len(sent),
        already_sent=len(rows) - len(unsent),
        failed=len(failed),
        moved=tuple(one for one in moved if one is not None),
    )


def masked_failures(session: Session, failures: Sequence[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    """Yield each row with its cause in one line, with people masked, because the output of a gateway may name them."""
    redactions = redactions_of(session, (key_of(row) for row, _cause in failures))
    for row, cause in failures:
        line = safe(" ".join(cause.split()), limit=_FAILURE_LENGTH)
        yield row, redactions[key_of(row)].mask_in(line)


def _cancel_overtaken(session: Session, context: Context, sent: Iterable[Any]) -> None:
    """Cancel the unsent notices that a sent notice with a result makes superfluous."""
    for row in sent:
        if row.kind in _RESULTS:
            earlier = (NOTICE.c.case_id == row.case_id, NOTICE.c.id < row.id, NOTICE.c.kind.in_(INFORMING))
            cancel_unsent(session, context, earlier)


def _update_notices(session: Session, rows: Iterable[Mapping[str, Any]], **columns: Any) -> None:
    """Write columns of notices. Each of the `rows` has a `notice_id`, and the values of the bound parameters."""
    statement = NOTICE.update().where(NOTICE.c.id == bindparam("notice_id")).values(columns)
    for chunk in chunks(rows):
        session.connection().execute(statement, chunk)
