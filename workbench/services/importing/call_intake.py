"""Stages the records of call files: by SQL what it accepts, and by the parser of their columns what it does not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property

from db.columns import to_us
from db.enums import Direction, ImportKind
from workbench.domain.evidence.rows import CallRow
from workbench.services.calls.writing import CallColumns, StagedCalls
from workbench.services.foundation.context import Context
from workbench.services.importing.calls import call_store
from workbench.services.reading.kinds import SORTS
from workbench.services.reading.problems import BadRecord, FileProblem, Row
from workbench.services.reading.reader import Reader
from workbench.services.reading.staging.accepted import accepted
from workbench.services.reading.staging.records import StagedRecords

_SORTS = {name.removesuffix("*"): (sort, name.endswith("*")) for name, sort in SORTS[ImportKind.CALLS].items()}

# Seen from our number, which is the called side of an incoming call; a record that SQL does not accept is NULL.
# Lines are asked for separately, as DuckDB counts them in one thread.
_CALLS = """
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT CASE WHEN is_accepted THEN CASE WHEN incoming THEN callee ELSE caller END END AS msisdn,
       CASE WHEN is_accepted THEN callee_hash(CASE WHEN incoming THEN caller ELSE callee END) END AS callee,
       start_at AS start_us, duration_s, coalesce(answered, duration_s > 0) AS answered, incoming, imei
FROM (SELECT {condition} AS is_accepted, {values}, coalesce(direction = 'in', false) AS incoming FROM {records})
"""
_ODD = "CREATE OR REPLACE TEMP TABLE {table}_odd AS SELECT line FROM {records} WHERE NOT ({condition})"


class CallIntake:
    """Takes call files in, each as a table of the staged calls; `opened` closes what that needs."""

    def __init__(self, context: Context, opened: ExitStack, now: datetime) -> None:
        self._context = context
        self._opened = opened
        self._now = now
        self._records: dict[Reader, StagedRecords] = {}

    @cached_property
    def staged(self) -> StagedCalls:
        """The staged calls, which are opened when they are first needed."""
        return self._opened.enter_context(call_store(self._context).staging())

    def take(
        self, reader: Reader, refuse: Callable[[BadRecord], object], progress: Callable[[], object]
    ) -> tuple[int, FileProblem | None]:
        """Take the calls of a file, and refuse its bad records in their order.

        Return how many calls there are, and what tore the file apart, if something did: what stands before it is taken.
        """
        duck = self.staged.duck
        records = self._records[reader] = StagedRecords(duck, reader, progress)
        table = self._table(reader)
        calls, odd = (sql.replace("{table}", table) for sql in self._statements(records, reader))
        records.run(calls)
        self.staged.tables.add(table)
        [(rows, count)] = duck.rows(f"FROM {table} SELECT count(*), count(msisdn)")
        if count < rows:
            records.run(odd)
            self.staged.load(f"{table}_parsed", self._parsed(reader, refuse))
            [(parsed,)] = duck.rows(f"FROM {table}_parsed SELECT count(*)")
            count += parsed
        return count, records.problem

    def _parsed(self, reader: Reader, refuse: Callable[[BadRecord], object]) -> Iterator[CallColumns]:
        """Yield the calls that only the parser accepts."""
        for record in self._odd(reader):
            if isinstance(record, BadRecord):
                refuse(record)
            elif isinstance(record.value, CallRow):
                call = record.value
                incoming = call.direction is Direction.IN
                start_us = to_us(call.start_at)
                yield call.msisdn, call.callee, start_us, call.duration_s, call.answered, incoming, call.imei

    def _odd(self, reader: Reader) -> Iterator[Row | BadRecord]:
        """Yield the records of a file that SQL does not accept."""
        table = self._table(reader)
        [(rows, count)] = self.staged.duck.rows(f"FROM {table} SELECT count(*), count(msisdn)")
        lines = self.staged.duck.rows(f"FROM {table}_odd SELECT line ORDER BY line") if count < rows else ()
        return self._records[reader].judged(line for (line,) in lines)

    def _table(self, reader: Reader) -> str:
        return f"file_{list(self._records).index(reader)}"

    def _statements(self, records: StagedRecords, reader: Reader) -> tuple[str, str]:
        """Return the statements that make the tables of the calls that SQL accepts, and of the lines of the others."""
        with self._context.read() as session:
            zone = self._context.zone(session)
        conditions = ["NOT is_odd"]
        values = []
        for name, (sort, is_required) in _SORTS.items():
            cell = records.cell(name)
            found = accepted(sort, cell, zone, self._now)
            conditions.append(f"({found.condition})" if is_required else f"({cell} = '' OR {found.condition})")
            values.append(f"{found.value} AS {name}")
        conditions += [f"c{place} = ''" for place, name in enumerate(reader.columns) if not name]
        condition = " AND ".join(conditions)
        calls = _CALLS.replace("{condition}", condition).replace("{values}", ", ".join(values))
        return calls, _ODD.replace("{condition}", condition)
