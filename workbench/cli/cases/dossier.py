"""The command that writes a whole case to a folder for an auditor: dossier."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.cases.case_json import case_document, seen_document
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import CaseArgument, option
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case
from workbench.errors import ExitCode
from workbench.i18n import N_, _


def dossier(
    context: CommandContext,
    case: CaseArgument,
    folder: Annotated[Path, option("--output", N_("New or empty folder; only you can read it."), "DIR")],
    reveal: Annotated[
        bool, option("--reveal", N_("Write personal data unmasked, with the documents; requires --reason."))
    ] = False,
    reason: Annotated[str, option("--reason", N_("Reason for --reveal."), "T")] = "",
) -> None:
    """Write a whole case to a folder."""
    from workbench.services.auditing.dossiers import CaseDocuments, DossierRequest

    request = DossierRequest(case_id=case, output=folder, reveal=reveal, reason=reason)
    to_json = CaseDocuments(
        case=partial(case_document, now=context.now(), revealed=reveal), seen=partial(seen_document, revealed=reveal)
    )
    with context.services() as services:
        report = services.dossiers.write(request, to_json)
    problems = [one.problem for one in report.documents if one.problem]
    for problem in problems:
        output.complain(problem)
    written = {
        "case": format_case(case),
        "folder": str(report.path),
        "files": report.files,
        "revealed": reveal,
        "documents": len(report.documents) - len(problems),
        "audit_head": {"seq": report.head_seq, "hash": report.head},
    }
    sentence = _("{case} is in {folder}: {count} files, with their check values in SHA256SUMS.")
    context.print_result(written, sentence.format(case=format_case(case), folder=report.path, count=report.files))
    if problems:
        raise typer.Exit(ExitCode.IO)


ENTRIES = (
    Entry("dossier", dossier, N_("Write a whole case to a folder, for an auditor (supervisor, admin, auditor).")),
)
