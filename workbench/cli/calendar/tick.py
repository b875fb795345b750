"""The command that handles passed dates and deadlines: tick."""

from dataclasses import asdict

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag
from workbench.cli.framework.registration import Entry
from workbench.i18n import _, marked
from workbench.wording.amounts import count


def tick(context: CommandContext, as_json: JsonFlag = False) -> None:
    """Handle all dates and deadlines that have passed."""
    with context.services() as services:
        done = services.ticking.tick()
    if as_json:
        output.document(asdict(done))
        return
    sentence = _(
        "Back in the queue: {queued}. Lapsed: {lapsed}. Delay notices: {delayed}. Resumption notices: {resumed}."
    )
    output.narrate(sentence.format(**{name: count(number) for name, number in asdict(done).items()}))


ENTRIES = (
    Entry(
        "tick",
        tick,
        marked("Handle what has come due: requeue and lapse cases, draft delay notices. For cron; safe to repeat."),
    ),
)
