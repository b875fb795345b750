"""Exports data to files, masked unless the admin gives a reason to reveal it; each export is logged as one event."""

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from functools import partial
from pathlib import Path

from db.access import new_file, sync
from db.enums import ExportKind, Language
from db.models import ExportReasonRow
from workbench.domain.exporting.roles import export_refusal
from workbench.domain.filter.ordering import keys_of
from workbench.domain.policy.policy import Supplier
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case.output_folder import absolute_path, new_folder
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import refuse_while_reading
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.memory import check_memory_limit
from workbench.services.foundation.safe_files import replacing
from workbench.services.notices.bulk_letters import stored_letter, update_letter_senders
from workbench.services.notices.letter_facts import Sender
from workbench.services.notices.rendering import letter_pages, render, short_message
from workbench.services.records.exporting import applications, calls, queue, records
from workbench.services.records.exporting.request import ExportFormat, ExportReport, ExportRequest
from workbench.services.records.exporting.shared_reading import shared_texts
from workbench.services.records.exporting.sheets import Page, Record, in_pages, write_rows, write_texts
from workbench.services.records.exporting.source import ExportSource
from workbench.services.review.measures.report_file import WORK_LIST_COLUMNS
from workbench.services.site.log_checks.unexplained_rows import unexplained_letters

LETTER_TABLE = "notices.csv"
"""The table of the letters in the folder: the columns of the export and the name of each letter's files."""

RECORDS: dict[ExportKind, tuple[tuple[str, ...], Callable[[ExportSource], Iterator[Record]]]] = {
    ExportKind.DECISIONS: (records.DECISION_COLUMNS, records.decisions),
    ExportKind.APPEALS: (records.APPEAL_COLUMNS, records.appeals),
    ExportKind.NOTICES: (records.NOTICE_COLUMNS, records.notices),
    ExportKind.EVENTS: (records.EVENT_COLUMNS, records.events),
    ExportKind.MEASURES: (WORK_LIST_COLUMNS, records.measures),
}
"""The columns of each export that is made of records, and the function that yields these."""


def _pages(context: Context, request: ExportRequest, source: ExportSource) -> tuple[tuple[str, ...], Iterator[Page]]:
    """Return the names of the columns of an export, and its rows."""
    if request.what is ExportKind.APPLICATIONS:
        return applications.COLUMNS, applications.pages(source)
    if request.what is ExportKind.CALLS:
        return calls.COLUMNS, calls.pages(source)
    if request.what is ExportKind.QUEUE:
        columns = queue.columns_of(request.filter_text, request.layout)
        return columns, in_pages(columns, queue.rows(context, source, request.filter_text, request.layout))
    columns, rows = RECORDS[request.what]
    return columns, in_pages(columns, rows(source))


class Exports(Service):
    """Exports data for one person."""

    def write(self, request: ExportRequest) -> ExportReport:
        """Write a file or a folder completely, or leave an existing one unchanged.

        Raises:
            NotAllowed: If no role of the person exports this; see `domain.exporting`.
            BadConfiguration: If the notices are wanted while the made-up supplier is in force.
            FilterProblem: If the filter of the queue is invalid.
            WrongUsage: If the format or the order is unknown, or `reveal` has no reason, or is wanted of the queue.
            CannotCreate: If the file cannot be written, or the folder is not new or empty.
            StorageFailed: If the memory limit of this process is too low.
        """
        refusal = partial(export_refusal, request.what, reveal=request.reveal)
        with self.context.requiring("export", refusal):
            check_memory_limit()
            with self.context.read() as session:
                refuse_while_reading(session)
            if request.reveal and not request.reason.strip():
                raise WrongUsage(_("--reveal writes personal data unmasked; give the reason with --reason."))
            if request.reveal and request.what is ExportKind.QUEUE:
                raise WrongUsage(_("The queue is exported as it is shown, masked; leave --reveal out."))
            if request.what is ExportKind.NOTICES:
                update_letter_senders(self.context)
            return self._write_letters(request) if request.is_folder else self._export_rows(request)

    def _export_rows(self, request: ExportRequest) -> ExportReport:
        chosen = request.chosen_format
        with replacing(request.output, self.context.own_files) as draft:
            if request.what is ExportKind.MEASURES and request.reveal:
                with self.context.write() as session:
                    records.mark_exported(ExportSource.of(self.context, session, request))
            count = self._write_rows(draft, request)
            # The export must be in the log before anybody can read the file.
            self._log(request, count, chosen.value)
        return ExportReport(rows=count, path=request.output, format=chosen, revealed=request.reveal)

    def _write_rows(self, draft: Path, request: ExportRequest) -> int:
        """Write the rows to a file and return their number."""
        chosen = request.chosen_format
        if request.what is ExportKind.APPLICATIONS and chosen is not ExportFormat.XLSX:
            return write_texts(draft, chosen, applications.COLUMNS, shared_texts(self.context, request))
        with self.context.read() as session:
            source = ExportSource.of(self.context, session, request)
            if chosen is ExportFormat.PARQUET:
                return calls.write_parquet(draft, source)
            return write_rows(draft, chosen, *_pages(self.context, request, source))

    def _write_letters(self, request: ExportRequest) -> ExportReport:
        path = absolute_path(request.output)
        with new_folder(path, self.context.own_files) as folder:
            with self.context.read() as session:
                source, unexplained = ExportSource.of(self.context, session, request), unexplained_letters(session)
                left_out: list[bool] = []
                rows = _letters(folder, source, self.context.policy(session).supplier, request, unexplained, left_out)
                table, columns = folder / LETTER_TABLE, (*records.NOTICE_COLUMNS, "file")
                # Reading the rows writes the letters, and fills `left_out`.
                count = write_rows(table, ExportFormat.CSV, columns, in_pages(columns, rows))
                sync(table)
            self._log(request, count, "letters")
        report = ExportReport(rows=count, path=path, format=None, revealed=request.reveal)
        return replace(report, left_out=left_out.count(True), erased=left_out.count(False))

    def _log(self, request: ExportRequest, count: int, written_as: str) -> None:
        now, since = self.context.now(), request.since.isoformat() if request.since else None
        # Of the filter only the keys, because its values may name a person.
        keys, layout = sorted(keys_of(request.filter_text)), request.layout
        body = {
            "rows": count,
            "reveal": request.reveal,
            **details(unsent=request.unsent or None, filter=keys, order=layout.order, columns=list(layout.columns)),
        }
        with self.context.write() as session:
            row = None
            if reason := request.reason.strip():
                # An event is never deleted, so the reason is in another table, from which retention deletes it.
                row = ExportReasonRow(reason=reason, exported_at=now, exported_by_id=self.context.actor.id)
                session.add(row)
                session.flush()
            body |= details(what=request.what.value, format=written_as, since=since, reason_no=row.id if row else None)
            self.context.log(session, "export", body=body)


def _letters(
    folder: Path,
    source: ExportSource,
    supplier: Supplier,
    request: ExportRequest,
    unexplained: Set[object],
    left_out: list[bool],
) -> Iterator[Record]:
    """Write the printable letter of each notice to a folder, and yield the row of the notice.

    A letter has the letterhead of the supplier who wrote it. If the facts of a notice are not stored, it has that of
    `supplier`, and the short message has the subject alone. A letter that no event of the log explains, or whose text
    retention erased, is not written; `left_out` gets whether it is unexplained.
    """
    for row, people in records.notices_with_people(source):
        is_unexplained = row["notice"] in unexplained
        if is_unexplained or row["body"] is None:
            left_out.append(is_unexplained)
            continue
        language, letter = Language(str(row["language"])), stored_letter(str(row["facts"]))
        sender = letter.supplier if letter else Sender.of(supplier, language)
        stem = f"{row['case']}-{row['notice']:06}-{row['kind']}"
        texts = letter_pages(row, sender)
        if request.with_sms:
            lines = render(letter).lines if letter else ()
            lines = lines if request.reveal else tuple(map(people.mask_in, lines))
            texts[".sms.txt"] = "\n".join(short_message(language, str(row["subject"]), lines, sender)) + "\n"
        for suffix, text in texts.items():
            with new_file(folder / f"{stem}{suffix}") as file:
                file.write(text.encode())
        yield {**row, "file": stem}
