"""What every export reads alike: pages of rows in order, in the policy's zone, masked or whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select
from sqlmodel import Session

from db.enums import CaseState
from workbench.services.case.known_people import Key, people_of
from workbench.services.case.redaction import Hidden

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an export reads, and how much it may show."""

    session: Session
    zone: ZoneInfo
    now: datetime
    since: date | None
    reveal: bool

    def instant(self, at: datetime | None) -> str | None:
        """Return an instant as RFC 3339 with the policy zone's offset."""
        return None if at is None else at.astimezone(self.zone).isoformat()

    def from_since(self, column: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """Return the condition that an instant lies on the asked-for local day or later."""
        if self.since is None:
            return []
        return [column >= datetime.combine(self.since, time(), tzinfo=self.zone)]

    def state(self, state: str, held_until: datetime | None) -> str:
        """Return the state of a case as it counts: a hold whose time is over is queued."""
        if state == CaseState.IN_REVIEW and held_until is not None and held_until <= self.now:
            return CaseState.QUEUED.value
        return state

    def people_of(self, rows: Iterable[Row[Any]]) -> dict[Key, Hidden]:
        """Return who is masked in texts about the applications of these rows; nobody, where all may be shown."""
        keys = [(row.agent, row.application_no) for row in rows]
        return dict.fromkeys(keys, Hidden.of(())) if self.reveal else people_of(self.session, keys)

    def pages(self, statement: Select[Any], key: ColumnElement[int]) -> Iterator[list[Row[Any]]]:
        """Read a statement page by page in the order of a key that it selects.

        A file of any size is written without holding more than a page.
        """
        last = None
        while True:
            page = statement if last is None else statement.where(key > last)
            rows = list(self.session.execute(page.order_by(key).limit(_PAGE)).all())
            if rows:
                yield rows
            if len(rows) < _PAGE:
                return
            last = getattr(rows[-1], key.name)
