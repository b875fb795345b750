"""Exports decisions, appeals, notices, measures and events, each as records in the order of their numbers."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, select, update

from db.enums import IN_EFFECT, AppealStatus, ApplicantKind
from db.models import CaseRow, DecisionReasonRow, EventRow, ExportReasonRow
from db.queries.published import APPEAL, APPLICATION, CASE, DECISION, MEASURE_ORDER, NOTICE, is_published, table_of
from workbench.domain.case.case_id import format_batch, format_case, format_decision
from workbench.domain.text.mask import MaskKind, mask, mask_digits_within
from workbench.domain.text.redaction import Redaction
from workbench.services.case.decisions import waived_rules, waiver_of
from workbench.services.case.known_people import key_of
from workbench.services.case.masking import shown_name
from workbench.services.case.measure_orders import numbers_in_service, stored_numbers
from workbench.services.foundation.case_access import logins_of
from workbench.services.notices.bulk_letters import select_letters
from workbench.services.records.exporting.sheets import Record
from workbench.services.records.exporting.source import ExportSource

_EVENT, _EXPORT_REASON, _REASON = table_of(EventRow), table_of(ExportReasonRow), table_of(DecisionReasonRow)
_OPEN = frozenset({AppealStatus.OPEN.value, AppealStatus.STAGED.value})

DECISION_COLUMNS = (
    *("decision", "case", "agent", "application_no", "applicant_name", "round"),
    *("verdict", "fail_kind", "measure", "reasons", "status"),
    *("maker", "decided_at", "release_at", "checker", "checked_at", "check_note", "undone_at"),
    *("waived", "waive_reason", "corrects"),
    *("waits_for", "until", "deadline_at", "note", "letter", "notice", "msisdn", "numbers"),
)
APPEAL_COLUMNS = (
    *("appeal", "case", "agent", "application_no", "decision", "against"),
    *("received_at", "filed_at", "filed_by", "due_at", "overdue", "status"),
    *("outcome", "to_state", "decided_by", "decided_at", "checker", "checked_at", "release_at", "waived"),
    *("grounds", "answer", "check_note"),
)
NOTICE_COLUMNS = (
    *("notice", "case", "decision", "agent", "application_no", "kind", "language"),
    *("subject", "body", "created_at", "release_at", "sent_at"),
    *("recipient_name", "recipient_handler", "recipient_phone", "channel"),
)
EVENT_COLUMNS = (
    *("seq", "at", "actor", "identity", "action", "case", "batch"),
    *("state", "is_clock_running", "is_refused", "body", "prev_hash", "hash", "reason"),
)


def decisions(source: ExportSource) -> Iterator[Record]:
    """Yield the decisions, including undone and returned ones, with maker, checker, reasons and notice.

    A decision with a measure has one row for each number that the measure concerns.
    """
    statement = (
        select(
            DECISION,
            DECISION.c.until_on.label("until"),
            *(CASE.c[name] for name in ("agent", "application_no", "applicant_name", "erased_at")),
            APPLICATION.c.applicant_kind,
        )
        .join(CASE, CASE.c.id == DECISION.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .where(is_published(CASE.c.batch_id), *source.on_or_after_since(DECISION.c.decided_at))
    )
    logins = logins_of(source.session)
    for page in source.pages(statement, DECISION.c.id):
        ids = [row.id for row in page]
        reasons, notices = _reasons(source, ids), _notices(source, ids)
        people = source.people_of(page)
        for row in page:
            redaction = people[key_of(row)]
            waiver = waiver_of(row)
            values = {**row._asdict(), "notice": notices.get(row.id)}
            record = {
                **source.record(values, ("check_note", "note", "letter", "notice"), redaction),
                "decision": format_decision(row.id),
                "case": format_case(row.case_id),
                "applicant_name": _name(row, source),
                "maker": logins[row.maker_id],
                "checker": logins.get(row.checker_id),
                "reasons": ";".join(reasons.get(row.id, ())),
                "waived": ";".join(waiver.rules) if waiver else None,
                "waive_reason": waiver.reason if waiver else None,
                "corrects": None if row.corrects_id is None else format_decision(row.corrects_id),
            }
            numbers = _numbers(source, row)
            for number in numbers or (None,):
                shown = number if number is None or source.reveal else mask(MaskKind.MSISDN, number)
                yield {**record, "msisdn": shown, "numbers": len(numbers)}


def _numbers(source: ExportSource, row: Any) -> tuple[str, ...]:
    """Return the numbers that the measure of a decision concerns; none before the decision is in effect.

    Earlier versions of the program did not store the numbers of a decision; its present numbers are exported instead.
    """
    if row.status not in IN_EFFECT:
        return ()
    kept = stored_numbers(row.measure, row.seen)
    if kept is not None:
        return kept
    return numbers_in_service(source.session, source.session.get_one(CaseRow, row.case_id), source.today)


def _reasons(source: ExportSource, decision_ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(_REASON)
        .where(_REASON.c.decision_id.in_(decision_ids))
        .order_by(_REASON.c.decision_id, _REASON.c.position)
    )
    rows_by_decision = groupby(source.session.execute(statement), key=attrgetter("decision_id"))
    return {decision_id: [row.code for row in found] for decision_id, found in rows_by_decision}


def _notices(source: ExportSource, decision_ids: Sequence[int]) -> dict[int, str]:
    """Return the text of each decision's notice, unless it was cancelled."""
    statement = (
        select(NOTICE.c.decision_id, NOTICE.c.body)
        .where(NOTICE.c.decision_id.in_(decision_ids), NOTICE.c.cancelled_at.is_(None))
        .order_by(NOTICE.c.id)
    )
    return {row.decision_id: row.body for row in source.session.execute(statement)}


def appeals(source: ExportSource) -> Iterator[Record]:
    """Yield the appeals, including undone and withdrawn ones, with who decided them and how."""
    logins = logins_of(source.session)
    statement = (
        select(APPEAL, APPEAL.c.state_before.label("against"), CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == APPEAL.c.case_id)
        .where(is_published(CASE.c.batch_id), *source.on_or_after_since(APPEAL.c.filed_at))
    )
    for row, record, _people in source.records(statement, APPEAL.c.id, ("grounds", "answer", "check_note")):
        yield {
            **record,
            "appeal": row.id,
            "filed_by": logins[row.filed_by_id],
            "decided_by": logins.get(row.decided_by_id),
            "checker": logins.get(row.checker_id),
            "overdue": row.status in _OPEN and row.due_at < source.now,
            "waived": ";".join(waived_rules(row)) or None,
        }


def notices(source: ExportSource) -> Iterator[Record]:
    """Yield the notices that can be sent, with their recipients: released and not cancelled."""
    return (record for record, _people in notices_with_people(source))


def notices_with_people(source: ExportSource) -> Iterator[tuple[Record, Redaction]]:
    """Yield the notices that can be sent, each with the redaction of the people of its case."""
    is_released = (NOTICE.c.release_at <= source.now, *source.on_or_after_since(NOTICE.c.release_at))
    statement = select_letters().where(*is_released, *([NOTICE.c.sent_at.is_(None)] if source.unsent else []))
    for row, record, people in source.records(statement, NOTICE.c.id, ("subject", "body")):
        yield {**record, "notice": row.id, **_recipient(row, source)}, people


def _recipient(row: Any, source: ExportSource) -> dict[str, str | None]:
    handler, phone = row.handler_name, row.contact_phone
    if not source.reveal:
        handler, phone = mask(MaskKind.NAME, handler), mask(MaskKind.MSISDN, phone)
    return {
        "recipient_name": _name(row, source),
        "recipient_handler": handler or None,
        "recipient_phone": phone or None,
    }


def _name(row: Any, source: ExportSource) -> str:
    """Return the name of an applicant, masked unless it is revealed; if retention erased it, the words for that."""
    if source.reveal and row.erased_at is None:
        return str(row.applicant_name)
    return shown_name(ApplicantKind(row.applicant_kind), row.applicant_name, row.erased_at, source.zone)


def measures(source: ExportSource) -> Iterator[Record]:
    """Yield the work list of numbers to bar and to restore: released orders that are neither done nor cancelled."""
    statement = (
        select(MEASURE_ORDER, CASE.c.agent, CASE.c.application_no)
        .join(CASE, CASE.c.id == MEASURE_ORDER.c.case_id)
        .where(is_published(CASE.c.batch_id), *_owed_conditions(source))
        .where(*([MEASURE_ORDER.c.exported_at.is_not(None)] if source.reveal else []))
    )
    for row, record, _people in source.records(statement, MEASURE_ORDER.c.id, ("failure",)):
        yield {
            **record,
            "order": row.id,
            "msisdn": row.msisdn if source.reveal else mask(MaskKind.MSISDN, row.msisdn),
            "overdue": row.due_at < source.now,
        }


def mark_exported(source: ExportSource) -> None:
    """Record that the owed orders were exported with unmasked numbers.

    This happens before the list is written. A verdict that lifts a bar in between must know that the carrier may bar
    the number.
    """
    source.session.execute(update(MEASURE_ORDER).where(*_owed_conditions(source)).values(exported_at=source.now))


def _owed_conditions(source: ExportSource) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on the orders of a work list."""
    order = MEASURE_ORDER.c
    is_open = (order.done_at.is_(None), order.cancelled_at.is_(None), order.release_at <= source.now)
    return (*is_open, *source.on_or_after_since(order.release_at))


def events(source: ExportSource, *conditions: ColumnElement[bool]) -> Iterator[Record]:
    """Yield the events of the audit log that meet the conditions, with their hashes; all of them form a chain.

    They contain no personal values.
    """
    reasons = {row.id: mask_digits_within(row.reason) for row in source.session.execute(select(_EXPORT_REASON))}
    statement = select(_EVENT).where(*source.on_or_after_since(_EVENT.c.at), *conditions)
    for page in source.pages(statement, _EVENT.c.seq):
        for row in page:
            yield {
                **source.record(row._asdict()),
                "actor": row.actor_login,
                "case": None if row.case_id is None else format_case(row.case_id),
                # The reason for an export is in another table, from which retention deletes it.
                "reason": reasons.get(json.loads(row.body).get("reason_no")) if row.action == "export" else None,
                "batch": None if row.batch_id is None else format_batch(row.batch_id),
            }
