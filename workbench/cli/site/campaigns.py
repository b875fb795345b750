"""Commands about campaigns, which review passed cases again: policy campaign start, show, stop."""

from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_record
from workbench.cli.framework.options import DryRun
from workbench.cli.framework.parameters import argument, option
from workbench.i18n import N_, _, comma_joined, sentences_joined, with_details
from workbench.wording.amounts import commas, minute

if TYPE_CHECKING:
    from workbench.services.time.campaigns.campaigns import CampaignPlan, CampaignProgress

CampaignReason = Annotated[str, option("--reason", N_("Reason; the applicants read it."), "T")]


def start(
    context: CommandContext,
    rules: Annotated[
        list[str] | None, option("--rule", N_("Passed cases that hit this rule of the policy in force."), "CODE")
    ] = None,
    filter_text: Annotated[str, option("--filter", N_("Passed cases that this filter selects."), "F")] = "",
    per_day: Annotated[
        int, option("--per-day", N_("Cases opened each working day. Default: 10."), "N", min=1, max=10_000)
    ] = 10,
    reason: CampaignReason = "",
    dry_run: DryRun = False,
) -> None:
    """Review passed cases again."""
    from workbench.services.time.campaigns.campaigns import CampaignRequest

    codes = tuple(dict.fromkeys(rule.strip().upper() for rule in rules or ()))
    request = CampaignRequest(rules=codes, filter=filter_text, per_day=per_day, reason=reason)
    with context.services() as services:
        plan = services.campaigns.start(request, dry_run=dry_run)
    context.print_result(json_record(plan, UTC, campaign="id"), _plan_sentence(plan, per_day))


def _plan_sentence(plan: "CampaignPlan", per_day: int) -> str:
    parts = [
        _("Passed: {passed}. In review again already: {in_review}. Chosen: {chosen}.").format(
            passed=commas(plan.passed), in_review=commas(plan.in_review), chosen=commas(plan.chosen)
        )
    ]
    if plan.first_on is not None:
        message = _("{count} each working day, from {first} to {last}.")
        parts.append(message.format(count=commas(per_day), first=plan.first_on, last=plan.last_on))
    if plan.id is None:
        parts.append(_("Nothing was written."))
    else:
        message = _("Campaign {number} is started; {opened} cases are open now.")
        parts.append(message.format(number=plan.id, opened=commas(plan.opened)))
    return sentences_joined(parts)


def show(
    context: CommandContext,
    campaign: Annotated[int | None, argument("N", N_("Campaign. Default: all."))] = None,
) -> None:
    """Show how far campaigns are."""
    with context.services() as services:
        campaigns = services.campaigns.list() if campaign is None else (services.campaigns.show(campaign),)
        zone = zone_of(services)
    if context.as_json:
        documents = [_document(progress, zone) for progress in campaigns]
        output.document({"campaigns": documents} if campaign is None else documents[0])
        return
    output.listing(
        campaigns,
        {
            _("Campaign"): lambda progress: str(progress.id),
            _("Planned"): lambda progress: commas(progress.planned),
            _("Opened"): lambda progress: commas(progress.opened),
            _("Passed"): lambda progress: commas(progress.decided["pass"]),
            _("Failed"): lambda progress: commas(progress.decided["fail"]),
            _("Pending"): lambda progress: commas(progress.decided["pending"]),
            _("Left"): lambda progress: commas(progress.left),
            _("Until"): lambda progress: _("stopped") if progress.stopped_at else str(progress.last_on or ""),
            _("Reason"): lambda progress: progress.reason,
        },
        numeric=range(7),
    )
    if campaign is not None:
        output.line()
        output.pairs(_origin(campaigns[0], zone))


def _origin(progress: "CampaignProgress", zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield who started and stopped a campaign, when, and what chose its cases."""
    by = _("{when} by {login}")
    yield _("Started"), by.format(when=minute(progress.started_at, zone), login=progress.started_by)
    yield _("Rules"), comma_joined(progress.rules)
    yield _("Filter"), progress.filter
    yield _("Policy"), str(progress.policy_version_id)
    yield _("Each working day"), commas(progress.per_day)
    if progress.stopped_at is not None:
        stopped = by.format(when=minute(progress.stopped_at, zone), login=progress.stopped_by or "?")
        yield _("Stopped"), with_details(stopped, progress.stop_reason)


def stop(
    context: CommandContext,
    campaign: Annotated[int, argument("N", N_("Campaign."))],
    reason: Annotated[str, option("--reason", N_("Reason."), "T")] = "",
) -> None:
    """Stop a campaign."""
    with context.services() as services:
        stopped, zone = services.campaigns.stop(campaign, reason), zone_of(services)
    message = _("Campaign {number} is stopped: {dropped} cases are dropped, {opened} stay open or decided.")
    sentence = message.format(number=stopped.id, dropped=commas(stopped.dropped), opened=commas(stopped.opened))
    context.print_result(_document(stopped, zone), sentence)


def _document(progress: "CampaignProgress", zone: ZoneInfo) -> dict[str, Any]:
    return json_record(progress, zone, campaign="id", policy="policy_version_id")
