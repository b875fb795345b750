"""How the verdict dialog reaches the services."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from screens.shell.key_guard import Presses
from workbench.domain.case.casefile import Decided, VerdictPreview, VerdictRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictActions:
    """What a verdict would do, giving it, keeping what is typed, and which keys were pressed."""

    preview: Callable[[VerdictRequest], VerdictPreview]
    give: Callable[[VerdictRequest], Awaitable[Decided]]
    keep: Callable[[str, Any], None]
    presses: Presses
