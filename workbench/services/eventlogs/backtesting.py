"""Backtests the estimator of remaining time on an event log."""

from pathlib import Path

from workbench.domain.forecast.learning.backtest import Backtest, Progress, backtest
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.eventlogs.log_columns import LogColumns
from workbench.services.eventlogs.reading import read_log


def backtest_log(
    path: Path, columns: LogColumns, encoding: str | None, progress: tuple[Progress, Progress], percent: int
) -> Backtest:
    """Train on the first part of a log and test on the rest, without a database.

    Args:
        path: The log.
        columns: Its columns.
        encoding: The encoding of a text file; None detects it.
        progress: The callbacks for reading and for testing.
        percent: How many percent of the cases to train on.

    Raises:
        NotFound: If the file does not exist.
        BadData: If it is not an event log, or too short to be split into training and test cases.
        WrongUsage: If the encoding is not supported.
        StorageFailed: If the file cannot be read.
    """
    reading, testing = progress
    traces = read_log(path, columns, encoding, reading)
    result = backtest(traces, testing, percent=percent)
    if result is None:
        raise BadData(
            _(
                "{file}: none of the first {percent}% of its {count} cases had ended when the others began; "
                "use a longer log."
            ).format(file=path.name, count=len(traces), percent=percent)
        )
    return result
