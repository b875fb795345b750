"""Remarks on a case: comments, contacts, verifications, checklist answers, judged items, and applicants' answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from db.columns import to_us
from db.enums import IN_EFFECT, AppealStatus, CaseState, ChecklistValue, ContactChannel, ItemResult, VerificationKind
from db.models import CaseRow, ChecklistAnswerRow, ContactRow, DecisionRow, RectificationRow, VerificationRow
from db.queries.published import DECISION, ITEM, RECTIFICATION
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.domain.clock.due import latest_receipt
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import acting_on
from workbench.services.case.assessment import findings_of_case
from workbench.services.case.decisions import items_of, newest_appeal, open_rectification
from workbench.services.foundation.case_access import add_comment, refuse_second_case
from workbench.services.foundation.context import Context, Service
from workbench.services.notices.due_date_notices import notify_of_status
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts
from workbench.services.review.appeals.acts import withdraw_appeal
from workbench.services.review.back_to_queue import assign_to_substitute, close_work, queue_again, start_next_round
from workbench.services.review.rectifying.lapse import correct_lapse_letter
from workbench.services.review.rectifying.rectification import next_deadline
from workbench.services.review.reopening import item_named


class Remarks(Service):
    """The remarks that one person records."""

    def comment(self, case_id: int, text: str) -> None:
        """Write an internal comment, which the applicant never sees.

        Raises:
            NotFound: If there is no such case.
            WrongUsage: If the comment is empty.
        """
        with acting_on(self.context, Action.COMMENT, case_id, text):
            pass

    def verify(self, case_id: int, kind: VerificationKind, result: str) -> None:
        """Record a fact that was confirmed outside the program.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is closed.
            WrongUsage: If the result is empty.
        """
        with acting_on(self.context, Action.VERIFY, case_id, result) as act:
            me, now = self.context.actor.id, self.context.now()
            row = VerificationRow(case_id=case_id, kind=kind, result=act.reason, verified_by_id=me, verified_at=now)
            act.session.add(row)
            act.finish({"kind": kind.value})

    def contact(self, case_id: int, channel: ContactChannel, text: str) -> None:
        """Record a contact with the applicant outside the letters.

        Raises:
            NotFound: If there is no such case.
            WrongUsage: If the text is empty.
        """
        with acting_on(self.context, Action.CONTACT, case_id, text) as act:
            me, now = self.context.actor.id, self.context.now()
            row = ContactRow(case_id=case_id, channel=channel, text=act.reason, contacted_by_id=me, contacted_at=now)
            act.session.add(row)
            act.finish({"channel": channel.value})

    def checklist(self, case_id: int, question: str, answer: ChecklistValue, note: str = "") -> None:
        """Answer a question of the checklist, replacing an earlier answer of the same round.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is closed.
            WrongUsage: If the policy has no such question.
        """
        with acting_on(self.context, Action.CHECKLIST, case_id) as act:
            session, case = act.session, act.case
            policy = self.context.policy(session, case.policy_version_id)
            codes = [known.code for known in policy.questions]
            if question not in codes:
                message = _("There is no question {question}; the policy has {known}.")
                raise WrongUsage(message.format(question=question, known=", ".join(codes)))
            row = session.exec(
                select(ChecklistAnswerRow).where(
                    ChecklistAnswerRow.case_id == case_id,
                    ChecklistAnswerRow.round == case.round,
                    ChecklistAnswerRow.question == question,
                )
            ).one_or_none() or ChecklistAnswerRow(case_id=case_id, round=case.round, question=question)
            row.answer, row.note = answer.value, note
            row.answered_by_id, row.answered_at = self.context.actor.id, self.context.now()
            session.add(row)
            act.finish({"question": question, "answer": answer.value, "round": case.round})

    def withdraw(self, case_id: int, reason: str) -> None:
        """Withdraw a case because the applicant asked for it; of an appealed case, only the appeal.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is closed.
            WrongUsage: If no reason is given.
        """
        context = self.context
        with acting_on(context, Action.WITHDRAW, case_id, reason) as act:
            session, case = act.session, act.case
            appeal = newest_appeal(session, case_id, AppealStatus.OPEN, AppealStatus.STAGED)
            if appeal is not None:
                # The review is finished. If the whole case were withdrawn, it would lose the result that explains its
                # measure.
                withdraw_appeal(act, appeal)
                return
            close_work(session, context, case)
            case.state = CaseState.WITHDRAWN.value
            case.waits_for, case.next_action_on = "", None
            case.held_by_id = case.held_until = case.aside_until = case.assignee_id = case.returned_to_id = None
            case.corrects_id = None
            notify_of_status(session, context, case, LetterFacts(kind=ClockLetterKind.WITHDRAWN))

    def answer(self, case_id: int, note: str = "") -> None:
        """Record that the applicant answered a pending case, and queue the case.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is not pending.
        """
        self._back_to_queue(case_id, Action.ANSWER, note)

    def resubmit(
        self, case_id: int, note: str = "", received_at: datetime | None = None, received: Sequence[str] = ()
    ) -> None:
        """Record that the applicant resubmitted, and queue the case in its next round.

        `received_at` is the time of receipt, by default now. It decides whether the resubmission is in time, and the
        clock counts from it. If it is in time and the case has lapsed since, the lapse is taken back with a notice.
        `received` are the items that came without a file, such as on paper: their numbers, from 1, or codes.

        Raises:
            NotFound: If there is no such case or item.
            NotAllowed: If the case is not being rectified, or the resubmission was received after a deadline.
            WrongUsage: If the time of receipt is in the future or before the verdict, or several items have a code.
        """
        self._back_to_queue(case_id, Action.RESUBMIT, note, received_at, received)

    def _back_to_queue(
        self,
        case_id: int,
        action: Action,
        note: str,
        received_at: datetime | None = None,
        received: Sequence[str] = (),
    ) -> None:
        context = self.context
        with acting_on(context, action, case_id) as act:
            session, case = act.session, act.case
            was_lapsed, facts = case.state == CaseState.LAPSED, dict[str, Any]()
            if was_lapsed:
                refuse_second_case(session, case)
            if action is Action.RESUBMIT:
                row = rectification_in_time(session, context, case, received_at)
                facts |= {"counted_at": to_us(received_at)} if received_at else {}
                items = items_of(session, row.decision_id)
                for item in (came := [item_named(case, items, word) for word in received]):
                    item.satisfied_at = item.satisfied_at or context.now()
                facts |= {"item": ", ".join(item.code for item in came)} if came else {}
                start_next_round(session, context, case, findings_of_case(session, case_id))
            if note.strip():
                add_comment(session, context, case_id, note)
            assign_to_substitute(session, context, case)
            queue_again(case)
            act.finish({"round": case.round, **facts})
            if was_lapsed:
                correct_lapse_letter(session, context, case)


def rectification_in_time(
    session: Session, context: Context, case: CaseRow, received_at: datetime | None = None, *, is_file: bool = False
) -> RectificationRow:
    """Return the open rectification, after checking that no deadline had passed at a time of receipt, by default now.

    With `is_file`, the time of receipt is from a file, and the refusal names its column.

    Raises:
        NotFound: If none is open.
        NotAllowed: If a deadline had passed.
        WrongUsage: If the time is in the future, or before the verdict.
    """
    row, name, now = open_rectification(session, case), format_case(case.id or 0), context.now()
    deadline_at = None if row is None else next_deadline(session, row)
    if row is None or deadline_at is None:
        raise NotFound(_("{case} has no open rectification.").format(case=name))
    decision = session.get_one(DecisionRow, row.decision_id)
    decided_at = decision.checked_at or decision.decided_at
    if received_at is not None and not decided_at <= received_at <= now:
        raise WrongUsage(
            _("The time of receipt must be after the verdict on {case}, and not in the future.").format(case=name)
        )
    if latest_receipt(deadline_at, case.suspended_from) < (received_at or now):
        until = f"{deadline_at.astimezone(context.zone(session)):%Y-%m-%d %H:%M}"
        message = (
            _("The deadline of {case} has passed ({until}); give received_at in the file if it was received earlier.")
            if is_file
            else _("The deadline of {case} has passed ({until}); what was received earlier counts with --received-at.")
        )
        raise NotAllowed(message.format(case=name, until=until))
    return row


class ItemJudging(Service):
    """Records whether the items of the last rectification are fixed."""

    def judge(self, case_id: int, item: str, result: ItemResult, fence: int | None = None) -> None:
        """Judge an item of a case that this person holds; a later judgement replaces an earlier one.

        `item` is the number of the item, from 1, or its code.

        Raises:
            NotFound: If there is no such case or item.
            NotAllowed: If nobody holds the case, or the item was waived.
            Busy: If another person holds or took the case.
        """
        with acting_on(self.context, Action.JUDGE, case_id, fence=fence) as act:
            session = act.session
            row = _item(_last_items(session, case_id), item, format_case(case_id))
            if row.waived_at is not None:
                raise NotAllowed(_("Item {item} was waived; there is nothing to judge.").format(item=item))
            me, now = self.context.actor.id, self.context.now()
            values = {"judged": result.value, "judged_by_id": me, "judged_at": now}
            session.execute(update(ITEM).where(ITEM.c.id == row.id).values(values))
            act.finish({"item": row.code, "number": row.position + 1, "judged": result.value})


def _last_items(session: Session, case_id: int) -> Sequence[Row[Any]]:
    """Return the items of the newest rectification of a case whose verdict was not undone, in their order."""
    newest = (
        select_columns(RECTIFICATION.c.id)
        .join(DECISION, DECISION.c.id == RECTIFICATION.c.decision_id)
        .where(RECTIFICATION.c.case_id == case_id, DECISION.c.status.in_(IN_EFFECT))
        .order_by(RECTIFICATION.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    items = select_columns(ITEM).where(ITEM.c.rectification_id == newest).order_by(ITEM.c.position)
    return session.execute(items).all()


def _item(rows: Sequence[Row[Any]], item: str, case: str) -> Row[Any]:
    """Return the item with a number or a code."""
    if not rows:
        raise NotFound(_("{case} has no items to judge; it was not rectified yet.").format(case=case))
    word = item.strip().upper()
    found = [row for row in rows if word in {row.code, str(row.position + 1)}]
    if not found:
        known = ", ".join(f"{row.position + 1} {row.code}" for row in rows)
        raise NotFound(_("{case} has no item {item}; it has {known}.").format(case=case, item=word, known=known))
    return found[0]
