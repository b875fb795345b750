"""The command that exports data to files: export."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import parse_day
from workbench.cli.framework.registration import Entry
from workbench.i18n import N_, _
from workbench.services.exporting.request import ExportFormat, ExportKind, ExportRequest
from workbench.wording.amounts import count


def export(
    context: CommandContext,
    what: Annotated[
        ExportKind, typer.Argument(metavar="applications|decisions|notices|events", help=N_("What to export."))
    ],
    file: Annotated[
        Path, typer.Option("--output", metavar="FILE", help=N_("File to write; an existing file is replaced."))
    ],
    file_format: Annotated[
        ExportFormat | None, typer.Option("--format", help=N_("File format. Default: from the file name."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help=N_("Only records from this day on."))
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=N_("Write personal data unmasked; requires --reason."))
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="T", help=N_("Reason for --reveal."))] = "",
) -> None:
    """Export data to a file."""
    request = ExportRequest(
        what=what,
        output=file,
        format=file_format,
        since=None if since is None else parse_day(since, "--since"),
        reveal=reveal,
        reason=reason,
    )
    with context.services() as services:
        report = services.exports.write(request)
    context.print_result(
        {
            "file": str(report.path),
            "format": report.format.value,
            "rows": report.rows,
            "revealed": report.revealed,
        },
        _("Wrote {rows} rows to {file}.").format(rows=count(report.rows), file=report.path),
    )


ENTRIES = (Entry("export", export, N_("Export applications, decisions, notices or events to a file (admin).")),)
