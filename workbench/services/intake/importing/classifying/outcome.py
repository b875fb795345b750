"""The outcome of a record: created, updated, unchanged or refused."""

from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from workbench.services.case.known_people import Key


class RowOutcome(IntEnum):
    """The outcome of one record."""

    CREATED = 0
    UPDATED = 1
    UNCHANGED = 2
    REFUSED = 3


class ClassifiedRow(NamedTuple):
    """The outcome of one readable row, and why it is refused (`column` is the column's own name, not the file's).

    `case_id` is the existing case that the row updates, and `receipt` is its time of receipt. `reopens` is the
    application that gets a new case. `made` are the columns of the row.
    """

    outcome: RowOutcome
    message: str = ""
    column: str = ""
    case_id: int | None = None
    receipt: datetime | None = None
    reopens: Key | None = None
    made: Any = None

    def without_columns(self) -> "ClassifiedRow":
        """Return this without the columns of the row; most are one shared object then, which pickles faster."""
        is_plain = self.outcome is RowOutcome.CREATED and self.case_id is None and self.reopens is None
        return _CREATED if is_plain else self._replace(made=None)


_CREATED = ClassifiedRow(RowOutcome.CREATED)


class DocumentToCopy(NamedTuple):
    """A document whose file the store must have when the batch is published; `path` is '' if its row names none."""

    path: str
    sha256: str
    line: int
