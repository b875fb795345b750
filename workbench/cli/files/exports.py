"""The command that writes files out: export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag, day_said
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
        What, typer.Argument(metavar="applications|decisions|notices|events", help=marked("What is written."))
    ],
    file: Annotated[Path, typer.Option("--output", metavar="FILE", help=marked("The file; a whole one is replaced."))],
    chosen: Annotated[
        FileFormat | None, typer.Option("--format", help=marked("The format; else that of the file's name."))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help=marked("Only what is of this day or later."))
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help=marked("Write personal values whole; say why."))] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="T", help=marked("Why values are revealed."))] = "",
    as_json: JsonFlag = False,
) -> None:
    """Write a file for others."""
    from workbench.services.exporting.request import ExportFormat, ExportKind, ExportRequest

    request = ExportRequest(
        what=ExportKind(what.value),
        output=file,
        format=None if chosen is None else ExportFormat(chosen.value),
        since=None if since is None else day_said(since, "--since"),
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
        output.narrate(_("{rows} rows are in {file}.").format(rows=count(report.rows), file=report.path))


ENTRIES = (Entry("export", export, marked("Write applications, decisions, notices or events into a file (admin).")),)
