"""Commands about notices to applicants: notices list, notices sent, notices send."""

from collections.abc import Iterable
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from workbench.cli.cases.letters_text import letter_columns
from workbench.cli.cases.named_case import find_case, note_reading
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_record
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import format_case
from workbench.errors import ExitCode
from workbench.i18n import N_, _, ngettext
from workbench.wording.amounts import commas, minute
from workbench.wording.letters import late_letter_sentences, sent_and_failed_sentence

if TYPE_CHECKING:
    from workbench.domain.case.records import NoticeLine
    from workbench.services.outbox.recording import RecordedDeliveries
    from workbench.services.outbox.sending import SendReport
    from workbench.services.review.rectifying.late_letters import MovedDeadline


def list_notices(
    context: CommandContext,
    case: Annotated[
        str | None, argument("CASE", N_("Only the notices of this case: C-000123, or what names it."))
    ] = None,
    unsent: Annotated[bool, option("--unsent", N_("Only notices that are released but not sent."))] = False,
    overdue: Annotated[bool, option("--overdue", N_("Only unsent notices whose sending is overdue."))] = False,
) -> None:
    """List the notices."""
    with context.services() as services:
        case_id = None if case is None else find_case(context, services, case)
        lines = services.notices.list(case_id, unsent=unsent, overdue=overdue)
        if case_id is not None:
            note_reading(services, case_id)
        zone = zone_of(services)
    columns = {
        _("Notice"): lambda line: str(line.id),
        _("Case"): lambda line: format_case(line.case_id),
        **letter_columns(partial(minute, zone=zone), context.now()),
    }
    context.print_list("notices", lines, partial(_notice_document, zone=zone), columns, numeric=(0,))


def _notice_document(line: "NoticeLine", zone: ZoneInfo) -> dict[str, Any]:
    """Return a notice; `decision` is the number as people write it, `decision_id` is the bare number."""
    return {**json_record(line, zone, case="case_id", decision="decision_id"), "decision_id": line.decision_id}


def mark_sent(
    context: CommandContext,
    file: Annotated[
        Path,
        argument(
            "FILE",
            N_(
                "Exported notices file, or a file with one notice number per line. Optional columns: sent_at, channel, "
                "and failed or cause for a notice that could not be delivered."
            ),
        ),
    ],
) -> None:
    """Mark the notices in a file as sent or failed."""
    from workbench.services.acts.portions import PartlyRecorded

    with context.services() as services:
        try:
            recorded = services.notices.record_file(file)
        except PartlyRecorded as error:
            _print_recorded(context, error.recorded)
            raise
    _print_recorded(context, recorded)


def _print_recorded(context: CommandContext, recorded: "RecordedDeliveries") -> None:
    counts = {"sent": recorded.sent, "already_sent": recorded.already_sent, "failed": recorded.failed}
    document = {**counts, **_moved_document(recorded.moved)}
    context.print_result(document, sent_and_failed_sentence(recorded.sent, recorded.failed, recorded.already_sent))
    _narrate_moved(context, recorded.moved)


def send(
    context: CommandContext,
    command: Annotated[
        str,
        option(
            "--with",
            N_("Program of yours that sends one letter, which it reads as JSON in clear on stdin; no shell is used."),
            "COMMAND",
        ),
    ],
    limit: Annotated[int | None, option("--limit", N_("Maximum number of letters in this run."), "N", min=1)] = None,
    timeout: Annotated[
        float, option("--timeout", N_("Seconds to wait for the program. Default: 60."), "S", min=0.1, max=3600)
    ] = 60,
) -> None:
    """Hand the unsent notices to a program of the operator."""
    from workbench.services.outbox.gateway import Gateway

    with context.services() as services, output.ProgressLine(_("Sending")) as progress:
        report = services.sending.send(Gateway(command, timeout), limit=limit, progress=progress)
    as_document = partial(json_record, zone=UTC, notice="notice_id", case="case_id")
    failures = [as_document(letter, without=("after",)) for letter in report.failures]
    waiting = [as_document(letter, without=("failure",)) for letter in report.waiting.values()]
    document = {
        "sent": report.sent,
        "failed": len(failures),
        "skipped": report.skipped,
        "cancelled": report.cancelled,
        "held_back": len(waiting),
        "failures": failures,
        "waiting": waiting,
    }
    sentences = (sent_and_failed_sentence(report.sent, len(failures)), *_not_tried_sentences(report))
    context.print_result({**document, **_moved_document(report.moved)}, " ".join(sentences))
    _narrate_moved(context, report.moved)
    for failed in failures:
        output.complain(_("notice {notice} of {case}: {failure}").format(**failed))
    for letter in waiting:
        output.complain(_("notice {notice} of {case}: waits for notice {after}").format(**letter))
    if failures:
        raise typer.Exit(ExitCode.IO)


def _not_tried_sentences(report: "SendReport") -> list[str]:
    """Return how many letters were not handed to the program, by cause."""
    skipped, cancelled, waiting = report.skipped, report.cancelled, len(report.waiting)
    left = ngettext("{count} letter was left to another run.", "{count} letters were left to another run.", skipped)
    called_off = ngettext(
        "{count} letter was cancelled during the run.", "{count} letters were cancelled during the run.", cancelled
    )
    waits = ngettext(
        "{count} letter waits for an earlier letter of its case.",
        "{count} letters wait for earlier letters of their cases.",
        waiting,
    )
    counted = ((left, skipped), (called_off, cancelled), (waits, waiting))
    return [message.format(count=commas(number)) for message, number in counted if number]


def _moved_document(moved: Iterable["MovedDeadline"]) -> dict[str, Any]:
    """Return the effects of letters that were sent late, by their JSON keys.

    Cases under `lapsed` stay lapsed; the lapse of those under `lapse_undone` was taken back. Cases under `went_on` had
    gone on at their old date without an answer, so their deadline did not move.
    """
    return {
        "deadlines_moved": [
            {"case": format_case(deadline.case_id), "deadline": deadline.deadline_on.isoformat()}
            for deadline in moved
            if deadline.deadline_on is not None
        ],
        "lapsed": [format_case(deadline.case_id) for deadline in moved if deadline.has_lapsed],
        "lapse_undone": [format_case(deadline.case_id) for deadline in moved if deadline.is_lapse_undone],
        "went_on": [format_case(deadline.case_id) for deadline in moved if deadline.deadline_on is None],
    }


def _narrate_moved(context: CommandContext, moved: Iterable["MovedDeadline"]) -> None:
    if not context.as_json:
        document = _moved_document(moved)
        days = [(row["case"], row["deadline"]) for row in document["deadlines_moved"]]
        for sentence in late_letter_sentences(days, document["lapsed"], document["lapse_undone"], document["went_on"]):
            output.narrate(sentence)
