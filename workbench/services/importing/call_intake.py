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

# Seen from our number, which is the called side of an incoming call; a record that SQL does not accept is its line.
_CALLS = """
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT CASE WHEN is_accepted THEN NULL ELSE line END AS line,
       CASE WHEN is_accepted THEN CASE WHEN incoming THEN callee ELSE caller END END AS msisdn,
       CASE WHEN is_accepted THEN callee_hash(CASE WHEN incoming THEN caller ELSE callee END) END AS callee,
       start_at AS start_us, duration_s, coalesce(answered, duration_s > 0) AS answered, incoming, imei
FROM (SELECT line, {condition} AS is_accepted, {values}, coalesce(direction = 'in', false) AS incoming FROM {records})
"""


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
        records.run(self._statement(records, reader).replace("{table}", table))
        self.staged.tables.add(table)
        [(count, odd)] = duck.rows(f"FROM {table} SELECT count(msisdn), count(line)")
        if odd:
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
        lines = self.staged.duck.rows(f"FROM {self._table(reader)} SELECT line WHERE line IS NOT NULL ORDER BY line")
        return self._records[reader].judged(line for (line,) in lines)

    def _table(self, reader: Reader) -> str:
        return f"file_{list(self._records).index(reader)}"

    def _statement(self, records: StagedRecords, reader: Reader) -> str:
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
        return _CALLS.replace("{condition}", " AND ".join(conditions)).replace("{values}", ", ".join(values))
