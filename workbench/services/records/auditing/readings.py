"""Logs who reads a case that somebody else holds, or nobody."""

from datetime import datetime, time

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from workbench.errors import StorageBusy, StorageFailed
from workbench.services.case.history import READ
from workbench.services.clock.case_clocks import EVENT
from workbench.services.foundation.case_access import is_held, read_case
from workbench.services.foundation.context import Service

_LOCK_WAIT_S = 0.5

_IS_LOGGED = select(
    exists().where(
        EVENT.c.case_id == bindparam("case"),
        EVENT.c.action == READ,
        EVENT.c.actor_id == bindparam("person"),
        EVENT.c.at >= bindparam("midnight"),
    )
)


class Readings(Service):
    """Logs the readings of one person."""

    def record(self, case_id: int) -> bool:
        """Log that this person reads a case, once a day of the office; the holder of the case is not logged.

        Return False if it cannot be logged now, because the database is busy or its disk is full. The case is shown all
        the same, and the next reading that day is logged instead: all personal values in it are masked, and a review
        must not stop because a log of masked readings does. Nothing is shown in clear without its own event.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person reads the case for a second opinion.
        """
        with self.context.read() as session:
            if self._needs_no_event(session, case_id):
                return True
        try:
            with self.context.write(wait_s=_LOCK_WAIT_S) as session:
                # Another window of this person may have logged it meanwhile.
                if not self._needs_no_event(session, case_id):
                    self.context.log(session, READ, case_id=case_id)
        except (StorageBusy, StorageFailed):
            return False
        return True

    def _needs_no_event(self, session: Session, case_id: int) -> bool:
        context, case = self.context, read_case(session, case_id)
        if case.held_by_id == context.actor.id and is_held(case, context.now()):
            return True
        midnight = datetime.combine(context.today(session), time(), tzinfo=context.zone(session))
        values = {"case": case_id, "person": context.actor.id, "midnight": midnight}
        return bool(session.connection().execute(_IS_LOGGED, values).scalar())
