"""Changes open cases to another policy version, and previews what a policy would change in them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from sqlalchemy import exists, select, update
from sqlmodel import Session, col

from db.enums import FINAL_STATES, AppealStatus, CaseState, DocumentKind
from db.models import CaseRow, PolicyVersionRow
from db.queries.published import CASE, NOTICE, chunks
from workbench.domain.case.casefile import ItemRequest
from workbench.domain.case.items import rectify_days
from workbench.domain.case.running import is_with_applicant
from workbench.domain.clock.due import due_at
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.finding_changes import FindingChanges, changed_findings
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.special_cases import policy_for
from workbench.services.case.assessment import Assessment, assess, assessed_columns, store_assessment
from workbench.services.case.decisions import newest_appeal, open_rectification
from workbench.services.case.evidence_reader import evidence_of_cases, read_evidence
from workbench.services.clock.case_clocks import POLICY_ACTION, Clocks, clock_events, update_due_date
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context, Service
from workbench.services.notices.due_date_notices import (
    LETTERS_ABOUT_DOCUMENTS,
    RECEIPT,
    Outlook,
    notify,
    notify_of_status,
    owes_receipt,
)
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts, LetterItem
from workbench.services.review.back_to_queue import move_to_queue, void_staged
from workbench.services.review.evidence_by_sets import cancel_outdated
from workbench.services.review.rectifying.rectification import letter_items, open_items
from workbench.services.time.deadlines.selected_cases import act_on_all, matching_case_ids
from workbench.wording.what_would_help import missing_names


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEffect:
    """The effect of a change of policy on a case."""

    assessment: Assessment
    findings: FindingChanges
    is_completed: bool = False
    """Whether documents were missing under the policy before, and none is missing now."""
    is_voided: bool = False
    """Whether a staged verdict or a staged answer to an appeal becomes void."""
    is_appeal: bool = False
    """Whether the due date is that of an appeal. An appeal keeps its policy."""
    is_due_moved: bool = False
    letter: ClockLetterKind | None = None
    """The kind of the letter to the applicant; None if there is no letter."""
    missing: tuple[str, ...] = ()
    """The names of the documents for which the letter asks."""
    missing_kinds: tuple[DocumentKind, ...] = ()
    """The kinds of these documents; empty while the case is incomplete."""
    no_longer_required: tuple[str, ...] = ()
    """The names of the documents that the applicant need not send any more."""


@dataclass(slots=True)
class OpenCaseEffect:
    """How a policy changes the open cases."""

    open_count: int = 0
    touched: list[int] = field(default_factory=list)
    """The ids of the cases that get other findings."""
    voided_count: int = 0
    """The number of cases whose staged verdict becomes void."""
    moved_count: int = 0
    """The number of cases whose due date moves."""
    letter_count: int = 0
    """The number of cases whose applicant gets a letter."""

    @property
    def touched_count(self) -> int:
        """The number of cases that get other findings."""
        return len(self.touched)

    def add(self, case_id: int, change: PolicyEffect) -> None:
        """Count a case with its changes."""
        self.open_count += 1
        if change.findings:
            self.touched.append(case_id)
        self.voided_count += change.is_voided
        self.moved_count += change.is_due_moved
        self.letter_count += change.letter is not None


def effect_on_case(clocks: Clocks, case: CaseRow, evidence: Evidence, before: Policy, after: Policy) -> PolicyEffect:
    """Compute the effect of changing a case from the policy `before` to `after`; `clocks` use `after`."""
    session, context, state = clocks.session, clocks.context, CaseState(case.state)
    today = context.today(session)
    assessment = assess(evidence, after, today)
    is_completed = state is CaseState.INCOMPLETE and assessment.is_complete
    columns = assessed_columns(case, assessment)
    if is_completed:
        # No document came; fewer documents are required from now on.
        columns["complete_at"] = context.now()
    is_appeal = newest_appeal(session, case.id or 0, AppealStatus.OPEN, AppealStatus.STAGED) is not None
    clock = None if is_appeal else clocks.state(CaseRow(**case.model_dump() | columns))
    due_at = case.due_at if clock is None else clock.due_at
    application = evidence.application
    missing_before, missing_now = (
        missing_names(evidence, policy.addressing(application.applicant_kind), application.language)
        for policy in (before, after)
    )
    change = PolicyEffect(
        assessment=assessment,
        findings=changed_findings(assess(evidence, before, today).findings, assessment.findings),
        is_completed=is_completed,
        is_voided=state is CaseState.AWAITING_CHECK,
        is_appeal=is_appeal,
        is_due_moved=case.due_at is not None and due_at != case.due_at,
    )
    if is_completed:
        return replace(change, letter=ClockLetterKind.RECEIPT if owes_receipt(due_at, context.now()) else None)
    if state is CaseState.INCOMPLETE:
        # If no letter asked for documents yet, the next tick writes the first one.
        is_owed = missing_now != missing_before and _was_asked(session, context, case.id or 0)
        dropped = tuple(name for name in missing_before if name not in missing_now)
        letter = ClockLetterKind.POLICY if is_owed else None
        return replace(change, letter=letter, missing=missing_now, no_longer_required=dropped)
    is_owed = bool(change.findings) or change.is_due_moved
    named = () if is_appeal else zip(missing_documents(evidence, after), missing_now, strict=True)
    added = {kind: name for kind, name in named if name not in missing_before}
    letter = ClockLetterKind.POLICY if is_owed or added else None
    return replace(change, letter=letter, missing=tuple(added.values()), missing_kinds=tuple(added))


def _was_asked(session: Session, context: Context, case_id: int) -> bool:
    """Return whether a released letter asked the applicant for documents."""
    is_about_documents = NOTICE.c.kind.in_(LETTERS_ABOUT_DOCUMENTS) & NOTICE.c.cancelled_at.is_(None)
    released = (NOTICE.c.case_id == case_id, NOTICE.c.release_at <= context.now())
    return bool(session.execute(select(exists().where(is_about_documents, *released))).scalar())


_IS_OPEN = CASE.c.state.not_in([state.value for state in FINAL_STATES])
_VERSION = PolicyVersionRow
_IS_UNSETTLED = (col(_VERSION.is_for_open_cases), col(_VERSION.settled_at).is_(None))
_CASES_PER_TRANSACTION = 10
"""A small number, because each case is assessed twice while other writers wait."""

_MISSING = "DOC-MISSING"


class PolicyChanges(Service):
    """Changes open cases to the policy version that applies to them; every role may do so."""

    def effect_of(self, policy: Policy) -> OpenCaseEffect:
        """Compute the effect of changing all open cases to a policy; nothing is written."""
        effect = OpenCaseEffect()
        for case_ids in chunks(matching_case_ids(self.context, (_IS_OPEN,))):
            with self.context.read() as session:
                cases = session.execute(select(CaseRow).where(CASE.c.id.in_(case_ids), _IS_OPEN)).scalars().all()
                for case_id, change in _planned_changes(session, self.context, cases, policy):
                    effect.add(case_id, change)
        return effect

    def finish(self) -> OpenCaseEffect:
        """Change the open cases that still have an older version than the one that applies to them.

        Every start of the program, every tick and every import calls it, so that an interrupted run continues. Several
        processes may run it at the same time.
        """
        context, effect = self.context, OpenCaseEffect()
        with context.read() as session:
            in_force = context.policy_id(session)
            # Newer versions have not begun yet. An older version has been in force, or was settled when it was
            # replaced.
            unsettled = select(col(_VERSION.id)).where(*_IS_UNSETTLED, col(_VERSION.id) <= in_force)
            version_ids = session.execute(unsettled).scalars().all()
        if not version_ids:
            return effect
        version_id = max(version_ids)
        is_older = CASE.c.policy_version_id < version_id

        def act(session: Session, case: CaseRow) -> bool:
            effect.add(case.id or 0, _change_to_version(session, context, case, version_id))
            return True

        act_on_all(context, (_IS_OPEN, is_older), act, _CASES_PER_TRANSACTION)
        with context.write() as session:
            # An import may still publish cases with an older version; its end or the next start changes them.
            if not session.execute(select(exists().where(_IS_OPEN, is_older))).scalar():
                is_done = col(_VERSION.id).in_(version_ids)
                session.execute(update(_VERSION).where(is_done, *_IS_UNSETTLED).values(settled_at=context.now()))
        return effect


def _planned_changes(
    session: Session, context: Context, cases: Sequence[CaseRow], policy: Policy
) -> Iterator[tuple[int, PolicyEffect]]:
    """Yield the id of each case and the effect of a policy on it; the evidence of the cases is read together."""
    today = context.today(session)
    clocks = Clocks(session, context, clock_events(session, [case.id or 0 for case in cases]), given_policy=policy)
    evidence = evidence_of_cases(session, cases, context.store, today)
    for case in cases:
        before = context.policy(session, case.policy_version_id)
        yield case.id or 0, effect_on_case(clocks, case, evidence[case.id or 0], before, policy)


def _change_to_version(session: Session, context: Context, case: CaseRow, version_id: int) -> PolicyEffect:
    """Change a case to a policy version, log it as one event, and return the effect."""
    versions = {"from": case.policy_version_id, "to": version_id}
    before, policy = context.policy(session, case.policy_version_id), context.policy(session, version_id)
    evidence = read_evidence(session, case, context.store, context.today(session))
    change = effect_on_case(Clocks(session, context, given_policy=policy), case, evidence, before, policy)
    due_before, was_incomplete = case.due_at, case.state == CaseState.INCOMPLETE
    case.policy_version_id = version_id
    case.version, case.evidence_no = case.version + 1, case.evidence_no + 1
    store_assessment(session, case, change.assessment)
    if change.is_completed:
        case.complete_at = context.now()
        move_to_queue(case)
    elif change.is_voided:
        void_staged(session, context, case)
    if not change.is_appeal:
        # The effect can be computed before the event, because the event neither starts nor ends a pause.
        update_due_date(session, context, case)
    is_due_new = case.due_at is not None and case.due_at != due_before
    due = case.due_at.astimezone(context.zone(session)).isoformat() if case.due_at and is_due_new else None
    numbers = {"round": case.round, "evidence_no": case.evidence_no}
    until = _asked_until(session, context, case, change, policy_for(policy, evidence.application))
    asked = {"asked": change.missing_kinds, "asked_until": until.isoformat()} if until else {}
    is_voided = change.is_voided or None
    body = details(**versions, **asdict(change.findings), due=due, is_voided=is_voided, **asked, **numbers)
    context.log_case(session, POLICY_ACTION, case, body)
    if was_incomplete:
        cancel_outdated(session, context, [case.id or 0], is_complete=change.is_completed)
    if change.letter is ClockLetterKind.RECEIPT:
        notify(session, context, [(case, RECEIPT)], {case.id: Outlook(findings=change.assessment.findings)})
    elif change.letter is not None:
        _notify(session, context, case, change, until)
    return change


def _asked_until(
    session: Session, context: Context, case: CaseRow, change: PolicyEffect, policy: Policy
) -> date | None:
    """Return the day until which the letter asks a complete case for documents; None if it asks for none."""
    if change.letter is None or not change.missing_kinds:
        return None
    calendar, today = context.calendar(session, case.policy_version_id), context.today(session)
    row = open_rectification(session, case)
    if row is not None and row.deadline_at is not None:
        return calendar.local_day(row.deadline_at)
    if is_with_applicant(CaseState(case.state), case.waits_for) and case.next_action_on:
        return case.next_action_on
    days = rectify_days((ItemRequest(code=_MISSING),), policy) or policy.rectify.default_days
    until = calendar.local_day(due_at(context.now(), days, calendar))
    due_on = calendar.local_day(case.due_at) if case.due_at else today
    # Documents that come after the decision are not considered.
    return min(until, due_on) if due_on > today else until


def _notify(session: Session, context: Context, case: CaseRow, change: PolicyEffect, until: date | None) -> None:
    """Notify the applicant that other rules apply; items asked for earlier and their deadline stay."""
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    state, findings = CaseState(case.state), change.assessment.findings
    row = open_rectification(session, case) if state is CaseState.RECTIFYING else None
    deadline_at, asked_until = (None, until) if row is None else (row.deadline_at, None)
    asked = [] if row is None else open_items(session, row)
    # Documents that the letter asks for are not suggested again.
    asked_codes = {_MISSING} if change.missing else set()
    if state is CaseState.INCOMPLETE:
        findings = ()
        deadline_at = due_at(context.now(), policy.pending.incomplete_days, calendar)
    elif row is not None:
        asked_codes |= {item.code for item in asked}
    elif is_with_applicant(state, case.waits_for) and case.next_action_on:
        asked_until = case.next_action_on
        deadline_at = calendar.closing(asked_until)
    facts = LetterFacts(
        kind=ClockLetterKind.POLICY,
        items=tuple(map(LetterItem, change.missing)),
        asked=letter_items(asked),
        waived=change.no_longer_required,
        deadline_at=deadline_at,
        asked_until=asked_until,
    )
    suggested = tuple(finding for finding in findings if finding.rule not in asked_codes)
    notify_of_status(session, context, case, facts, Outlook(findings=suggested))
