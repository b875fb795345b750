"""Reads the call records of some files for an export, each call once."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.domain.text.mask import MaskKind, mask_all
from workbench.errors import StorageFailed
from workbench.services.files.calls.engine import CallEngine, quoted

_RECORDS = """
SELECT {msisdn} AS msisdn, replace(callee::VARCHAR, '-', '') AS callee, {start},
       duration_s, answered, direction, nullif({imei}, '') AS imei
FROM {calls} AS record {joins} WHERE start_us >= {since_us}
"""

# A call that is in several files is one call, and the newest file has its values.
_MERGED = """(
    SELECT msisdn, callee, start_us, arg_max(duration_s, place) AS duration_s, arg_max(answered, place) AS answered,
           direction, arg_max(imei, place) AS imei
    FROM call GROUP BY msisdn, callee, start_us, direction ORDER BY msisdn, start_us, callee, direction
)"""

_DISTINCT = "SELECT DISTINCT {name} FROM call WHERE {name} <> ''"
_MASKS = {"msisdn": MaskKind.MSISDN, "imei": MaskKind.ID_NO}

_ERROR_NUMBER = re.compile(r'"errno":"(\d+)"')


class CallRecords:
    """The call records from a time on, with masked numbers unless `reveal` is set; callees are keyed hashes."""

    def __init__(self, duck: CallEngine, *, from_one_file: bool, since_us: int | None, reveal: bool) -> None:
        self._duck = duck
        self._sql_fields = {name: name if reveal else f"masked_{name}.shown" for name in _MASKS}
        # With one thread, the calls of a number stay together and in order of time; several threads would mix them.
        duck.run("SET threads = 1")
        self._sql_fields["joins"] = "" if reveal else " ".join(map(self._join_masked, _MASKS))
        self._sql_fields["calls"] = "call" if from_one_file else _MERGED
        self._sql_fields["since_us"] = str(since_us or 0)

    def _join_masked(self, name: str) -> str:
        """Create a table of the masked values of a column, and return the SQL that joins it."""
        texts = [text for (text,) in self._duck.rows(_DISTINCT.format(name=name))]
        masked = zip(texts, mask_all(_MASKS[name], texts), strict=True)
        self._duck.load(f"masked_{name}", {name: "VARCHAR", "shown": "VARCHAR"}, masked)
        return f"LEFT JOIN masked_{name} USING ({name})"

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Yield number, hash of the callee, start in microseconds, seconds, answered, direction and IMEI."""
        return self._duck.rows(_RECORDS.format(start="start_us", **self._sql_fields))

    def write(self, path: Path) -> int:
        """Write the records to a Parquet file, and return their number.

        Raises:
            OSError: If the file cannot be written.
        """
        records = _RECORDS.format(start="make_timestamptz(start_us) AS start_at", **self._sql_fields)
        writing = f"COPY ({records}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        try:
            [(count,)] = self._duck.rows(writing)
        except StorageFailed as error:
            # DuckDB names the file that failed. It may escape the name, but not the random letters at its end.
            cause = str(error.__cause__)
            if path.name[-8:] not in cause:
                raise
            found = _ERROR_NUMBER.search(cause)
            number = int(found[1]) if found else errno.EIO
            raise OSError(number, os.strerror(number)) from error
        return int(count)
