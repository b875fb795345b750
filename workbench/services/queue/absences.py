"""Absences: what they do with a person's cases, and who stands in."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import AbsenceRow, CaseRow, ReviewerRow
from db.queries.listing import case_pages
from workbench.domain.case.lifecycle import Action, absence_refusal
from workbench.domain.filter.absent_cases import CASE_SHARES, MOVES, RELEASED, AbsentCase
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.acts.act import act_in
from workbench.services.case.drafts import copy_draft
from workbench.services.foundation.context import Context, Service
from workbench.services.queue.filters import case_query
from workbench.services.site.people import find_person
from workbench.services.site.presence import absences_between, absences_on, works_on

_MOST_LISTED = 10_000


class Absences(Service):
    """Records who is away and who is back, on behalf of a supervisor or an admin."""

    def away(
        self,
        login: str,
        from_on: date,
        to_on: date | None,
        reason: str = "",
        substitute: str = "",
        *,
        dry_run: bool = False,
    ) -> tuple[AbsentCase, ...]:
        """Record an absence, and return the person's cases with what becomes of each; `dry_run` only returns them.

        From its first day on, the person's holds end. A substitute gets the held and assigned cases with their drafts,
        and what comes back: returned verdicts and the answers of applicants. Without a substitute they are offered to
        everybody.

        Raises:
            NotAllowed: If the caller is neither supervisor nor admin, or the substitute does not review then.
            NotFound: If a login is not registered.
            WrongUsage: If the last day is before the first.
        """
        context, action = self.context, "reviewers away"
        with context.requiring(action, absence_refusal), context.read() if dry_run else context.write() as session:
            if to_on is not None and to_on < from_on:
                raise WrongUsage(_("The last day is before the first."))
            absence = AbsenceRow(reviewer_id=find_person(session, login).id or 0, from_on=from_on, to_on=to_on)
            if substitute:
                absence.substitute_id = _substitute(session, absence, substitute)
            cases = _cases_of(session, context, absence)
            if not dry_run:
                absence.reason = reason
                session.add(absence)
                session.flush()
                days = [from_on.isoformat(), to_on.isoformat() if to_on else ""]
                body = {"reviewer": absence.reviewer_id, "days": days, "substitute": absence.substitute_id}
                context.log(session, action, body=body)
                begin_absences(session, context)
            return cases

    def back(self, login: str) -> None:
        """End the absence of a person, or take back the next one; the substitute keeps what was handed over.

        Raises:
            NotAllowed: If the caller is neither supervisor nor admin.
            NotFound: If the login is not registered, or the person is not away.
        """
        action = "reviewers back"
        with self.context.requiring(action, absence_refusal), self.context.write() as session:
            person_id, today = find_person(session, login).id or 0, self.context.today(session)
            ended = absences_on(session, person_id, today) or absences_between(session, person_id, today)[:1]
            if not ended:
                raise NotFound(_("{login} is not away.").format(login=login))
            for absence in ended:
                if absence.from_on < today:
                    # The forecast reads on which days the person did not work.
                    absence.to_on = today - timedelta(days=1)
                else:
                    session.delete(absence)
            self.context.log(session, action, body={"reviewer": person_id})


def _substitute(session: Session, absence: AbsenceRow, login: str) -> int:
    """Return the substitute of an absence, who must be another person and review from its first to its last day."""
    person_id = find_person(session, login).id or 0
    own_absences = absences_between(session, person_id, absence.from_on, absence.to_on)
    if person_id == absence.reviewer_id or own_absences or not works_on(session, person_id, absence.from_on):
        raise NotAllowed(_("{login} does not review then; choose another substitute.").format(login=login))
    return person_id


def _cases_of(session: Session, context: Context, absence: AbsenceRow) -> tuple[AbsentCase, ...]:
    """Return the cases of an absent person, each with what becomes of it."""
    login, found = session.get_one(ReviewerRow, absence.reviewer_id).login, dict[int, AbsentCase]()
    for share in CASE_SHARES:
        cases = case_query(session, context, share.filter_of(login))
        handover = share.with_substitute if absence.substitute_id else share.alone
        for case_id in case_pages.page(session, cases, skip=0, limit=_MOST_LISTED):
            found.setdefault(case_id, AbsentCase(case_id, share, handover))
    return tuple(found.values())


def begin_absences(session: Session, context: Context) -> int:
    """Hand over the cases of people whose absence has begun, once for each absence; return how many cases changed."""
    today, changed = context.today(session), 0
    begun = select(AbsenceRow).where(AbsenceRow.from_on <= today, col(AbsenceRow.is_handed_over).is_(False))
    for absence in session.exec(begun).all():
        absence.is_handed_over = True
        if absence.to_on is None or absence.to_on >= today:
            cases = [one for one in _cases_of(session, context, absence) if one.handover in {MOVES, RELEASED}]
            changed += len(cases)
            for one in cases:
                _hand_over(session, context, session.get_one(CaseRow, one.case_id), absence)
    return changed


def _hand_over(session: Session, context: Context, case: CaseRow, absence: AbsenceRow) -> None:
    """End the hold of an absent person on a case, and assign it to the substitute, if there is one."""
    person_id, substitute_id = absence.reviewer_id, absence.substitute_id
    login = session.get_one(ReviewerRow, person_id).login
    reason, action = _("{login} is away.").format(login=login), Action.ASSIGN if substitute_id else Action.RELEASE
    with act_in(session, context, case, action, reason) as act:
        if case.held_by_id == person_id:
            case.state = CaseState.QUEUED.value
            case.held_by_id = case.held_until = case.aside_until = None
        if substitute_id:
            copy_draft(session, case.id or 0, person_id, substitute_id)
            case.assignee_id = substitute_id
            case.returned_to_id = substitute_id if case.returned_to_id == person_id else None
            case.evidence_no += 1
        case.is_listed = True
        to = session.get_one(ReviewerRow, substitute_id).login if substitute_id else ""
        act.finish({"is_away": True, "from": login, "to": to})
