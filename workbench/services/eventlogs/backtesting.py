"""Tests the estimator of remaining time on an event log."""

from dataclasses import dataclass, field
from pathlib import Path

from workbench.domain.forecast.learning.backtest import Backtest, backtest
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.eventlogs.names import LogColumns
from workbench.services.eventlogs.reading import Progress, read_log


@dataclass(frozen=True, slots=True, kw_only=True)
class LogToTest:
    """A log, and what was said of its columns and its encoding."""

    path: Path
    columns: LogColumns = field(default_factory=LogColumns)
    encoding: str | None = None


def backtest_log(log: LogToTest, reading: Progress, testing: Progress) -> Backtest:
    """Learn from the first part of a log and test on the rest; it needs no database.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is no event log, or too short to be cut into a past and a test.
        WrongUsage: If the named encoding is not one that can be read.
        StorageFailed: If it cannot be read.
    """
    traces = read_log(log.path, log.columns, log.encoding, reading)
    result = backtest(traces, testing)
    if result is None:
        raise BadData(
            _(
                "{file}: of {count} cases none of the first 60% was over when the others began; give a longer log."
            ).format(file=log.path.name, count=len(traces))
        )
    return result
