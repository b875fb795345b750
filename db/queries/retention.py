"""Reads the facts that decide how long the cases of an application are kept.

A card that was erased has no hash of its number. A part of a case counts as not erased if something of it arrived after
the erasure.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Date, TextClause, text
from sqlmodel import Session

from db.columns import Instant, to_us
from db.enums import FINAL_STATES

_AGES = """SELECT c.id, c.agent, c.application_no, c.state, c.opened_at,
       (SELECT max(e.at) FROM event e WHERE e.case_id = c.id AND e.state <> '') AS closed_at,
       (SELECT max(n.appeal_until_on) FROM notice n WHERE n.case_id = c.id AND n.cancelled_at IS NULL) AS appeal_until,
       EXISTS (SELECT 1 FROM legal_hold h WHERE h.case_id = c.id AND h.ended_at IS NULL) AS is_held,
       EXISTS (SELECT 1 FROM notice n WHERE n.case_id = c.id AND n.sent_at IS NULL AND n.cancelled_at IS NULL)
       OR EXISTS (SELECT 1 FROM measure_order m WHERE m.case_id = c.id AND m.done_at IS NULL AND m.cancelled_at IS NULL)
       AS is_owed,
       (
           SELECT group_concat(x.part) FROM erasure x
           WHERE x.case_id = c.id
                 AND NOT (x.part = 'documents' AND EXISTS (
                     SELECT 1 FROM document d
                     WHERE d.agent = c.agent AND d.application_no = c.application_no AND d.erased_at IS NULL
                 ))
                 AND NOT (x.part = 'calls' AND EXISTS (
                     SELECT 1 FROM card k
                     JOIN call_window w ON w.msisdn_hash = k.msisdn_hash
                     JOIN import_batch b ON b.id = w.batch_id
                     WHERE k.agent = c.agent AND k.application_no = c.application_no AND k.msisdn_hash <> ''
                           AND b.published_at > x.erased_at
                 ))
       ) AS erased_parts,
       CASE WHEN c.state IN ({final}) THEN (
           SELECT group_concat(DISTINCT coalesce(CAST(k.service_ended_on AS TEXT), '')) FROM card k
           WHERE k.agent = c.agent AND k.application_no = c.application_no AND k.msisdn_hash <> ''
                 AND EXISTS (SELECT 1 FROM import_batch b WHERE b.id = k.batch_id AND b.published_at IS NOT NULL)
                 AND NOT EXISTS (
                     SELECT 1 FROM card newer
                     JOIN import_batch b ON b.id = newer.batch_id AND b.published_at IS NOT NULL
                     WHERE newer.agent = k.agent AND newer.application_no = k.application_no
                           AND newer.msisdn = k.msisdn AND newer.batch_id > k.batch_id
                 )
       ) END AS service_ends
FROM "case" c
WHERE c.erased_at IS NULL AND {which}
      AND EXISTS (SELECT 1 FROM import_batch b WHERE b.id = c.batch_id AND b.published_at IS NOT NULL)
ORDER BY c.agent, c.application_no, c.id"""


def _ages_statement(which: str) -> TextClause:
    final = ", ".join(f"'{state.value}'" for state in sorted(FINAL_STATES))
    return text(_AGES.format(which=which, final=final))


_TYPES: dict[str, Any] = {"opened_at": Instant, "closed_at": Instant, "appeal_until": Date}
_ALL = _ages_statement("1 = 1").columns(**_TYPES)
_ONE = _ages_statement("c.agent = :agent AND c.application_no = :number").columns(**_TYPES)
_HOLD = text("SELECT placed_at FROM legal_hold WHERE case_id = :case AND ended_at IS NULL").columns(placed_at=Instant)
_OLD_CASE = text('SELECT EXISTS (SELECT 1 FROM "case" WHERE erased_at IS NULL AND opened_at < :before)')
_OLD_IMPORT = text("SELECT EXISTS (SELECT 1 FROM import_batch WHERE published_at < :before)")

_PENDING = text(
    "SELECT EXISTS (SELECT 1 FROM erasure WHERE pending <> '')"
    " OR EXISTS (SELECT 1 FROM import_batch WHERE next_calls_sha256 IS NOT NULL)"
)


def cases_by_application(session: Session) -> Iterator[tuple[tuple[str, str], Sequence[Any]]]:
    """Yield the key of each application with its published cases that are not erased."""
    rows = session.execute(_ALL).yield_per(1_000)
    for key, cases in groupby(rows, key=lambda row: (row.agent, row.application_no)):
        yield key, list(cases)


def cases_of_application(session: Session, key: tuple[str, str]) -> Sequence[Any]:
    """Return the published cases of one application that are not erased, as `cases_by_application` yields them."""
    return session.execute(_ONE, {"agent": key[0], "number": key[1]}).all()


def service_ends_in(case: Any) -> list[date | None]:
    """Return each recorded end of service of the cards of a closed case, None for cards without one."""
    texts = [] if case.service_ends is None else case.service_ends.split(",")
    return [date.fromisoformat(text) if text else None for text in texts]


def has_case_before(session: Session, at: datetime) -> bool:
    """Say whether a case that was opened before an instant is not erased; a quick answer."""
    return bool(session.execute(_OLD_CASE, {"before": to_us(at)}).scalar())


def has_import_before(session: Session, at: datetime) -> bool:
    """Say whether something was imported before an instant; a quick answer."""
    return bool(session.execute(_OLD_IMPORT, {"before": to_us(at)}).scalar())


def legal_hold_of(session: Session, case_id: int) -> datetime | None:
    """Return when the legal hold of a case was placed, None without one in force."""
    placed: datetime | None = session.connection().execute(_HOLD, {"case": case_id}).scalar()
    return placed


def has_pending_files(session: Session) -> bool:
    """Say whether files are still to be erased, or call files to be replaced, after an interruption."""
    return bool(session.connection().execute(_PENDING).scalar())
