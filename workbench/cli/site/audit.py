"""Commands about the audit log: audit verify, audit head."""

from datetime import UTC
from pathlib import Path
from typing import Annotated

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import to_json
from workbench.cli.framework.parameters import option
from workbench.errors import StorageFailed
from workbench.i18n import N_, _
from workbench.wording.amounts import commas
from workbench.wording.policy import safeguard_words

_MAX_FAULTS_SHOWN = 20


def verify(
    context: CommandContext,
    anchors: Annotated[
        Path | None,
        option("--head", N_("File of anchors that `audit head --append` wrote; each must match its event."), "FILE"),
    ] = None,
) -> None:
    """Verify the hash chain from the first event to the last, and that events explain what is in the database."""
    from workbench.services.foundation.audit_log import verify as verify_chain
    from workbench.services.site.log_checks.anchors import anchor_file, kept_anchor_faults, lost_anchors
    from workbench.services.site.log_checks.unexplained_rows import choice_faults, log_faults

    kept_file = None if anchors else anchor_file(context.anchor_target())
    with context.services() as services, services.context.read() as session:
        report = verify_chain(session)
        if not report.is_whole:
            message = _("The audit log was changed at event {seq}; restore the database from a backup.")
            raise StorageFailed(message.format(seq=report.broken_at))
        faults = [
            *(lost_anchors(session, anchors) if anchors else ()),
            *(kept_anchor_faults(session, kept_file) if kept_file else ()),
            *log_faults(session),
            *choice_faults(session, services.context.store),
        ]
        policy = services.policies.in_force()
    if faults:
        shown = faults[:_MAX_FAULTS_SHOWN]
        if len(faults) > _MAX_FAULTS_SHOWN:
            shown.append(_("And {count} more.").format(count=commas(len(faults) - _MAX_FAULTS_SHOWN)))
        raise StorageFailed("\n".join(shown))
    if context.as_json:
        safeguards = to_json(policy.safeguards, UTC)
        output.document(
            {"events": report.event_count, "head": report.head, "broken_at": None, "safeguards": safeguards}
        )
        return
    message = _("The audit log is intact: {count} events, head {hash}.")
    output.line(message.format(count=commas(report.event_count), hash=report.head))
    if policy.safeguards:
        output.line(safeguard_words(policy.number, policy.safeguards))
    if anchors is None and not (kept_file and kept_file.exists()):
        output.narrate(
            _(
                "It is consistent in itself. Whether all of it was replaced, only an anchor elsewhere can say:"
                " `workbench audit head --append FILE`, then `audit verify --head FILE`."
            )
        )


def head(
    context: CommandContext,
    anchors: Annotated[
        Path | None, option("--append", N_("Append it to a file, which another person should keep."), "FILE")
    ] = None,
) -> None:
    """Print the number and hash of the last event."""
    from workbench.services.foundation.audit_log import last_event
    from workbench.services.site.log_checks.anchors import append_anchor

    with context.services() as services, services.context.read() as session:
        seq, last_hash = last_event(session)
        if anchors is not None:
            append_anchor(session, anchors)
    if context.as_json:
        output.document({"seq": seq, "head": last_hash})
    else:
        output.line(f"{seq} {last_hash}")
