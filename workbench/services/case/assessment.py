"""Applies the rules to the evidence of a case, and stores the findings, risk, priority and service class."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlmodel import Session

from db.dialect import BulkRows, insert_bulk
from db.enums import FINAL_STATES, IN_EFFECT, ApplicantKind, CaseState, FailKind, Priority, Risk, ServiceClass, Severity
from db.models import ApplicationRow, CaseRow, FindingRow
from db.queries.published import APPLICATION, CASE, DECISION, newest_visible_rows, table_of
from db.queries.search_index import index_cases, terms_of
from workbench.domain.case.records import EarlierFail
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import observe
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.evaluate import findings_of_all, priority_of, raised_priority, risk_of, service_class_of
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.special_cases import policy_for
from workbench.services.case.evidence_reader import application_key, read_evidence, snapshot_of
from workbench.services.case.known_people import key_of
from workbench.services.foundation.case_access import read_case, visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row

FINDING = table_of(FindingRow)
_FINDINGS = select(FINDING).where(FINDING.c.case_id == bindparam("case")).order_by(FINDING.c.position)

_UNTOUCHED = frozenset({CaseState.INCOMPLETE, CaseState.QUEUED})
"""The states in which nobody has looked at a case of the first round."""

_COPIED_COLUMNS = ("rule", "op", "unit", "subject", "source", "observes")
_copied_values = attrgetter(*_COPIED_COLUMNS)
_FINDING_COLUMNS = ("case_id", "position", "leg", "severity", "observed", "limit_value", *_COPIED_COLUMNS)

_as_json = lru_cache(maxsize=4096, typed=True)(partial(json.dumps, ensure_ascii=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The result of applying the rules to the evidence of a case on a local day."""

    findings: tuple[Finding, ...]
    risk: Risk
    priority: Priority
    service_class: ServiceClass
    is_complete: bool
    """Whether no required document is missing."""
    on: date

    def columns(self) -> dict[str, Any]:
        """Return the columns of a case that this assessment sets, without priority and class."""
        severities = [finding.severity for finding in self.findings]
        return {
            "risk": self.risk.value,
            "block_count": severities.count(Severity.BLOCK),
            "warn_count": severities.count(Severity.WARN),
            "findings_on": self.on,
        }

    def class_columns(self) -> dict[str, Any]:
        """Return the priority and class columns of a case."""
        return {**rank_columns(self.priority), "service_class": self.service_class.value}


def rank_columns(priority: Priority) -> dict[str, Any]:
    """Return the columns of a case that hold a priority."""
    return {"priority": priority.value, "priority_rank": tuple(Priority).index(priority)}


def assess(evidence: Evidence, policy: Policy, today: date) -> Assessment:
    """Return the result of applying the rules of a policy to evidence on a local day."""
    return assess_all((evidence,), policy, today)[0]


def assess_all(evidence: Sequence[Evidence], policy: Policy, today: date) -> list[Assessment]:
    """Return the results of applying the rules of a policy to the evidence of several cases on a local day."""
    findings = findings_of_all([observe(case, policy, today) for case in evidence], policy)
    return [_assessment(case, found, policy, today) for case, found in zip(evidence, findings, strict=True)]


def assess_cases(
    session: Session, context: Context, cases: Iterable[Any], evidence: Mapping[int, Evidence]
) -> dict[int, Assessment]:
    """Return the assessments of cases on this day, by case, each with the policy of the case."""
    today, by_policy = context.today(session), defaultdict[int, list[int]](list)
    for case in cases:
        by_policy[case.policy_version_id].append(case.id)
    found: dict[int, Assessment] = {}
    for version, ids in by_policy.items():
        policy = context.policy(session, version)
        found |= zip(ids, assess_all([evidence[case_id] for case_id in ids], policy, today), strict=True)
    return found


def _assessment(evidence: Evidence, findings: tuple[Finding, ...], policy: Policy, today: date) -> Assessment:
    cards = len(evidence.cards)
    return Assessment(
        findings=findings,
        risk=risk_of(findings),
        priority=priority_of(findings, cards, evidence.application.applicant_kind, policy),
        service_class=service_class_of(
            evidence.application.service_class, cards, findings, policy_for(policy, evidence.application)
        ),
        is_complete=not missing_documents(evidence, policy),
        on=today,
    )


def completed_at(evidence: Evidence, policy: Policy) -> datetime:
    """Return when the application and the first file of each required document had all been received."""
    application = evidence.application
    newest_first = sorted(evidence.documents, key=lambda document: document.received_at, reverse=True)
    first_received_at = {document.kind: document.received_at for document in newest_first}
    required = policy_for(policy, application).documents.required.get(application.applicant_kind, ())
    required_received_at = [first_received_at[kind] for kind in required if kind in first_received_at]
    return max([application.received_at, *required_received_at])


def finding_rows(findings_by_case: Mapping[int, Sequence[Finding]]) -> BulkRows:
    """Return the findings of some cases as rows of the table of findings."""
    # Cases that hit a limit with the same value share one object, so its columns are made once.
    columns_by_finding: dict[int, tuple[Any, ...]] = {}
    rows: list[tuple[Any, ...]] = []
    for case_id, findings in findings_by_case.items():
        for position, finding in enumerate(findings):
            key = id(finding)
            if key not in columns_by_finding:
                columns_by_finding[key] = (
                    finding.leg.value,
                    finding.severity.value,
                    _as_json(finding.observed),
                    _as_json(finding.limit),
                    *_copied_values(finding),
                )
            rows.append((case_id, position, *columns_by_finding[key]))
    return BulkRows(FINDING.name, _FINDING_COLUMNS, rows)


def findings_of_case(session: Session, case_id: int) -> tuple[Finding, ...]:
    """Return the stored findings of a case, the most severe first."""
    rows = session.connection().execute(_FINDINGS, {"case": case_id})
    return tuple(
        from_row(Finding, row, observed=json.loads(row.observed), limit=json.loads(row.limit_value)) for row in rows
    )


def is_contradicted(session: Session, context: Context, case: CaseRow, seen: str, decided_at: datetime) -> bool:
    """Return whether later evidence changed which rules warn or block, compared with what the decider of a case saw.

    The rules are applied to the later evidence as of the day of the decision. Changes that only time brings, such as a
    licence that expires or a list that grows stale, therefore do not count.
    """
    body = json.loads(seen)
    if "findings" not in body:
        # An earlier version of the program did not store what the decider of an appeal saw.
        return False
    on = body.get("findings_on")
    day = date.fromisoformat(on) if on else decided_at.astimezone(context.zone(session)).date()
    findings = findings_of_case(session, case.id or 0)
    if case.findings_on != day:
        evidence = read_evidence(session, case, context.store, day)
        findings = assess(evidence, context.policy(session, case.policy_version_id), day).findings
    seen_then = {(found["rule"], found["severity"]) for found in body["findings"]}
    shown_now = {(found.rule, found.severity.value) for found in findings}
    return any(severity != Severity.INFO.value for _rule, severity in seen_then ^ shown_now)


def reassess(session: Session, context: Context, case: CaseRow) -> tuple[Finding, ...]:
    """Apply the rules to a case's evidence again, as of today, store the assessment and return its findings."""
    today = context.today(session)
    evidence = read_evidence(session, case, context.store, today)
    assessment = assess(evidence, context.policy(session, case.policy_version_id), today)
    store_assessment(session, case, assessment)
    return assessment.findings


def is_stale(session: Session, context: Context, case: CaseRow) -> bool:
    """Return whether an open case has findings of an earlier day."""
    return case.state not in FINAL_STATES and case.findings_on != context.today(session)


def refresh_findings(context: Context, case_id: int) -> None:
    """Apply the rules to an open case again if its findings are of an earlier day, because some depend on the date.

    Raises:
        NotFound: If there is no such case.
    """
    with context.read() as session:
        needs_refresh = is_stale(session, context, read_case(session, case_id))
    if needs_refresh:
        with context.write() as session:
            reassess(session, context, visible_case(session, case_id))


def record_evidence(session: Session, case: CaseRow, seq: int) -> None:
    """Let a case see the evidence up to the publication `seq`, with the newest version of its application in there."""
    case.evidence_seq = max(case.evidence_seq, seq)
    case.evidence_no += 1
    set_application(session, case)


def set_application(session: Session, case: CaseRow) -> None:
    """Set the newest version of the application that the case sees, and the name of its applicant."""
    columns = (APPLICATION.c.agent, APPLICATION.c.application_no)
    for row in newest_visible_rows(session, columns, [key_of(case)], application_key, snapshot_of(case)):
        case.application_id = row["id"]
        if case.applicant_name != row["applicant_name"]:
            case.applicant_name = row["applicant_name"]
            index_cases(session, [{**terms_of(case.applicant_name, case.application_no), "id": case.id}])


def assessed_columns(case: CaseRow, assessment: Assessment) -> dict[str, Any]:
    """Return the columns of a case that an assessment changes.

    Priority and class change only while nobody has looked at the case: incomplete or queued, in its first round. An
    incomplete case has no place in the queue to lose, so that its priority may also fall, as when the missing documents
    come. A priority or class set by a supervisor stays.
    """
    columns = assessment.columns()
    if case.state in _UNTOUCHED and case.round == 1:
        if not case.is_priority_set:
            is_incomplete = case.state == CaseState.INCOMPLETE
            least = Priority.LOW if is_incomplete else Priority(case.priority)
            columns |= rank_columns(raised_priority(least, assessment.priority))
        if not case.is_class_set:
            columns["service_class"] = assessment.service_class.value
    return columns


def store_assessment(session: Session, case: CaseRow, assessment: Assessment) -> None:
    """Write an assessment into a case, and its findings in place of the earlier ones."""
    for name, value in assessed_columns(case, assessment).items():
        setattr(case, name, value)
    replace_findings(session, {case.id or 0: assessment.findings})


def replace_findings(session: Session, findings_by_case: Mapping[int, Sequence[Finding]]) -> None:
    """Store the findings of some cases in place of the earlier ones."""
    session.execute(delete(FINDING).where(FINDING.c.case_id.in_(findings_by_case)))
    insert_bulk(session, finding_rows(findings_by_case))


def earlier_fail_of(session: Session, context: Context, case: CaseRow) -> EarlierFail | None:
    """Return the newest final fail of the applicant if its cooldown had not ended when this application was received.

    An enterprise or sole proprietor is identified by its USCC, a person by the ID number. None if there is no such fail
    or the policy has no cooldown.
    """
    days = context.policy(session, case.policy_version_id).rectify.cooldown_days
    if days is None:
        return None
    application = session.get_one(ApplicationRow, case.application_id)
    is_person = application.applicant_kind == ApplicantKind.INDIVIDUAL
    name, value = ("handler_id_hash", application.handler_id_hash) if is_person else ("uscc", application.uscc)
    if not value:
        return None
    failed_at = func.coalesce(DECISION.c.checked_at, DECISION.c.decided_at, type_=DECISION.c.decided_at.type)
    found = session.execute(
        select(CASE.c.id, failed_at.label("failed_at"))
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .join(DECISION, DECISION.c.case_id == CASE.c.id)
        .where(APPLICATION.c[name] == value, CASE.c.id != case.id, CASE.c.state == CaseState.FAILED.value)
        .where(DECISION.c.status.in_(IN_EFFECT), DECISION.c.fail_kind == FailKind.FINAL.value)
        .where(failed_at <= case.received_at)
        .order_by(failed_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    calendar = context.calendar(session, case.policy_version_id)
    failed_on = calendar.local_day(found.failed_at)
    last_day = calendar.nth_working_day_after(failed_on, days)
    if calendar.local_day(case.received_at) > last_day:
        return None
    return EarlierFail(case_id=found.id, failed_on=failed_on, again_from=last_day + timedelta(days=1))
