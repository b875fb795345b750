"""Commands about verdicts: decide, undo, check."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from db.enums import FailKind, Measure, Verdict, WaitsFor
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, JsonFlag, NoteText, parse_day, required_text
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import parse_case
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.errors import WrongUsage
from workbench.i18n import _, marked


class CheckResult(StrEnum):
    """The decision of the checker on a verdict."""

    APPROVE = "approve"
    RETURN = "return"


def decide(
    context: CommandContext,
    case: CaseArgument,
    verdict: Annotated[Verdict, typer.Argument(metavar="pass|fail|pending", help=marked("The verdict."))],
    reasons: Annotated[
        list[str] | None, typer.Option("--reason", metavar="CODE", help=marked("Reason code; repeatable."))
    ] = None,
    final: Annotated[bool, typer.Option("--final", help=marked("Final fail: it cannot be rectified."))] = False,
    note: NoteText = "",
    letter: Annotated[
        str | None, typer.Option("--letter", metavar="T", help=marked("Reasons in the words that the applicant reads."))
    ] = None,
    items: Annotated[
        list[str] | None,
        typer.Option(
            "--item", metavar="CODE[:TEXT]", help=marked("Rectification item; repeatable. Default: one per reason.")
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="D", help=marked("Deadline of a fail, or next-action date of a pending case.")),
    ] = None,
    measure: Annotated[Measure, typer.Option("--measure", help=marked("Measure for the cards."))] = Measure.NONE,
    waits_for: Annotated[
        WaitsFor | None,
        typer.Option("--waits-for", help=marked("Who a pending case waits for. Default: set by the reason.")),
    ] = None,
    fence: Annotated[
        int | None,
        typer.Option(
            "--fence", metavar="N", help=marked("Fence number of your hold; refused if the case has a newer hold.")
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a verdict on a held case."""
    if final and verdict is not Verdict.FAIL:
        raise WrongUsage(_("--final is only valid with the verdict fail."))
    fail_kind = (FailKind.FINAL if final else FailKind.FIXABLE) if verdict is Verdict.FAIL else None
    day: date | None = None if until is None else parse_day(until, "--until")
    request = VerdictRequest(
        case_id=parse_case(case),
        verdict=verdict,
        fail_kind=fail_kind,
        reasons=tuple(dict.fromkeys(code.strip().upper() for code in reasons or ())),
        note=note,
        letter=letter,
        items=tuple(_item(text) for text in items or ()),
        until=day,
        measure=measure,
        waits_for=waits_for,
        fence=fence,
    )
    _decide_and_print(context, request, as_json=as_json)


def _item(text: str) -> ItemRequest:
    """Parse a rectification item, written as CODE or CODE:TEXT."""
    code, _colon, words = text.partition(":")
    return ItemRequest(code=required_text(code, "--item").upper(), text=words.strip())


def _decide_and_print(context: CommandContext, request: VerdictRequest, *, as_json: bool) -> None:
    from workbench.cli.cases.case_json import decided_document
    from workbench.cli.cases.case_text import CaseText

    with context.services() as services:
        decided, zone = services.verdicts.decide(request), zone_of(services)
    if as_json:
        output.document(decided_document(decided, zone))
    else:
        CaseText(zone, context.now()).decided(decided)


def undo(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Undo your last action on a case."""
    from workbench.cli.cases.case_json import case_document
    from workbench.cli.cases.case_text import CaseText

    case_id = parse_case(case)
    with context.services() as services:
        found, zone = services.undo.undo(case_id), zone_of(services)
    if as_json:
        output.document(case_document(found))
    else:
        CaseText(zone, context.now()).show(found)


def check(
    context: CommandContext,
    case: CaseArgument,
    result: Annotated[
        CheckResult, typer.Argument(metavar="approve|return", help=marked("Your decision on the verdict."))
    ],
    note: NoteText,
    as_json: JsonFlag = False,
) -> None:
    """Approve or return another person's verdict."""
    from workbench.cli.cases.case_json import case_document, decided_document
    from workbench.cli.cases.case_text import CaseText

    case_id = parse_case(case)
    with context.services() as services:
        zone = zone_of(services)
        text = CaseText(zone, context.now())
        if result is CheckResult.APPROVE:
            decided = services.checks.approve(case_id, required_text(note, "--note"))
            output.document(decided_document(decided, zone)) if as_json else text.decided(decided)
        else:
            found = services.checks.give_back(case_id, required_text(note, "--note"))
            output.document(case_document(found)) if as_json else text.show(found)


ENTRIES = (
    Entry("decide", decide, marked("Give a verdict on a case you hold.")),
    Entry("undo", undo, marked("Undo your last action on a case, while undo is still possible.")),
    Entry("check", check, marked("Approve or return another person's verdict.")),
)
