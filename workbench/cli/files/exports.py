"""The command that exports data to files: export."""

from pathlib import Path
from typing import Annotated

from db.enums import ExportKind
from workbench.cli.cases.cases import narrate_sorting, reporting_filter_position
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import parse_day_option
from workbench.cli.framework.parameters import argument, option
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.exporting.roles import WORK_LISTS
from workbench.domain.filter.ordering import COLUMN_NAMES, ListLayout, order_in_codes
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined, ngettext
from workbench.services.records.exporting.request import ExportFormat, ExportReport, ExportRequest
from workbench.wording.amounts import commas


def export(
    context: CommandContext,
    what: Annotated[ExportKind, argument("|".join(ExportKind), N_("What to export."))],
    file: Annotated[
        Path | None, option("--output", N_("File to write; an existing file is replaced."), "FILE", "-o")
    ] = None,
    folder: Annotated[
        Path | None,
        option("--to", N_("New or empty folder for notices: each one as a text and an HTML page."), "FOLDER"),
    ] = None,
    sms: Annotated[bool, option("--sms", N_("With --to: also a short message for each notice."))] = False,
    unsent: Annotated[bool, option("--unsent", N_("Only notices that are released but not sent."))] = False,
    file_format: Annotated[
        ExportFormat | None, option("--format", N_("File format. Default: from the file name."))
    ] = None,
    since: Annotated[str | None, option("--since", N_("Only records from this day on."), "D")] = None,
    reveal: Annotated[bool, option("--reveal", N_("Write personal data unmasked; requires --reason."))] = False,
    reason: Annotated[str, option("--reason", N_("Reason for --reveal."), "T")] = "",
    filter_text: Annotated[str, option("--filter", N_("For queue: the filter, as in `workbench queue`."), "F")] = "",
    order: Annotated[str, option("--order", N_("For queue: the order, as in `workbench queue`."), "ORDER")] = "",
    columns: Annotated[
        str, option("--columns", N_("For queue: the columns, such as due,state,who. Default: the usual ones."), "NAMES")
    ] = "",
) -> None:
    """Export data to a file, or notices to a folder."""
    path = file or folder
    if path is None or (file is not None and folder is not None):
        raise WrongUsage(_("Say where to write: either --output FILE or --to FOLDER."))
    if folder is not None and (what is not ExportKind.NOTICES or file_format is not None):
        raise WrongUsage(_("--to is only for notices, as text and HTML; write other files with --output FILE."))
    if sms and folder is None:
        raise WrongUsage(_("--sms is only for letters in a folder; add --to FOLDER."))
    if unsent and what is not ExportKind.NOTICES:
        raise WrongUsage(_("--unsent is only for notices."))
    layout = _layout(what, (filter_text, order, columns), since)
    with context.services() as services, reporting_filter_position():
        if what is ExportKind.QUEUE:
            narrate_sorting(services, order, services.queue.count(filter_text))
        request = ExportRequest(
            what=what,
            output=path,
            is_folder=folder is not None,
            with_sms=sms,
            unsent=unsent,
            format=file_format,
            since=None if since is None else parse_day_option(since, "--since", services, Tense.PAST),
            reveal=reveal,
            reason=reason,
            filter_text=filter_text,
            layout=layout,
        )
        report = services.exports.write(request)
    if folder is None:
        sentence = ngettext("Wrote {rows} row to {file}.", "Wrote {rows} rows to {file}.", report.rows)
    else:
        sentence = ngettext("Wrote {rows} letter to {file}.", "Wrote {rows} letters to {file}.", report.rows)
    written = {"file": str(report.path), "format": report.format and report.format.value, "rows": report.rows}
    if what in WORK_LISTS and not report.revealed:
        output.narrate(_("Names and numbers of people are masked; add --reveal and --reason to write them in full."))
    _tell_left_out(report)
    if folder is not None:
        written |= {"left_out": report.left_out, "erased": report.erased}
    sentence = sentence.format(rows=commas(report.rows), file=report.path)
    context.print_result({**written, "revealed": report.revealed}, sentence)


def _tell_left_out(report: ExportReport) -> None:
    if report.left_out:
        message = _(
            "Letters left out, because no event of the log explains them: {count}. See `workbench audit verify`."
        )
        output.complain(message.format(count=commas(report.left_out)))
    if report.erased:
        message = _("Letters left out, because retention erased their texts: {count}.")
        output.narrate(message.format(count=commas(report.erased)))


def _layout(what: ExportKind, of_queue: tuple[str, str, str], since: str | None) -> ListLayout:
    """Return the order and the columns of an export of the queue; `of_queue` are its filter, order and columns.

    Raises:
        WrongUsage: If there is no such order or column, or if an option does not fit what is exported.
    """
    is_queue, (_filter, order, columns) = what is ExportKind.QUEUE, of_queue
    if (is_queue and since is not None) or (not is_queue and any(of_queue)):
        raise WrongUsage(_("--filter, --order and --columns are only for the queue; other exports have --since."))
    order = order and order_in_codes(order)
    names = tuple(filter(None, (name.strip() for name in columns.split(","))))
    if unknown := [name for name in names if name not in COLUMN_NAMES]:
        message = _("There is no column {name}; choose from {names}.")
        raise WrongUsage(message.format(name=unknown[0], names=comma_joined(COLUMN_NAMES)))
    return ListLayout(order, names)
