"""Reads the database for an export: pages of rows in order, with local times and masked people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, bindparam, func, select
from sqlmodel import Session

from db.columns import from_us
from db.enums import CaseState
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.text.redaction import Redaction
from workbench.services.case.known_people import Key, key_of, redactions_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.records.exporting.request import ExportRequest

_ROWS_PER_PAGE = 1000

KeyRange = tuple[int, int]
"""A portion of a table: the keys greater than the first number, up to and including the second."""

_KEYS_PER_PORTION = 10_000
"""A large number, because the start of a statement takes as long as reading a hundred rows."""

_ROWS_PER_SMALL_PAGE = 200
"""So few that the columns of a page stay in the processor cache while they are converted."""

_NOBODY = Redaction.of(())


_SECOND_US = 1_000_000
_QUARTER_US = 900 * _SECOND_US


_MINUTES_AND_SECONDS = [f":{second // 60:02}:{second % 60:02}" for second in range(3600)]
"""The part `:MM:SS` of a time, by the second within the hour."""


@lru_cache(maxsize=50_000)
def _quarter_hour(zone: ZoneInfo, quarter: int) -> tuple[str, int, str] | None:
    """Return the local hour, the second within the hour and the UTC offset at the start of a quarter of an hour.

    `quarter` is the number of the quarter, counted from the start of 1970 in UTC. Return None if the offset changes in
    the quarter, or if it is not a multiple of a quarter.
    """
    start, end = (from_us(us).astimezone(zone) for us in (quarter * _QUARTER_US, (quarter + 1) * _QUARTER_US - 1))
    if start.utcoffset() != end.utcoffset() or start.minute % 15 or start.second:
        return None
    text = start.isoformat()
    return text[:13], start.minute * 60, text[19:]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSource:
    """The database as an export reads it; `reveal` unmasks personal values, `unsent` leaves out sent notices."""

    session: Session
    store: Store
    zone: ZoneInfo
    now: datetime
    since: date | None
    reveal: bool
    unsent: bool = False

    @classmethod
    def of(cls, context: Context, session: Session, request: ExportRequest) -> "ExportSource":
        """Return the source for a request, read through a session."""
        return cls(
            session=session,
            store=context.store,
            zone=context.zone(session),
            now=context.now(),
            since=request.since,
            reveal=request.reveal,
            unsent=request.unsent,
        )

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

    def local(self, column: Iterable[int]) -> list[str]:
        """Return a column of stored instants as local times with their offsets."""
        return list(map(self._local_instant, column))

    def _local_instant(self, us: int) -> str:
        quarter = _quarter_hour(self.zone, us // _QUARTER_US)
        if quarter is None or us % _SECOND_US:
            return from_us(us).astimezone(self.zone).isoformat()
        hour, second, offset = quarter
        return hour + _MINUTES_AND_SECONDS[second + us % _QUARTER_US // _SECOND_US] + offset

    @property
    def today(self) -> date:
        """The local day of the export."""
        return self.now.astimezone(self.zone).date()

    @property
    def since_at(self) -> datetime | None:
        """The instant at which the day `since` begins."""
        return None if self.since is None else datetime.combine(self.since, time(), tzinfo=self.zone)

    def on_or_after_since(self, column: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """Return the condition that an instant is on or after the day `since`, or no condition if that is None."""
        return [] if self.since_at is None else [column >= self.since_at]

    def effective_state(self, state: str, held_until: datetime) -> str:
        """Return the state of a case, which is queued if its hold has expired."""
        if state == CaseState.IN_REVIEW and held_until <= self.now:
            return CaseState.QUEUED.value
        return state

    def people_of(self, rows: Iterable[Row[Any]]) -> dict[Key, Redaction]:
        """Return the redactions for texts about the applications of some rows; empty ones if values are revealed."""
        keys = list(map(key_of, rows))
        return dict.fromkeys(keys, _NOBODY) if self.reveal else redactions_of(self.session, keys)

    def pages(self, statement: Any, key: ColumnElement[int]) -> Iterator[Sequence[Row[Any]]]:
        """Yield the rows of a `select` statement in pages, in the order of `key`; one page at a time is in memory.

        `key` is one of the selected columns, with numbers above 0.
        """
        page, last = statement.where(key > bindparam("last")).order_by(key).limit(_ROWS_PER_PAGE), 0
        while rows := self.session.execute(page, {"last": last}).all():
            yield rows
            last = getattr(rows[-1], key.name)

    def records(
        self, statement: Any, key: ColumnElement[int], texts: Iterable[str]
    ) -> Iterator[tuple[Row[Any], dict[str, Any], Redaction]]:
        """Yield each row about a case, with its record and the redaction of the people of the case.

        In the record, people are masked inside the named texts, and the case and the decision have display numbers.
        """
        for page in self.pages(statement, key):
            people = self.people_of(page)
            for row in page:
                redaction = people[key_of(row)]
                record = {**self.record(row._asdict(), texts, redaction), "case": format_case(row.case_id)}
                record["decision"] = None if row.decision_id is None else format_decision(row.decision_id)
                yield row, record, redaction

    def portions(self, key: ColumnElement[int]) -> Iterator[KeyRange]:
        """Yield the portions in which `columns` reads a table, in order; `key` is its primary key."""
        last = self.session.execute(select(func.max(key))).scalar() or 0
        return ((after, after + _KEYS_PER_PORTION) for after in range(0, last, _KEYS_PER_PORTION))

    def columns(self, statement: Any, key: ColumnElement[int], portion: KeyRange) -> Iterator[dict[str, Sequence[Any]]]:
        """Yield the rows of a portion in small pages, column by column, with all values as the driver reads them."""
        names = [column.name for column in statement.selected_columns]
        within = statement.where(key > bindparam("after"), key <= bindparam("until")).order_by(key)
        cursor = self.session.connection().execute(within, dict(zip(("after", "until"), portion, strict=True))).cursor
        while rows := cursor.fetchmany(_ROWS_PER_SMALL_PAGE) if cursor else ():
            yield dict(zip(names, zip(*rows, strict=True), strict=True))
