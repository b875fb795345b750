"""The command that does what time brings about: tick."""

from dataclasses import asdict

from workbench.cli import output
from workbench.cli.registering import Entry
from workbench.cli.run import Run
from workbench.cli.said import JsonFlag
from workbench.domain.words import count
from workbench.i18n import _, marked


def tick(run: Run, as_json: JsonFlag = False) -> None:
    """Do what is due by the time that it is."""
    with run.office() as office:
        done = office.ticking.tick()
    if as_json:
        output.document(asdict(done))
        return
    sentence = _("{queued} back in the queue, {lapsed} lapsed, {delayed} told of a delay, {resumed} of its end.")
    output.narrate(sentence.format(**{name: count(number) for name, number in asdict(done).items()}))


ENTRIES = (
    Entry("tick", tick, marked("Bring back, lapse and remind by the time that it is; for cron, and safe to repeat.")),
)
