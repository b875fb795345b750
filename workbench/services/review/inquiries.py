"""Inquiries to departments: reading, asking, answering and withdrawing them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from db.enums import InquiryOutcome, InquiryStatus, VerificationKind
from db.models import InquiryRow, ReviewerRow, VerificationRow
from db.queries.published import INQUIRY
from workbench.domain.case.case_id import format_inquiry
from workbench.domain.case.lifecycle import Action, inquiries_refusal
from workbench.domain.clock.due import due_at
from workbench.domain.facts.inquiry_lines import OUTCOME_WORDS, InquiryField, InquiryLine
from workbench.domain.policy.settings import Department
from workbench.domain.text.redaction import FREE_TEXTS
from workbench.errors import BadData, NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, current_language
from workbench.services.acts.act import acting_on
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.case.inquiries import read_inquiries
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.case.masking import masked_evidence
from workbench.services.files.document_files import BadDocument, copy_to_store
from workbench.services.foundation.case_access import refuse_while_reading, unerased_case
from workbench.services.foundation.context import READ_BLINDLY, Context, Service
from workbench.services.foundation.input_checks import check_not_far
from workbench.services.policy.departments import find_department
from workbench.services.review.back_to_queue import queue_if_none_open
from workbench.services.site.people import is_same_person

READING = "inquiries"
"""The action of a refused attempt to read inquiries."""

_IS_OPEN = INQUIRY.c.status == InquiryStatus.OPEN.value


class Inquiries(Service):
    """The inquiries that one person asks, or that the person's department answers."""

    def list(self, case_id: int | None = None) -> tuple[InquiryLine, ...]:
        """Return the inquiries, the open ones first by due date.

        A person who is only a verifier gets the inquiries to their department.

        Raises:
            NotAllowed: If the person may not read inquiries.
        """
        with self.context.requiring(READING, inquiries_refusal), self.context.read() as session:
            refuse_while_reading(session, case_id or 0)
            blind = session.info.get(READ_BLINDLY) or 0
            conditions = [INQUIRY.c.case_id == case_id if case_id else INQUIRY.c.case_id != blind]
            if self.context.actor.is_only_verifier:
                conditions.append(INQUIRY.c.department == self._own_department(session))
            return read_inquiries(session, self.context, conditions)

    def zone(self) -> ZoneInfo:
        """Return the time zone of the policy, also to a person who reads nothing but inquiries.

        Raises:
            NotAllowed: If the person may not read inquiries.
        """
        with self.context.requiring(READING, inquiries_refusal), self.context.read() as session:
            return self.context.zone(session)

    def departments(self) -> Mapping[str, Department]:
        """Return the departments of the policy in force by code."""
        with self.context.read() as session:
            return self.context.policy(session).departments

    def is_of_own_department(self, line: InquiryLine) -> bool:
        """Return whether an inquiry is to the person's own department.

        Raises:
            NotAllowed: If the person may not read inquiries.
        """
        with self.context.requiring(READING, inquiries_refusal), self.context.read() as session:
            return self._own_department(session) == line.department

    def fields(self, inquiry_id: int) -> tuple[InquiryField, ...]:
        """Return the fields that the department of an open inquiry may see, with people masked.

        Raises:
            NotAllowed: If the person may not read this inquiry, or it has ended.
            NotFound: If there is no such inquiry.
        """
        with self.context.requiring(READING, inquiries_refusal), self.context.read() as session:
            row = self._readable(session, inquiry_id)
            return tuple(field for field, _clear in self._fields(session, row))

    def reveal(self, inquiry_id: int, key: str) -> str:
        """Return a field of an open inquiry to the person's own department in clear, and log an event that names it.

        Raises:
            NotAllowed: If the inquiry is of another department, or has ended.
            NotFound: If there is no such inquiry.
            WrongUsage: If the department may not see the field.
        """
        with self.context.requiring(Action.REVEAL, inquiries_refusal):
            with self.context.read() as session:
                row = self._readable(session, inquiry_id)
                self._refuse_other_department(session, row)
                case_id, values = row.case_id, {field.key: clear for field, clear in self._fields(session, row)}
            if key not in values:
                raise WrongUsage(_("There is no personal field {field}.").format(field=key))
            self.context.log_alone(Action.REVEAL, case_id=case_id, body={"field": key, "inquiry": inquiry_id})
        return values[key]

    def inquire(self, case_id: int, department: str, question: str, until: date | None = None) -> InquiryLine:
        """Ask a department a question about a case, to be answered until the end of a day.

        `department` is its code or its name. By default, it has the working days of the policy.

        Raises:
            NotFound: If there is no such case or department.
            NotAllowed: If the state forbids it, or the same department has an open inquiry about the case.
            WrongUsage: If the question is empty, or the day is in the past or too far ahead.
        """
        context, now = self.context, self.context.now()
        with acting_on(context, Action.INQUIRE, case_id, question) as act:
            session = act.session
            calendar, policy, today = context.calendar(session), context.policy(session), context.today(session)
            code, asked = find_department(policy, department)
            is_asked = (INQUIRY.c.case_id == case_id, INQUIRY.c.department == code, _IS_OPEN)
            if (open_id := session.execute(select(INQUIRY.c.id).where(*is_asked)).scalar()) is not None:
                message = _("{department} has not answered {inquiry} yet; withdraw it to ask again.")
                raise NotAllowed(message.format(department=_name(asked), inquiry=format_inquiry(open_id)))
            due = due_at(now, asked.days, calendar)
            if until is not None:
                check_not_far(until, today)
                due = calendar.closing(until)
            if due <= now:
                raise WrongUsage(_("The answer must be due in the future; give a later day."))
            half = calendar.add_working_seconds(now, calendar.working_seconds_between(now, due) / 2)
            row = InquiryRow(
                case_id=case_id,
                department=code,
                question=act.reason,
                asked_at=now,
                asked_by_id=context.actor.id,
                due_at=due,
                # No working time may be left before the due date; then the next working day is later.
                remind_at=min(half, due),
                status=InquiryStatus.OPEN.value,
            )
            session.add(row)
            session.flush()
            act.finish({"inquiry": row.id, "department": code, "until": due.isoformat()})
            return _line(session, context, row.id or 0)

    def answer(self, inquiry_id: int, outcome: InquiryOutcome, note: str, document: Path | None = None) -> InquiryLine:
        """Answer an inquiry to the person's department: a verification and new evidence for the holder of the case.

        A late answer counts as long as the inquiry is open. The last answer returns a case to the queue that is pending
        on a department.

        Raises:
            NotFound: If there is no such inquiry, or no such document.
            NotAllowed: If it is of another department, has ended, or the person asked it.
            BadData: If the document cannot be used.
            WrongUsage: If the note is empty or too long.
        """
        context, now = self.context, self.context.now()
        case_id = self._case_of(inquiry_id, Action.INQUIRY_ANSWER)
        # Before the transaction, because other people cannot write while a large file is copied.
        stored = ("", 0, "") if document is None else self._stored(document)
        with acting_on(context, Action.INQUIRY_ANSWER, case_id, note) as act:
            session = act.session
            row = _open_inquiry(session, inquiry_id)
            self._refuse_other_department(session, row)
            if is_same_person(session, context, case_id, row.asked_by_id):
                raise NotAllowed(_("You asked this yourself; another person of the department answers it."))
            asked = find_department(context.policy(session), row.department)[1]
            row.document_sha256, row.document_bytes, row.document_type = stored
            row.status, row.outcome, row.note = InquiryStatus.ANSWERED.value, outcome.value, act.reason
            row.ended_at, row.ended_by_id = now, context.actor.id
            words = (format_inquiry(inquiry_id), _name(asked), _(OUTCOME_WORDS[outcome]), act.reason)
            verification = VerificationRow(
                case_id=case_id,
                kind=VerificationKind.DEPARTMENT,
                result=" · ".join(words),
                verified_by_id=context.actor.id,
                verified_at=now,
            )
            session.add(verification)
            if not queue_if_none_open(session, context, act.case):
                act.case.evidence_no += 1
            late = {"late": True} if row.due_at < now else {}
            act.finish({"inquiry": inquiry_id, "department": row.department, "outcome": outcome.value, **late})
            return _line(session, context, inquiry_id)

    def withdraw(self, inquiry_id: int, reason: str) -> InquiryLine:
        """Withdraw an open inquiry; if no other is open, a case that is pending on a department returns to the queue.

        Raises:
            NotFound: If there is no such inquiry.
            NotAllowed: If it has ended, or the state of the case forbids it.
            WrongUsage: If no reason is given.
        """
        context = self.context
        case_id = self._case_of(inquiry_id, Action.INQUIRY_WITHDRAW)
        with acting_on(context, Action.INQUIRY_WITHDRAW, case_id, reason) as act:
            row = _open_inquiry(act.session, inquiry_id)
            row.status, row.note = InquiryStatus.WITHDRAWN.value, act.reason
            row.ended_at, row.ended_by_id = context.now(), context.actor.id
            queue_if_none_open(act.session, context, act.case)
            act.finish({"inquiry": row.id, "department": row.department})
            return _line(act.session, context, inquiry_id)

    def _case_of(self, inquiry_id: int, action: Action) -> int:
        """Return the case of an open inquiry; a person whose roles or department forbid the action is refused first."""
        with self.context.acting(action), self.context.read() as session:
            row = _open_inquiry(session, inquiry_id)
            if action is Action.INQUIRY_ANSWER:
                self._refuse_other_department(session, row)
            return row.case_id

    def _own_department(self, session: Session) -> str:
        return session.get_one(ReviewerRow, self.context.actor.id).department

    def _refuse_other_department(self, session: Session, row: InquiryRow) -> None:
        if self._own_department(session) != row.department:
            raise NotAllowed(_("{inquiry} is for another department.").format(inquiry=format_inquiry(row.id or 0)))

    def _readable(self, session: Session, inquiry_id: int) -> InquiryRow:
        row = _open_inquiry(session, inquiry_id)
        if self.context.actor.is_only_verifier:
            self._refuse_other_department(session, row)
        return row

    def _fields(self, session: Session, row: InquiryRow) -> Iterator[tuple[InquiryField, str]]:
        """Yield the fields that a department may see, each with its value in clear."""
        context, case = self.context, unerased_case(session, self.context, row.case_id)
        department = context.policy(session).departments.get(row.department)
        evidence = read_evidence(session, case, context.store, context.today(session))
        masked = masked_evidence(evidence, redaction_of(session, key_of(case)))
        for name in () if department is None else department.fields:
            if name == "msisdns":
                for number, (card, shown) in enumerate(zip(evidence.cards, masked.cards, strict=True)):
                    key = f"msisdn:{number}"
                    yield InquiryField(name=name, key=key, value=shown.msisdn, is_masked=True), card.msisdn
                continue
            clear, shown_value = getattr(evidence.application, name), getattr(masked.application, name)
            is_masked = clear != shown_value or (name in FREE_TEXTS and bool(clear))
            yield InquiryField(name=name, key=name, value=shown_value, is_masked=is_masked), str(clear)

    def _stored(self, document: Path) -> tuple[str, int, str]:
        """Copy a file into the store, and return its digest, its size and its type."""
        try:
            file = copy_to_store(document, self.context.store)
        except BadDocument as problem:
            raise BadData(f"{document}: {problem}") from problem
        return file.sha256, file.bytes_count, file.media_type


def _name(department: Department) -> str:
    return department.name.in_language(current_language())


def _line(session: Session, context: Context, inquiry_id: int) -> InquiryLine:
    [line] = read_inquiries(session, context, (INQUIRY.c.id == inquiry_id,))
    return line


def _open_inquiry(session: Session, inquiry_id: int) -> InquiryRow:
    row = session.get(InquiryRow, inquiry_id)
    if row is None:
        message = _("There is no inquiry {inquiry}; `workbench inquiries` lists them.")
        raise NotFound(message.format(inquiry=format_inquiry(inquiry_id)))
    if row.status != InquiryStatus.OPEN:
        endings = {
            InquiryStatus.ANSWERED: _("{inquiry} is answered; a new question needs a new inquiry."),
            InquiryStatus.WITHDRAWN: _("{inquiry} was withdrawn; a new question needs a new inquiry."),
            InquiryStatus.VOID: _("{inquiry} is void, because its department left the policy."),
        }
        raise NotAllowed(endings[InquiryStatus(row.status)].format(inquiry=format_inquiry(inquiry_id)))
    return row
