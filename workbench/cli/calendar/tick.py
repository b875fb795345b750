"""The command that does what time brings about: tick."""

from dataclasses import asdict

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag
from workbench.cli.framework.registration import Entry
from workbench.i18n import _, marked
from workbench.wording.amounts import count


def tick(context: CommandContext, as_json: JsonFlag = False) -> None:
    """Do what is due by the time that it is."""
    with context.services() as services:
        done = services.ticking.tick()
    if as_json:
        output.document(asdict(done))
        return
    sentence = _("{queued} back in the queue, {lapsed} lapsed, {delayed} told of a delay, {resumed} of its end.")
    output.narrate(sentence.format(**{name: count(number) for name, number in asdict(done).items()}))


ENTRIES = (
    Entry("tick", tick, marked("Bring back, lapse and remind by the time that it is; for cron, and safe to repeat.")),
)
