"""What people note on a case: comments, verifications, checklist answers, and the applicant's word."""

from datetime import datetime

from sqlmodel import Session, select

from db.enums import CaseState, ChecklistValue, VerificationKind
from db.models import (
    CaseRow,
    ChecklistAnswerRow,
    CommentRow,
    DecisionRow,
    NoticeRow,
    RectificationRow,
    VerificationRow,
)
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action, state_refusal
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.case.assessment import findings_of_case
from workbench.services.clock.case_clocks import settle_due
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context, details
from workbench.services.review.new_evidence import to_queue
from workbench.services.review.rectification import close_rectification


class Remarks:
    """The remarks of one person."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def comment(self, case_id: int, text: str) -> None:
        """Write an internal comment; the applicant never sees it.

        Raises:
            NotFound: If there is no such case.
            WrongUsage: If it is empty.
        """
        context = self.context
        with context.acting(Action.COMMENT, case_id), context.write() as session:
            self._case(session, case_id, Action.COMMENT)
            session.add(
                CommentRow(case_id=case_id, author_id=context.actor.id, written_at=context.now(), body=_written(text))
            )
            context.log(session, Action.COMMENT.value, case_id=case_id)

    def verify(self, case_id: int, kind: VerificationKind, result: str) -> None:
        """Record a fact that was confirmed outside.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is over.
            WrongUsage: If the result is empty.
        """
        context = self.context
        with context.acting(Action.VERIFY, case_id), context.write() as session:
            self._case(session, case_id, Action.VERIFY)
            session.add(
                VerificationRow(
                    case_id=case_id,
                    kind=kind.value,
                    result=_written(result),
                    verified_by_id=context.actor.id,
                    verified_at=context.now(),
                )
            )
            context.log(session, Action.VERIFY.value, case_id=case_id, body={"kind": kind.value})

    def checklist(self, case_id: int, question: str, answer: ChecklistValue, note: str = "") -> None:
        """Answer a question of the checklist; a later answer of the round takes its place.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is over.
            WrongUsage: If the policy has no such question.
        """
        context = self.context
        with context.acting(Action.CHECKLIST, case_id), context.write() as session:
            case = self._case(session, case_id, Action.CHECKLIST)
            policy = context.policy(session, case.policy_version_id)
            if question not in {known.code for known in policy.questions}:
                raise WrongUsage(
                    _("There is no question {question}; the policy has {known}.").format(
                        question=question, known=", ".join(known.code for known in policy.questions)
                    )
                )
            row = session.exec(
                select(ChecklistAnswerRow).where(
                    ChecklistAnswerRow.case_id == case_id,
                    ChecklistAnswerRow.round == case.round,
                    ChecklistAnswerRow.question == question,
                )
            ).one_or_none() or ChecklistAnswerRow(case_id=case_id, round=case.round, question=question)
            row.answer, row.note = answer.value, note
            row.answered_by_id, row.answered_at = context.actor.id, context.now()
            session.add(row)
            context.log(
                session,
                Action.CHECKLIST.value,
                case_id=case_id,
                body={"question": question, "answer": answer.value, "round": case.round},
            )

    def withdraw(self, case_id: int, reason: str) -> None:
        """Withdraw a case on the applicant's word.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If it is over.
            WrongUsage: If no reason is given.
        """
        context = self.context
        with context.acting(Action.WITHDRAW, case_id), context.write() as session:
            case = self._case(session, case_id, Action.WITHDRAW)
            session.add(
                CommentRow(
                    case_id=case_id,
                    author_id=context.actor.id,
                    written_at=context.now(),
                    body=_written(reason),
                )
            )
            self._end_what_runs(session, case)
            case.state = CaseState.WITHDRAWN.value
            case.held_by_id = case.held_until = case.aside_until = case.assignee_id = case.returned_to_id = None
            case.version += 1
            context.log(session, Action.WITHDRAW.value, case_id=case_id, state=CaseState.WITHDRAWN)
            settle_due(session, context, case)

    def _end_what_runs(self, session: Session, case: CaseRow) -> None:
        """Take back letters that are not released, close what was to be mended, and void what waits for a check."""
        now = self.context.now()
        for notice in session.exec(select(NoticeRow).where(NoticeRow.case_id == case.id)):
            if notice.cancelled_at is None and notice.release_at > now:
                notice.cancelled_at = now
        for rectification in session.exec(select(RectificationRow).where(RectificationRow.case_id == case.id)):
            rectification.is_open = False
        for decision in session.exec(
            select(DecisionRow).where(DecisionRow.case_id == case.id, DecisionRow.status == "staged")
        ):
            decision.status = "void"

    def answer(self, case_id: int, note: str = "") -> None:
        """Record the applicant's answer to a pending case: it goes back to the queue.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If it is not pending.
        """
        self._back_to_queue(case_id, Action.ANSWER, note)

    def resubmit(self, case_id: int, note: str = "") -> None:
        """Record that the applicant handed in again: the next round begins.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If it is not being rectified, or the deadline is past.
        """
        self._back_to_queue(case_id, Action.RESUBMIT, note)

    def _back_to_queue(self, case_id: int, action: Action, note: str) -> None:
        context = self.context
        with context.acting(action, case_id), context.write() as session:
            case = self._case(session, case_id, action)
            if action is Action.RESUBMIT:
                _check_in_time(session, case, context.now())
                close_rectification(session, context, case, None, findings_of_case(session, case_id))
                case.round += 1
            if note.strip():
                session.add(
                    CommentRow(case_id=case_id, author_id=context.actor.id, written_at=context.now(), body=note)
                )
            to_queue(case)
            case.evidence_no += 1
            case.version += 1
            case.is_listed = True
            context.log(session, action.value, case_id=case_id, state=CaseState.QUEUED, body=details(round=case.round))
            settle_due(session, context, case)

    def _case(self, session: Session, case_id: int, action: Action) -> CaseRow:
        case = visible_case(session, case_id)
        refusal = state_refusal(action, CaseState(case.state), format_case(case_id))
        if refusal:
            raise NotAllowed(refusal)
        return case


def _written(text: str) -> str:
    """Return a text that says something."""
    if not text.strip():
        raise WrongUsage(_("The text is empty."))
    return text


def _check_in_time(session: Session, case: CaseRow, now: datetime) -> None:
    """Refuse what comes after the deadline of the open rectification."""
    row = session.exec(
        select(RectificationRow).where(RectificationRow.case_id == case.id, RectificationRow.is_open)
    ).first()
    if row is None or row.deadline_at is None:
        raise NotFound(_("{case} has nothing to be mended.").format(case=format_case(case.id or 0)))
    if row.deadline_at < now:
        raise NotAllowed(_("The deadline of {case} is past.").format(case=format_case(case.id or 0)))
