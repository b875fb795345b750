"""The command that records a resubmission, with the applicant's file if there is one: resubmit."""

from pathlib import Path
from typing import Annotated

from workbench.cli.cases.cases import print_state
from workbench.cli.files.imports import errors_reported
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import CaseArgument, NoteText, argument
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_batch
from workbench.i18n import N_, _


def resubmit(
    context: CommandContext,
    case: CaseArgument,
    file: Annotated[
        Path | None, argument("FILE", N_("What the applicant handed in for this case, as `import` takes it."))
    ] = None,
    note: NoteText = "",
) -> None:
    """Record that the applicant has resubmitted."""
    with context.services() as services:
        if file is None:
            services.remarks.resubmit(case, note)
        else:
            with errors_reported(context), output.ProgressLine(_("Importing")) as progress:
                report = services.resubmissions.take(case, file, note, progress)
            message = _("{batch}: {created} rows created, {updated} updated, {unchanged} unchanged.")
            counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged")}
            output.narrate(message.format(batch=format_batch(report.batch or 0), **counts))
        print_state(context, services, case, _("{case} is back in the queue, in its next round."))


ENTRY = Entry("resubmit", resubmit, N_("Record that the applicant has resubmitted, and import the file for the case."))
