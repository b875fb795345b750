"""Writes the calls of one batch: rows into a part, then one sorted Parquet file, published by its name."""

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from db.access import sync
from db.enums import Direction
from workbench.services.calls.engine import (
    CALL_COLUMNS,
    Engine,
    csv_rows,
    engine,
    failures_told,
    make_call_folder,
    quoted,
    storage_failure,
)
from workbench.services.calls.hashing import CalleeHasher
from workbench.services.calls.parquet import CallFiles, check_of, create_private

# Records of one call that differ become the fullest one, whatever their order and file.
_MERGE = """
CREATE TEMP VIEW fresh AS
SELECT msisdn, callee, start_us, max(duration_s) AS duration_s, bool_or(answered) AS answered, direction,
       max(coalesce(imei, '')) AS imei
FROM added
GROUP BY msisdn, callee, start_us, direction
ORDER BY msisdn, start_us, callee, direction
"""

# DuckDB builds its hash table on the right side, which must be the batch and not everything ever imported.
_ALREADY_THERE = """
SELECT count(*) FROM (
    SELECT DISTINCT msisdn, callee, start_us, direction
    FROM published SEMI JOIN written USING (msisdn, callee, start_us, direction)
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A published call file.

    Of the `rows` handed in, `created` are calls that no published file had; the others are `unchanged`.
    """

    path: Path
    rows: int
    created: int
    unchanged: int
    bytes_count: int
    sha256: str


class CallWriter:
    """The calls of one batch on their way into the store; as a context, it takes back what is unfinished."""

    def __init__(self, files: CallFiles, hasher: CalleeHasher, batch_id: int) -> None:
        self._files = files
        self._hashed = hasher
        self._batch_id = batch_id
        self._rows = 0
        self._rows_part = files.part(batch_id, "csv")
        self._parquet_part = files.part(batch_id, "parquet")
        with failures_told(files.folder):
            make_call_folder(files.folder)
            self._file = os.fdopen(create_private(self._rows_part), "w", encoding="utf-8", newline="")
        self._write = csv_rows(self._file).writerow

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def add(  # noqa: PLR0913, PLR0917 - the columns of a call; a value per row would cost a second per million
        self,
        msisdn: str,
        callee: str,
        start_at_us: int,
        duration_s: int,
        answered: bool,  # noqa: FBT001 - a column
        direction: Direction,
        imei: str,
    ) -> None:
        """Take one call (start in microseconds UTC); only the hash of the callee leaves the memory.

        Raises:
            StorageFailed: If the disk is full.
        """
        self._rows += 1
        try:
            self._write((msisdn, self._hashed(callee), start_at_us, duration_s, answered, direction, imei))
        except OSError as error:
            raise storage_failure(self._files.folder, error) from error

    def finish(self, published: Collection[int] = ()) -> Written:
        """Publish the file under its name, and count the calls that no file of the `published` batches has.

        A repeated call stays in the file, so that it still counts when the batch that had it first is undone.

        Raises:
            StorageFailed: If the disk is full or a published file is missing or damaged.
            BadConfiguration: If a published file was changed.
        """
        earlier = self._files.paths([batch_id for batch_id in published if batch_id != self._batch_id])
        path = self._files.path(self._batch_id)
        with engine(self._files.folder) as duck, failures_told(self._files.folder):
            self._file.close()
            self._write_parquet(duck)
            created = self._count_created(duck, earlier)
            sync(self._parquet_part)
            bytes_count, sha256 = check_of(self._parquet_part)
            self._parquet_part.rename(path)
            self._rows_part.unlink()
            sync(self._files.folder)
        return Written(
            path=path,
            rows=self._rows,
            created=created,
            unchanged=self._rows - created,
            bytes_count=bytes_count,
            sha256=sha256,
        )

    def abort(self) -> None:
        """Take back what is not finished; a finished file stays."""
        # A full disk refuses the last rows once more, and they are not wanted.
        with suppress(OSError):
            self._file.close()
        self._rows_part.unlink(missing_ok=True)
        self._parquet_part.unlink(missing_ok=True)

    def _write_parquet(self, duck: Engine) -> None:
        # Made beforehand, so that DuckDB fills a file that was never readable by others.
        os.close(create_private(self._parquet_part))
        duck.open_rows("added", CALL_COLUMNS, self._rows_part)
        duck.run(_MERGE)
        target = quoted(self._parquet_part)
        duck.run(f"COPY fresh TO {target} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)")

    def _count_created(self, duck: Engine, earlier: list[Path]) -> int:
        duck.open_calls([self._parquet_part], "written")
        duck.open_calls(earlier, "published")
        [(calls,)] = duck.rows("SELECT count(*) FROM written")
        [(known,)] = duck.rows(_ALREADY_THERE)
        return int(calls) - int(known)
