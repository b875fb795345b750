"""Commands that write a case to a folder: documents, dossier."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.cases.case_json import case_document, seen_document
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_attributes
from workbench.cli.framework.options import CaseArgument
from workbench.cli.framework.parameters import option
from workbench.domain.case.case_id import format_case
from workbench.errors import ExitCode
from workbench.i18n import N_, _, current_language

_NEW_FOLDER = N_("New or empty folder; only you can read it.")


def documents(
    context: CommandContext, case: CaseArgument, to: Annotated[Path, option("--to", _NEW_FOLDER, "DIR")]
) -> None:
    """Write a case's documents to a folder."""
    with context.services() as services:
        copies, zone = services.documents.save(case, to), zone_of(services)
    for copy in copies:
        if copy.problem:
            output.complain(copy.problem)
    written = [copy.line for copy in copies if copy.state == "written"]
    if context.as_json:
        rows = [
            {
                **json_attributes(copy.line, ("kind", "sha256", "media_type", "bytes_count", "received_at"), zone),
                "state": copy.state,
                "file": copy.line.file_name if copy.state == "written" else None,
            }
            for copy in copies
        ]
        output.document({"case": format_case(case), "folder": str(to.expanduser().absolute()), "documents": rows})
    else:
        columns = {_("File"): lambda line: line.file_name, _("Document"): lambda line: line.name(current_language())}
        output.listing(written, columns)
        message = _("{count} documents are in {folder}, readable by you only; delete them when you are done.")
        output.narrate(message.format(count=len(written), folder=to))
    if len(written) < len(copies):
        raise typer.Exit(ExitCode.IO)


def dossier(
    context: CommandContext,
    case: CaseArgument,
    folder: Annotated[Path, option("--output", _NEW_FOLDER, "DIR", "-o", "--to")],
    reveal: Annotated[
        bool, option("--reveal", N_("Write personal data unmasked, with the documents; requires --reason."))
    ] = False,
    reason: Annotated[str, option("--reason", N_("Reason for --reveal."), "T")] = "",
) -> None:
    """Write a whole case to a folder."""
    from workbench.services.records.auditing.dossiers import CaseToJson, DossierRequest

    request = DossierRequest(case_id=case, output=folder, reveal=reveal, reason=reason)
    to_json = CaseToJson(
        case=partial(case_document, now=context.now(), revealed=reveal), seen=partial(seen_document, revealed=reveal)
    )
    with context.services() as services:
        report = services.dossiers.write(request, to_json)
    problems = [copy.problem for copy in report.documents if copy.problem]
    for problem in problems:
        output.complain(problem)
    written = {
        "case": format_case(case),
        "folder": str(report.path),
        "files": report.file_count,
        "revealed": reveal,
        "documents": len(report.documents) - len(problems),
        "audit_head": {"seq": report.head_seq, "hash": report.head},
    }
    sentence = _("{case} is in {folder}: {count} files, with their check values in SHA256SUMS.")
    context.print_result(written, sentence.format(case=format_case(case), folder=report.path, count=report.file_count))
    if problems:
        raise typer.Exit(ExitCode.IO)
