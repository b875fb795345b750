"""Imports files, lists the imports, and undoes one."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.case.case_id import format_batch
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.files.document_files import IncomingDocuments, drafts_folder
from workbench.services.files.named_documents import list_of_documents, of_listed_file
from workbench.services.files.reading.folder import files_by_kind, left_out_files, stray_files
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.reader import Reader, open_reader, open_readers
from workbench.services.files.reading.sheets.names import IMPORT_ORDER
from workbench.services.foundation.context import Context
from workbench.services.foundation.locations import rewording_storage_failures
from workbench.services.foundation.memory import check_memory_limit
from workbench.services.foundation.workers import optional_helper
from workbench.services.intake.batches.applying import apply_pending
from workbench.services.intake.batches.publishing import (
    BatchLine,
    another_import_runs,
    batch_lines,
    batch_of_file,
    refuse_known_files,
    try_import_lock,
    undone_batches,
)
from workbench.services.intake.batches.sweeping import sweep
from workbench.services.intake.batches.undoing import UndoneBatch, undo_batch
from workbench.services.intake.importing.call_intake import CallIntake
from workbench.services.intake.importing.classifying.agents import agents_of_numbers, new_agents, unclear_agents
from workbench.services.intake.importing.classifying.classifier import RowClassifier
from workbench.services.intake.importing.classifying.existing import ImportTerms
from workbench.services.intake.importing.classifying.outcome import RowOutcome
from workbench.services.intake.importing.import_run import UNFINISHED, ImportRun, dry_report
from workbench.services.intake.importing.plan import (
    ImportPlan,
    ImportRefused,
    ImportReport,
    ImportRequest,
    SheetLine,
    Spill,
)
from workbench.services.intake.importing.planning import ImportPlanner
from workbench.services.intake.importing.progress import ImportProgress, ProgressCallback
from workbench.services.review.new_evidence import FROM_APPLICANT

_FEWEST_BYTES_FOR_HELPER = 4_000_000


class Imports:
    """Imports of one person at one database."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def run(self, request: ImportRequest, progress: ProgressCallback | None = None) -> ImportReport:
        """Import files of one kind, or workbooks with a sheet for each kind, as one batch.

        The batch becomes visible as a whole.

        Raises:
            NotAllowed: If the person is not an admin.
            ImportRefused: If rows are bad and the request names no file for rejects; it has the report.
            BadData: If a file has already been imported.
            Busy: If another import is running.
            NotFound: If there is no such file.
            WrongUsage: If no file is named.
            CannotCreate: If the rejects would replace a file of the database.
        """
        if not request.paths:
            raise WrongUsage(_("Name at least one file to import."))
        with self.context.as_admin("import"):
            return self.carry_out(request, progress)

    def carry_out(
        self,
        request: ImportRequest,
        progress: ProgressCallback | None = None,
        check: Callable[[ImportPlan], object] | None = None,
    ) -> ImportReport:
        """Import files as `run` does; the caller has checked the permission.

        `check` is called with the plan before anything is written; it raises an exception to refuse the plan.
        """
        check_memory_limit()
        with ExitStack() as opened:
            if request.rejects is not None:
                self.context.own_files.refuse(request.rejects)
            if not opened.enter_context(try_import_lock(self.context.store)):
                raise another_import_runs()
            if not request.dry_run:
                # The plan needs cases that include every published batch.
                sweep(self.context)
                apply_pending(self.context)
            strays = stray_files(request.paths, request.kind)
            readers, known_files = self._without_known(request, self._open_files(request, opened), strays)
            classifier = self._classifier(request, readers, opened)
            import_progress = ImportProgress(readers, progress)
            calls = CallIntake(self.context, opened, classifier.imported_at)
            spill = opened.enter_context(closing(Spill(self.context.store.batches, self.context.store.new_keys())))
            helper = opened.enter_context(optional_helper(is_wanted=_is_large(readers)))
            plan = ImportPlanner(self.context, classifier, import_progress, calls, spill, helper).plan_of(
                readers, strays
            )
            report = self._report(request, readers, plan, known_files)
            if plan.errors.count and (request.rejects is None or plan.is_broken):
                raise ImportRefused(report)
            if request.dry_run:
                return dry_report(self.context, request, readers, report)
            if check is not None:
                check(plan)
            final_report = ImportRun(self.context, classifier, plan, import_progress, calls, helper).carry_out(
                request, readers, report
            )
            with rewording_storage_failures(_(UNFINISHED), batch=format_batch(final_report.batch or 0)):
                # The policy may have changed while this import opened cases.
                from workbench.services.time.deadlines.policy_changes import PolicyChanges

                PolicyChanges(self.context).finish()
            return final_report

    def _report(
        self, request: ImportRequest, readers: Sequence[Reader], plan: ImportPlan, known_files: Sequence[SheetLine]
    ) -> ImportReport:
        report = report_of(request, readers, plan)
        with self.context.read() as session:
            agents = new_agents(session, plan.agents)
            unclear = unclear_agents(session, plan.new_keys, has_agents=bool(plan.agents))
        sheets = (*report.sheets, *known_files)
        return replace(report, sheets=sheets, new_agents=agents, unclear_agents=unclear)

    def _without_known(
        self, request: ImportRequest, readers: list[Reader], strays: Sequence[RowProblem]
    ) -> tuple[list[Reader], list[SheetLine]]:
        """Leave out the known files of a folder, unless all are known and nothing is stray; return their lines, too."""
        with self.context.read() as session:
            found = [(reader, batch_of_file(session, reader.sha256)) for reader in readers]
        lines = [
            SheetLine(file=reader.name, sheet=reader.sheet, kind=reader.kind, rows=0, imported_as=format_batch(batch))
            for reader, batch in found
            if batch is not None
        ]
        if request.kind is not ImportKind.FOLDER or (len(lines) == len(readers) and not strays):
            return readers, []
        return [reader for reader, batch in found if batch is None], lines

    def _classifier(self, request: ImportRequest, readers: Sequence[Reader], opened: ExitStack) -> RowClassifier:
        """Return the classifier for the rows of some files, after checking that they were not imported before."""
        store = self.context.store
        with self.context.read() as session:
            refuse_known_files(session, readers)
            terms = ImportTerms(
                calendar=self.context.calendar(session),
                as_new=request.as_new,
                cooldown_days=self.context.policy(session).rectify.cooldown_days,
            )
        has_drafts = not request.dry_run and any(reader.kind is ImportKind.DOCUMENTS for reader in readers)
        drafts = opened.enter_context(drafts_folder(store)) if has_drafts else None
        documents, now = IncomingDocuments(store, drafts), self.context.now()
        return RowClassifier(store=store, documents=documents, terms=terms, imported_at=now, only=request.only)

    def batches(self) -> tuple[BatchLine, ...]:
        """Return the published imports, newest first."""
        with self.context.read() as session:
            return batch_lines(session)

    def undone(self) -> Sequence[int]:
        """Return the numbers of the imports that were undone, in that order."""
        with self.context.read() as session:
            return undone_batches(session)

    def undo(self, batch_id: int) -> UndoneBatch:
        """Remove a published batch, its rows and its cases, as long as nothing depends on it.

        Raises:
            NotAllowed: If the person is not an admin, or something depends on the batch.
            NotFound: If there is no such batch.
            Busy: If an import is running.
        """
        with self.context.as_admin("import-undo"), try_import_lock(self.context.store) as is_mine:
            if not is_mine:
                raise another_import_runs()
            return undo_batch(self.context, batch_id)

    def _agents_of(self, agent: str, numbers: Set[str]) -> Mapping[str, str | None]:
        """Return the agents of applications by number: the given one, or else the only one that has the number."""
        if agent:
            return dict.fromkeys(numbers, agent)
        with self.context.read() as session:
            return agents_of_numbers(session, numbers)

    def _open_files(self, request: ImportRequest, opened: ExitStack) -> list[Reader]:
        """Open every file; report all problems of their headers together."""
        with self.context.read() as session:
            zone = self.context.zone(session)
            names = self.context.policy(session).documents.kinds_by_name()
        plan = ImportPlan()
        readers: list[Reader] = []
        for path, kind in _files_of(request):
            try:
                if kind is ImportKind.DOCUMENTS and path.is_dir():
                    source, unlisted = list_of_documents(path, names, partial(self._agents_of, request.agent))
                    found = [Reader(source, kind, zone, "", self.context.now())]
                    found[0].unlisted = unlisted
                else:
                    found = _readers_of(path, replace(request, kind=kind), zone, self.context.now())
            except FileProblem as problem:
                plan.errors.add(problem.problems)
                continue
            for reader in found:
                reader.row_reader = replace(reader.row_reader, document_names=names)
                readers.append(opened.enter_context(reader))
        if request.only is not None:
            plan.errors.add(_admin_only_problems(readers))
        if plan.errors.count or not readers:
            plan.errors.add(stray_files(request.paths, request.kind))
            raise ImportRefused(report_of(request, readers, plan))
        # Rows that others refer to are imported first, from all workbooks.
        return sorted(readers, key=lambda reader: IMPORT_ORDER.index(reader.kind))


def _is_large(readers: Sequence[Reader]) -> bool:
    """Say whether a helper process is worth its start, which takes as long as some thousand applications.

    It can only help with applications alone. Rows of other kinds may belong to applications of the same import, which
    only this process knows.
    """
    return {reader.kind for reader in readers} == {ImportKind.APPLICATIONS} and (
        sum(reader.pass_bytes for reader in readers) >= _FEWEST_BYTES_FOR_HELPER
    )


def _admin_only_problems(readers: Sequence[Reader]) -> Iterator[RowProblem]:
    """Yield a problem for each file or sheet of a kind that only an admin may import."""
    for reader in readers:
        if reader.kind not in FROM_APPLICANT:
            message = _("A resubmission takes applications, cards and documents only; an admin imports {kind}.")
            yield RowProblem(file=reader.name, sheet=reader.sheet, message=message.format(kind=reader.kind.value))


def _files_of(request: ImportRequest) -> Iterator[tuple[Path, ImportKind]]:
    """Yield the files of an import with their kinds."""
    for path in request.paths:
        yield from files_by_kind(path)[0] if request.kind is ImportKind.FOLDER else [(path, request.kind)]


def _readers_of(path: Path, request: ImportRequest, zone: ZoneInfo, now: datetime) -> list[Reader]:
    """Open a file for an import."""
    if request.layouts:
        from workbench.services.files.reseller_sheets.mapped_source import mapped_readers

        return mapped_readers(path, request.layouts, zone=zone, encoding=request.encoding, agent=request.agent, now=now)
    if request.kind is ImportKind.WORKBOOK:
        return open_readers(path, zone=zone, agent=request.agent, now=now)
    return [open_reader(path, request.kind, zone=zone, encoding=request.encoding, agent=request.agent, now=now)]


def _sheets(request: ImportRequest, readers: Sequence[Reader], plan: ImportPlan) -> tuple[SheetLine, ...]:
    """Return the sheets, or the files of a folder, with the number of their records, 0 if they have not been read."""
    rows = plan.rows_of_files or [0] * len(readers)
    return tuple(
        SheetLine(file=reader.name, sheet=reader.sheet, kind=reader.kind, rows=count)
        for reader, count in zip(readers, rows, strict=True)
        if reader.sheet or request.kind is ImportKind.FOLDER
    )


def report_of(request: ImportRequest, readers: Sequence[Reader], plan: ImportPlan) -> ImportReport:
    """Return the report of a plan, before anything is written."""
    counts = plan.counts
    listed = {(reader.name, row.line): row.raw for reader in readers if reader.path == reader.folder for row in reader}
    return ImportReport(
        kind=request.kind,
        batch=None,
        rows=plan.rows,
        created=counts[RowOutcome.CREATED],
        updated=counts[RowOutcome.UPDATED],
        unchanged=counts[RowOutcome.UNCHANGED],
        rejected=counts[RowOutcome.REFUSED],
        errors=tuple(of_listed_file(problem, listed) for problem in plan.errors.reported),
        error_count=plan.errors.count,
        encoding=", ".join(dict.fromkeys(reader.encoding for reader in readers if reader.encoding)),
        sheets=_sheets(request, readers, plan),
        unknown_provinces=plan.unknown_provinces,
        wrong_numbers=plan.wrong_numbers,
        changed=plan.changed,
        changed_count=plan.changed_count,
        left_out=tuple(name for path in request.paths for name in left_out_files(path, request.kind)),
        documents=tuple(listed.values()),
    )
