"""A case as a whole: header, panels, findings, history; masked but for what is revealed."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.enums import (
    CaseState,
    Priority,
    Risk,
    ServiceClass,
    Trigger,
    WaitsFor,
)
from db.models import (
    CaseRow,
    ChecklistAnswerRow,
    NoticeRow,
    ReviewerRow,
    SubmissionRow,
    VerificationRow,
)
from workbench.domain.case.casefile import (
    CaseFile,
    CaseHeader,
    ChecklistLine,
    VerificationLine,
)
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.running import is_overdue
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import observe
from workbench.domain.policy.policy import Policy
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case import assessment as evidence_service
from workbench.services.case.decisions import decisions_of
from workbench.services.case.history import history_of
from workbench.services.case.known_people import people_in
from workbench.services.case.masking import masked_file, public_name
from workbench.services.case.redaction import FREE_TEXTS, PERSONAL_FIELDS
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import draft_body


class CaseFiles:
    """Cases to look at."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def show(self, case_id: int) -> CaseFile:
        """Return a case, personal values masked.

        Raises:
            NotFound: If there is none of this number.
        """
        return self._read(case_id, is_masked=True)

    def evidence_no(self, case_id: int) -> int:
        """Return the number of a case's evidence now; it grows with whatever a reviewer has not seen yet.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            return visible_case(session, case_id).evidence_no

    def show_revealed(self, case_id: int) -> CaseFile:
        """Return a case with every personal value in clear; one event says so.

        Raises:
            NotFound: If there is none of this number.
            NotAllowed: If the person may not see personal values.
        """
        with self.context.acting(Action.REVEAL, case_id):
            casefile = self._read(case_id, is_masked=False)
            self._log_reveal(case_id, "all")
        return casefile

    def _read(self, case_id: int, *, is_masked: bool) -> CaseFile:
        context = self.context
        with context.read() as session:
            case = visible_case(session, case_id)
            policy = context.policy(session, case.policy_version_id)
            found = evidence_service.read_evidence(session, case, context.store)
            days, hours = evidence_service.days_and_hours(session, case, found)
            logins = _logins(session)
            notice = session.exec(
                select(NoticeRow.body)
                .where(NoticeRow.case_id == case_id, col(NoticeRow.cancelled_at).is_(None))
                .order_by(col(NoticeRow.id).desc())
                .limit(1)
            ).first()
            findings = evidence_service.findings_of_case(session, case_id)
            facts = observe(found, policy, context.today(session))
            history = history_of(session, case_id)
            verifications = _verifications(session, case_id, logins)
            people = people_in(session, (case.agent, case.application_no))
            casefile = CaseFile(
                header=_header(session, context, case, found, logins),
                evidence=found,
                facts=facts,
                findings=findings,
                days=days,
                hours=hours,
                history=history,
                checklist=_checklist(session, case, policy, found, logins),
                verifications=verifications,
                decisions=decisions_of(session, case_id, logins),
                draft=draft_body(session, case_id, context.actor.id),
                policy=policy,
                policy_version=case.policy_version_id,
                notice=notice,
            )
        return masked_file(casefile, people) if is_masked else casefile

    def reveal(self, case_id: int, field: str) -> str:
        """Return one personal value in clear, and write one event that names the field, not the value.

        `field` is a personal column of the application, or msisdn:N or actual_user_name:N of card N (from 0).

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not see personal values.
            WrongUsage: If there is no such field.
        """
        with self.context.acting(Action.REVEAL, case_id):
            value = _field(self._evidence(case_id), field)
            self._log_reveal(case_id, field)
        return value

    def reveal_identity(self, case_id: int) -> dict[str, str]:
        """Return every personal value of a case's evidence in clear, texts with people in them too, under one event.

        Texts go by the name of their field, the summary of complaint N (from 0) as summary:N.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not see personal values.
        """
        with self.context.acting(Action.REVEAL, case_id):
            found = self._evidence(case_id)
            values = {name: str(getattr(found.application, name)) for name in (*PERSONAL_FIELDS, *FREE_TEXTS)}
            values |= {f"summary:{at}": complaint.summary for at, complaint in enumerate(found.complaints)}
            for position, card in enumerate(found.cards):
                values[f"msisdn:{position}"] = card.msisdn
                values[f"actual_user_name:{position}"] = card.actual_user_name
            self._log_reveal(case_id, "identity")
        return values

    def _evidence(self, case_id: int) -> Evidence:
        with self.context.read() as session:
            return evidence_service.read_evidence(session, visible_case(session, case_id), self.context.store)

    def _log_reveal(self, case_id: int, field: str) -> None:
        with self.context.write() as session:
            self.context.log(session, Action.REVEAL.value, case_id=case_id, body={"field": field})


def _field(found: Evidence, field: str) -> str:
    """Return one personal value by its name."""
    name, _separator, position = field.partition(":")
    if name in PERSONAL_FIELDS and not position:
        return str(getattr(found.application, name))
    if name in {"msisdn", "actual_user_name"} and position.isdecimal() and int(position) < len(found.cards):
        return str(getattr(found.cards[int(position)], name))
    raise WrongUsage(_("There is no personal field {field}.").format(field=field))


def _logins(session: Session) -> dict[int, str]:
    return {
        int(identity): login for identity, login in session.exec(select(ReviewerRow.id, ReviewerRow.login)) if identity
    }


def _header(session: Session, context: Context, case: CaseRow, found: Evidence, logins: dict[int, str]) -> CaseHeader:
    now = context.now()
    calendar = context.calendar(session, case.policy_version_id)
    holds = case.state == CaseState.IN_REVIEW and case.held_until is not None and case.held_until > now
    state = CaseState(case.state)
    if state is CaseState.IN_REVIEW and not holds:
        state = CaseState.QUEUED
    application = found.application
    return CaseHeader(
        id=case.id or 0,
        agent=case.agent,
        application_no=case.application_no,
        applicant_name=public_name(application.applicant_kind, application.applicant_name),
        applicant_kind=application.applicant_kind,
        province=application.province,
        industry=application.industry,
        language=application.language.value,
        state=state,
        round=case.round,
        trigger=Trigger(case.trigger),
        priority=Priority(case.priority),
        service_class=ServiceClass(case.service_class),
        risk=Risk(case.risk),
        card_count=len(found.cards),
        received_at=_received_at(session, case),
        due_at=case.due_at,
        is_due_provisional=case.is_due_provisional,
        working_days_left=_days_left(calendar, now, case.due_at),
        is_breached=is_overdue(case.due_at, now, state, case.waits_for, case.suspended_from),
        suspended_from=case.suspended_from,
        assignee=logins.get(case.assignee_id or 0),
        held_by=logins.get(case.held_by_id or 0) if holds else None,
        held_until=case.held_until if holds else None,
        aside_until=case.aside_until if holds else None,
        waits_for=WaitsFor(case.waits_for) if case.waits_for else None,
        next_action_on=case.next_action_on,
        fence=case.fence,
        version=case.version,
        evidence_no=case.evidence_no,
    )


def _received_at(session: Session, case: CaseRow) -> datetime:
    """Return when what is under review was received: in a later round, its resubmission."""
    if case.round == 1:
        return case.received_at
    resubmitted = session.exec(
        select(SubmissionRow.received_at)
        .where(SubmissionRow.case_id == case.id, SubmissionRow.round == case.round)
        .order_by(col(SubmissionRow.received_at))
        .limit(1)
    ).first()
    return resubmitted or case.received_at


def _days_left(calendar: Any, now: datetime, due_at: datetime | None) -> int | None:
    if due_at is None:
        return None
    return int(calendar.working_days_left(calendar.local_day(now), calendar.local_day(due_at)))


def _checklist(
    session: Session, case: CaseRow, policy: Policy, found: Evidence, logins: dict[int, str]
) -> tuple[ChecklistLine, ...]:
    answers = {
        row.question: row
        for row in session.exec(
            select(ChecklistAnswerRow).where(
                ChecklistAnswerRow.case_id == case.id, ChecklistAnswerRow.round == case.round
            )
        )
    }
    return tuple(
        ChecklistLine(
            question=question.code,
            text=question.text,
            leg=question.leg,
            answer=answers[question.code].answer if question.code in answers else None,
            note=answers[question.code].note if question.code in answers else "",
            by=logins.get(answers[question.code].answered_by_id) if question.code in answers else None,
        )
        for question in policy.questions
        if found.application.applicant_kind in question.kinds
    )


def _verifications(session: Session, case_id: int, logins: dict[int, str]) -> tuple[VerificationLine, ...]:
    rows = session.exec(select(VerificationRow).where(VerificationRow.case_id == case_id))
    return tuple(
        VerificationLine(kind=row.kind, result=row.result, by=logins.get(row.verified_by_id, "?"), at=row.verified_at)
        for row in rows
    )
