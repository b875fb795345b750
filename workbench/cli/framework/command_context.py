"""One command on its way: the options that all commands share, the clock, and the office it acts at."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from workbench.services.wiring import Services

OpenWorkbench = Callable[[Callable[[], Path], str | None, str], int]
"""Opens the workbench: told how to find the database, who acts and which symbols; returns the exit code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was said of the options that all commands share; None is what was not said."""

    database: str | None = None
    language: str | None = None
    login: str | None = None
    symbols: str | None = None
    site: Path | None = None

    def with_more(self, said: Mapping[str, Any]) -> "Chosen":
        """Return these with others, which were said later and win."""
        return replace(self, **{name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """What a command needs to know of its surroundings."""

    now: Callable[[], datetime]
    open_workbench: OpenWorkbench
    chosen: Chosen = field(default_factory=Chosen)
    subcommand: str | None = None

    def with_more(self, said: Mapping[str, Any], subcommand: str | None) -> "CommandContext":
        """Return this run with options that were said later, and with the command that follows, if one does."""
        return replace(self, chosen=self.chosen.with_more(said), subcommand=subcommand)

    def database(self) -> Path:
        """Return where the database is, whether it is there or not."""
        from workbench.services.foundation.locations import find_database

        return find_database(self.chosen.database, os.environ, self.chosen.site)

    def workbench(self, find: Callable[[], Path] | None = None, login: str | None = None) -> int:
        """Open the workbench on the chosen database, or on another for another, and return its exit code."""
        return self.open_workbench(find or self.database, self.chosen.login or login, self.chosen.symbols or "auto")

    @contextmanager
    def services(self) -> Iterator["Services"]:
        """Open the office for whoever acts, and let go of the database afterwards.

        Raises:
            WorkbenchError: If the database or the person is not as it must be.
        """
        from workbench.services import opening as site

        services = site.open_services(self.database(), self.chosen.login, self.now)
        try:
            yield services
        finally:
            services.close()


def zone_of(services: "Services") -> ZoneInfo:
    """Return the policy's zone."""
    with services.context.read() as session:
        return services.context.zone(session)
