"""Commands that decide: decide, undo, check."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from db.enums import FailKind, Measure, Verdict, WaitsFor
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, JsonFlag, NoteText, day_said, needed
from workbench.cli.framework.registration import Entry
from workbench.domain.case.case_id import parse_case
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.errors import WrongUsage
from workbench.i18n import _, marked


class CheckResult(StrEnum):
    """What a second person says to a verdict."""

    APPROVE = "approve"
    RETURN = "return"


def decide(
    context: CommandContext,
    case: CaseArgument,
    verdict: Annotated[Verdict, typer.Argument(metavar="pass|fail|pending", help=marked("The verdict."))],
    reasons: Annotated[
        list[str] | None, typer.Option("--reason", metavar="CODE", help=marked("A coded reason; may be repeated."))
    ] = None,
    final: Annotated[bool, typer.Option("--final", help=marked("A fail that cannot be mended."))] = False,
    note: NoteText = "",
    letter: Annotated[
        str | None, typer.Option("--letter", metavar="T", help=marked("The causes as the applicant reads them."))
    ] = None,
    items: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="CODE[:TEXT]", help=marked("What must be mended; by default one per reason.")),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="D", help=marked("The deadline of a fail, the next date of a pending.")),
    ] = None,
    measure: Annotated[Measure, typer.Option("--measure", help=marked("What happens to the cards."))] = Measure.NONE,
    waits_for: Annotated[
        WaitsFor | None,
        typer.Option("--waits-for", help=marked("Whom a pending case waits for; else the reason says.")),
    ] = None,
    fence: Annotated[
        int | None, typer.Option("--fence", metavar="N", help=marked("The hold's number; an older hold is refused."))
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a verdict on a held case."""
    if final and verdict is not Verdict.FAIL:
        raise WrongUsage(_("--final belongs to a fail only."))
    fail_kind = (FailKind.FINAL if final else FailKind.FIXABLE) if verdict is Verdict.FAIL else None
    day: date | None = None if until is None else day_said(until, "--until")
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
    _tell_decided(context, request, as_json=as_json)


def _item(text: str) -> ItemRequest:
    """Return what must be mended, as CODE or CODE:TEXT says it."""
    code, _colon, words = text.partition(":")
    return ItemRequest(code=needed(code, "--item").upper(), text=words.strip())


def _tell_decided(context: CommandContext, request: VerdictRequest, *, as_json: bool) -> None:
    from workbench.cli.cases.case_json import decided_document
    from workbench.cli.cases.case_text import CaseText

    with context.services() as services:
        decided, zone = services.verdicts.decide(request), zone_of(services)
    if as_json:
        output.document(decided_document(decided, zone))
    else:
        CaseText(zone, context.now()).decided(decided)


def undo(context: CommandContext, case: CaseArgument, as_json: JsonFlag = False) -> None:
    """Take back the last act on a case."""
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
    result: Annotated[CheckResult, typer.Argument(metavar="approve|return", help=marked("What you say to it."))],
    note: NoteText,
    as_json: JsonFlag = False,
) -> None:
    """Approve or return the verdict of another."""
    from workbench.cli.cases.case_json import case_document, decided_document
    from workbench.cli.cases.case_text import CaseText

    case_id = parse_case(case)
    with context.services() as services:
        zone = zone_of(services)
        text = CaseText(zone, context.now())
        if result is CheckResult.APPROVE:
            decided = services.checks.approve(case_id, needed(note, "--note"))
            output.document(decided_document(decided, zone)) if as_json else text.decided(decided)
        else:
            found = services.checks.give_back(case_id, needed(note, "--note"))
            output.document(case_document(found)) if as_json else text.show(found)


ENTRIES = (
    Entry("decide", decide, marked("Give a verdict on a case that you hold.")),
    Entry("undo", undo, marked("Take back your last act on a case, within its grace.")),
    Entry("check", check, marked("Approve or return the verdict of another person.")),
)
