"""Finds the case that a person names for a command that only reads, and prints lists of cases."""

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from workbench.cli.cases.case_json import row_document
from workbench.cli.cases.case_text import CasePrinter
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.parameters import argument
from workbench.domain.case.case_id import format_case, is_case, parse_case, quoted_masked
from workbench.domain.filter.case_row import CaseRowView
from workbench.errors import NotFound, WrongUsage
from workbench.i18n import N_, _

if TYPE_CHECKING:
    from workbench.services.wiring import Services

NumberOrName = Annotated[
    str, argument("CASE", N_("Case, such as C-000123 or 123; or its application number, handler or applicant."))
]


def print_rows(context: CommandContext, rows: tuple[CaseRowView, ...], total: int, zone: ZoneInfo) -> None:
    """Print the first cases of a list and how many it has, as JSON or as text."""
    if context.as_json:
        output.document({"cases": [row_document(row, zone, context.now()) for row in rows], "total": total})
    else:
        CasePrinter(zone, context.now()).queue(rows, total)


def find_case(context: CommandContext, services: "Services", words: str, *, is_whole: bool = False) -> int:
    """Return the case that a number or name means; list the cases if it means several.

    With `is_whole`, a part of a number or name means no case.

    Raises:
        NotFound: If it means no case.
        WrongUsage: If it means several.
    """
    if is_case(words):
        return parse_case(words)
    rows, total = services.queue.find(words, is_whole=is_whole)
    if len(rows) == 1:
        return rows[0].id
    if not rows:
        message = _("No case has the number or name “{words}”; a handler is found by the whole name.")
        raise NotFound(message.format(words=quoted_masked(words)))
    print_rows(context, rows, total, zone_of(services))
    message = _("“{words}” means {count} cases; give the number of one of them.")
    raise WrongUsage(message.format(words=quoted_masked(words), count=total))


def note_reading(services: "Services", case_id: int) -> None:
    """Log that the person reads a case, or say that it cannot be logged now."""
    if not services.readings.record(case_id):
        message = _("{case} is shown, but the log cannot note now that you read it: the database is busy or full.")
        output.complain(message.format(case=format_case(case_id)))
