"""Commands about verdicts: decide, undo, check, reopen."""

from typing import Annotated, Literal

from db.enums import FailKind, Measure, Verdict, WaitsFor
from workbench.cli.cases.appeals import print_appeal
from workbench.cli.cases.case_text import print_case, print_decision
from workbench.cli.cases.cases import print_done
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.options import CaseArgument, NoteText, ReasonText, parse_day_option, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.appeal import AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import DecisionResult, ItemRequest, VerdictRequest
from workbench.domain.clock.typed.tense import Tense
from workbench.errors import WrongUsage
from workbench.i18n import N_, _


def decide(
    context: CommandContext,
    case: CaseArgument,
    verdict: Annotated[Verdict, argument("pass|fail|pending", N_("The verdict."))],
    reasons: Annotated[list[str] | None, option("--reason", N_("Reason code; repeatable."), "CODE")] = None,
    final: Annotated[bool, option("--final", N_("Final fail: it cannot be rectified."))] = False,
    note: NoteText = "",
    letter: Annotated[str | None, option("--letter", N_("Reasons in the words that the applicant reads."), "T")] = None,
    items: Annotated[
        list[str] | None,
        option("--item", N_("Rectification item, beside one per reason; repeatable."), "CODE[:TEXT]"),
    ] = None,
    only_items: Annotated[bool, option("--only-items", N_("Ask for the items of --item only."))] = False,
    until: Annotated[
        str | None, option("--until", N_("Deadline of a fail, or next-action date of a pending case."), "D")
    ] = None,
    measure: Annotated[Measure, option("--measure", N_("Measure for the cards."))] = Measure.NONE,
    numbers: Annotated[
        list[str] | None,
        option("--number", N_("Number for the measure, whole or as `show` masks it; repeatable. Default: all."), "N"),
    ] = None,
    waits_for: Annotated[
        WaitsFor | None, option("--waits-for", N_("Who a pending case waits for. Default: set by the reason."))
    ] = None,
    fence: Annotated[
        int | None, option("--fence", N_("Fence number of your hold; refused if the case has a newer hold."), "N")
    ] = None,
) -> None:
    """Give a verdict on a held case."""
    if final and verdict is not Verdict.FAIL:
        raise WrongUsage(_("--final is only valid with the verdict fail."))
    if numbers and measure is Measure.NONE:
        raise WrongUsage(_("--number says whom a measure concerns; give --measure as well."))
    fail_kind = None
    if verdict is Verdict.FAIL:
        fail_kind = FailKind.FINAL if final else FailKind.FIXABLE
    with context.services() as services:
        request = VerdictRequest(
            case_id=case,
            verdict=verdict,
            fail_kind=fail_kind,
            reasons=tuple(dict.fromkeys(code.strip().upper() for code in reasons or ())),
            note=note,
            letter=letter,
            items=tuple(_item(text) for text in items or ()),
            only_items=only_items,
            until=None if until is None else parse_day_option(until, "--until", services, Tense.FUTURE),
            measure=measure,
            numbers=tuple(dict.fromkeys(number.strip() for number in numbers or ())),
            waits_for=waits_for,
            fence=fence,
        )
        print_decision(context, services.verdicts.decide(request), zone_of(services))


def _item(text: str) -> ItemRequest:
    """Parse a rectification item, written as CODE or CODE:TEXT."""
    code, _colon, words = text.partition(":")
    return ItemRequest(code=required_text(code, "--item").upper(), text=words.strip())


def undo(context: CommandContext, case: CaseArgument) -> None:
    """Undo your last action on a case; a move of several cases is undone as one."""
    with context.services() as services:
        together = services.undo.together(case)
        if not together:
            print_case(context, services.undo.undo(case))
            return
        undone, left = services.undo.undo_move(together)
    if context.as_json:
        outcomes = [{"case": format_case(case_id), "outcome": "undone", "why": None} for case_id in undone]
        outcomes += [{"case": format_case(refused.case_id), "outcome": "left", "why": refused.why} for refused in left]
        output.document({"case": format_case(case), "cases": outcomes})
        return
    for case_id in undone:
        output.narrate(_("{case} moved back.").format(case=format_case(case_id)))
    for refused in left:
        output.complain(f"{format_case(refused.case_id)}: {refused.why}")


def check(
    context: CommandContext,
    case: CaseArgument,
    result: Annotated[Literal["approve", "return"], argument("approve|return", N_("Your decision on the verdict."))],
    note: NoteText = "",
) -> None:
    """Approve or return another person's verdict; without an open point, an approval needs no note."""
    with context.services() as services:
        act = services.checks.approve if result == "approve" else services.checks.give_back
        done = act(case, note if result == "approve" else required_text(note, "--note"))
        if isinstance(done, AppealResult):
            print_appeal(context, done, zone_of(services))
        elif isinstance(done, DecisionResult):
            print_decision(context, done, zone_of(services))
        else:
            print_case(context, done)


def reopen(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """Open a final case again; the next verdict's letter corrects the earlier one."""
    with context.services() as services:
        services.reopening.reopen(case, required_text(reason, "--reason"))
        print_done(context, services, case, _("{case} is back in the queue."))
