"""Decides whether an application's case accepts new rows, by its state, deadline and cooldown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import Session

from db.enums import FINAL_STATES, IN_EFFECT, CaseState, ImportKind
from db.models import CaseRow
from db.queries.published import (
    CASE,
    DECISION,
    EVERYTHING,
    RECTIFICATION,
    ImportedRow,
    chunks,
    current_cases,
    is_open_case,
    is_published,
    newest_visible_rows,
)
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import STATE_WORDS, erased_refusal
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import latest_receipt
from workbench.errors import Busy
from workbench.i18n import _
from workbench.services.case.known_people import Key
from workbench.services.intake.importing.classifying.columns import TABLES
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome

RESUBMITTED_STATES = frozenset({CaseState.RECTIFYING, CaseState.LAPSED})
"""The states in which rows from the applicant are a resubmission, if they were received in time."""

_APPLICATION = TABLES[ImportKind.APPLICATIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTerms:
    """The conditions on which an application with a closed case gets a new case."""

    calendar: WorkingCalendar
    as_new: bool
    """Whether the import may open new cases for such applications."""
    cooldown_days: int | None
    """The working days that must pass after a final fail; None if none must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingApplications:
    """The published applications of some rows, with their newest cases."""

    applications: Mapping[Key, ImportedRow]
    cases: Mapping[Key, CaseRow]
    deadlines: Mapping[int, datetime]
    """By case, the deadline of a resubmission."""
    failed_at: Mapping[int, datetime]
    """By case, the time of a final fail."""
    terms: ImportTerms

    def classify(self, key: Key, outcome: RowOutcome, received_at: datetime, columns: Any) -> ClassifiedRow:
        """Classify a new or changed row: it updates the existing case, gets a new case, or is refused."""
        case = self.cases.get(key)
        if case is None or case.id is None:
            return ClassifiedRow(outcome=outcome, columns=columns)
        why = self._refusal(case, received_at)
        if why is None:
            return ClassifiedRow(outcome=outcome, case_id=case.id, received_at=received_at, columns=columns)
        if self.terms.as_new and case.state in FINAL_STATES:
            if (too_early := self._cooldown_refusal(case.id, received_at)) is not None:
                return ClassifiedRow(outcome=RowOutcome.REFUSED, message=too_early)
            return ClassifiedRow(outcome=outcome, reopens=key, columns=columns)
        return ClassifiedRow(outcome=RowOutcome.REFUSED, message=why)

    def _cooldown_refusal(self, case_id: int, received_at: datetime) -> str | None:
        """Return why a new application is too early after a final fail; None if it is not."""
        terms, failed_at = self.terms, self.failed_at.get(case_id)
        if terms.cooldown_days is None or failed_at is None:
            return None
        last_day = terms.calendar.nth_working_day_after(terms.calendar.local_day(failed_at), terms.cooldown_days)
        if terms.calendar.local_day(received_at) > last_day:
            return None
        message = _("{case} failed finally; a new application is possible from {day}.")
        return message.format(case=format_case(case_id), day=(last_day + timedelta(days=1)).isoformat())

    def is_closed(self, key: Key) -> bool:
        """Return whether the application's newest case is closed."""
        case = self.cases.get(key)
        return case is not None and case.state in FINAL_STATES

    def is_kept(self, key: Key) -> bool:
        """Return whether the application's newest case is closed, and retention has not erased it."""
        return self.is_closed(key) and self.cases[key].erased_at is None

    def _refusal(self, case: CaseRow, received_at: datetime) -> str | None:
        """Return why a case accepts no new rows, or None if it accepts them."""
        state = CaseState(case.state)
        number = format_case(case.id or 0)
        if case.erased_at is not None:
            return erased_refusal(number, self.terms.calendar.local_day(case.erased_at))
        if state in RESUBMITTED_STATES:
            deadline = self.deadlines.get(case.id or 0)
            if deadline is not None and received_at <= latest_receipt(deadline, case.suspended_from):
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


def existing_applications(session: Session, keys: set[Key], terms: ImportTerms) -> ExistingApplications:
    """Read the published versions of applications, with their newest cases."""
    key_columns = (_APPLICATION.c.agent, _APPLICATION.c.application_no)
    rows = newest_visible_rows(
        session, key_columns, keys, lambda row: (row["agent"], row["application_no"]), EVERYTHING
    )
    applications = {(row["agent"], row["application_no"]): row for row in rows}
    # There are no cases of unknown applications.
    cases = current_cases(session, applications)
    resubmitted = [case.id for case in cases.values() if case.state in RESUBMITTED_STATES]
    deadlines = session.execute(
        select(RECTIFICATION.c.case_id, RECTIFICATION.c.deadline_at)
        .where(RECTIFICATION.c.case_id.in_(resubmitted))
        .order_by(RECTIFICATION.c.id)
    )
    return ExistingApplications(
        applications=applications,
        cases=cases,
        deadlines={row.case_id: row.deadline_at for row in deadlines},
        failed_at=_failed_at(session, cases.values()) if terms.cooldown_days else {},
        terms=terms,
    )


def refuse_opened_again(session: Session, batch_id: int, with_new_case: set[Key]) -> None:
    """Check that nobody opened a case of an application for which a batch opens a new case.

    Raises:
        Busy: If somebody did, while the import ran.
    """
    for portion in chunks(with_new_case):
        key = tuple_(CASE.c.agent, CASE.c.application_no).in_(portion)
        is_other = (CASE.c.batch_id != batch_id) & is_published(CASE.c.batch_id)
        case_id = session.execute(select(CASE.c.id).where(key, is_other, is_open_case()).limit(1)).scalar()
        if case_id is not None:
            message = _("{case} was opened again while the import ran; import the file again without --as-new.")
            raise Busy(message.format(case=format_case(case_id)))


def _failed_at(session: Session, cases: Iterable[CaseRow]) -> Mapping[int, datetime]:
    """Return the time of the final fail of each failed case among some cases, by case."""
    failed = [case.id for case in cases if case.state == CaseState.FAILED]
    decided_at = func.coalesce(DECISION.c.checked_at, DECISION.c.decided_at, type_=DECISION.c.decided_at.type)
    is_final = DECISION.c.case_id.in_(failed) & DECISION.c.status.in_(IN_EFFECT)
    columns = (DECISION.c.case_id, decided_at.label("failed_at"))
    rows = session.execute(select(*columns).where(is_final).order_by(DECISION.c.id))
    return {row.case_id: row.failed_at for row in rows}
