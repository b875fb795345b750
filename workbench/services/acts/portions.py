"""Records long work in portions, each in its own transaction, so that other writers wait briefly."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from workbench.errors import ExitCode, StorageBusy, StorageFailed, WorkbenchError
from workbench.i18n import _
from workbench.services.foundation.row_values import summed

_Entry = TypeVar("_Entry")
_Outcome = TypeVar("_Outcome")


class PartlyRecorded(WorkbenchError, Generic[_Outcome]):
    """Work stopped after some of its portions; `recorded` is the outcome of the portions that were recorded."""

    def __init__(self, recorded: _Outcome, done: int, total: int, error: BaseException) -> None:
        self.recorded = recorded
        cause, self.exit_code = _("Interrupted"), ExitCode.INTERRUPTED
        if isinstance(error, StorageBusy | StorageFailed):
            cause = _("The database is busy") if isinstance(error, StorageBusy) else _("The storage failed")
            self.exit_code = error.exit_code
        # The interrupted portion may have been written too, so this counts only the portions before it.
        message = _("{cause}: at least {done} of {all} entries are recorded. Run the command again for the rest.")
        super().__init__(message.format(cause=cause, done=done, all=total))


def record_in_portions(
    portions: Sequence[Sequence[_Entry]], record: Callable[[Sequence[_Entry]], _Outcome], empty: _Outcome
) -> _Outcome:
    """Record each portion in a separate transaction, and return the sum of their outcomes.

    Args:
        portions: The entries of each transaction.
        record: Records a portion in a transaction, and returns its outcome, a dataclass.
        empty: The outcome without any portion.

    Raises:
        PartlyRecorded: If the database, the disk or the user stopped the work after the first portion.
        WorkbenchError: If the first portion failed; nothing was written then.
    """
    recorded, done = empty, 0
    for number, portion in enumerate(portions):
        try:
            outcome = record(portion)
        except (StorageBusy, StorageFailed, KeyboardInterrupt) as error:
            if number == 0:
                raise
            raise PartlyRecorded(recorded, done, sum(map(len, portions)), error) from error
        recorded, done = summed(recorded, outcome), done + len(portion)
    return recorded
