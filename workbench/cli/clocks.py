"""Commands about the due date of a case: clock."""

from workbench.cli import output
from workbench.cli.registering import Entry
from workbench.cli.run import Run, zone_of
from workbench.cli.said import CaseArgument, JsonFlag
from workbench.domain.case_id import format_case, parse_case
from workbench.i18n import marked


def clock(run: Run, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Show how the due date of a case came about."""
    from workbench.cli.clock_json import walk_document
    from workbench.domain.clock_words import ClockWords

    case_id = parse_case(case)
    with run.office() as office:
        walk, zone = office.clocks.walk(case_id), zone_of(office)
    words = ClockWords(walk, run.now().astimezone(zone).date(), zone)
    if as_json:
        output.document({"case": format_case(case_id), **walk_document(walk, words, zone)})
        return
    for sentence in words.lines():
        output.line(sentence)


ENTRIES = (Entry("clock", clock, marked("Show how the due date of a case came about, line by line.")),)
