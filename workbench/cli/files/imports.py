"""Commands about imports: import, imports list, imports undo, resubmit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.enums import CaseState, ImportKind
from workbench.cli.calendar.commands import import_calendar
from workbench.cli.cases.cases import print_done
from workbench.cli.files.report_notes import report_notes, rows_of_documents
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_record
from workbench.cli.framework.options import CaseArgument, DryRun, EncodingOption, NoteText, parse_receipt_option
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_batch, format_case, parse_batch
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.errors import BadData, ExitCode, WrongUsage
from workbench.i18n import N_, _, comma_joined, ngettext
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sheets.names import kind_name
from workbench.services.intake.importing.plan import MAX_ERRORS_REPORTED, ImportRefused, ImportReport, ImportRequest
from workbench.wording.amounts import commas, minute

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.services.intake.batches.publishing import BatchLine

_COUNTS = {
    "rows": N_("Rows"),
    "created": N_("Created"),
    "updated": N_("Updated"),
    "unchanged": N_("Unchanged"),
    "rejected": N_("Rejected"),
}
"""The counts of a report with their words."""
_MAX_ERRORS_SHOWN = 20


def import_files(
    context: CommandContext,
    kind: Annotated[ImportKind, argument("KIND", N_("Kind of data in the files."))],
    files: Annotated[
        list[Path] | None,
        argument(
            "FILE…",
            N_(
                "CSV, XLSX or JSON Lines files; for `folder`, a folder with files named by kind; for `documents` also a"
                " folder with files named by application number and kind."
            ),
        ),
    ] = None,
    dry_run: DryRun = False,
    encoding: EncodingOption = None,
    rejects: Annotated[
        Path | None, option("--rejects", N_("Import the valid rows and write the rejected ones to this file."), "FILE")
    ] = None,
    agent: Annotated[str, option("--agent", N_("Agent for rows that name none."), "A")] = "",
    as_new: Annotated[bool, option("--as-new", N_("Open a new case if the application's case is closed."))] = False,
    map_name: Annotated[
        str | None,
        option("--map", N_("Map of a reseller's sheet; a new name proposes one. See `workbench maps`."), "NAME"),
    ] = None,
    columns: Annotated[bool, option("--columns", N_("List the columns of KIND; `template` writes a file."))] = False,
) -> None:
    """Import files as one batch."""
    if columns:
        from workbench.cli.files.reseller_sheets import print_columns

        print_columns(context, kind)
        return
    request = ImportRequest(
        kind=kind,
        paths=tuple(files or ()),
        dry_run=dry_run,
        encoding=encoding,
        rejects=rejects,
        agent=agent.strip(),
        as_new=as_new,
    )
    with reporting_errors(context):
        if kind is ImportKind.CALENDAR:
            options = (encoding, rejects, agent, as_new, map_name)
            for name, value in zip(("--encoding", "--rejects", "--agent", "--as-new", "--map"), options, strict=True):
                if value:
                    raise WrongUsage(_("{option} does not apply to a calendar; leave it out.").format(option=name))
            import_calendar(context, files or [], dry_run=dry_run)
        else:
            _import(context, request, map_name)


@contextmanager
def reporting_errors(context: CommandContext) -> Iterator[None]:
    """Print the report of a refused import; an error that it lists is not repeated on stderr."""
    try:
        yield
    except ImportRefused as error:
        print_report(context, error.report)
        if context.as_json:
            raise
        raise BadData(_("Nothing was imported; correct what the report lists.")) from error
    except FileProblem as error:
        if context.as_json:
            zeros, errors = dict.fromkeys(_COUNTS, 0), _errors(error.problems)
            output.document({"batch": None, **zeros, "errors": errors, "error_count": len(errors)})
        raise


def _import(context: CommandContext, request: ImportRequest, map_name: str | None) -> None:
    with context.services() as services:
        if map_name is not None:
            from workbench.cli.files.reseller_sheets import with_map

            request = with_map(context, services, request, map_name)
        try:
            with output.ProgressLine(_("Importing")) as progress:
                report = services.imports.run(request, progress)
        except ImportRefused as error:
            from workbench.cli.files.reseller_sheets import may_need_a_map

            if may_need_a_map(request, error.report) and not context.as_json:
                output.narrate(_("If this is a reseller's own sheet, import it with --map NAME."))
            raise
    print_report(context, report)
    if report.unfiled or (report.error_count and request.rejects is None):
        raise typer.Exit(ExitCode.DATA)


def _count(name: str, line: object) -> str:
    return commas(getattr(line, name))


def _already(batch: str) -> str:
    return _("left out, imported already as {batch}").format(batch=batch)


def print_report(context: CommandContext, report: ImportReport) -> None:
    """Print what an import did, as JSON or as text."""
    batch = None if report.batch is None else format_batch(report.batch)
    if context.as_json:
        output.document(
            {
                "batch": batch,
                "kind": report.kind.value,
                **{name: getattr(report, name) for name in _COUNTS},
                "errors": _errors(report.errors),
                "error_count": report.error_count,
                "encoding": report.encoding or None,
                "unknown_callers": report.unknown_callers,
                "sheets": [asdict(line) for line in report.sheets],
                "documents": list(report.documents),
                "not_written": report.not_written,
                "left_out": list(report.left_out),
                "findings": dict(report.findings),
                "completed": list(map(format_case, report.completed[:MAX_ERRORS_REPORTED])),
                "overdue": report.overdue,
                "unlinked": dict(report.unlinked),
                "new_agents": list(report.new_agents),
                "unclear_agents": [line for line, _number in report.unclear_agents],
                "changed": [{"application_no": number, "columns": names} for number, names in report.changed],
                "wrong_numbers": [line for line, _column in report.wrong_numbers[:MAX_ERRORS_REPORTED]],
                "unknown_provinces": [line for line, _text in report.unknown_provinces[:MAX_ERRORS_REPORTED]],
            }
        )
        return
    if report.documents:
        header = [_("Line"), _("Agent"), _("Application"), _("Kind"), _("File")]
        output.table(header, rows_of_documents(report), numeric=(0,))
        output.line()
    if report.sheets:
        output.listing(
            report.sheets,
            {
                _("File"): lambda line: line.file,
                _("Sheet"): lambda line: line.sheet,
                _("Kind"): lambda line: kind_name(line.kind),
                _("Rows"): lambda line: commas(line.rows) if line.imported_as is None else _already(line.imported_as),
            },
            numeric=(3,),
        )
        output.line()
    output.pairs(
        [
            (_("Batch"), batch or _("none, nothing was written")),
            *((_(word), _count(name, report)) for name, word in _COUNTS.items()),
            *([(_("Fine, not written"), commas(report.not_written))] if report.not_written else []),
            (_("Errors"), commas(report.error_count)),
        ]
    )
    for sentence in report_notes(report):
        output.line(sentence)
    _print_errors(report.errors, report.error_count)


def _print_errors(problems: Sequence[RowProblem], total: int) -> None:
    for problem in problems[:_MAX_ERRORS_SHOWN]:
        output.line(str(problem))
    if total > min(len(problems), _MAX_ERRORS_SHOWN):
        output.line(_("… and {count} more; --json lists the first 1,000.").format(count=total - _MAX_ERRORS_SHOWN))


def _errors(problems: Sequence[RowProblem]) -> list[dict[str, Any]]:
    """Return problems as JSON; a missing sheet, line or column is null."""
    return [{name: value or None for name, value in asdict(problem).items()} for problem in problems]


def list_batches(context: CommandContext) -> None:
    """List the imports."""
    with context.services() as services:
        batches, undone, zone = services.imports.batches(), services.imports.undone(), zone_of(services)
    columns: Columns[BatchLine] = {
        _("Batch"): lambda batch: format_batch(batch.id),
        _("Kind"): lambda batch: kind_name(batch.kind),
        _("At"): lambda batch: minute(batch.published_at, zone),
        _("By"): lambda batch: batch.by,
        **{_(word): partial(_count, name) for name, word in _COUNTS.items()},
        _("Files"): lambda batch: " ".join(batch.files),
    }
    context.print_list("batches", batches, partial(json_record, zone=zone, batch="id"), columns, numeric=range(4, 9))
    if undone and not context.as_json:
        output.narrate(_("Undone: {batches}.").format(batches=comma_joined(map(format_batch, undone))))


def undo_batch(
    context: CommandContext,
    batch: Annotated[int, argument("BATCH", N_("Batch, such as B-000012."), parser=parse_batch)],
) -> None:
    """Undo an import."""
    with context.services() as services:
        undone = services.imports.undo(batch)
    number = format_batch(undone.id)
    message = _(
        "{batch} is undone. Removed rows: {rows}, of which corrections whose earlier values count again: {updated};"
        " removed cases: {cases}."
    )
    context.print_result(
        {"batch": number, "kind": undone.kind.value, "rows": undone.rows, "cases": undone.cases},
        message.format(batch=number, **{name: _count(name, undone) for name in ("rows", "updated", "cases")}),
    )


def resubmit(
    context: CommandContext,
    case: CaseArgument,
    file: Annotated[
        Path | None,
        argument(
            "FILE",
            N_(
                "Documents of this case (columns application_no, kind, path or sha256; optional received_at, "
                "issued_on, valid_to, sealed, quality), or its application, cards or workbook, with the "
                "columns of `import`."
            ),
        ),
    ] = None,
    note: NoteText = "",
    received_at: Annotated[
        str | None, option("--received-at", N_("When it was received, if earlier than now; that time counts."), "T")
    ] = None,
    item: Annotated[list[str] | None, option("--item", N_("Item that came on paper; repeatable."), "ITEM")] = None,
) -> None:
    """Record that the applicant sent what a fail asked to rectify."""
    if file is not None and (received_at is not None or item):
        raise WrongUsage(_("--received-at and --item are only valid without a file."))
    with context.services() as services:
        if file is None:
            moment = None
            if received_at is not None:
                deadline_at = services.casefiles.show(case).rectify_by
                moment = parse_receipt_option(received_at, "--received-at", services, deadline_at)
            services.remarks.resubmit(case, note, moment, item or ())
        else:
            with reporting_errors(context), output.ProgressLine(_("Importing")) as progress:
                report = services.resubmissions.take(case, file, note, progress)
            message = ngettext(
                "{batch}: {created} row created, {updated} updated, {unchanged} unchanged.",
                "{batch}: {created} rows created, {updated} updated, {unchanged} unchanged.",
                report.created,
            )
            counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged")}
            output.narrate(message.format(batch=format_batch(report.batch or 0), **counts))
        # Another person may have changed the case after its file was published.
        casefile = services.casefiles.show(case)
        state = casefile.header.state
        if state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
            print_done(context, services, case, _("{case} is back in the queue, in its next round."))
            open_items = [asked for asked in casefile.asked_items if asked.is_open]
            if missing := [asked.code for asked in open_items if not asked.is_for_reviewer]:
                output.narrate(_("Not received: {items}.").format(items=comma_joined(missing)))
            if unclear := [asked.code for asked in open_items if asked.is_for_reviewer]:
                output.narrate(_("For the reviewer to judge: {items}.").format(items=comma_joined(unclear)))
        else:
            sentence = _("{case} is not back in the queue; its state is: {state}.")
            print_done(context, services, case, sentence, state=_(STATE_WORDS[state]))
