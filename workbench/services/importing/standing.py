"""How applications stand when something new of theirs arrives: known or not, open or closed, in time or late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState, ImportKind
from db.models import CaseRow
from db.queries.chunks import chunks
from db.queries.published import (
    CASE,
    DECISION,
    EVERYTHING,
    RECTIFICATION,
    ImportedRow,
    current_cases,
    is_open_case,
    is_published,
    newest_of_many,
)
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.errors import Busy
from workbench.i18n import _
from workbench.services.importing.columns import TABLES
from workbench.services.importing.plan import Fate, Judgement, Key

RESUBMITTED_STATES = frozenset({CaseState.RECTIFYING, CaseState.LAPSED})
"""States in which what the applicant hands in is a resubmission, if it was received in time."""

_APPLICATION = TABLES[ImportKind.APPLICATIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTerms:
    """Under which terms closed cases get new ones: only with `as_new`, and not in the working days of a cooldown."""

    calendar: WorkingCalendar
    as_new: bool
    cooldown_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The published applications of a portion of rows, their newest cases, and until when those may be resubmitted.

    `failed_at` is when the finally failed ones were decided.
    """

    applications: Mapping[Key, ImportedRow]
    cases: Mapping[Key, CaseRow]
    deadlines: Mapping[int, datetime]
    failed_at: Mapping[int, datetime]
    terms: ImportTerms

    def judged(self, key: Key, fate: Fate, receipt: datetime, made: Any) -> Judgement:
        """Return what becomes of a row that brings something: taken in by its case, a new case, or refused."""
        case = self.cases.get(key)
        if case is None or case.id is None:
            return Judgement(fate=fate, made=made)
        why = self._refusal(case, receipt)
        if why is None:
            return Judgement(fate=fate, case_id=case.id, receipt=receipt, made=made)
        if self.terms.as_new and case.state in FINAL_STATES:
            if (why := self._cooldown_refusal(case.id, receipt)) is not None:
                return Judgement(fate=Fate.REFUSED, message=why)
            return Judgement(fate=fate, reopens=key, made=made)
        return Judgement(fate=Fate.REFUSED, message=why)

    def _cooldown_refusal(self, case_id: int, receipt: datetime) -> str | None:
        """Return why a new application is too early after a final fail, None if it is not."""
        terms, failed_at = self.terms, self.failed_at.get(case_id)
        if terms.cooldown_days is None or failed_at is None:
            return None
        last_day = terms.calendar.nth_working_day_after(terms.calendar.local_day(failed_at), terms.cooldown_days)
        if terms.calendar.local_day(receipt) > last_day:
            return None
        message = _("{case} failed finally; a new application is possible from {day}.")
        return message.format(case=format_case(case_id), day=(last_day + timedelta(days=1)).isoformat())

    def is_closed(self, key: Key) -> bool:
        """Say whether the application's newest case takes nothing in any more."""
        case = self.cases.get(key)
        return case is not None and case.state in FINAL_STATES

    def _refusal(self, case: CaseRow, receipt: datetime) -> str | None:
        """Return why a case takes nothing in, or None if it does."""
        state = CaseState(case.state)
        number = format_case(case.id or 0)
        if state in RESUBMITTED_STATES:
            deadline = self.deadlines.get(case.id or 0)
            if deadline is not None and receipt <= deadline:
                return None
            until = deadline.astimezone(self.terms.calendar.zone).strftime("%Y-%m-%d %H:%M") if deadline else ""
            way_out = _(" Import it with --as-new to open a new case.") if state in FINAL_STATES else ""
            return (
                _("It was received after the deadline of {case} ({until}).").format(case=number, until=until) + way_out
            )
        if state in FINAL_STATES:
            return _("{case} is {state}; import it with --as-new to open a new case.").format(
                case=number, state=_(STATE_WORDS[state])
            )
        return None


def standing_of(session: Session, keys: set[Key], terms: ImportTerms) -> Standing:
    """Return how some applications stand."""
    key_columns = (_APPLICATION.c.agent, _APPLICATION.c.application_no)
    rows = newest_of_many(session, key_columns, keys, lambda row: (row["agent"], row["application_no"]), EVERYTHING)
    applications = {(row["agent"], row["application_no"]): row for row in rows}
    # There are no cases of unknown applications.
    cases = current_cases(session, applications)
    resubmitted = [case.id for case in cases.values() if case.state in RESUBMITTED_STATES]
    deadlines = session.execute(
        select(RECTIFICATION.c.case_id, RECTIFICATION.c.deadline_at)
        .where(RECTIFICATION.c.case_id.in_(resubmitted))
        .order_by(RECTIFICATION.c.id)
    )
    return Standing(
        applications=applications,
        cases=cases,
        deadlines={row.case_id: row.deadline_at for row in deadlines},
        failed_at=_failed_at(session, cases.values()) if terms.cooldown_days else {},
        terms=terms,
    )


def refuse_opened_again(session: Session, batch_id: int, replaced: set[Key]) -> None:
    """Refuse the new cases of a batch if a closed case that one of them replaces was opened again meanwhile.

    Raises:
        Busy: If there is such a case.
    """
    for some in chunks(replaced):
        key = tuple_(CASE.c.agent, CASE.c.application_no).in_(some)
        is_other = (CASE.c.batch_id != batch_id) & is_published(CASE.c.batch_id)
        case_id = session.execute(select(CASE.c.id).where(key, is_other, is_open_case()).limit(1)).scalar()
        if case_id is not None:
            message = _("{case} was opened again while the import ran; import the file again without --as-new.")
            raise Busy(message.format(case=format_case(case_id)))


def _failed_at(session: Session, cases: Iterable[CaseRow]) -> Mapping[int, datetime]:
    """Return when each of some cases that are failed was failed finally, by case."""
    failed = [case.id for case in cases if case.state == CaseState.FAILED]
    decided_at = func.coalesce(DECISION.c.checked_at, DECISION.c.decided_at, type_=DECISION.c.decided_at.type)
    is_final = DECISION.c.case_id.in_(failed) & DECISION.c.status.in_(("applied", "approved"))
    found = session.execute(select(DECISION.c.case_id, decided_at).where(is_final).order_by(DECISION.c.id))
    return {row[0]: row[1] for row in found}
