"""A cache of the case that was read last, for previews that read the same case again and again."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from db.enums import DocumentKind
from db.models import EventRow
from workbench.domain.case.casefile import CaseFile
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.documents import unopened_of
from workbench.services.foundation.case_access import visible_case

_Version = tuple[int, int, date | None, int | None]
"""A value that changes with every change of a case: an act writes an event, new findings change their day."""


class CaseCache:
    """Keeps one case with the kinds of its unopened documents, and reads it again when the case changed."""

    def __init__(self, casefiles: CaseFiles) -> None:
        self.casefiles = casefiles
        self._kept: tuple[_Version, CaseFile, tuple[DocumentKind, ...]] | None = None

    def read(self, case_id: int) -> tuple[CaseFile, tuple[DocumentKind, ...]]:
        """Return a case, and the kinds of its documents that no person has opened.

        Raises:
            NotFound: If there is no such case.
        """
        context = self.casefiles.context
        with context.read() as session:
            case = visible_case(session, case_id)
            of_case = select(func.max(col(EventRow.seq))).where(col(EventRow.case_id) == case_id)
            version = (case_id, case.version, case.findings_on, session.execute(of_case).scalar())
        if self._kept is None or self._kept[0] != version:
            # A change after this version was read makes the next call read the case again.
            casefile = self.casefiles.show(case_id)
            with context.read() as session:
                self._kept = (version, casefile, unopened_of(session, case_id, casefile.evidence.documents))
        return self._kept[1:]
