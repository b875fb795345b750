"""Commands about appeals: appeal, appeal-decide."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from db.enums import AppealOutcome, AppealStatus, CaseState
from workbench.cli.cases.case_text import CasePrinter
from workbench.cli.cases.rounds_text import appealed_words
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_record
from workbench.cli.framework.options import CaseArgument, parse_receipt_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.appeal import AppealDecision, AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.i18n import N_, _
from workbench.wording.amounts import time_of_day
from workbench.wording.case.history import appeal_outcome_words


def file_appeal(
    context: CommandContext,
    case: CaseArgument,
    grounds: Annotated[str, option("--grounds", N_("Grounds of the applicant."), "T")],
    received_at: Annotated[
        str | None, option("--received-at", N_("When the appeal was received. Default: now."), "D")
    ] = None,
) -> None:
    """File an applicant's appeal against a final fail or a lapse."""
    with context.services() as services:
        zone, grounds = zone_of(services), required_text(grounds, "--grounds")
        at = None if received_at is None else parse_receipt_option(received_at, "--received-at", services)
        print_appeal(context, services.appeals.file(case, grounds, at), zone)


def decide_appeal(
    context: CommandContext,
    case: CaseArgument,
    outcome: Annotated[AppealOutcome, argument("stands|overturned", N_("Your decision on the appeal."))],
    note: Annotated[str, option("--note", N_("Reason that the applicant reads."), "T")],
    to: Annotated[
        Literal["passed", "queued"] | None,
        option("--to", N_("State after an overturned appeal. Default: queued, to be reviewed again.")),
    ] = None,
) -> None:
    """Decide an appeal; a second person checks the decision before it takes effect."""
    request = AppealDecision(
        case_id=case,
        outcome=outcome,
        note=required_text(note, "--note"),
        to_state=None if to is None else CaseState(to),
    )
    with context.services() as services:
        print_appeal(context, services.appeals.decide(request), zone_of(services))


def print_appeal(context: CommandContext, result: AppealResult, zone: ZoneInfo) -> None:
    """Print the result of an act on an appeal, as JSON or as text."""
    if context.as_json:
        output.document(json_record(result, zone, case="case_id", appeal="appeal_id", decision="decision_id"))
        return
    due_at = None if result.status is AppealStatus.CLOSED else result.due_at
    assignee = result.assignee or _("nobody: every supervisor is away or worked on this case")
    output.pairs(
        [
            (_("Case"), format_case(result.case_id)),
            (_("State"), _(STATE_WORDS[result.state])),
            (_("Appealed verdict"), appealed_words(result.decision_id, result.reasons)),
            (
                _("Decision on the appeal"),
                appeal_outcome_words(result.outcome, result.to_state) if result.outcome else "",
            ),
            (_("Answer due"), CasePrinter(zone, context.now()).instant(due_at)),
            (_("Assigned"), assignee if result.status is AppealStatus.OPEN else ""),
            (_("Undo until"), time_of_day(result.release_at, zone)),
            (_("Notice"), result.notice or ""),
        ]
    )
