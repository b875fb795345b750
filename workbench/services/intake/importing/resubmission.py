"""Imports the files that an applicant submits for a case in rectification, and records the resubmission."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from db.models import CaseRow
from workbench.domain.case.lifecycle import Action
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.case.assessment import findings_of_case
from workbench.services.case.decisions import decision_in_effect
from workbench.services.files.reading.reader import kind_of_file
from workbench.services.foundation.case_access import case_in_state_for, refuse_second_case
from workbench.services.foundation.context import Service
from workbench.services.intake.batches.affected_cases import ReceivedEvidence
from workbench.services.intake.batches.publishing import AlreadyImported
from workbench.services.intake.importing.classifying.existing import RESUBMITTED_STATES
from workbench.services.intake.importing.plan import ImportPlan, ImportReport, ImportRequest
from workbench.services.intake.importing.progress import ProgressCallback
from workbench.services.intake.importing.service import Imports
from workbench.services.review.new_evidence import answer_time
from workbench.services.review.rectifying.rectification import progress_of
from workbench.services.review.remarks import Remarks, rectification_in_time


class Resubmissions(Service):
    """Records resubmissions with files for one person."""

    def take(self, case_id: int, path: Path, note: str = "", progress: ProgressCallback | None = None) -> ImportReport:
        """Import a file for one case, then queue the case in its next round.

        The file has the application, cards or documents of this case. A person who may record a resubmission may also
        import the file, because it changes no other case. If the file has all that was asked for, the import queues the
        case.

        Raises:
            NotFound: If there is no such case or file.
            NotAllowed: If the case is not in rectification, or a deadline has passed; nothing is written.
            ImportRefused: If rows are bad, of another application or of another kind; nothing is written.
            FileProblem: If the file cannot be read.
            BadData: If the file has already been imported.
        """
        with self.context.acting(Action.RESUBMIT, case_id):
            with self.context.read() as session:
                case = case_in_state_for(session, self.context, Action.RESUBMIT, case_id)
                refuse_second_case(session, case)
                key = (case.agent, case.application_no)
            received: list[datetime] = []
            request = ImportRequest(kind=kind_of_file(path), paths=(path,), agent=key[0], only=key)
            try:
                report = Imports(self.context).carry_out(
                    request, progress, lambda plan: received.append(self._received_in_time(case_id, plan))
                )
            except AlreadyImported as error:
                message = _("{problem} Record the resubmission without the file.").format(problem=error)
                raise BadData(message) from error
            with self.context.read() as session:
                is_waiting = session.get_one(CaseRow, case_id).state in RESUBMITTED_STATES
            remarks = Remarks(self.context)
            if is_waiting:
                remarks.resubmit(case_id, note, received[0])
            elif note.strip():
                remarks.comment(case_id, note)
        return report

    def _received_in_time(self, case_id: int, plan: ImportPlan) -> datetime:
        """Return when the resubmission counts as received; refuse an import after a deadline of the case."""
        # Items that the documents of the file satisfy are only marked in this session, which writes nothing.
        with self.context.read() as session, session.no_autoflush:
            case = case_in_state_for(session, self.context, Action.RESUBMIT, case_id)
            affected_case = plan.affected.get(case_id)
            received_at = _received_at(session, affected_case, case_id) or self.context.now()
            if affected_case is not None:
                findings = findings_of_case(session, case_id)
                progress = progress_of(session, self.context, case, findings, plan.documents)
                row_at, application_at = affected_case.received_at, affected_case.application_at
                if answer_time(session, case, progress, row_at, application_at) is not None:
                    return received_at
            rectification_in_time(session, self.context, case, received_at, is_file=True)
        return received_at


def _received_at(session: Session, affected_case: ReceivedEvidence | None, case_id: int) -> datetime | None:
    """Return when the rows of a file were received; None if that was before the verdict, or there are none."""
    decision = decision_in_effect(session, case_id)
    if (
        affected_case is None
        or decision is None
        or affected_case.received_at < (decision.checked_at or decision.decided_at)
    ):
        return None
    return affected_case.received_at
