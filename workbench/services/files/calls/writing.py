"""Writes the calls of one batch: staged in DuckDB, then one sorted Parquet file, published by its name."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from db.access import sync
from workbench.services.files.calls.engine import CallEngine, translated_failures
from workbench.services.files.calls.hashing import CalleeHasher
from workbench.services.files.calls.parquet import CallFiles, check_values_of, create_restricted_file

_STAGED = {
    "msisdn": "BIGINT",
    "callee": "UUID",
    "start_us": "BIGINT",
    "duration_s": "INTEGER",
    "answered": "BOOLEAN",
    "incoming": "BOOLEAN",
    "imei": "VARCHAR",
}
"""The columns of a staged call: `callee` is a keyed hash, and `msisdn` an integer code, which sorts faster than a text.
"""

_ADD = """
INSERT INTO {table} SELECT msisdn, ((callee_high::UHUGEINT << 64) | callee_low)::UUID, start_us, duration_s, answered,
       incoming, CASE WHEN imei > 1 THEN substr(imei::VARCHAR, 2) END
FROM portion WHERE odd_line = 0
"""
_ADD_ODD = "INSERT INTO {table}_odd SELECT odd_line FROM portion WHERE odd_line > 0"

# Records of the same call that differ are merged into the most complete one, independent of their order and file. The
# rows are sorted by number, so that a query for some numbers skips the others.
_MERGE = """
SELECT coalesce(odd_number.msisdn, substr(code::VARCHAR, 2)) AS msisdn, callee, start_us,
       duration_s::BIGINT AS duration_s, answered, CASE WHEN incoming THEN 'in' ELSE 'out' END AS direction, imei
FROM (
    SELECT msisdn AS code, callee, start_us, max(duration_s) AS duration_s, bool_or(answered) AS answered, incoming,
           max(coalesce(imei, '')) AS imei
    FROM staged GROUP BY msisdn, callee, start_us, incoming
) LEFT JOIN odd_number USING (code)
ORDER BY code, start_us
"""

# DuckDB builds its hash table from the right side. That must be the batch, not all calls that were ever imported.
_COUNT_PUBLISHED = """
SELECT count(*), count(*) FILTER (has_changed)
FROM (
    SELECT arg_max(published.duration_s <> written.duration_s OR published.answered <> written.answered
                   OR published.imei <> written.imei, place) AS has_changed
    FROM published JOIN (SELECT * EXCLUDE (place), row_number() OVER () AS call FROM written) AS written
    USING (msisdn, callee, start_us, direction)
    GROUP BY call
)
"""

_MOST_CODED_DIGITS = 17
"""The most digits that fit into a BIGINT after a leading 1."""

CallColumns = tuple[str, str, int, int, bool, bool, str]
"""An imported call, in the order of `_STAGED`, with the callee as a plain number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCallFile:
    """A published call file.

    Attributes:
        path: Its path.
        rows: The number of imported records.
        created: The number of calls that no earlier file has.
        updated: The number of calls that have other values in the newest earlier file.
        unchanged: The number of all other records.
        bytes_count: Its size.
        sha256: Its digest.
    """

    path: Path
    rows: int
    created: int
    updated: int
    unchanged: int
    bytes_count: int
    sha256: str


class StagedCalls:
    """The calls of one import in their own DuckDB database; callees are hashed before they are stored there."""

    def __init__(self, duck: CallEngine, files: CallFiles, hasher: CalleeHasher) -> None:
        self.duck = duck
        self.tables: set[str] = set()
        self._files = files
        self._hasher = hasher
        self._odd_numbers: dict[str, int] = {}

    def begin(self, table: str) -> None:
        """Create an empty table for calls, and one for the line numbers of records that SQL does not accept."""
        self.duck.create(table, _STAGED)
        self.duck.create(f"{table}_odd", {"line": "BIGINT"})
        self.tables.add(table)

    def add(self, table: str, query: str) -> None:
        """Add the calls of a query to a table; several threads may add at once.

        The query has the columns of a staged call, none of them NULL, with `msisdn`, `callee` and `imei` as codes: the
        digits after a 1. `odd_line` is 0 for a call. For a record that SQL does not accept, it is the line number, and
        only that is stored.
        """
        with self.duck.cursor() as duck:
            portion = duck.arrays(query)
            portion["callee_high"], portion["callee_low"] = self._hasher.hash_codes(portion.pop("callee"))
            with duck.registered_arrays("portion", portion):
                duck.run(_ADD.format(table=table))
                duck.run(_ADD_ODD.format(table=table))

    def load(self, table: str, calls: Iterable[CallColumns]) -> None:
        """Create a table and fill it with calls."""
        coded = ((self._code(call[0]), self._hasher(call[1]), *call[2:]) for call in calls)
        self.duck.load(table, _STAGED, coded)
        self.tables.add(table)

    def _code(self, number: str) -> int:
        """Return the code of a number: its digits after a leading 1, or a negative code if it has other characters."""
        if len(number) <= _MOST_CODED_DIGITS and number.isascii() and number.isdigit():
            return int("1" + number)
        return self._odd_numbers.setdefault(number, -1 - len(self._odd_numbers))

    def publish(self, batch_id: int, published: Collection[int] = ()) -> PublishedCallFile:
        """Publish the file of a batch under its name, and compare its calls with those of the `published` batches.

        The file also has calls that those batches have, so that the calls still count if an earlier batch is undone.

        Raises:
            StorageFailed: If the disk is full or a published file is missing or damaged.
            BadConfiguration: If a published file was changed.
        """
        folder = self._files.folder
        earlier = self._files.paths([other for other in published if other != batch_id])
        path, part = self._files.path(batch_id), self._files.part(batch_id)
        try:
            with translated_failures(folder):
                # Created before DuckDB writes it, so that other users can never read the file.
                os.close(create_restricted_file(part))
                rows = self._write(part)
                created, updated = self._count_changes(part, earlier)
                sync(part)
                bytes_count, sha256 = check_values_of(part)
                part.rename(path)
                sync(folder)
        finally:
            part.unlink(missing_ok=True)
        return PublishedCallFile(
            path=path,
            rows=rows,
            created=created,
            updated=updated,
            unchanged=rows - created - updated,
            bytes_count=bytes_count,
            sha256=sha256,
        )

    def _write(self, part: Path) -> int:
        """Write all staged calls to a file, free their memory, and return the number of imported records."""
        if not self.tables:
            self.load("no_calls", ())
        tables = " UNION ALL ".join(f"FROM {table}" for table in sorted(self.tables))
        self.duck.run(f"CREATE OR REPLACE VIEW staged AS {tables}")
        self.duck.load("odd_number", {"msisdn": "VARCHAR", "code": "BIGINT"}, self._odd_numbers.items())
        self.duck.write_calls(_MERGE, part, part=(0, 1))
        [(rows,)] = self.duck.rows("SELECT count(*) FROM staged")
        while self.tables:
            self.duck.run(f"DROP TABLE {self.tables.pop()}")
        return int(rows)

    def _count_changes(self, part: Path, earlier: list[Path]) -> tuple[int, int]:
        """Count the calls that no earlier file has, and those with other values in the newest file that has them."""
        self.duck.open_calls([part], "written")
        self.duck.open_calls(earlier, "published")
        [(calls,)] = self.duck.rows("SELECT count(*) FROM written")
        [(known, updated)] = self.duck.rows(_COUNT_PUBLISHED)
        return int(calls) - int(known), int(updated)
