"""Reads the database for an export: pages of rows in order, with local instants and masked people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, bindparam
from sqlmodel import Session

from db.columns import from_us
from db.enums import CaseState
from workbench.services.case.known_people import Key, redactions_of
from workbench.services.case.redaction import Redaction

_PAGE = 1000
_NOBODY = Redaction.of(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The database as an export reads it; `reveal` leaves personal values unmasked."""

    session: Session
    zone: ZoneInfo
    now: datetime
    since: date | None
    reveal: bool

    def record(self, row: Mapping[str, Any], texts: Iterable[str] = (), people: Redaction = _NOBODY) -> dict[str, Any]:
        """Return a row with local instants, None for empty texts, and people masked inside the named texts."""
        record = {name: self._value(value) for name, value in row.items()}
        if not self.reveal:
            record |= {name: people.mask_in(record[name]) for name in texts if record[name]}
        return record

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat()
        return None if value == "" else value

    def local(self, us: int) -> str:
        """Return a stored instant as the local time with its offset."""
        return str(self._value(from_us(us)))

    @property
    def today(self) -> date:
        """The local day of the export."""
        return self.now.astimezone(self.zone).date()

    def on_or_after_since(self, column: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """Return the condition that an instant is on or after the day `since`, or no condition if that is None."""
        if self.since is None:
            return []
        return [column >= datetime.combine(self.since, time(), tzinfo=self.zone)]

    def effective_state(self, state: str, held_until: datetime | None) -> str:
        """Return the state of a case, which is queued if its hold has expired."""
        if state == CaseState.IN_REVIEW and held_until is not None and held_until <= self.now:
            return CaseState.QUEUED.value
        return state

    def people_of(self, rows: Iterable[Row[Any]]) -> dict[Key, Redaction]:
        """Return the people to mask in texts about the applications of these rows; nobody if values are revealed."""
        keys = [(row.agent, row.application_no) for row in rows]
        return dict.fromkeys(keys, _NOBODY) if self.reveal else redactions_of(self.session, keys)

    def pages(self, statement: Any, key: ColumnElement[int]) -> Iterator[Sequence[Row[Any]]]:
        """Yield the rows of a `select` statement in pages, ordered by `key`, one of its columns, a number above 0.

        Only one page is in memory at a time.
        """
        page, last = statement.where(key > bindparam("last")).order_by(key).limit(_PAGE), 0
        while rows := self.session.execute(page, {"last": last}).all():
            yield rows
            last = getattr(rows[-1], key.name)
