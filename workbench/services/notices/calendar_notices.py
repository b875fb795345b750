"""The letters to applicants whose due dates move later because the working calendar changed."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from db.enums import ApplicantKind, Language
from db.queries.published import CASE
from workbench.domain.case.case_id import format_case
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.clock.due_date_changes import MovedDue, chunks
from workbench.services.foundation.context import Context
from workbench.services.notices.bulk_letters import APPLICATION_NO, NAME, NUMBER, filled, frame_of
from workbench.services.notices.due_date_letter import ClockLetter, ClockLetterKind
from workbench.services.notices.due_date_notices import NOTICE, with_receipt

_CAUSES = {Language.EN: "The working calendar has changed.", Language.ZH: "工作日安排有调整。"}


def tell_moved(session: Session, context: Context, moved: Sequence[MovedDue]) -> None:
    """Write the notices of due dates that moved, released at once, in the caller's transaction.

    Thousands are told the same day in the same words, so each wording is composed once.
    """
    for chunk in chunks(moved):
        session.execute(insert(NOTICE), list(_notices(session, context, chunk)))


def _notices(session: Session, context: Context, moved: Sequence[MovedDue]) -> Iterator[dict[str, Any]]:
    dues = {one.case_id: one for one in moved}
    promised = with_receipt(session, list(dues))
    statement = (
        select(
            CASE.c.id,
            CASE.c.application_no,
            CASE.c.policy_version_id,
            CASE.c.suspended_from,
            APPLICATION.c.language,
            APPLICATION.c.applicant_kind,
            APPLICATION.c.applicant_name,
        )
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .where(CASE.c.id.in_(dues))
        .order_by(CASE.c.id)
    )
    now = context.now()
    for row in session.execute(statement):
        policy, language = context.policy(session, row.policy_version_id), Language(row.language)
        letter = ClockLetter(
            kind=ClockLetterKind.DELAY,
            language=language,
            applicant_kind=ApplicantKind(row.applicant_kind),
            applicant_name=NAME,
            case_no=NUMBER,
            application_no=APPLICATION_NO,
            due_at=dues[row.id].after,
            is_provisional=dues[row.id].is_provisional,
            stopped_at=row.suspended_from,
            was_promised=row.id in promised,
            cause=_CAUSES[language],
            supplier=policy.supplier,
            written_at=now,
            zone=policy.zone,
        )
        words = {NUMBER: format_case(row.id), NAME: row.applicant_name, APPLICATION_NO: row.application_no}
        yield filled(frame_of(letter), row.id, words)
