"""Made-up calls, and how tests put them into a store."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import Direction
from workbench.domain.evidence.evidence import CallFacts
from workbench.services.files.calls.engine import open_engine
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.files.calls.store import CallStore
from workbench.services.files.calls.writing import PublishedCallFile, StagedCalls

KEY = b"a made-up key of 32 bytes, no more"[:32]
SHANGHAI = ZoneInfo("Asia/Shanghai")
CARD = "19900000001"
OTHER_CARD = "19900000002"
CALLEE = "19900001001"
OTHER_CALLEE = "19900001002"
SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as an import hands it in."""

    msisdn: str = CARD
    callee: str = CALLEE
    start_at_us: int
    duration_s: int = 30
    answered: bool = True
    direction: Direction = Direction.OUT
    imei: str = ""


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    """Return a local time as microseconds UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    return round((moment - _EPOCH).total_seconds()) * SECOND_US


def call(text: str, **columns: Any) -> Call:
    """Return a call at a time of Shanghai."""
    return replace(Call(start_at_us=at(text)), **columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCall:
    """A call as the store keeps it."""

    msisdn: str
    callee_hash: str
    start_at_us: int
    duration_s: int
    answered: bool
    direction: Direction
    imei: str


_KEPT = """
SELECT msisdn, replace(callee::VARCHAR, '-', ''), start_us, arg_max(duration_s, place), arg_max(answered, place),
       direction, arg_max(imei, place)
FROM call
GROUP BY msisdn, callee, start_us, direction
ORDER BY msisdn, start_us, callee, direction
"""


def rows(folder: Path, *batch_ids: int) -> list[KeptCall]:
    """Return the calls of some batches, by number and start."""
    with open_engine(folder / "calls") as duck:
        duck.open_calls(CallFiles(folder / "calls", {}).paths(batch_ids))
        names = [field.name for field in fields(KeptCall)]
        found = [KeptCall(**dict(zip(names, row, strict=True))) for row in duck.rows(_KEPT)]
    return [replace(call, direction=Direction(call.direction)) for call in found]


def windows(
    store: CallStore, batch_ids: Collection[int], msisdns: Iterable[str] | None, **asked: Any
) -> list[CallFacts]:
    """Return the facts of numbers."""
    with store.survey(batch_ids, msisdns, **{"window_days": 30, "zone": SHANGHAI, **asked}) as survey:
        return list(survey.facts())


def discard(folder: Path, batch_id: int) -> None:
    """Remove the files of a batch."""
    CallFiles(folder / "calls", {}).discard(batch_id)


def a_store(folder: Path) -> CallStore:
    """Return an empty store."""
    return CallStore(folder / "calls", KEY)


def write(store: CallStore, batch_id: int, calls: Iterable[Call], published: Iterable[int] = ()) -> PublishedCallFile:
    """Publish calls as a batch."""
    with store.staging() as staged:
        stage(staged, calls)
        return staged.publish(batch_id, list(published))


def stage(staged: StagedCalls, calls: Iterable[Call]) -> None:
    """Hand calls in."""
    staged.load(
        "handed_in",
        (
            (
                one.msisdn,
                one.callee,
                one.start_at_us,
                one.duration_s,
                one.answered,
                one.direction is Direction.IN,
                one.imei,
            )
            for one in calls
        ),
    )
