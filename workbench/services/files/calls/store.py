"""The call store: all imported calls, in one immutable Parquet file per batch."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.files.calls import statements
from workbench.services.files.calls.engine import CallEngine, open_engine
from workbench.services.files.calls.hashing import CalleeHasher
from workbench.services.files.calls.parquet import CallFileCheck, CallFiles
from workbench.services.files.calls.records import CallRecords
from workbench.services.files.calls.windows import CallSurvey, OptOut, load_wanted_periods
from workbench.services.files.calls.writing import StagedCalls

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys


class CallStore:
    """Stages, publishes and queries the call records of a folder.

    Each query names the published batches whose files it reads; a call in several of them counts once.

    Args:
        folder: The folder of the call files.
        hash_key: The key with which callees are hashed.
        checks: The allowed sizes and digests of the file of each batch.
        keys: The keys of an encrypted store.

    Attributes:
        progress: The callback for the progress of a survey.

    Raises:
        StorageFailed: From every method, if a file is missing or damaged, or the disk is full.
        BadConfiguration: From every method, if a file differs from `checks`.
    """

    def __init__(
        self,
        folder: Path,
        hash_key: bytes,
        checks: Mapping[int, Collection[CallFileCheck]] | None = None,
        keys: "DataKeys | None" = None,
    ) -> None:
        self._files = CallFiles(folder, checks or {})
        self._keys = keys
        self._hasher = CalleeHasher(hash_key)
        self.progress = CallEngine.progress

    @contextmanager
    def staging(self) -> Iterator[StagedCalls]:
        """Open the staging area for the calls of an import; afterwards only the published file is left."""
        with open_engine(self._files.folder, self._keys) as duck:
            yield StagedCalls(duck, self._files, self._hasher)

    @contextmanager
    def survey(
        self,
        batch_ids: Collection[int],
        numbers: Iterable[str | ServicePeriod] | None,
        window_days: int,
        zone: ZoneInfo,
        opt_outs: Iterable[OptOut] = (),
        today: date | None = None,
    ) -> Iterator[CallSurvey]:
        """Read the calls of some numbers and service periods once, for several queries.

        Args:
            batch_ids: The batches whose calls are read.
            numbers: The numbers and service periods; None means all numbers.
            window_days: The days of a window.
            zone: The time zone of local days.
            opt_outs: The people who must not be called.
            today: The last day on which a window may end; None sets no limit.
        """
        with self._open_files(batch_ids) as duck:
            load_wanted_periods(duck, numbers, zone)
            from_one_file = len(set(batch_ids)) == 1
            yield CallSurvey(
                duck, window_days=window_days, zone=zone, opt_outs=opt_outs, today=today, from_one_file=from_one_file
            )

    def callers_of(self, batch_ids: Collection[int], callee_hashes: Iterable[str]) -> set[str]:
        """Return the numbers that called one of these callees; new opt-outs change their figures."""
        with self._open_files(batch_ids) as duck:
            duck.load("wanted", {"callee": "UUID"}, ((callee,) for callee in callee_hashes))
            return {msisdn for (msisdn,) in duck.rows(statements.SELECT_CALLERS)}

    def read_all(self, batch_id: int) -> None:
        """Read every value of the file of a batch, to check that the whole file is readable."""
        with self._open_files([batch_id]) as duck:
            list(duck.rows(statements.READ_ALL_VALUES))

    def numbers_of(self, batch_id: int) -> list[tuple[str, int]]:
        """Return each number of a batch with the count of its incoming and outgoing calls in the batch."""
        with self._open_files([batch_id]) as duck:
            return [(msisdn, calls) for msisdn, calls in duck.rows(statements.COUNT_BY_NUMBER)]

    @contextmanager
    def records(self, batch_ids: Collection[int], since_us: int | None, *, reveal: bool) -> Iterator[CallRecords]:
        """Open the records from a time on, with masked numbers unless `reveal` is set."""
        with self._open_files(batch_ids) as duck:
            yield CallRecords(duck, from_one_file=len(set(batch_ids)) == 1, since_us=since_us, reveal=reveal)

    @contextmanager
    def _open_files(self, batch_ids: Collection[int]) -> Iterator[CallEngine]:
        files = self._files.paths(batch_ids)
        with open_engine(self._files.folder, self._keys) as duck:
            duck.progress = self.progress
            duck.open_calls(files)
            yield duck
