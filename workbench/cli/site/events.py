"""The command that lists the acts of one person, as the log has them: events."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import parse_day_option
from workbench.cli.framework.parameters import option
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import N_, _
from workbench.services.records.auditing.acts_of_person import ActsOfPerson
from workbench.wording.amounts import commas
from workbench.wording.case.event_codes import event_text
from workbench.wording.case.history import action_name


def events(
    context: CommandContext,
    by: Annotated[str, option("--by", N_("Whose acts."), "LOGIN")],
    since: Annotated[str, option("--since", N_("First day."), "D")],
    until: Annotated[str | None, option("--until", N_("Last day. Default: today."), "D")] = None,
) -> None:
    """List the acts of one person."""
    with context.services() as services:
        first = parse_day_option(since, "--since", services, Tense.PAST)
        last = None if until is None else parse_day_option(until, "--until", services, Tense.PAST)
        found = ActsOfPerson(services.context).list(by, first, last)
    rows = [{**row, "body": json.loads(str(row["body"]))} for row in found]
    if context.as_json:
        output.document({"by": by, "events": rows})
        return
    columns = {
        _("At"): lambda row: row["at"][:19].replace("T", " "),
        _("Action"): _action_words,
        _("Case"): lambda row: row["case"] or row["batch"] or "",
        _("Details"): _details,
    }
    output.listing(rows, columns)
    output.narrate(_("{count} events.").format(count=commas(len(rows))))


def _action_words(row: Mapping[str, Any]) -> str:
    name = action_name(row["action"])
    return _("refused: {action}").format(action=name) if row["is_refused"] else name


def _details(row: Mapping[str, Any]) -> str:
    """Return the facts of an event in codes.

    An act on a case has those that the history of the case shows, any other event each value that is no list.
    """
    body = row["body"]
    if row["case"] is not None and not row["is_refused"]:
        return event_text(row["action"], body)
    return " ".join(f"{name}={value}" for name, value in body.items() if isinstance(value, str | int))
