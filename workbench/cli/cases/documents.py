"""The command that writes a case's documents to a folder: documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import attributes
from workbench.cli.framework.options import CaseArgument, option
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case
from workbench.errors import ExitCode
from workbench.i18n import N_, _, current_language

if TYPE_CHECKING:
    from workbench.services.case.documents import WrittenDocument


def documents(
    context: CommandContext,
    case: CaseArgument,
    to: Annotated[Path, option("--to", N_("New or empty folder; only you can read it."), "DIR")],
) -> None:
    """Write a case's documents to a folder."""
    with context.services() as services:
        done, zone = services.documents.write(case, to), zone_of(services)
    for one in done:
        if one.problem:
            output.complain(one.problem)
    if context.as_json:
        rows = [
            {
                **attributes(one.line, ("kind", "sha256", "media_type", "bytes_count", "received_at"), zone),
                "state": one.state,
                "file": one.line.file_name if one.state == "written" else None,
            }
            for one in done
        ]
        output.document({"case": format_case(case), "folder": str(to.expanduser().absolute()), "documents": rows})
    else:
        _print_files(done, to)
    if any(one.state != "written" for one in done):
        raise typer.Exit(ExitCode.IO)


def _print_files(done: "Sequence[WrittenDocument]", to: Path) -> None:
    """Print which file holds which document."""
    written = [one.line for one in done if one.state == "written"]
    output.table([_("File"), _("Document")], [[line.file_name, line.name(current_language())] for line in written])
    message = _("{count} documents are in {folder}, readable by you only; delete them when you are done.")
    output.narrate(message.format(count=len(written), folder=to))


ENTRIES = (Entry("documents", documents, N_("Write a case's documents to a folder; each one is logged.")),)
