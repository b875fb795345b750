"""Looking at the log as a whole: is it unbroken, and where does it end."""

from sqlmodel import col, select

from db.models import EventRow
from workbench.services.foundation import audit_log
from workbench.services.foundation.context import Context


class Audit:
    """The log of one database; all roles may follow it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def verify(self) -> audit_log.ChainReport:
        """Follow the chain of hashes from the first event to the last."""
        with self.context.read() as session:
            return audit_log.verify(session)

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last event; kept elsewhere, they show if the tail was cut off."""
        with self.context.read() as session:
            last = session.exec(select(EventRow.seq, EventRow.hash).order_by(col(EventRow.seq).desc()).limit(1)).first()
        return (0, audit_log.GENESIS) if last is None else (last[0], last[1])
