"""Commands about the numbers to bar and to restore: measures list, measures done."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.cli.cases.case_json import order_document
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.i18n import N_, _
from workbench.wording.amounts import commas, minute
from workbench.wording.case.labels import MEASURE_WORDS
from workbench.wording.measures import ORDER_STATUS_WORDS

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.domain.case.measures import MeasureOrder
    from workbench.services.review.measures.work_list import ReportCounts


def list_measures(
    context: CommandContext,
    owed: Annotated[bool, option("--owed", N_("Only numbers that are to be barred or restored now."))] = False,
    overdue: Annotated[bool, option("--overdue", N_("Only numbers that should be barred or restored by now."))] = False,
) -> None:
    """List the orders."""
    with context.services() as services:
        orders, zone = services.measures.list(owed=owed, overdue=overdue), zone_of(services)
    now = context.now()
    columns: Columns[MeasureOrder] = {
        _("Order"): lambda order: str(order.id),
        _("Case"): lambda order: format_case(order.case_id),
        _("Number"): lambda order: order.msisdn,
        _("Measure"): lambda order: _(MEASURE_WORDS[order.measure]),
        _("State"): lambda order: _("overdue") if order.is_overdue(now) else _(ORDER_STATUS_WORDS[order.status(now)]),
        _("Due"): lambda order: minute(order.due_at, zone),
        _("Done"): lambda order: minute(order.done_at, zone),
        _("Cause of failure"): lambda order: order.failure,
    }
    context.print_list("measures", orders, partial(order_document, zone=zone, now=now), columns, numeric=(0,))


def report_done(
    context: CommandContext,
    file: Annotated[
        Path,
        argument(
            "FILE",
            N_(
                "Exported work list with answers: done_at when an order was carried out, or failure (cause) and "
                "failed_at when it failed; a line without either stays owed. Or a list without a header: one carried "
                "out order per line."
            ),
        ),
    ],
) -> None:
    """Record which orders were carried out."""
    from workbench.services.acts.portions import PartlyRecorded

    with context.services() as services:
        try:
            counts = services.measures.report(file)
        except PartlyRecorded as error:
            _print_counts(context, error.recorded)
            raise
    _print_counts(context, counts)


def _print_counts(context: CommandContext, counts: "ReportCounts") -> None:
    document = asdict(counts)
    sentence = _(
        "Carried out: {done}. Reported before: {already_done}. Failed and still owed: {failed}. "
        "Without an answer and still owed: {unanswered}."
    )
    context.print_result(document, sentence.format(**{name: commas(number) for name, number in document.items()}))
