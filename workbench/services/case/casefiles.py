"""Reads cases with their header, evidence, findings and history; personal values are masked unless revealed."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.dialect import read_together
from db.models import CaseRow, ChecklistAnswerRow
from db.queries.published import CASE, NOTICE, table_of
from db.queries.retention import legal_hold_of
from db.queries.workload import has_skipped, is_absent
from workbench.domain.case.casefile import CachedCase, CaseFile, CaseHeader
from workbench.domain.case.changes import RoundBasis
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import ChangesSinceSeen, ChecklistLine
from workbench.domain.case.running import is_overdue
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import observe
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.evaluate import findings_of
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.special_cases import policy_for
from workbench.domain.text.redaction import FREE_TEXTS, PERSONAL_FIELDS
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case import history
from workbench.services.case.assessment import earlier_fail_of, findings_of_case, is_stale, refresh_findings
from workbench.services.case.case_stamp import last_read, stamp_of
from workbench.services.case.decisions import appeals_of, decisions_of, due_if_answered, first_deadline, last_appeal_day
from workbench.services.case.drafts import draft_body
from workbench.services.case.evidence_reader import calls_by_day_and_hour, read_evidence
from workbench.services.case.inquiries import inquiries_of
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.case.masking import masked_casefile, shown_name
from workbench.services.case.measure_orders import measure_orders
from workbench.services.case.round_changes import received_at, round_changes
from workbench.services.foundation.case_access import is_held, logins_of, read_case, shown_state, unerased_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row

_ANSWER = table_of(ChecklistAnswerRow)
_ANSWERS = select(_ANSWER).where(_ANSWER.c.case_id == bindparam("case"), _ANSWER.c.round == bindparam("round"))
_IS_ASSIGNEE_AWAY = select(is_absent(CASE.c.assignee_id)).where(CASE.c.id == bindparam("case"))
_NEWEST_NOTICE = select(NOTICE.c.body).where(NOTICE.c.case_id == bindparam("case"), NOTICE.c.cancelled_at.is_(None))
_NEWEST_NOTICE = _NEWEST_NOTICE.order_by(NOTICE.c.id.desc()).limit(1)


class CaseFiles(Service):
    """Reads cases for one person, and reveals personal values with an event."""

    def show(self, case_id: int) -> CaseFile:
        """Return a case with personal values masked, and with the findings of today if it is open; store nothing.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            if not is_stale(session, self.context, case := read_case(session, case_id)):
                return self._read_into_cache(session, case).casefile
            return masked_casefile(self._read(session, case), redaction_of(session, key_of(case)))

    def show_current(self, case_id: int) -> CaseFile:
        """Return a case with personal values masked; store the findings of today if it is open.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            if not is_stale(session, self.context, case := read_case(session, case_id)):
                return self._read_into_cache(session, case).casefile
        refresh_findings(self.context, case_id)
        return self.show(case_id)

    def cached(self, session: Session, case_id: int) -> CachedCase:
        """Return a case from the cache of this person, after reading it again if it has changed.

        Raises:
            NotFound: If there is no such case.
        """
        cached = last_read(self.context, case_id)
        if cached is not None and cached.stamp == stamp_of(session, self.context, case_id):
            return cached
        return self._read_into_cache(session, read_case(session, case_id))

    def changed_since(self, case: CaseFile) -> CaseFile | None:
        """Return a case as it is now with personal values masked, None if it has not changed since it was read.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            current = self.cached(session, case.header.id).casefile
        old, new = ((one.header.version, one.header.is_assignee_away, history.acts_of(one)) for one in (case, current))
        return None if old == new else current

    def evidence_changes_since(self, case_id: int, seen_no: int) -> ChangesSinceSeen:
        """Return the changes in a case since it had the evidence number `seen_no`, which grows with each change.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            return history.changes_since(session, read_case(session, case_id), seen_no)

    def show_revealed(self, case_id: int) -> CaseFile:
        """Return a case with all personal values in clear, and log one event.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not see personal values.
        """
        with self.context.acting(Action.REVEAL, case_id):
            with self.context.read() as session:
                unerased_case(session, self.context, case_id)
            casefile = self.read_revealed(case_id)
            self.context.log_alone(Action.REVEAL, case_id=case_id, body={"field": "all"})
        return casefile

    def read_revealed(self, case_id: int) -> CaseFile:
        """Return a case with all personal values in clear; the caller logs an event.

        Raises:
            NotFound: If there is no such case.
        """
        with self.context.read() as session:
            return self._read(session, read_case(session, case_id))

    def _read_into_cache(self, session: Session, case: CaseRow) -> CachedCase:
        """Read a case masked, and keep it, with its stored findings, for a verdict of this person."""
        reads = self._reads(session, case, as_stored=True)
        own = partial(stamp_of, session, self.context, case.id or 0), partial(redaction_of, session, key_of(case))
        stamp, redaction, *parts = read_together(session, *own, *reads.values())
        casefile = masked_casefile(CaseFile(**dict(zip(reads, parts, strict=True))), redaction)
        cached = CachedCase(stamp, casefile, redaction)
        self.context.cache.cases[self.context.actor.id] = cached
        return cached

    def _read(self, session: Session, case: CaseRow) -> CaseFile:
        reads = self._reads(session, case)
        return CaseFile(**dict(zip(reads, read_together(session, *reads.values()), strict=True)))

    def _reads(self, session: Session, case: CaseRow, *, as_stored: bool = False) -> dict[str, Callable[[], Any]]:
        """Return the functions that read the fields of a case; what several of them need is read once."""
        context, case_id = self.context, case.id or 0
        policy, today = context.policy(session, case.policy_version_id), context.today(session)
        evidence = cache(partial(read_evidence, session, case, context.store, today))
        calls = cache(lambda: calls_by_day_and_hour(session, case, evidence(), context.store))
        logins = cache(partial(logins_of, session))
        facts = cache(lambda: observe(evidence(), policy, today))
        decisions = cache(lambda: decisions_of(session, case_id, logins()))

        @cache
        def findings() -> tuple[Finding, ...]:
            if not as_stored and is_stale(session, context, case):
                return findings_of(facts(), policy)
            # The codes of the findings are kept for statistics; without evidence they say nothing.
            return findings_of_case(session, case_id) if case.erased_at is None else ()

        basis = cache(lambda: RoundBasis(evidence=evidence(), facts=facts().case, findings=findings()))
        return {
            "header": lambda: header_of(session, context, case, evidence(), logins()),
            "evidence": evidence,
            "facts": facts,
            "findings": findings,
            "days": lambda: calls()[0],
            "hours": lambda: calls()[1],
            "history": lambda: history.history_of(session, case_id),
            "checklist": lambda: checklist_of(policy, evidence(), _answers(session, case, logins())),
            "verifications": lambda: history.verifications_of(session, case_id),
            "contacts": lambda: history.contacts_of(session, case_id),
            "decisions": decisions,
            "appeals": lambda: appeals_of(session, case_id, logins()),
            "earlier_fail": lambda: earlier_fail_of(session, context, case),
            "appeal_until": lambda: last_appeal_day(session, context, case),
            "draft": lambda: draft_body(session, case_id, context.actor.id),
            "policy": lambda: policy_for(policy, evidence().application),
            "policy_version": lambda: case.policy_version_id,
            "notice": lambda: session.connection().execute(_NEWEST_NOTICE, {"case": case_id}).scalar(),
            "notices": lambda: history.notices_of(session, context, case_id),
            "measures": lambda: measure_orders(session, case, today),
            "re_reviews": lambda: history.re_reviews_of(session, case_id),
            "changes": lambda: round_changes(session, context, case, decisions(), basis()),
            "asked_documents": lambda: history.asked_documents_of(session, case, missing_documents(evidence(), policy)),
            "inquiries": lambda: inquiries_of(session, context, case_id),
        }

    def reveal(self, case_id: int, field: str) -> str:
        """Return one personal value in clear, and log an event that names the field, not the value.

        `field` is a personal column of the application, or msisdn:N or actual_user_name:N of card N (from 0).

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not see personal values.
            WrongUsage: If there is no such field.
        """
        with self.context.acting(Action.REVEAL, case_id):
            values = _personal_values(self._evidence(case_id))
            if field not in values:
                raise WrongUsage(_("There is no personal field {field}.").format(field=field))
            self.context.log_alone(Action.REVEAL, case_id=case_id, body={"field": field})
        return values[field]

    def reveal_identity(self, case_id: int) -> dict[str, str]:
        """Return all personal values of a case in clear, with the texts that may name people, and log one event.

        The keys are those of `reveal`, the names of the text fields, and summary:N for complaint N (from 0).

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not see personal values.
        """
        with self.context.acting(Action.REVEAL, case_id):
            evidence = self._evidence(case_id)
            values = _personal_values(evidence)
            values |= {name: str(getattr(evidence.application, name)) for name in FREE_TEXTS}
            values |= {f"summary:{number}": complaint.summary for number, complaint in enumerate(evidence.complaints)}
            self.context.log_alone(Action.REVEAL, case_id=case_id, body={"field": "identity"})
        return values

    def _evidence(self, case_id: int) -> Evidence:
        with self.context.read() as session:
            case = unerased_case(session, self.context, case_id)
            return read_evidence(session, case, self.context.store, self.context.today(session))


def _personal_values(evidence: Evidence) -> dict[str, str]:
    """Return the personal values of evidence by the names that `reveal` takes."""
    values = {name: str(getattr(evidence.application, name)) for name in PERSONAL_FIELDS}
    for position, card in enumerate(evidence.cards):
        values[f"msisdn:{position}"] = card.msisdn
        values[f"actual_user_name:{position}"] = card.actual_user_name
    return values


def header_of(
    session: Session, context: Context, case: CaseRow, evidence: Evidence, logins: dict[int, str]
) -> CaseHeader:
    """Return the header of a case, with the applicant's name masked if it is that of a person."""
    now, due_at, calendar = context.now(), case.due_at, context.calendar(session, case.policy_version_id)
    is_held_now, state = is_held(case, now), shown_state(case, now)
    application, case_and_day = evidence.application, {"case": case.id, "today": context.today(session)}
    name = shown_name(application.applicant_kind, application.applicant_name, case.erased_at, calendar.zone)
    return from_row(
        CaseHeader,
        case,
        applicant_name=name,
        applicant_kind=application.applicant_kind,
        province=application.province,
        industry=application.industry,
        language=application.language.value,
        state=state,
        card_count=len(evidence.cards),
        received_at=received_at(session, case),
        working_days_left=(
            None if due_at is None else calendar.working_days_left(calendar.local_day(now), calendar.local_day(due_at))
        ),
        is_overdue=is_overdue(due_at, now, state, case.waits_for, case.suspended_from),
        assignee=logins.get(case.assignee_id or 0),
        is_assignee_away=case.assignee_id is not None
        and session.connection().execute(_IS_ASSIGNEE_AWAY, case_and_day).scalar_one(),
        returned_to=logins.get(case.returned_to_id or 0),
        held_by=logins.get(case.held_by_id or 0) if is_held_now else None,
        held_until=case.held_until if is_held_now else None,
        aside_until=case.aside_until if is_held_now else None,
        deadline_at=first_deadline(session, case),
        is_skipped=not is_held_now and has_skipped(session, context.actor.id, case.id),
        due_if_answered_at=due_if_answered(session, context, case),
        legal_hold_at=legal_hold_of(session, case.id or 0),
    )


def _answers(session: Session, case: CaseRow, logins: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """Return the answers of the current round by question."""
    return {
        row.question: {"answer": row.answer, "note": row.note, "by": logins.get(row.answered_by_id)}
        for row in session.connection().execute(_ANSWERS, {"case": case.id, "round": case.round})
    }


def checklist_of(
    policy: Policy, evidence: Evidence, answers: Mapping[str, Mapping[str, Any]]
) -> tuple[ChecklistLine, ...]:
    """Return the checklist questions of a policy for an applicant, with their answers."""
    unanswered = {"answer": None, "note": "", "by": None}
    return tuple(
        from_row(
            ChecklistLine,
            {**unanswered, **answers.get(question.code, {})},
            question=question.code,
            text=question.text,
            panel=question.leg,
        )
        for question in policy.questions
        if evidence.application.applicant_kind in question.kinds
    )
