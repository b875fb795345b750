"""Lists what one person did in a period, from the audit log."""

from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from db.enums import ExportKind
from workbench.domain.exporting.roles import export_refusal
from workbench.services.clock.case_clocks import EVENT
from workbench.services.foundation.case_access import refuse_while_reading
from workbench.services.foundation.context import Service
from workbench.services.records.exporting.records import EVENT_COLUMNS, events
from workbench.services.records.exporting.request import ExportRequest
from workbench.services.records.exporting.sheets import Record
from workbench.services.records.exporting.source import ExportSource
from workbench.services.site.people import find_person


class ActsOfPerson(Service):
    """Lists the acts of a person for whoever may export the log."""

    def list(self, login: str, since: date, until: date | None) -> tuple[Record, ...]:
        """Return the events of a person from the day `since` to the day `until`, both included, the oldest first.

        The columns are those of an export of events. Refused attempts are included.

        Raises:
            NotAllowed: If no role of this person exports events, or this person reads a case for a second opinion.
            NotFound: If there is no such login.
        """
        context = self.context
        with context.requiring("events", partial(export_refusal, ExportKind.EVENTS)), context.read() as session:
            refuse_while_reading(session)
            request = ExportRequest(what=ExportKind.EVENTS, output=Path(), since=since)
            source = ExportSource.of(context, session, request)
            conditions = [EVENT.c.actor_id == find_person(session, login).id]
            if until is not None:
                end = datetime.combine(until + timedelta(days=1), time(), tzinfo=source.zone)
                conditions.append(EVENT.c.at < end)
            return tuple({name: row[name] for name in EVENT_COLUMNS} for row in events(source, *conditions))
