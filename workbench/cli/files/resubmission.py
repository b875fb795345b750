"""The command that records a resubmission, with the applicant's file if there is one: resubmit."""

from pathlib import Path
from typing import Annotated

from workbench.cli.cases.cases import print_state
from workbench.cli.files.imports import errors_reported
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, NoteText, argument, option, parse_instant
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_batch
from workbench.errors import WrongUsage
from workbench.i18n import N_, _


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
) -> None:
    """Record that the applicant has resubmitted."""
    if file is not None and received_at is not None:
        raise WrongUsage(_("--received-at is only valid without a file; the rows of a file have their own times."))
    with context.services() as services:
        if file is None:
            zone = zone_of(services)
            moment = None if received_at is None else parse_instant(received_at, "--received-at", zone)
            services.remarks.resubmit(case, note, moment)
        else:
            with errors_reported(context), output.ProgressLine(_("Importing")) as progress:
                report = services.resubmissions.take(case, file, note, progress)
            message = _("{batch}: {created} rows created, {updated} updated, {unchanged} unchanged.")
            counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged")}
            output.narrate(message.format(batch=format_batch(report.batch or 0), **counts))
        print_state(context, services, case, _("{case} is back in the queue, in its next round."))


ENTRY = Entry("resubmit", resubmit, N_("Record that the applicant has resubmitted, and import the file for the case."))
