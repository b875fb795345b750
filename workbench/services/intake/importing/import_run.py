"""Carries out the plan of an import: writes rows, figures and new cases, publishes them, and updates existing cases."""

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session

from db.enums import CaseState, ImportKind, Severity
from db.queries.published import CASE, chunks
from db.queries.unlinked_evidence import UnlinkedKind, unlinked_of_batch
from workbench.domain.case.case_id import format_batch, format_case
from workbench.errors import ConnectionLost, StorageFailed
from workbench.i18n import N_, _, current_language
from workbench.services.case.assessment import FINDING
from workbench.services.clock.due_date_changes import due_changes_of_cases
from workbench.services.files.calls.writing import PublishedCallFile
from workbench.services.files.reading.problems import RowProblem
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.rejects import RejectWriter
from workbench.services.foundation.calendar_days import calendar_edition
from workbench.services.foundation.context import Context
from workbench.services.foundation.locations import rewording_storage_failures
from workbench.services.foundation.workers import HelperProcess
from workbench.services.intake.batches.affected_cases import (
    SUBMISSION,
    UnfiledAppeal,
    cases_about,
    record_affected_cases,
    refuse_unfit_appeals,
)
from workbench.services.intake.batches.applying import apply_batch
from workbench.services.intake.batches.publishing import (
    EVENT,
    WITH_CALLS,
    new_batch,
    next_seq,
    publish,
    published_call_batches,
    record_call_file,
)
from workbench.services.intake.batches.sweeping import remove_batch
from workbench.services.intake.importing.call_intake import CallIntake
from workbench.services.intake.importing.calls import CallFigures, call_store, figures_of_batch
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.existing import refuse_opened_again
from workbench.services.intake.importing.new_applications import NewApplications
from workbench.services.intake.importing.new_cases import CaseOpening, NewBatch
from workbench.services.intake.importing.plan import ImportPlan, ImportReport, ImportRequest
from workbench.services.intake.importing.progress import ImportProgress
from workbench.services.intake.importing.writing import BatchWriter
from workbench.services.notices.due_date_notices import follow_calendar

UNFINISHED = N_("{batch} is imported, but the work after that stopped ({cause}). The next start completes it.")


class _CalendarChanged(Exception):
    """The calendar changed while the batch was written."""


@dataclass(slots=True)
class ImportRun:
    """One run of an import as it was planned."""

    context: Context
    classifier: RowClassifier
    plan: ImportPlan
    progress: ImportProgress
    calls: CallIntake
    helper: HelperProcess | None

    def carry_out(self, request: ImportRequest, readers: Sequence[Reader], report: ImportReport) -> ImportReport:
        """Carry out the plan, and return the report with the number of the batch."""
        seq = next_seq(self.context)
        with new_batch(self.context, request.kind, readers) as batch_id:
            try:
                with self.context.read() as session:
                    calendar = calendar_edition(session)
                batch = NewBatch(self.context, batch_id)
                opening = CaseOpening(batch, seq, self.helper)
                applications = NewApplications(batch, self.plan.applicants)
                with self._writer(request, batch_id, report) as writer:
                    opening.open(self._write_rows(writer, readers, applications))
                report = self._write_calls_and_figures(request, readers, writer, report)
                waiting = list(applications.waiting(self.plan.with_new_case))
                self.progress.begin(_("Opening the cases"), sum(map(len, waiting)))
                opening.open(self.progress.counting(waiting))
                record_affected_cases(self.context, batch_id, self.plan.affected)
                publish_batch = partial(publish, self.context, batch_id, seq, readers, report.counts)
                self._publish(batch_id, calendar, publish_batch)
            except BaseException as error:
                # Whatever stops the import, an interruption too, none of its rows may stay.
                self._remove(batch_id, error)
                raise
            self.progress.begin(_("Updating the cases"), len(self.plan.affected))
            with rewording_storage_failures(_(UNFINISHED), batch=format_batch(batch_id)):
                unfiled = apply_batch(self.context, batch_id, self.progress.add_finished)
                report = self._with_outcome(report, batch_id, {reader.kind for reader in readers})
        return replace(report, batch=batch_id).with_unfiled(_problems(readers, unfiled))

    def _with_outcome(self, report: ImportReport, batch_id: int, kinds: Set[ImportKind]) -> ImportReport:
        """Return the report with what the rules found in the new cases, and with the evidence of no application."""
        rules = select(FINDING.c.rule, func.count(FINDING.c.case_id.distinct())).group_by(FINDING.c.rule)
        is_new = (FINDING.c.case_id == CASE.c.id, CASE.c.batch_id == batch_id)
        with self.context.read() as session:
            found = session.execute(rules.where(*is_new, FINDING.c.severity != Severity.INFO.value))
            findings = {rule: int(cases) for rule, cases in found}
            of_case = (EVENT.c.case_id == CASE.c.id, EVENT.c.batch_id == batch_id, EVENT.c.action == "complete")
            affected = select(CASE.c.id).join(SUBMISSION, SUBMISSION.c.case_id == CASE.c.id)
            affected = affected.where(SUBMISSION.c.batch_id == batch_id, exists().where(*of_case))
            completed = session.execute(affected.distinct().order_by(CASE.c.id)).scalars().all()
            is_late = (CASE.c.due_at < self.context.now(), CASE.c.state == CaseState.QUEUED.value)
            is_of_batch = or_(CASE.c.batch_id == batch_id, CASE.c.id.in_(affected))
            late = session.execute(select(func.count(CASE.c.id)).where(is_of_batch, *is_late)).scalar_one()
            about = sorted(kinds & {ImportKind.CREDIT, ImportKind.COMPLAINTS, ImportKind.OPTOUTS})
            unlinked = {kind.value: unlinked_of_batch(session, UnlinkedKind(kind.value), batch_id) for kind in about}
            titles = {rule: self.context.policy(session).reason_title(rule, current_language()) for rule in findings}
        report = replace(report, findings=findings, rule_titles=titles)
        return replace(report, completed=completed, overdue=late, unlinked=unlinked)

    def _remove(self, batch_id: int, error: BaseException) -> None:
        """Remove the rows of a failed import, and raise its error; if the storage failed, it says what is left."""
        message = _("The import stopped, and none of its rows was kept ({cause}). {way_out}")
        try:
            remove_batch(self.context, batch_id)
        except StorageFailed as failure:
            error = failure
            message = _(
                "The import stopped before the end ({cause}). Nobody sees the rows that it wrote, and the next start"
                " that can write removes them. {way_out}"
            )
        is_lost, way_out = isinstance(error, ConnectionLost), _("Correct that, then import again.")
        if is_lost:
            way_out = _("The connection to the server was lost; import again.")
        with rewording_storage_failures(message, ConnectionLost if is_lost else StorageFailed, way_out=way_out):
            raise error

    def _publish(self, batch_id: int, calendar: str, attempt: Callable[[Callable[[Session], None]], None]) -> None:
        """Publish the batch; if the calendar has changed since `calendar`, first update the due dates of its cases."""
        while True:
            try:
                attempt(partial(self._check, batch_id, calendar))
            except _CalendarChanged:
                calendar = self._follow_calendar(batch_id)
            else:
                return

    def _check(self, batch_id: int, calendar: str, session: Session) -> None:
        """Check that the calendar did not change during the import, nor the cases that new cases and appeals follow."""
        refuse_opened_again(session, batch_id, self.plan.with_new_case)
        refuse_unfit_appeals(session, batch_id)
        if calendar_edition(session) != calendar:
            raise _CalendarChanged

    def _follow_calendar(self, batch_id: int) -> str:
        """Update the due dates of the batch's cases, and return the edition of the calendar that they follow.

        A change of the calendar updates only published cases.
        """
        has_due_date = (CASE.c.batch_id == batch_id, CASE.c.due_at.is_not(None))
        with self.context.read() as session:
            calendar = calendar_edition(session)
            case_ids = session.execute(select(CASE.c.id).where(*has_due_date).order_by(CASE.c.id)).scalars().all()
        for portion in chunks(case_ids, _FOLLOWING_TOGETHER):
            with self.context.write() as session:
                follow_calendar(session, self.context, due_changes_of_cases(session, self.context, portion))
        return calendar

    @contextmanager
    def _writer(self, request: ImportRequest, batch_id: int, report: ImportReport) -> Iterator[BatchWriter]:
        """Yield the writer of the batch's rows; it keeps the file of rejected rows open."""
        with ExitStack() as open_files:
            rejects = _rejects(self.context, request, report)
            if rejects is not None:
                open_files.enter_context(rejects)
            yield BatchWriter(
                context=self.context,
                classifier=self.classifier,
                plan=self.plan,
                batch_id=batch_id,
                progress=self.progress,
                rejects=rejects,
            )

    def _write_rows(
        self, writer: BatchWriter, readers: Sequence[Reader], applications: NewApplications
    ) -> Iterator[Sequence[int]]:
        """Write the rows of the files; yield the ids of applications whose cases can be opened before the last row."""
        for reader, portion in writer.write(readers):
            if reader.kind is ImportKind.APPLICATIONS and portion.rows is not None and portion.rows.rows:
                ready = applications.ready_after(portion.rows)
                if ready:
                    yield ready

    def _write_calls_and_figures(
        self, request: ImportRequest, readers: Sequence[Reader], writer: BatchWriter, report: ImportReport
    ) -> ImportReport:
        """Write the calls, and the figures computed from all rows; return the report with the final counts of calls."""
        batch_id = writer.batch_id
        call_readers = [reader for reader in readers if reader.kind is ImportKind.CALLS]
        written = self._write_calls(batch_id, call_readers) if request.kind in WITH_CALLS else None
        progress = self.progress.step(call_readers, _CALLS_WRITTEN, _CALLS_COUNTED)
        figures = figures_of_batch(self.context, request.kind, batch_id, writer.insert, progress)
        call_counts = call_store(self.context).numbers_of(batch_id) if written and written.rows else []
        callers = [msisdn for msisdn, _count in call_counts]
        self._write_figures(figures, self._numbers_to_update(figures, writer, callers), writer, readers)
        for reader in call_readers:
            self.progress.add_finished(reader.pass_bytes)
        if written is None:
            return report
        return replace(
            report,
            # The plan counts all calls as created; only writing their file has found out which were known already.
            created=report.created - written.updated - written.unchanged,
            updated=report.updated + written.updated,
            unchanged=report.unchanged + written.unchanged,
            unknown_callers=figures.count_unknown(callers),
        )

    def _write_calls(self, batch_id: int, readers: Sequence[Reader]) -> PublishedCallFile:
        """Write the calls of all files into one call file of the batch."""
        staged = self.calls.staged
        staged.duck.progress = self.progress.step(readers, 0, _CALLS_WRITTEN)
        written = staged.publish(batch_id, published_call_batches(self.context))
        record_call_file(self.context, batch_id, (written.bytes_count, written.sha256))
        return written

    def _numbers_to_update(
        self, figures: CallFigures, writer: BatchWriter, callers: Sequence[str]
    ) -> dict[ImportKind, set[str]]:
        """Return the numbers whose figures the batch changes, by the kind of rows that change them."""
        numbers: dict[ImportKind, set[str]] = {}
        if callers:
            numbers[ImportKind.CALLS] = set(callers)
        callees = writer.lookup_values.get(ImportKind.OPTOUTS)
        if callees:
            numbers[ImportKind.OPTOUTS] = figures.callers_of(callees)
        return numbers

    def _write_figures(
        self, figures: CallFigures, numbers: dict[ImportKind, set[str]], writer: BatchWriter, readers: Sequence[Reader]
    ) -> None:
        """Write the figures that the rows of the batch change, and note the affected cases."""
        # The figures of a number are written once; if they were written twice in a batch, its days would count twice.
        changed: set[str] = set().union(*numbers.values())
        figures.write_for_numbers(sorted(changed))
        if not _OF_CARDS.isdisjoint(reader.kind for reader in readers):
            figures.write_for_batch(changed)
        store, subjects = self.context.store, (ImportKind.CREDIT, ImportKind.COMPLAINTS)
        values_by_kind = {kind: {store.hashed(msisdn) for msisdn in msisdns} for kind, msisdns in numbers.items()}
        values_by_kind |= {kind: values for kind, values in writer.lookup_values.items() if kind in subjects}
        for kind, values in values_by_kind.items():
            with self.context.read() as session:
                affected = cases_about(session, store, kind, values)
            self.plan.add_affected(affected, kind, self.classifier.imported_at)


def _problems(readers: Sequence[Reader], unfiled: Sequence[UnfiledAppeal]) -> list[RowProblem]:
    """Return appeals that could not be filed as problems of their files."""
    files = ", ".join(dict.fromkeys(reader.name for reader in readers if reader.kind is ImportKind.APPEALS))
    message = _("the appeal of {case} was not filed, because the case changed during the import. {cause}")
    return [
        RowProblem(file=files, message=message.format(case=format_case(one.case_id), cause=one.why)) for one in unfiled
    ]


_CALLS_WRITTEN = 0.45
"""The part of the time after reading that has passed when the calls are written."""
_CALLS_COUNTED = 0.8
"""The part of the time after reading that has passed when the figures are counted."""

_FOLLOWING_TOGETHER = 500
"""The most cases whose due dates follow the calendar in one transaction, so that other writers wait briefly."""

_OF_CARDS = frozenset({ImportKind.APPLICATIONS, ImportKind.CARDS})


def dry_report(
    context: Context, request: ImportRequest, readers: Sequence[Reader], report: ImportReport
) -> ImportReport:
    """Return the report of a dry run, which refuses the file of rejects that the import itself would refuse.

    Raises:
        WrongUsage: If the rejects would replace an imported file, or do not have its format or columns.
    """
    if rejects := _rejects(context, request, report):
        for reader in readers:
            rejects.switch_to(reader, is_trial=True)
    return report


def _rejects(context: Context, request: ImportRequest, report: ImportReport) -> RejectWriter | None:
    """Return the writer of the rejected rows, None if there are none to write."""
    if request.rejects is None or not report.rejected:
        return None
    keeps_sheets = request.kind in (ImportKind.WORKBOOK, ImportKind.FOLDER)
    return RejectWriter(request.rejects, context.own_files, keeps_sheets=keeps_sheets)
