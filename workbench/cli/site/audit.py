"""Commands about the audit log: audit verify, audit head."""

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.wording.amounts import count


def verify(context: CommandContext) -> None:
    """Verify the hash chain from the first event to the last."""
    from workbench.services.foundation.audit_log import verify as verify_chain

    with context.services() as services, services.context.read() as session:
        report = verify_chain(session)
    if not report.is_whole:
        message = _("The audit log was changed at event {seq}; restore the database from a backup.")
        raise StorageFailed(message.format(seq=report.broken_at))
    if context.as_json:
        output.document({"events": report.event_count, "head": report.head, "broken_at": None})
    else:
        message = _("The audit log is intact: {count} events, head {hash}.")
        output.line(message.format(count=count(report.event_count), hash=report.head))


def head(context: CommandContext) -> None:
    """Print the number and hash of the last event."""
    from workbench.services.foundation.audit_log import last_event

    with context.services() as services, services.context.read() as session:
        seq, last = last_event(session)
    if context.as_json:
        output.document({"seq": seq, "head": last})
    else:
        output.line(f"{seq} {last}")
