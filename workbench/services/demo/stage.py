"""Where the history of the demo is played: its clock, its people and what they have in hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import select

from db.dialects.unsynced import without_syncing
from db.enums import ImportKind, Role
from db.models import CaseRow
from workbench.errors import NothingAvailable
from workbench.i18n import _
from workbench.services.demo.dates import DemoDates
from workbench.services.demo.deliveries import write_rows
from workbench.services.demo.handed import Handed, Row
from workbench.services.importing.request import ImportRequest
from workbench.services.opening import open_services
from workbench.services.wiring import Services

ADMIN = "admin"
SUPERVISOR = "sup"
REVIEWERS = ("rev1", "rev2", "rev3")

_ROLES = {
    **dict.fromkeys(REVIEWERS, (Role.REVIEWER,)),
    SUPERVISOR: (Role.SUPERVISOR,),
    "audit": (Role.AUDITOR,),
}


class DemoClock:
    """A clock that stands where the history has come to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


@dataclass
class Stage:
    """Everybody's office at one open database, the clock, the dates, and what the cases came to."""

    offices: dict[str, Services]
    clock: DemoClock
    dates: DemoDates
    now: datetime
    folder: Path
    handed: dict[int, Handed] = field(default_factory=dict)
    editions: dict[int, int] = field(default_factory=dict)
    case_ids: dict[str, int] = field(default_factory=dict)

    def case_id(self, application_no: str) -> int:
        """Return the number of an application's case.

        Raises:
            NothingAvailable: If it has none.
        """
        if application_no not in self.case_ids:
            with self.offices[ADMIN].context.read() as session:
                found = session.exec(select(CaseRow.id, CaseRow.application_no)).all()
            self.case_ids = {number: case_id for case_id, number in found if case_id is not None}
        if application_no not in self.case_ids:
            raise NothingAvailable(_("There is no case of {application}.").format(application=application_no))
        return self.case_ids[application_no]

    def take_in(self, kind: ImportKind, path: Path) -> None:
        """Import a file, and throw it away."""
        self.offices[ADMIN].imports.run(ImportRequest(kind=kind, paths=(path,)))
        path.unlink()

    def take_in_rows(self, kind: ImportKind, rows: Iterable[Row]) -> None:
        """Import rows, if there are any."""
        given = list(rows)
        if given:
            self.take_in(kind, write_rows(self.folder, kind, given))


@contextmanager
def offices(database: Path, clock: DemoClock) -> Iterator[dict[str, Services]]:
    """Register everybody, and open everybody's office at one open database, which does not wait for the disk."""
    first = open_services(database, ADMIN, clock)
    try:
        without_syncing(first.context.database.writer)
        for login, roles in _ROLES.items():
            first.people.add(login, roles)
        # The demo shows each role by itself.
        first.people.role(ADMIN, (), (Role.REVIEWER, Role.SUPERVISOR))
        yield {login: _office_of(login, database, first, clock) for login in (ADMIN, *_ROLES)}
    finally:
        first.close()


def _office_of(login: str, database: Path, first: Services, clock: DemoClock) -> Services:
    """Return somebody's office at the database that is open already: statements are compiled only once."""
    own = open_services(database, login, clock)
    own.close()
    shared = replace(own.context, database=first.context.database, cache=first.context.cache)
    return Services(shared)
