"""Verifies the audit log, and reads its last event."""

from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context


def verify_log(context: Context) -> audit_log.ChainReport:
    """Check the hash chain of the audit log from the first event to the last."""
    with context.read() as session:
        return audit_log.verify(session)


def log_head(context: Context) -> tuple[int, str]:
    """Return the number and hash of the last event; a copy kept elsewhere shows whether later events were removed."""
    with context.read() as session:
        return audit_log.last_event(session)
