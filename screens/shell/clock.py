"""The two clocks of the screens: the time of day, and seconds that only grow."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of clocks until a case brings its policy's."""


def machine_time() -> datetime:
    """Return the time of this machine, for whoever starts the screens without a clock of their own."""
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`now` is aware; `monotonic` gives seconds and is for what depends on how fast keys are pressed."""

    now: Callable[[], datetime] = machine_time
    monotonic: Callable[[], float] = time.monotonic
