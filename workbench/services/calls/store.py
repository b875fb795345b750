"""The call store: what was called, in one immutable Parquet file per batch."""

from collections.abc import Collection, Container, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from db.enums import Direction
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.calls import statements
from workbench.services.calls.engine import Engine, engine
from workbench.services.calls.hashing import CalleeHasher
from workbench.services.calls.parquet import CallFileCheck, CallFiles
from workbench.services.calls.windows import DayFacts, HourFacts, OptOut, Survey, ask
from workbench.services.calls.writing import StagedCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call as the store keeps it; for direction `in` the msisdn is the called side."""

    msisdn: str
    callee_hash: str
    start_at_us: int
    duration_s: int
    answered: bool
    direction: Direction
    imei: str


class CallStore:
    """The folder of call records, and the questions that it answers.

    Each question names the published batches whose files it reads; a call that several have counts once.
    Any of them raises StorageFailed if a file is missing or damaged, or the disk is full, and BadConfiguration if a
    file differs from the size and SHA-256 in `checks`.
    """

    def __init__(self, folder: Path, hash_key: bytes, checks: Mapping[int, CallFileCheck] | None = None) -> None:
        self._files = CallFiles(folder, checks or {})
        self._hasher = CalleeHasher(hash_key)

    def callee_hash(self, number: str) -> str:
        """Return the keyed hash of a number as the files have it, for opt-outs."""
        return self._hasher(number)

    @contextmanager
    def staging(self) -> Iterator[StagedCalls]:
        """Open a place for the calls of an import, which leaves nothing behind but what is published."""
        with engine(self._files.folder) as duck:
            yield StagedCalls(duck, self._files, self._hasher)

    def batches(self) -> set[int]:
        """Return the batches that have a file, whole or in part."""
        return self._files.batches()

    def discard(self, batch_id: int) -> list[Path]:
        """Remove every file of a batch that was undone, and return what was removed."""
        return self._files.discard(batch_id)

    def sweep(self, keep: Container[int], live: Container[int] = frozenset()) -> list[Path]:
        """Remove what dead imports left (see CallFiles.sweep), and return what was removed."""
        return self._files.sweep(keep, live)

    @contextmanager
    def survey(
        self,
        batch_ids: Collection[int],
        numbers: Iterable[str | ServicePeriod] | None,
        window_days: int,
        zone: ZoneInfo,
        opt_outs: Iterable[OptOut] = (),
        today: date | None = None,
    ) -> Iterator[Survey]:
        """Read the calls of some numbers (None: of all) and service periods once, for several questions about them.

        No window ends after `today`; None sets no limit.
        """
        with self._opened(batch_ids) as duck:
            ask(duck, numbers, zone)
            is_one_file = len(set(batch_ids)) == 1
            yield Survey(
                duck, window_days=window_days, zone=zone, opt_outs=opt_outs, today=today, is_one_file=is_one_file
            )

    def windows(
        self,
        batch_ids: Collection[int],
        msisdns: Iterable[str] | None,
        *,
        window_days: int,
        zone: ZoneInfo,
        opt_outs: Iterable[OptOut] = (),
    ) -> list[CallFacts]:
        """Return the facts of each number that has a record, over its last `window_days` local days."""
        with self.survey(batch_ids, msisdns, window_days, zone, opt_outs) as survey:
            return survey.windows

    def days(
        self, batch_ids: Collection[int], msisdns: Iterable[str] | None, *, window_days: int, zone: ZoneInfo
    ) -> list[DayFacts]:
        """Return the outgoing calls of each number on each local day of its window that has some."""
        with self.survey(batch_ids, msisdns, window_days, zone) as survey:
            return list(survey.days())

    def hours(
        self, batch_ids: Collection[int], msisdns: Iterable[str] | None, *, window_days: int, zone: ZoneInfo
    ) -> list[HourFacts]:
        """Return the outgoing calls of each number in each local hour of a weekday, over its window."""
        with self.survey(batch_ids, msisdns, window_days, zone) as survey:
            return list(survey.hours())

    def callers_of(self, batch_ids: Collection[int], callee_hashes: Iterable[str]) -> set[str]:
        """Return the numbers that called one of these callees: to be computed again when opt-outs arrive."""
        with self._opened(batch_ids) as duck:
            duck.load("wanted", {"callee": "UUID"}, ((callee,) for callee in callee_hashes))
            return {msisdn for (msisdn,) in duck.rows(statements.CALLERS)}

    def numbers_of(self, batch_id: int) -> list[tuple[str, int]]:
        """Return each number of a batch with how many calls, in and out, the batch has of it."""
        with self._opened([batch_id]) as duck:
            return [(msisdn, calls) for msisdn, calls in duck.rows(statements.NUMBERS)]

    def rows(self, batch_ids: Collection[int], msisdns: Iterable[str] | None) -> Generator[CallRow]:
        """Yield the calls of some numbers (None: of all), by number and start."""
        with self._opened(batch_ids) as duck:
            ask(duck, msisdns, ZoneInfo("UTC"))
            for msisdn, callee, start_us, duration_s, answered, direction, imei in duck.rows(statements.ROWS):
                yield CallRow(
                    msisdn=msisdn,
                    callee_hash=callee,
                    start_at_us=start_us,
                    duration_s=duration_s,
                    answered=answered,
                    direction=Direction(direction),
                    imei=imei,
                )

    @contextmanager
    def _opened(self, batch_ids: Collection[int]) -> Iterator[Engine]:
        files = self._files.paths(batch_ids)
        with engine(self._files.folder) as duck:
            duck.open_calls(files)
            yield duck
