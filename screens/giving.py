"""How the verdict dialog reaches the services."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from workbench.domain.casefile import Decided, VerdictPreview, VerdictRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What a verdict would do, giving it, keeping what is typed."""

    preview: Callable[[VerdictRequest], VerdictPreview]
    give: Callable[[VerdictRequest], Awaitable[Decided]]
    keep: Callable[[str, Any], None]
    monotonic: Callable[[], float]
