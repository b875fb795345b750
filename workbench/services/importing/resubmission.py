"""Takes in what an applicant hands in for one case that is being rectified, and records the resubmission."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from workbench.domain.case.lifecycle import Action
from workbench.services.case.decisions import newest_decision
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Service
from workbench.services.importing.request import ImportReport, ImportRequest, Progress
from workbench.services.importing.service import Imports
from workbench.services.importing.touching import SUBMISSION
from workbench.services.reading.reader import kind_of_file
from workbench.services.review.remarks import Remarks, rectification_in_time


class Resubmissions(Service):
    """The resubmissions with files that one person records."""

    def take(self, case_id: int, path: Path, note: str = "", progress: Progress | None = None) -> ImportReport:
        """Import a file of one case as an import does, then queue the case in its next round.

        The file has the application, cards or documents of this case. Whoever may record a resubmission may import it,
        because it changes no other case. If all that was asked for came, the import has queued the case already.

        Raises:
            NotFound: If there is no such case or file.
            NotAllowed: If the case is not being rectified, or the deadline had passed.
            ImportRefused: If rows are bad, of another application or of another kind; nothing was written then.
            FileProblem: If the file cannot be read.
            BadData: If the file was imported already.
        """
        with self.context.acting(Action.RESUBMIT, case_id):
            with self.context.read() as session:
                case = case_in_state_for(session, Action.RESUBMIT, case_id)
                key = (case.agent, case.application_no)
            imports, remarks = Imports(self.context), Remarks(self.context)
            request = ImportRequest(kind=kind_of_file(path), paths=(path,), agent=key[0], only=key)
            planned = imports.carry_out(replace(request, dry_run=True))
            if not planned.created + planned.updated:
                # Late rows are refused one by one; a file without news must not be imported late either.
                with self.context.read() as session:
                    rectification_in_time(session, self.context, session.get_one(CaseRow, case_id))
            report = imports.carry_out(request, progress)
            with self.context.read() as session:
                is_waiting = session.get_one(CaseRow, case_id).state == CaseState.RECTIFYING
                received_at = _received_at(session, case_id, report.batch)
            if is_waiting:
                remarks.resubmit(case_id, note, received_at)
            elif note.strip():
                remarks.comment(case_id, note)
        return report


def _received_at(session: Session, case_id: int, batch_id: int | None) -> datetime | None:
    """Return when what a batch brought was received; None if that was before the verdict, or it brought nothing."""
    taken = select(SUBMISSION.c.received_at).where(SUBMISSION.c.case_id == case_id, SUBMISSION.c.batch_id == batch_id)
    received_at: datetime | None = session.execute(taken).scalar()
    decision = newest_decision(session, case_id, "applied", "approved")
    if received_at is None or decision is None or received_at < (decision.checked_at or decision.decided_at):
        return None
    return received_at
