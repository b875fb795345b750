"""A cache of the case that was read last, because previews read the same case many times."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from db.enums import DocumentKind
from db.models import EventRow
from workbench.domain.case.casefile import CaseFile
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.documents import unopened_kinds
from workbench.services.foundation.case_access import visible_case

_Version = tuple[int, int, date | None, int | None]
"""A value that changes with every change of a case: an act writes an event, new findings set `findings_on`."""


class CaseCache:
    """Keeps one case with the kinds of its unopened documents, and reads the case again after it has changed."""

    def __init__(self, casefiles: CaseFiles) -> None:
        self.casefiles = casefiles
        self._cached: tuple[_Version, CaseFile, tuple[DocumentKind, ...]] | None = None

    def read(self, case_id: int) -> tuple[CaseFile, tuple[DocumentKind, ...]]:
        """Return a case, and the kinds of its documents that no person has opened.

        Raises:
            NotFound: If there is no such case.
        """
        context = self.casefiles.context
        with context.read() as session:
            case = visible_case(session, case_id)
            last_event = select(func.max(col(EventRow.seq))).where(col(EventRow.case_id) == case_id)
            version = (case_id, case.version, case.findings_on, session.execute(last_event).scalar())
        if self._cached is None or self._cached[0] != version:
            # If the case changes after its version was read, the next call reads it again.
            casefile = self.casefiles.show(case_id)
            with context.read() as session:
                self._cached = (version, casefile, unopened_kinds(session, case_id, casefile.evidence.documents))
        return self._cached[1:]
