"""Exports call records; called numbers are stored and exported as keyed hashes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

from db.columns import to_us
from db.queries.published import call_batches, call_file_checks
from workbench.services.files.calls.records import CallRecords
from workbench.services.files.calls.store import CallStore
from workbench.services.records.exporting.sheets import Page
from workbench.services.records.exporting.source import ExportSource

COLUMNS = ("msisdn", "callee", "start_at", "duration_s", "answered", "direction", "imei")

_ROWS_PER_PAGE = 1000


def pages(source: ExportSource) -> Iterator[Page]:
    """Yield the calls, ordered by number and time."""
    with _records(source) as records:
        remaining = iter(records)
        while rows := list(islice(remaining, _ROWS_PER_PAGE)):
            columns = list(zip(*rows, strict=True))
            start_at = COLUMNS.index("start_at")
            yield [*columns[:start_at], source.local(columns[start_at]), *columns[start_at + 1 :]]


def write_parquet(path: Path, source: ExportSource) -> int:
    """Write the calls to a Parquet file, and return their number."""
    with _records(source) as records:
        return records.write(path)


def _records(source: ExportSource) -> AbstractContextManager[CallRecords]:
    store = source.store
    calls = CallStore(store.calls, store.hash_key, call_file_checks(source.session), store.keys)
    since_us = None if source.since_at is None else to_us(source.since_at)
    return calls.records(call_batches(source.session), since_us, reveal=source.reveal)
