"""Commands about notices to applicants: notices list, notices sent."""

from pathlib import Path
from typing import Annotated

from workbench.cli.cases.case_text import VERDICT_WORDS
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import plain
from workbench.cli.framework.options import argument, option
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import format_case, format_decision
from workbench.i18n import N_, _
from workbench.wording.amounts import count

_KINDS = {
    **VERDICT_WORDS,
    "receipt": N_("receipt"),
    "delay": N_("delay"),
    "resumed": N_("work resumed"),
    "deadline": N_("deadline extended"),
    "incomplete": N_("documents missing"),
    "still-incomplete": N_("documents still missing"),
    "deadline-near": N_("deadline near"),
    "lapsed": N_("lapsed"),
    "lapse-undone": N_("lapse taken back"),
    "waived": N_("item waived"),
    "withdrawn": N_("withdrawn"),
    "expired": N_("continued without an answer"),
}


def list_notices(
    context: CommandContext,
    unsent: Annotated[bool, option("--unsent", N_("Only notices that are released but not sent."))] = False,
) -> None:
    """List the notices."""
    with context.services() as services:
        lines, zone = services.notices.list(unsent=unsent), zone_of(services)
    if context.as_json:
        rows = [
            {
                **plain(line, zone),
                "case_id": None,
                "case": format_case(line.case_id),
                "decision": None if line.decision_id is None else format_decision(line.decision_id),
            }
            for line in lines
        ]
        output.document({"notices": rows})
        return
    output.table(
        [_("Notice"), _("Case"), _("Kind"), _("Released"), _("Sent"), _("Subject")],
        [
            [
                str(line.id),
                format_case(line.case_id),
                _(_KINDS.get(line.kind, line.kind)),
                f"{line.release_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.is_released else _("not yet"),
                f"{line.sent_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.sent_at else "",
                line.subject,
            ]
            for line in lines
        ],
        numeric=(0,),
    )


def mark_sent(
    context: CommandContext,
    file: Annotated[Path, argument("FILE", N_("Exported notices file, or a file with one notice number per line."))],
) -> None:
    """Mark the notices in a file as sent."""
    from workbench.services.notices.sent_report import notice_ids

    ids = notice_ids(file)
    with context.services() as services:
        newly_sent = services.notices.mark_sent(ids)
    context.print_result(
        {"sent": newly_sent, "already_sent": len(set(ids)) - newly_sent},
        _("{count} notices are marked as sent.").format(count=count(newly_sent)),
    )


GROUP = "notices"
GROUP_HELP = N_("List notices to applicants and mark them as sent. Default: list.")
ENTRIES = (
    Entry("list", list_notices, N_("List the notices, without those that were undone.")),
    Entry("sent", mark_sent, N_("Mark the notices in a file as sent.")),
)
