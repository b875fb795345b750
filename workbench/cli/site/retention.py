"""Commands about how long data is kept: retention show, apply, approve, reject and compact; hold and unhold."""

import sys
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_attributes, json_record
from workbench.cli.framework.options import CaseArgument, DryRun, ReasonText, required_text
from workbench.cli.framework.parameters import argument, option
from workbench.cli.site.request_text import print_request, request_json
from workbench.cli.site.reviewers import RequestArgument, reject_request
from workbench.domain.case.case_id import format_case, format_request, parse_case
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined
from workbench.wording.amounts import commas, minute

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.services.records.retention.counting import RetentionCounts
    from workbench.services.records.retention.holds import LegalHold
    from workbench.services.records.retention.service import ErasureReport
    from workbench.services.wiring import Services

WithoutAsking = Annotated[bool, option("--yes", N_("Do not ask; what is erased cannot be restored."))]


def show(context: CommandContext) -> None:
    """Show what would be erased today."""
    with context.services() as services:
        _print_counts(context, services)


def apply(
    context: CommandContext, reason: ReasonText = "", yes: WithoutAsking = False, dry_run: DryRun = False
) -> None:
    """Erase what is due, or ask another admin to approve it."""
    from workbench.services.site.admin_requests import AdminRequest

    text = reason if dry_run else required_text(reason, "--reason")
    with context.services() as services:
        if dry_run:
            _print_counts(context, services)
            return
        if not yes and not services.retention.needs_other_admin() and not _is_confirmed(context, services):
            return
        with output.ProgressLine(_("Erasing …")) as progress:
            outcome = services.retention.apply(text, progress)
        if isinstance(outcome, AdminRequest):
            print_request(context, outcome, zone_of(services))
        else:
            _print_erased(context, outcome)


def approve(context: CommandContext, request: RequestArgument, yes: WithoutAsking = False) -> None:
    """Approve a request of another admin, and erase what is due."""
    from workbench.services.site.admin_requests import RequestKind

    with context.services() as services:
        services.requests.find(request, RequestKind.ERASURE)
        if not yes and not _is_confirmed(context, services):
            return
        with output.ProgressLine(_("Erasing …")) as progress:
            erased = services.retention.approve(request, progress)
    _print_erased(context, erased)


def reject(context: CommandContext, request: RequestArgument) -> None:
    """Reject a request of another admin, or withdraw one's own."""
    from workbench.services.site.admin_requests import RequestKind

    reject_request(context, request, RequestKind.ERASURE)


def _print_erased(context: CommandContext, erased: "ErasureReport") -> None:
    context.print_result(_erased_document(erased), *_erased_sentences(erased))


def compact(context: CommandContext) -> None:
    """Remove the remnants of erased rows from unused parts of the database."""
    from workbench.services.site.file_checks import kept_by_server

    with context.services() as services:
        is_clean = services.retention.compact()
    sentences = [
        _("Nothing of what was erased is left in the tables of the database."),
        *kept_by_server(context.database()),
    ]
    if not is_clean:
        sentences = [_("Somebody was reading; run `workbench retention compact` again once others have left.")]
    context.print_result({"compacted": is_clean}, *sentences)


def hold(
    context: CommandContext,
    case: Annotated[int | None, argument("CASE", N_("Case, such as C-000123."), parser=parse_case)] = None,
    reason: Annotated[str | None, option("--reason", N_("Reason."), "T")] = None,
    filter_text: Annotated[
        str | None, option("--filter", N_("Put all cases of a filter under legal hold."), "F")
    ] = None,
    is_list: Annotated[bool, option("--list", N_("List the cases under legal hold."))] = False,
) -> None:
    """Put a case under legal hold, or list the legal holds."""
    with context.services() as services:
        if is_list:
            _list_holds(context, services)
            return
        if reason is None or (case is None) == (filter_text is None):
            raise WrongUsage(_("Give --reason and either a case or --filter; --list shows the legal holds."))
        if case is None:
            placed = services.legal_holds.place_all(filter_text or "", required_text(reason, "--reason"))
            context.print_result(
                {"placed": placed}, _("Cases put under legal hold: {count}.").format(count=commas(placed))
            )
            return
        services.legal_holds.place(case, required_text(reason, "--reason"))
    sentence = _("{case} is under legal hold; retention erases nothing of it.").format(case=format_case(case))
    context.print_result({"case": format_case(case), "legal_hold": True}, sentence)


def unhold(context: CommandContext, case: CaseArgument, reason: ReasonText) -> None:
    """End the legal hold of a case."""
    with context.services() as services:
        services.legal_holds.end(case, required_text(reason, "--reason"))
    sentence = _("{case} is under legal hold no more.").format(case=format_case(case))
    context.print_result({"case": format_case(case), "legal_hold": False}, sentence)


def _list_holds(context: CommandContext, services: "Services") -> None:
    zone = zone_of(services)
    columns: Columns[LegalHold] = {
        _("Case"): lambda hold: format_case(hold.case_id),
        _("Since"): lambda hold: minute(hold.placed_at, zone),
        _("By"): lambda hold: hold.placed_by,
        _("Reason"): lambda hold: hold.reason,
    }
    as_document = partial(json_record, zone=zone, case="case_id")
    context.print_list("holds", services.legal_holds.list(), as_document, columns)


def _is_confirmed(context: CommandContext, services: "Services") -> bool:
    """Ask on the terminal whether to erase the due data; refuse to erase it without a terminal."""
    if context.as_json or not sys.stdin.isatty():
        raise WrongUsage(_("What is erased cannot be restored; add --yes to erase it, or --dry-run to see what it is."))
    _print_counts(context, services)
    return typer.confirm(_("Erase this for good?"), err=True)


def _print_counts(context: CommandContext, services: "Services") -> None:
    from workbench.services.site.admin_requests import RequestKind
    from workbench.wording.retention import KEEP_REASON_WORDS, RETENTION_KIND_WORDS, period_words

    requests = services.requests.open(RequestKind.ERASURE)
    counts, zone = services.retention.show(), zone_of(services)
    if context.as_json:
        waiting = [request_json(request, zone) for request in requests]
        output.document({**_counts_document(counts), "requests": waiting})
        return
    output.listing(
        [row for row in counts.kinds if row.period or row.due or row.kept],
        {
            _("What"): lambda row: _(RETENTION_KIND_WORDS[row.kind]),
            _("Period"): lambda row: period_words(row.period),
            _("To erase"): lambda row: commas(row.due),
            _("Documents"): lambda row: commas(row.documents),
            "MB": lambda row: f"{row.bytes_count / 1e6:,.1f}",
            _("Call records"): lambda row: commas(row.call_rows),
            _("Kept"): lambda row: comma_joined(
                _("{count}: {why}").format(count=commas(number), why=_(KEEP_REASON_WORDS[why]))
                for why, number in sorted(row.kept.items())
            ),
        },
        numeric=(2, 3, 4, 5),
    )
    output.narrate(_("As of {day}, by the clock of this machine.").format(day=counts.day.isoformat()))
    output.narrate(_("Open cases, which are always kept: {count}.").format(count=commas(counts.open_cases)))
    if counts.next_on is not None:
        output.narrate(_("More becomes due on {day}.").format(day=counts.next_on.isoformat()))
    for request in requests:
        message = _("{login} asks to erase this ({reason}); another admin may approve {request} until {day}.")
        number, until = format_request(request.number), minute(request.expires_at, zone)
        output.narrate(
            message.format(login=request.requested_by, reason=request.values["reason"], request=number, day=until)
        )


def _counts_document(counts: "RetentionCounts") -> dict[str, Any]:
    return {
        "day": counts.day.isoformat(),
        "kinds": [
            {
                **json_attributes(row, ("kind", "period", "due", "documents"), UTC),
                "document_bytes": row.bytes_count,
                "call_rows": row.call_rows,
                "kept": {why.value: number for why, number in sorted(row.kept.items())},
            }
            for row in counts.kinds
        ],
        **json_attributes(counts, ("open_cases", "next_on"), UTC),
    }


def _erased_document(erased: "ErasureReport") -> dict[str, Any]:
    return {
        "cases": erased.cases.total(),
        "by_kind": {kind.value: number for kind, number in (erased.cases + erased.parts).items()},
        "documents": erased.files.documents,
        "document_bytes": erased.files.bytes_count,
        "call_rows": erased.files.call_rows,
        "compacted": not erased.has_remnants,
        "older_copies": [str(copy) for copy in erased.copies],
    }


def _erased_sentences(erased: "ErasureReport") -> list[str]:
    from workbench.wording.retention import RETENTION_KIND_WORDS

    if not erased.cases and not erased.parts:
        return [_("Nothing was due.")]
    parts = comma_joined(
        f"{_(RETENTION_KIND_WORDS[kind])}: {commas(number)}" for kind, number in (erased.cases + erased.parts).items()
    )
    files = _("Files: {documents} documents, {calls} call records.")
    sentences = [
        _("Erased: {what}.").format(what=parts),
        files.format(documents=commas(erased.files.documents), calls=commas(erased.files.call_rows)),
        _("Backups made before still contain this. Delete them; after a restore of one, erase again."),
    ]
    if erased.copies:
        message = _("Copies from before an upgrade contain it too; delete them: {files}.")
        sentences.append(message.format(files=comma_joined(map(str, erased.copies))))
    if erased.has_remnants:
        sentences.append(
            _("Unused parts of the database may still contain it; run `workbench retention compact` at a quiet time.")
        )
    sentences += erased.kept_by_server
    return sentences
