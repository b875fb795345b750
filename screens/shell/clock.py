"""The two clocks of the screens: wall time and monotonic seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The time zone while no case is shown; a case is shown in the zone of its policy."""


def machine_time() -> datetime:
    """Return the time of this machine; the default clock."""
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Both clocks: `now` returns an aware time, `monotonic` returns seconds that measure the time between keys."""

    now: Callable[[], datetime] = machine_time
    monotonic: Callable[[], float] = time.monotonic
