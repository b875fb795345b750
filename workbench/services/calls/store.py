"""The call store: what was called, in one immutable Parquet file per batch."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.calls import statements
from workbench.services.calls.engine import Engine, engine
from workbench.services.calls.hashing import CalleeHasher
from workbench.services.calls.parquet import CallFileCheck, CallFiles
from workbench.services.calls.records import CallRecords
from workbench.services.calls.windows import CallSurvey, OptOut, ask
from workbench.services.calls.writing import StagedCalls

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys


class CallStore:
    """The folder of call records, and the questions that it answers.

    Each question names the published batches whose files it reads; a call that several have counts once.
    Any of them raises StorageFailed if a file is missing or damaged, or the disk is full, and BadConfiguration if a
    file differs from the size and SHA-256 in `checks`. `keys` are those of an encrypted store; `progress` is told how
    far a survey has come.
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
        self.progress = Engine.progress

    @contextmanager
    def staging(self) -> Iterator[StagedCalls]:
        """Open a place for the calls of an import, which leaves nothing behind but what is published."""
        with engine(self._files.folder, self._keys) as duck:
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
        """Read the calls of some numbers (None: of all) and service periods once, for several questions about them.

        No window ends after `today`; None sets no limit.
        """
        with self._opened(batch_ids) as duck:
            ask(duck, numbers, zone)
            is_one_file = len(set(batch_ids)) == 1
            yield CallSurvey(
                duck, window_days=window_days, zone=zone, opt_outs=opt_outs, today=today, is_one_file=is_one_file
            )

    def callers_of(self, batch_ids: Collection[int], callee_hashes: Iterable[str]) -> set[str]:
        """Return the numbers that called one of these callees: to be computed again when opt-outs arrive."""
        with self._opened(batch_ids) as duck:
            duck.load("wanted", {"callee": "UUID"}, ((callee,) for callee in callee_hashes))
            return {msisdn for (msisdn,) in duck.rows(statements.CALLERS)}

    def read_all(self, batch_id: int) -> None:
        """Read every value of a batch's file, which must be readable."""
        with self._opened([batch_id]) as duck:
            list(duck.rows(statements.ALL_VALUES))

    def numbers_of(self, batch_id: int) -> list[tuple[str, int]]:
        """Return each number of a batch with how many calls, in and out, the batch has of it."""
        with self._opened([batch_id]) as duck:
            return [(msisdn, calls) for msisdn, calls in duck.rows(statements.NUMBERS)]

    @contextmanager
    def records(self, batch_ids: Collection[int], since_us: int | None, *, reveal: bool) -> Iterator[CallRecords]:
        """Read all records from an instant on, with masked numbers unless they are revealed."""
        with self._opened(batch_ids) as duck:
            yield CallRecords(duck, is_one_file=len(set(batch_ids)) == 1, since_us=since_us, reveal=reveal)

    @contextmanager
    def _opened(self, batch_ids: Collection[int]) -> Iterator[Engine]:
        files = self._files.paths(batch_ids)
        with engine(self._files.folder, self._keys) as duck:
            duck.progress = self.progress
            duck.open_calls(files)
            yield duck
