"""Commands about imports: import, imports list, imports undo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.enums import ImportKind
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.failures import AlreadyReported
from workbench.cli.framework.options import JsonFlag
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_batch, parse_batch
from workbench.errors import BadData, ExitCode, WrongUsage
from workbench.i18n import _, marked
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.services.importing.request import ImportReport, ImportRequest
    from workbench.services.reading.problems import RowProblem

_SHOWN = 20


def import_files(
    context: CommandContext,
    kind: Annotated[ImportKind, typer.Argument(metavar="KIND", help=marked("Kind of data in the files."))],
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=marked("CSV, XLSX or JSON Lines files."))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=marked("Show what would happen; write nothing."))] = False,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="E", help=marked("Encoding of text files. Default: detected.")),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", metavar="FILE", help=marked("Import the valid rows and write the rejected ones to this file.")
        ),
    ] = None,
    agent: Annotated[str, typer.Option("--agent", metavar="A", help=marked("Agent for rows that name none."))] = "",
    as_new: Annotated[
        bool, typer.Option("--as-new", help=marked("Open a new case if the application's case is closed."))
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Import files as one batch."""
    if kind is ImportKind.CALENDAR:
        _import_calendar_files(
            context, files, dry_run=dry_run, as_json=as_json, unsupported=(encoding, rejects, agent, as_new)
        )
        return
    from workbench.services.importing.request import ImportRequest

    request = ImportRequest(
        kind=kind,
        paths=tuple(files),
        dry_run=dry_run,
        encoding=encoding,
        rejects=rejects,
        agent=agent.strip(),
        as_new=as_new,
    )
    report = _run_import(context, request, as_json=as_json)
    _print_report(report, as_json=as_json)
    if report.error_count and rejects is None:
        raise AlreadyReported(ExitCode.DATA)


def _import_calendar_files(
    context: CommandContext, files: list[Path], *, dry_run: bool, as_json: bool, unsupported: tuple[object, ...]
) -> None:
    """Import the calendars of years; errors are reported as for any other import."""
    from workbench.cli.calendar.commands import import_calendar
    from workbench.services.reading.problems import FileProblem

    for option, value in zip(("--encoding", "--rejects", "--agent", "--as-new"), unsupported, strict=True):
        if value:
            raise WrongUsage(_("{option} does not apply to a calendar; leave it out.").format(option=option))
    try:
        import_calendar(context, files, dry_run=dry_run, as_json=as_json)
    except FileProblem as error:
        _print_file_problem(error, error.problems, as_json=as_json)
        raise AlreadyReported(ExitCode.DATA) from error


def _run_import(context: CommandContext, request: "ImportRequest", *, as_json: bool) -> "ImportReport":
    """Run an import; if its files have errors, the report is printed too."""
    from workbench.services.importing.request import ImportRefused
    from workbench.services.reading.problems import FileProblem

    progress = output.ProgressLine(_("Importing"))
    try:
        with context.services() as services:
            return services.imports.run(request, progress)
    except ImportRefused as error:
        progress.clear()
        _print_report(error.report, as_json=as_json)
        output.complain(str(error))
        raise AlreadyReported(ExitCode.DATA) from error
    except FileProblem as error:
        progress.clear()
        _print_file_problem(error, error.problems, as_json=as_json)
        raise AlreadyReported(ExitCode.DATA) from error
    finally:
        progress.clear()


def _print_report(report: "ImportReport", *, as_json: bool) -> None:
    batch = None if report.batch is None else format_batch(report.batch)
    if as_json:
        figures = {name: getattr(report, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}
        output.document(
            {
                "batch": batch,
                "kind": report.kind.value,
                **figures,
                "errors": _errors(report.errors),
                "error_count": report.error_count,
                "encoding": report.encoding or None,
                "unknown_callers": report.unknown_callers,
                "sheets": [
                    {"file": line.file, "sheet": line.sheet, "kind": line.kind.value, "rows": line.rows}
                    for line in report.sheets
                ],
            }
        )
        return
    _print_sheets(report)
    output.pairs(
        [
            (_("Batch"), batch or _("none, nothing was written")),
            (_("Rows"), count(report.rows)),
            (_("Created"), count(report.created)),
            (_("Updated"), count(report.updated)),
            (_("Unchanged"), count(report.unchanged)),
            (_("Rejected"), count(report.rejected)),
            (_("Errors"), count(report.error_count)),
        ]
    )
    _print_errors(report.errors, report.error_count)


def _print_sheets(report: "ImportReport") -> None:
    """Print the kind of data that each sheet was read as."""
    if report.sheets:
        output.table(
            [_("File"), _("Sheet"), _("Kind"), _("Rows")],
            [[line.file, line.sheet, line.kind.value, count(line.rows)] for line in report.sheets],
            figures=(3,),
        )
        output.line("")


def _print_file_problem(error: BadData, problems: "Sequence[RowProblem]", *, as_json: bool) -> None:
    if as_json:
        nothing = dict.fromkeys(("rows", "created", "updated", "unchanged", "rejected"), 0)
        output.document({"batch": None, **nothing, "errors": _errors(problems), "error_count": len(problems)})
    else:
        _print_errors(problems, len(problems))
    output.complain(str(error))


def _print_errors(problems: "Sequence[RowProblem]", total: int) -> None:
    for problem in problems[:_SHOWN]:
        output.line(str(problem))
    if total > min(len(problems), _SHOWN):
        output.line(_("… and {count} more; --json lists the first 1,000.").format(count=total - _SHOWN))


def _errors(problems: "Sequence[RowProblem]") -> list[dict[str, Any]]:
    return [
        {
            "file": problem.file,
            "sheet": problem.sheet or None,
            "line": problem.line or None,
            "column": problem.column or None,
            "message": problem.message,
        }
        for problem in problems
    ]


def list_batches(context: CommandContext, as_json: JsonFlag = False) -> None:
    """List the imports."""
    from workbench.cli.framework.json_values import plain

    with context.services() as services:
        batches, zone = services.imports.batches(), zone_of(services)
    if as_json:
        rows = [{"batch": format_batch(batch.id), **plain(batch, zone)} for batch in batches]
        for row in rows:
            del row["id"]
        output.document({"batches": rows})
        return
    output.table(
        [_("Batch"), _("Kind"), _("At"), _("By"), _("Rows"), _("Created"), _("Updated"), _("Unchanged"), _("Files")],
        [
            [
                format_batch(batch.id),
                batch.kind.value,
                f"{batch.published_at.astimezone(zone):%Y-%m-%d %H:%M}",
                batch.by,
                count(batch.rows),
                count(batch.created),
                count(batch.updated),
                count(batch.unchanged),
                " ".join(batch.files),
            ]
            for batch in batches
        ],
        figures=(4, 5, 6, 7),
    )


def undo_batch(
    context: CommandContext,
    batch: Annotated[str, typer.Argument(metavar="BATCH", help=marked("Batch, such as B-000012."))],
    as_json: JsonFlag = False,
) -> None:
    """Undo an import."""
    batch_id = parse_batch(batch)
    with context.services() as services:
        undone = services.imports.undo(batch_id)
    if as_json:
        output.document(
            {
                "batch": format_batch(undone.id),
                "kind": undone.kind.value,
                "rows": undone.rows,
                "cases": undone.cases,
            }
        )
    else:
        output.narrate(
            _("{batch} is undone: {rows} rows and {cases} cases were removed.").format(
                batch=format_batch(undone.id), rows=count(undone.rows), cases=count(undone.cases)
            )
        )


IMPORT = Entry(
    "import",
    import_files,
    marked("Import applications, cards, documents, calls, optouts, credit, complaints, a workbook or a calendar."),
)
GROUP = "imports"
GROUP_HELP = marked("List and undo imports. Default: list.")
ENTRIES = (
    Entry("list", list_batches, marked("List the imports, newest first.")),
    Entry("undo", undo_batch, marked("Undo an import if nobody has acted on its cases.")),
)
