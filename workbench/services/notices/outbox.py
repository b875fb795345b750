"""The outbox of notices to applicants: lists them, and records which of them were sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from db.enums import Role
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE, is_published
from workbench.domain.case.actor import Actor
from workbench.errors import NotAllowed, NotFound, WorkbenchError
from workbench.i18n import _
from workbench.services.case.known_people import redactions_of
from workbench.services.foundation.context import Service
from workbench.services.foundation.row_values import from_row

_LISTED_IDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice with people masked; `is_released` says that its grace period is over, so that it can be sent."""

    id: int
    case_id: int
    decision_id: int | None
    kind: str
    language: str
    subject: str
    body: str
    created_at: datetime
    release_at: datetime
    is_released: bool
    sent_at: datetime | None


class Notices(Service):
    """Lists notices and records that they were sent, on behalf of one person."""

    def list(self, *, unsent: bool = False) -> tuple[NoticeLine, ...]:
        """Return the notices that were not cancelled, oldest first; with `unsent` only those to send now."""
        now = self.context.now()
        statement = (
            select(NOTICE, CASE.c.agent, CASE.c.application_no)
            .join(CASE, CASE.c.id == NOTICE.c.case_id)
            .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None))
            .order_by(NOTICE.c.id)
        )
        if unsent:
            statement = statement.where(NOTICE.c.sent_at.is_(None), NOTICE.c.release_at <= now)
        with self.context.read() as session:
            rows = session.execute(statement).all()
            redactions = redactions_of(session, ((row.agent, row.application_no) for row in rows))
            return tuple(
                from_row(
                    NoticeLine,
                    row,
                    subject=redactions[row.agent, row.application_no].mask_in(row.subject),
                    body=redactions[row.agent, row.application_no].mask_in(row.body),
                    is_released=row.release_at <= now,
                )
                for row in rows
            )

    def mark_sent(self, ids: Iterable[int]) -> int:
        """Record that notices were sent, all of them or none, and return how many were not recorded before.

        Raises:
            NotAllowed: If the person does not review, or one of the notices is not released or was cancelled.
            NotFound: If there is no such notice.
        """
        context, now, wanted = self.context, self.context.now(), sorted(set(ids))
        with context.requiring("notices sent", _sending_refusal), context.write() as session:
            columns = (NOTICE.c.id, NOTICE.c.sent_at, NOTICE.c.cancelled_at, NOTICE.c.release_at)
            results = (session.execute(select(*columns).where(NOTICE.c.id.in_(chunk))) for chunk in chunks(wanted))
            rows = {row.id: row for result in results for row in result}
            _refuse(
                _("There is no notice {notices}; export the notices again."),
                [number for number in wanted if number not in rows],
                NotFound,
            )
            _refuse(
                _("Notice {notices} was taken back or is not released yet; leave it out."),
                [row.id for row in rows.values() if row.cancelled_at is not None or row.release_at > now],
                NotAllowed,
            )
            unsent = [number for number in wanted if rows[number].sent_at is None]
            for chunk in chunks(unsent):
                session.execute(update(NOTICE).where(NOTICE.c.id.in_(chunk)).values(sent_at=now))
            if unsent:
                body = {"count": len(unsent), "first": unsent[0], "last": unsent[-1]}
                context.log(session, "notices sent", body=body)
            return len(unsent)


def _sending_refusal(actor: Actor) -> str | None:
    if actor.has(Role.REVIEWER, Role.SUPERVISOR):
        return None
    return _("{login} may not send notices; it takes a reviewer or supervisor.").format(login=actor.login)


def _refuse(sentence: str, numbers: Sequence[int], kind: type[WorkbenchError]) -> None:
    """Raise an error that lists the first few of the given notices, if there are any."""
    if numbers:
        shown = ", ".join(str(number) for number in numbers[:_LISTED_IDS])
        raise kind(sentence.format(notices=shown + (" …" if len(numbers) > _LISTED_IDS else "")))
