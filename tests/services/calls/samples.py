"""Made-up calls, and how tests put them into a store."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import Direction
from workbench.services.calls.store import CallStore
from workbench.services.calls.writing import StagedCalls, Written

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


def a_store(folder: Path) -> CallStore:
    """Return an empty store."""
    return CallStore(folder / "calls", KEY)


def write(store: CallStore, batch_id: int, calls: Iterable[Call], published: Iterable[int] = ()) -> Written:
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
