"""The command that exports data to files: export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag, parse_day
from workbench.cli.framework.registration import Entry
from workbench.i18n import _, marked
from workbench.wording.amounts import count


class What(StrEnum):
    """What can be exported."""

    APPLICATIONS = "applications"
    DECISIONS = "decisions"
    NOTICES = "notices"
    EVENTS = "events"


class FileFormat(StrEnum):
    """The formats of exported files."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


def export(
    context: CommandContext,
    what: Annotated[
        What, typer.Argument(metavar="applications|decisions|notices|events", help=marked("What to export."))
    ],
    file: Annotated[
        Path, typer.Option("--output", metavar="FILE", help=marked("File to write; an existing file is replaced."))
    ],
    file_format: Annotated[
        FileFormat | None, typer.Option("--format", help=marked("File format. Default: from the file name."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help=marked("Only records from this day on."))
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=marked("Write personal data unmasked; requires --reason."))
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="T", help=marked("Reason for --reveal."))] = "",
    as_json: JsonFlag = False,
) -> None:
    """Export data to a file."""
    from workbench.services.exporting.request import ExportFormat, ExportKind, ExportRequest

    request = ExportRequest(
        what=ExportKind(what.value),
        output=file,
        format=None if file_format is None else ExportFormat(file_format.value),
        since=None if since is None else parse_day(since, "--since"),
        reveal=reveal,
        reason=reason,
    )
    with context.services() as services:
        report = services.exports.write(request)
    if as_json:
        output.document(
            {
                "file": str(report.path),
                "format": report.format.value,
                "rows": report.rows,
                "revealed": report.revealed,
            }
        )
    else:
        output.narrate(_("Wrote {rows} rows to {file}.").format(rows=count(report.rows), file=report.path))


ENTRIES = (Entry("export", export, marked("Export applications, decisions, notices or events to a file (admin).")),)
