"""Stages the records of call files: most of them by SQL, and those that the SQL does not accept by the parser."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property, partial

from db.columns import to_us
from db.enums import Direction, ImportKind
from workbench.services.files.calls.writing import CallColumns, StagedCalls
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.files.reading.problems import BadRecord, FileProblem, ParsedRow
from workbench.services.files.reading.reader import Reader
from workbench.services.files.reading.staging.accepted import accepted_value
from workbench.services.files.reading.staging.records import StagedRecords
from workbench.services.foundation.context import Context
from workbench.services.intake.importing.calls import call_store

_COLUMN_TYPES = {
    starred.removesuffix("*"): (column_type, starred.endswith("*"))
    for starred, column_type in COLUMN_TYPES[ImportKind.CALLS].items()
}
"""The types of the columns of a call file by their names, each with whether the column is required."""

# `msisdn` is our number, which is the called side of an incoming call. No column is NULL, even in records that are not
# accepted; these only keep their line in `odd_line`.
_CALLS = """
SELECT CASE WHEN is_accepted THEN 0 ELSE line END AS odd_line,
       coalesce(CASE WHEN incoming THEN callee ELSE caller END, 0) AS msisdn,
       coalesce(CASE WHEN incoming THEN caller ELSE callee END, 0) AS callee,
       coalesce(start_at, 0) AS start_us, coalesce(duration_s, 0) AS duration_s,
       coalesce(answered, duration_s > 0, false) AS answered, incoming, coalesce(imei, 0) AS imei
FROM (
    SELECT line, {condition} AS is_accepted, {values}, coalesce(direction = 'in', false) AS incoming
    FROM (FROM {records} SELECT *, {casts})
)
"""


class CallIntake:
    """Stages call files, each as a table of the staged calls; `opened` closes the staging area."""

    def __init__(self, context: Context, opened: ExitStack, now: datetime) -> None:
        self._context = context
        self._opened = opened
        self._now = now

    @cached_property
    def staged(self) -> StagedCalls:
        """The staging area, which is opened when it is first needed."""
        return self._opened.enter_context(call_store(self._context).staging())

    def take(
        self, file_index: int, reader: Reader, refuse: Callable[[BadRecord], object], progress: Callable[[int], object]
    ) -> tuple[int, FileProblem | None]:
        """Stage the calls of one of the files, and call `refuse` with each bad record in order.

        Return the number of calls, and the problem after which the rest of the file cannot be read, None if there is
        none. The calls before that problem are staged.
        """
        staged, duck = self.staged, self.staged.duck
        records, table = StagedRecords(reader, lambda: progress(reader.bytes_read)), f"file_{file_index}"
        query = self._query(records, reader)
        records.read(
            partial(staged.begin, table), lambda relation: staged.add(table, query.replace("{records}", relation))
        )
        [(count,)] = duck.rows(f"FROM {table} SELECT count(*)")
        [(odd,)] = duck.rows(f"FROM {table}_odd SELECT count(*)")
        if odd:
            lines = (line for (line,) in duck.rows(f"FROM {table}_odd SELECT line ORDER BY line"))
            staged.load(f"{table}_parsed", _parsed(records.read_lines(lines), refuse))
            [(parsed,)] = duck.rows(f"FROM {table}_parsed SELECT count(*)")
            count += parsed
        return count, records.problem

    def _query(self, records: StagedRecords, reader: Reader) -> str:
        """Return the query that converts records to staged calls; `{records}` in it stands for their relation."""
        with self._context.read() as session:
            zone = self._context.zone(session)
        conditions = ["NOT is_odd"]
        casts, values = [], []
        for name, (column_type, is_required) in _COLUMN_TYPES.items():
            cell = records.cell(name)
            accepted = accepted_value(column_type, cell, f"{name}_cast", zone, self._now)
            casts.append(f"{accepted.cast} AS {name}_cast")
            conditions.append(f"({accepted.condition})" if is_required else f"({cell} = '' OR {accepted.condition})")
            values.append(f"{accepted.value} AS {name}")
        conditions += [f"c{column} = ''" for column, name in enumerate(reader.columns) if not name]
        query = _CALLS.replace("{condition}", " AND ".join(conditions))
        return query.replace("{values}", ", ".join(values)).replace("{casts}", ", ".join(casts))


def _parsed(records: Iterable[ParsedRow | BadRecord], refuse: Callable[[BadRecord], object]) -> Iterator[CallColumns]:
    """Yield the calls that only the parser accepts."""
    for record in records:
        if isinstance(record, BadRecord):
            refuse(record)
        else:
            call = record.value
            incoming = call["direction"] == Direction.IN
            ours, other = ("callee", "caller") if incoming else ("caller", "callee")
            answered = call["duration_s"] > 0 if call["answered"] is None else call["answered"]
            start_us = to_us(call["start_at"])
            yield call[ours], call[other], start_us, call["duration_s"], answered, incoming, call["imei"]
