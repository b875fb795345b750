"""The case that was read last, for a caller that asks many times while nothing happens to it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.enums import DocumentKind
from db.models import EventRow
from workbench.domain.case.casefile import CaseFile
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.documents import unopened_of
from workbench.services.foundation.case_access import visible_case


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Changes with whatever happens to a case: an act writes an event, findings of another day write none."""

    case_id: int
    version: int
    findings_on: date | None
    last_event: int | None


class CaseCache:
    """One case and the documents of it that nobody opened, read again when its stamp changed."""

    def __init__(self, casefiles: CaseFiles) -> None:
        self.casefiles = casefiles
        self._kept: tuple[_Stamp, CaseFile, tuple[DocumentKind, ...]] | None = None

    def read(self, case_id: int) -> tuple[CaseFile, tuple[DocumentKind, ...]]:
        """Return a case, and the kinds of its documents that nobody opened.

        Raises:
            NotFound: If there is no such case.
        """
        context = self.casefiles.context
        with context.read() as session:
            stamp = _stamp(session, case_id)
        kept = self._kept
        if kept is None or kept[0] != stamp:
            # What happens after the stamp is read again next time.
            casefile = self.casefiles.show(case_id)
            with context.read() as session:
                kept = (stamp, casefile, unopened_of(session, case_id, casefile.evidence.documents))
            self._kept = kept
        return kept[1:]


def _stamp(session: Session, case_id: int) -> _Stamp:
    case = visible_case(session, case_id)
    last_event = session.execute(select(func.max(col(EventRow.seq))).where(col(EventRow.case_id) == case_id)).scalar()
    return _Stamp(case_id, case.version, case.findings_on, last_event)
