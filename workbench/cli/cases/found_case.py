"""Finds the case that a person names for a command that only reads."""

from typing import TYPE_CHECKING, Annotated

from workbench.cli.cases.case_json import row_document
from workbench.cli.cases.case_text import CaseText
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.parameters import argument
from workbench.domain.case.case_id import is_case, parse_case, quoted_masked
from workbench.errors import NotFound, WrongUsage
from workbench.i18n import N_, _

if TYPE_CHECKING:
    from workbench.services.wiring import Services

FoundCase = Annotated[
    str, argument("CASE", N_("Case, such as C-000123 or 123; or its application number, handler or applicant."))
]


def found_case(context: CommandContext, services: "Services", words: str) -> int:
    """Return the case that a number or name means; list the cases if it means several.

    Raises:
        NotFound: If it means no case.
        WrongUsage: If it means several.
    """
    if is_case(words):
        return parse_case(words)
    rows, total = services.queue.find(words)
    if len(rows) == 1:
        return rows[0].id
    if not rows:
        message = _("No case has the number or name “{words}”; a handler is found by the whole name.")
        raise NotFound(message.format(words=quoted_masked(words)))
    zone, now = zone_of(services), context.now()
    if context.as_json:
        candidates = [row_document(row, zone, now) for row in rows]
        output.document({"case": None, "candidates": candidates, "total": total})
    else:
        CaseText(zone, now).queue(rows, total)
    message = _("“{words}” means {count} cases; give the number of one of them.")
    raise WrongUsage(message.format(words=quoted_masked(words), count=total))
