"""How applications stand when something new of theirs arrives: known or not, open or closed, in time or late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from db.enums import FINAL_STATES, CaseState, ImportKind
from db.models import CaseRow
from db.queries.published import EVERYTHING, RECTIFICATION, ImportedRow, newest_cases, newest_of_many
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.i18n import _
from workbench.services.importing.columns import TABLES
from workbench.services.importing.plan import Fate, Judgement, Key

MENDABLE_STATES = frozenset({CaseState.RECTIFYING, CaseState.LAPSED})
"""States in which what the applicant hands in is a resubmission, if it was received in time."""

_APPLICATION = TABLES[ImportKind.APPLICATIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The published applications of a portion of rows, their newest cases, and until when those may be mended."""

    applications: Mapping[Key, ImportedRow]
    cases: Mapping[Key, CaseRow]
    deadlines: Mapping[int, datetime]
    zone: ZoneInfo
    as_new: bool

    def judged(self, key: Key, fate: Fate, receipt: datetime, *, sha256: str = "") -> Judgement:
        """Return what becomes of a row that brings something: taken in by its case, a new case, or refused."""
        case = self.cases.get(key)
        if case is None or case.id is None:
            return Judgement(fate=fate, sha256=sha256)
        why = self._refusal(case, receipt)
        if why is None:
            return Judgement(fate=fate, case_id=case.id, receipt=receipt, sha256=sha256)
        if self.as_new and case.state in FINAL_STATES:
            return Judgement(fate=fate, reopens=key, sha256=sha256)
        return Judgement(fate=Fate.REFUSED, message=why, sha256=sha256)

    def is_closed(self, key: Key) -> bool:
        """Say whether the application's newest case takes nothing in any more."""
        case = self.cases.get(key)
        return case is not None and case.state in FINAL_STATES

    def _refusal(self, case: CaseRow, receipt: datetime) -> str | None:
        """Return why a case takes nothing in, or None if it does."""
        state = CaseState(case.state)
        number = format_case(case.id or 0)
        if state in MENDABLE_STATES:
            deadline = self.deadlines.get(case.id or 0)
            if deadline is not None and receipt <= deadline:
                return None
            until = deadline.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if deadline else ""
            way_out = _(" Import it with --as-new to open a new case.") if state in FINAL_STATES else ""
            return (
                _("It was received after the deadline of {case} ({until}).").format(case=number, until=until) + way_out
            )
        if state in FINAL_STATES:
            return _("{case} is {state}; import it with --as-new to open a new case.").format(
                case=number, state=_(STATE_WORDS[state])
            )
        return None


def standing_of(session: Session, keys: set[Key], zone: ZoneInfo, *, as_new: bool) -> Standing:
    """Return how some applications stand."""
    key_columns = (_APPLICATION.c.agent, _APPLICATION.c.application_no)
    rows = newest_of_many(session, key_columns, keys, lambda row: (row["agent"], row["application_no"]), EVERYTHING)
    cases = newest_cases(session, keys)
    mendable = [case.id for case in cases.values() if case.state in MENDABLE_STATES]
    deadlines = session.execute(
        select(RECTIFICATION.c.case_id, RECTIFICATION.c.deadline_at)
        .where(RECTIFICATION.c.case_id.in_(mendable))
        .order_by(RECTIFICATION.c.id)
    )
    return Standing(
        applications={(row["agent"], row["application_no"]): row for row in rows},
        cases=cases,
        deadlines={row.case_id: row.deadline_at for row in deadlines},
        zone=zone,
        as_new=as_new,
    )
