"""Commands about the quality of the review: quality list, sample, golden, review, adjudicate and report."""

from typing import TYPE_CHECKING, Annotated, Any

from db.enums import FailKind, Verdict
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import to_json
from workbench.cli.framework.options import CaseArgument, DryRun, NoteText
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case, format_decision, parse_decision, quoted_masked
from workbench.domain.quality.period import parse_period
from workbench.errors import NothingAvailable, WrongUsage
from workbench.i18n import N_, _, comma_joined, with_details
from workbench.wording.amounts import commas, minute
from workbench.wording.case.quality import (
    LEFT_OUT_WORDS,
    STANDS_WORDS,
    agreement_rows,
    agreement_words,
    answer_words,
    estimate_words,
    golden_words,
    look_names,
    stratum_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from workbench.cli.framework.output import Columns
    from workbench.domain.quality.agreement import Agreement, Estimate
    from workbench.domain.quality.second_look import Answer, SecondLook
    from workbench.services.quality.figures import QualityFigures
    from workbench.services.quality.samples import SampleLine

PeriodText = Annotated[str, option("--period", N_("2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15."), "P")]


def sample(
    context: CommandContext,
    period: PeriodText,
    size: Annotated[int | None, option("--size", N_("Decisions to draw. Default: the policy's share."), "N")] = None,
    by: Annotated[
        str, option("--by", N_("Strata: reviewer, verdict, risk, class, province, agent."), "LIST")
    ] = "reviewer,verdict",
    seed: Annotated[int | None, option("--seed", N_("The same seed draws the same decisions."), "N")] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Draw decisions of a period for a second opinion."""
    from workbench.services.quality.samples import SampleRequest, strata_of

    with context.services() as services:
        request = SampleRequest(period=parse_period(period), size=size, by=strata_of(by), seed=seed)
        line = services.samples.draw(request, dry_run=dry_run)
        if context.as_json:
            output.document(_document(line, zone_of(services)))
            return
    output.table(
        [_("Stratum"), _("Decisions"), _("Drawn")],
        [[stratum_words(name), commas(size), commas(drawn)] for name, (size, drawn) in line.strata.items()],
        numeric=(1, 2),
    )
    left_out = (
        _("{count} {cause}").format(count=commas(count), cause=_(LEFT_OUT_WORDS[cause]))
        for cause, count in line.left_out.items()
    )
    output.pairs(
        [
            (_("Sample"), _("not stored (--dry-run)") if line.id is None else str(line.id)),
            (
                _("Drawn"),
                _("{drawn} of {decisions}").format(drawn=commas(line.drawn), decisions=commas(line.decisions)),
            ),
            (_("Golden"), commas(line.golden)),
            (_("Left out"), comma_joined(left_out)),
            (_("Seed"), str(line.seed)),
        ]
    )
    if line.id is not None:
        output.narrate(_("Reviewers read the cases with `workbench quality review`."))


def list_samples(context: CommandContext) -> None:
    """List the samples."""
    with context.services() as services:
        zone = zone_of(services)
        columns: Columns[SampleLine] = {
            _("Sample"): lambda line: str(line.id),
            _("Sampled period"): lambda line: f"{line.period.first} – {line.period.last}",
            _("Drawn"): lambda line: commas(line.drawn),
            _("Golden"): lambda line: commas(line.golden),
            _("Opinions"): lambda line: commas(line.opinions),
            _("Left"): lambda line: commas(line.left),
            _("Seed"): lambda line: str(line.seed),
            _("At"): lambda line: minute(line.drawn_at, zone) if line.drawn_at else "",
            _("By"): lambda line: line.drawn_by,
        }
        context.print_list("samples", services.samples.list(), lambda line: _document(line, zone), columns)


def mark_golden(
    context: CommandContext,
    case: CaseArgument,
    verdict: Annotated[Verdict, argument("pass|fail|pending", N_("Right verdict."))],
    reason: Annotated[list[str] | None, option("--reason", N_("Right reason; repeatable."), "CODE")] = None,
    note: NoteText = "",
    *,
    final: Annotated[bool, option("--final", N_("Final fail: it cannot be rectified."))] = False,
) -> None:
    """Mark the right answer to a decided case."""
    with context.services() as services:
        fail_kind = _fail_kind(verdict, final=final)
        services.samples.mark_golden(case, verdict, fail_kind, tuple(reason or ()), note)
        sentence = _("The right answer to {case} is recorded; new samples of its period include the case.")
        context.print_result({"case": format_case(case), "golden": verdict}, sentence.format(case=format_case(case)))


def review(
    context: CommandContext,
    verdict: Annotated[Verdict | None, argument("pass|fail|pending", N_("What you would have decided."))] = None,
    reason: Annotated[list[str] | None, option("--reason", N_("Reason code; repeatable."), "CODE")] = None,
    note: NoteText = "",
    *,
    final: Annotated[bool, option("--final", N_("Final fail: it cannot be rectified."))] = False,
    give_back: Annotated[bool, option("--give-back", N_("Give the case back without an opinion."))] = False,
) -> None:
    """Read a sampled case without its verdict, or give your opinion on it."""
    with context.services() as services:
        if give_back:
            case_id, sentence = services.opinions.give_back(), _("{case} is given back.")
        elif verdict is not None:
            case_id = services.opinions.give(verdict, _fail_kind(verdict, final=final), tuple(reason or ()), note)
            sentence = _("Your opinion on {case} is recorded; nothing of the case changed.")
        else:
            blind = services.opinions.read()
            if blind is None:
                raise NothingAvailable(_("No sampled case is left for you."))
            from workbench.cli.cases.case_text import print_case

            print_case(context, blind.casefile)
            for gap in blind.gaps:
                output.narrate(gap)
            return
        context.print_result({"case": format_case(case_id)}, sentence.format(case=format_case(case_id)))


def adjudicate(
    context: CommandContext,
    case: CaseArgument,
    stands: Annotated[str, argument("first|second|neither", N_("Which opinion stands."))],
    note: NoteText = "",
    decision: Annotated[
        int | None, option("--decision", N_("Which decision, if several are drawn."), "D-…", parser=parse_decision)
    ] = None,
    sample_id: Annotated[int | None, option("--sample", N_("Number of the sample. Default: all."), "N")] = None,
) -> None:
    """Say which of two differing opinions stands, and why."""
    if stands not in STANDS_WORDS:
        message = _("“{text}” is not one of {choices}.")
        raise WrongUsage(message.format(text=quoted_masked(stands), choices=comma_joined(STANDS_WORDS)))
    with context.services() as services:
        look = services.quality.adjudicate(case, stands, note, decision, sample_id)
        sentence = _("{case}, {decision}: {stands}. To open the case again: `workbench reopen {case} --reason …`.")
        names = {"case": format_case(case), "decision": format_decision(look.decision_id)}
        words = sentence.format(**names, stands=_(STANDS_WORDS[stands]))
        context.print_result(_look_document(look), words)


def report(
    context: CommandContext,
    sample_id: Annotated[int | None, option("--sample", N_("Number of the sample. Default: the newest."), "N")] = None,
) -> None:
    """Show how far first and second opinions agree."""
    with context.services() as services:
        figures, differing = services.quality.figures(sample_id), services.quality.differing(sample_id)
    if context.as_json:
        output.document(_figures_document(figures, differing))
        return
    rows = agreement_rows(figures.verdicts, figures.by, figures.reasons)
    headings = [_("Agreement"), _("Pairs"), _("raw"), "κ", "AC1"]
    output.table(headings, [[name, commas(found.pairs), *agreement_words(found)] for name, found in rows], numeric=(1,))
    output.line("")
    output.pairs(
        [
            (_("Reasons in common"), estimate_words(figures.jaccard)),
            (_("Golden cases answered right"), golden_words(figures.golden)),
            *((_(words), commas(figures.stands[name])) for name, words in STANDS_WORDS.items()),
            (_("Waiting for a third person"), commas(figures.waiting)),
        ]
    )
    output.line("")
    names = look_names(differing)
    columns: Columns[SecondLook] = {
        _("Case"): lambda look: names[look.sampled_id],
        _("First"): lambda look: with_details(look.maker, answer_words(look.first)),
        _("Second"): lambda look: with_details(look.reader, answer_words(look.second)),
        _("Right answer"): lambda look: answer_words(look.right) if look.right else "",
        _("Note"): lambda look: look.note,
        _("Stands"): lambda look: _(STANDS_WORDS[look.stands]) if look.stands else "",
    }
    output.listing(differing, columns)


def _fail_kind(verdict: Verdict, *, final: bool) -> FailKind | None:
    if verdict is not Verdict.FAIL:
        return None
    return FailKind.FINAL if final else FailKind.FIXABLE


def _estimate(estimate: "Estimate | None") -> dict[str, float] | None:
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _agreement(found: "Agreement") -> dict[str, Any]:
    figures = {name: _estimate(getattr(found, name)) for name in ("raw", "kappa", "ac1")}
    return {"pairs": found.pairs, **figures}


def _answer(answer: "Answer") -> dict[str, Any]:
    verdict, fail_kind, reasons = answer
    return {"verdict": verdict, "fail_kind": fail_kind or None, "reasons": sorted(reasons)}


def _look_document(look: "SecondLook") -> dict[str, Any]:
    return {
        "case": format_case(look.case_id),
        "decision": format_decision(look.decision_id),
        "first": {"by": look.maker, **_answer(look.first)},
        "second": {"by": look.reader, **_answer(look.second), "note": look.note},
        "right": _answer(look.right) if look.right else None,
        "stands": look.stands or None,
        "adjudicated_by": look.adjudicator or None,
        "why": look.adjudication,
    }


def _figures_document(figures: "QualityFigures", differing: "Sequence[SecondLook]") -> dict[str, Any]:
    return {
        "sample": figures.sample_id,
        "verdicts": _agreement(figures.verdicts),
        **{f"by_{name}": {one: _agreement(two) for one, two in found.items()} for name, found in figures.by.items()},
        "reasons": {code: _agreement(found) for code, found in figures.reasons.items()},
        "jaccard": _estimate(figures.jaccard),
        "golden": dict(zip(("opinions", "right"), figures.golden, strict=True)),
        "stands": dict(figures.stands),
        "waiting": figures.waiting,
        "differing": [_look_document(look) for look in differing],
    }


def _document(line: "SampleLine", zone: "ZoneInfo") -> dict[str, Any]:
    return {
        "sample": line.id,
        "from": line.period.first.isoformat(),
        "to": line.period.last.isoformat(),
        "size": line.size,
        "seed": line.seed,
        "by": list(line.by),
        "strata": [{"stratum": name, "decisions": size, "drawn": drawn} for name, (size, drawn) in line.strata.items()],
        "left_out": dict(line.left_out),
        "drawn": line.drawn,
        "golden": line.golden,
        "opinions": line.opinions,
        "left": line.left,
        "at": to_json(line.drawn_at, zone),
        "by_login": line.drawn_by or None,
    }
