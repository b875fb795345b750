"""Redraws a case as its reviewer saw it when they made a decision."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import CaseRow, DecisionRow, EventRow, ImportBatchRow, NoticeRow
from db.queries.published import newest_row
from workbench.domain.case.case_id import format_batch, format_case, format_decision
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import DecisionLine, VerificationLine
from workbench.domain.facts.all_facts import observe
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.special_cases import policy_for
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _, current_language, with_details, with_remark
from workbench.services.case.casefiles import checklist_of, header_of
from workbench.services.case.decisions import decisions_of
from workbench.services.case.evidence_reader import calls_by_day_and_hour, read_evidence
from workbench.services.case.history import asked_documents_of, history_of
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.case.masking import masked_casefile
from workbench.services.foundation.case_access import logins_of, visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.wording.case.labels import ANSWER_WORDS, DECISION_STATUS_WORDS, VERIFICATION_WORDS
from workbench.wording.case.story import verdict_words

SHOWN_AT = "shown-at"
"""The action of the event: a case was shown as of a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCase:
    """A case as it was on the desk when a decision was made."""

    casefile: CaseFile
    decision: DecisionLine
    notice: str | None
    """The letter that the applicant got about the decision."""
    gaps: tuple[str, ...]
    """Sentences about what cannot be redrawn."""


class SeenCases(Service):
    """Redraws cases for one person; each redrawing is logged."""

    def show(self, case_id: int, decision_id: int, *, reveal: bool = False) -> SeenCase:
        """Return a case as it was when a decision was made, with personal values masked unless they are revealed.

        Raises:
            NotFound: If there is no such case, or the decision is of another case.
            NotAllowed: If this person may not reveal personal values, or retention erased the snapshot of the decision.
        """
        context = self.context
        with context.acting(Action.REVEAL, case_id) if reveal else nullcontext():
            with context.read() as session:
                seen = case_as_seen(session, context, decision_of(session, case_id, decision_id), is_masked=not reveal)
            body = {"decision": decision_id, **({"field": "all"} if reveal else {})}
            context.log_alone(Action.REVEAL if reveal else SHOWN_AT, case_id=case_id, body=body)
        return seen


def decision_of(session: Session, case_id: int, decision_id: int) -> DecisionRow:
    """Return a decision of a case.

    Raises:
        NotFound: If there is no such case, or the decision is of another case.
        NotAllowed: If retention erased the snapshot of the decision.
    """
    visible_case(session, case_id)
    decision = session.get(DecisionRow, decision_id)
    if decision is None or decision.case_id != case_id:
        message = _("{case} has no decision {decision}; `workbench show {case}` lists its decisions.")
        raise NotFound(message.format(case=format_case(case_id), decision=format_decision(decision_id)))
    if not has_snapshot(decision):
        message = _("What {decision} was based on was erased (retention); `workbench show {case}` has what is left.")
        raise NotAllowed(message.format(case=format_case(case_id), decision=format_decision(decision_id)))
    return decision


def has_snapshot(decision: DecisionRow) -> bool:
    """Say whether a decision still has the snapshot of what its maker saw; retention erases snapshots."""
    return "policy_version" in json.loads(decision.seen)


def case_as_seen(session: Session, context: Context, decision: DecisionRow, *, is_masked: bool) -> SeenCase:
    """Return a case as it was when a decision was made.

    The evidence is read again, up to the publication that the case saw then. Data that changes in place was stored with
    the decision: the header, findings, checklist answers and verifications.
    """
    snapshot, at = json.loads(decision.seen), decision.decided_at
    policy = context.policy(session, snapshot["policy_version"])
    event = _event_of(session, decision)
    case = _case_then(session, decision, snapshot)
    day = context.calendar(session, snapshot["policy_version"]).local_day(at)
    evidence = read_evidence(session, case, context.store, day)
    days, hours = calls_by_day_and_hour(session, case, evidence, context.store)
    logins = logins_of(session)
    header_now = asdict(header_of(session, context, case, evidence, logins))
    redaction = redaction_of(session, key_of(case))
    decisions = decisions_of(session, decision.case_id, logins, at)
    casefile = CaseFile(
        header=from_row(CaseHeader, {**header_now, **snapshot.get("header", {})}),
        evidence=evidence,
        facts=observe(evidence, policy, day),
        findings=tuple(from_row(Finding, one) for one in snapshot["findings"]),
        days=days,
        hours=hours,
        history=history_of(session, decision.case_id, before=event),
        checklist=checklist_of(policy, evidence, {one["question"]: one for one in snapshot["checklist"]}),
        verifications=tuple(from_row(VerificationLine, one) for one in snapshot["verifications"]),
        decisions=tuple(one for one in decisions if one.id <= (decision.id or 0)),
        draft={},
        policy=policy_for(policy, evidence.application),
        policy_version=snapshot["policy_version"],
        notice=_last_notice(session, decision),
        asked_documents=asked_documents_of(session, case, missing_documents(evidence, policy), before=event),
    )
    own_notice = newest_row(session, NoticeRow, NoticeRow.decision_id == decision.id)
    notice = None if own_notice is None else own_notice.body
    if is_masked:
        casefile = masked_casefile(casefile, redaction)
        notice = None if notice is None else redaction.mask_in(notice)
    # The last of the decisions is the one that was asked for.
    return SeenCase(
        casefile=replace(casefile, decisions=casefile.decisions[:-1]),
        decision=casefile.decisions[-1],
        notice=notice,
        gaps=tuple(_gaps(session, snapshot, event, is_masked=is_masked)),
    )


def decision_pairs(seen: SeenCase, instant: Callable[[datetime], str]) -> tuple[tuple[str, str], ...]:
    """Return the decision on a redrawn case as pairs of names and values; `instant` formats a time."""
    decision, casefile, language = seen.decision, seen.casefile, current_language()
    answers = (
        f"{one.text.in_language(language)} {_(ANSWER_WORDS[one.answer])} {one.note}"
        for one in casefile.checklist
        if one.answer
    )
    confirmed = (
        with_remark(with_details(_(VERIFICATION_WORDS[line.kind]), line.result), line.by)
        for line in casefile.verifications
    )
    return (
        (_("At"), instant(decision.decided_at)),
        (_("Verdict"), " ".join((verdict_words(decision), *decision.reasons))),
        (_("Status"), _(DECISION_STATUS_WORDS[decision.status])),
        (_("Policy"), str(casefile.policy_version)),
        (_("Checklist"), "\n".join(answers)),
        (_("Verifications"), "\n".join(confirmed)),
        (_("The applicant reads"), decision.letter),
        (_("To be rectified"), "\n".join(with_details(item.code, item.text) for item in decision.items)),
        (_("Note"), decision.note),
        (_("Checked by"), with_details(decision.checker, decision.check_note) if decision.checker else ""),
    )


def _event_of(session: Session, decision: DecisionRow) -> EventRow | None:
    """Return the event by which a decision was made."""
    of_case = (EventRow.case_id == decision.case_id, EventRow.action == Action.DECIDE.value)
    events = session.exec(select(EventRow).where(*of_case, col(EventRow.is_refused).is_(False)))
    return next((event for event in events if json.loads(event.body).get("decision") == decision.id), None)


def _case_then(session: Session, decision: DecisionRow, snapshot: Mapping[str, Any]) -> CaseRow:
    """Return a copy of the row of a case as it was before a decision; the copy belongs to no session.

    It has no due date and no hold, because these change in place.
    """
    case, before = visible_case(session, decision.case_id), json.loads(decision.before)
    on = before.pop("next_action_on", None)
    is_before = col(ImportBatchRow.published_at) <= decision.decided_at
    newest = select(ImportBatchRow.published_seq).where(is_before).order_by(col(ImportBatchRow.published_seq).desc())
    return CaseRow(
        **{
            **case.model_dump(),
            **before,
            "state": CaseState.QUEUED.value,
            "round": decision.round,
            "next_action_on": date.fromisoformat(on) if on else None,
            "evidence_seq": snapshot.get("evidence_seq") or session.exec(newest).first(),
            "evidence_no": snapshot.get("evidence_no", case.evidence_no),
            "policy_version_id": snapshot["policy_version"],
            **dict.fromkeys(("due_at", "suspended_from", "held_by_id", "held_until", "aside_until")),
        }
    )


def _last_notice(session: Session, decision: DecisionRow) -> str | None:
    """Return the last letter to the applicant before a decision."""
    at, cancelled_at = decision.decided_at, col(NoticeRow.cancelled_at)
    earlier = (NoticeRow.case_id == decision.case_id, col(NoticeRow.created_at) <= at)
    is_other = col(NoticeRow.decision_id).is_(None) | (col(NoticeRow.decision_id) != decision.id)
    notice = newest_row(session, NoticeRow, *earlier, is_other, cancelled_at.is_(None) | (cancelled_at > at))
    return None if notice is None else notice.body


def _gaps(session: Session, snapshot: Mapping[str, Any], event: EventRow | None, *, is_masked: bool) -> Iterator[str]:
    """Yield a sentence for each part of a case that cannot be redrawn."""
    if "evidence_seq" not in snapshot:
        yield _("The imports that the case showed were not recorded; the evidence includes all imports until then.")
    if "header" not in snapshot:
        yield _("The due date and hold of that time were not recorded; priority, class and risk are today's.")
    if event is not None:
        imports = select(EventRow.batch_id).where(EventRow.action == "import", col(EventRow.seq) < event.seq)
        undone = select(EventRow.batch_id).where(EventRow.action == "import-undone", col(EventRow.seq) > event.seq)
        for batch_id in session.exec(undone.where(col(EventRow.batch_id).in_(imports))):
            yield _("{batch} was undone later; its rows are not shown.").format(batch=format_batch(batch_id or 0))
    if not is_masked:
        yield _("Findings, checklist notes and verifications were recorded masked, so they stay masked.")
