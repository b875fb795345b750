"""The command that handles passed dates and deadlines: tick."""

from dataclasses import asdict

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.registration import Entry
from workbench.i18n import N_, _
from workbench.wording.amounts import count


def tick(context: CommandContext) -> None:
    """Handle all dates and deadlines that have passed."""
    with context.services() as services:
        done = asdict(services.ticking.tick())
    sentence = _(
        "Back in the queue: {queued}. Lapsed: {lapsed}. Delay notices: {delayed}. Resumption notices: {resumed}. "
        "Reminders: {reminded}."
    )
    context.print_result(done, sentence.format(**{name: count(number) for name, number in done.items()}))


ENTRIES = (
    Entry(
        "tick",
        tick,
        N_("Handle what has come due: requeue and lapse cases, draft notices and reminders. For cron; safe to repeat."),
    ),
)
