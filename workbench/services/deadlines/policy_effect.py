"""Computes the effect of another policy on an open case: its findings, state, due date and letter."""

from dataclasses import dataclass, field, replace

from sqlalchemy import exists, select
from sqlmodel import Session

from db.enums import AppealStatus, CaseState, DocumentKind
from db.models import CaseRow
from db.queries.published import NOTICE
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.documents import missing_documents
from workbench.domain.findings.finding_changes import FindingChanges, changed_findings
from workbench.domain.policy.policy import Policy
from workbench.services.case.assessment import Assessment, assess, assessed_columns
from workbench.services.case.decisions import newest_appeal
from workbench.services.clock.case_clocks import Clocks
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import LETTERS_ABOUT_DOCUMENTS, owes_receipt
from workbench.wording.what_would_help import missing_names


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """The effect of a change of policy on a case.

    `is_completed` says that no document is missing any more, `is_voided` that a staged verdict or answer is void,
    `is_appeal` that the due date is that of an appeal, which keeps its policy. `letter` is the kind of the letter to
    the applicant, None without one. It asks for the documents in `missing`, whose kinds are `missing_kinds`; the
    documents in `waived` are no longer required.
    """

    assessment: Assessment
    findings: FindingChanges
    is_completed: bool = False
    is_voided: bool = False
    is_appeal: bool = False
    is_due_moved: bool = False
    letter: ClockLetterKind | None = None
    missing: tuple[str, ...] = ()
    missing_kinds: tuple[DocumentKind, ...] = ()
    waived: tuple[str, ...] = ()


@dataclass(slots=True)
class OpenCaseEffect:
    """The effect of a policy on the open cases: their number, and the numbers of cases with each kind of change.

    The cases `touched` get other findings. The staged verdicts of `voided_count` cases are void, the due dates of
    `moved_count` cases move, and the applicants of `letter_count` cases get a letter.
    """

    open_count: int = 0
    touched: list[int] = field(default_factory=list)
    voided_count: int = 0
    moved_count: int = 0
    letter_count: int = 0

    @property
    def touched_count(self) -> int:
        """The number of cases that get other findings."""
        return len(self.touched)

    def add(self, case_id: int, change: CaseChange) -> None:
        """Count a case with its changes."""
        self.open_count += 1
        self.touched += [case_id] if change.findings else []
        self.voided_count += change.is_voided
        self.moved_count += change.is_due_moved
        self.letter_count += change.letter is not None


def change_of(clocks: Clocks, case: CaseRow, evidence: Evidence, before: Policy, after: Policy) -> CaseChange:
    """Compute the effect of changing a case from one policy to another; the clocks use the other policy."""
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
    asked, missing = (
        missing_names(evidence, policy.addressing(application.applicant_kind), application.language)
        for policy in (before, after)
    )
    change = CaseChange(
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
        # If no such letter was released yet, the next tick writes the first one.
        is_owed = missing != asked and _is_asked(session, context, case.id or 0)
        waived = tuple(name for name in asked if name not in missing)
        return replace(change, letter=ClockLetterKind.POLICY if is_owed else None, missing=missing, waived=waived)
    is_owed = bool(change.findings) or change.is_due_moved
    named = () if is_appeal else zip(missing_documents(evidence, after), missing, strict=True)
    added = {kind: name for kind, name in named if name not in asked}
    letter = ClockLetterKind.POLICY if is_owed or added else None
    return replace(change, letter=letter, missing=tuple(added.values()), missing_kinds=tuple(added))


def _is_asked(session: Session, context: Context, case_id: int) -> bool:
    """Return whether a released letter asked the applicant for documents."""
    is_about_documents = NOTICE.c.kind.in_(LETTERS_ABOUT_DOCUMENTS) & NOTICE.c.cancelled_at.is_(None)
    released = (NOTICE.c.case_id == case_id, NOTICE.c.release_at <= context.now())
    return bool(session.execute(select(exists().where(is_about_documents, *released))).scalar())
