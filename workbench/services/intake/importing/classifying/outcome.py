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
    """The outcome of one readable row."""

    outcome: RowOutcome
    message: str = ""
    """The reason of a refusal, otherwise empty."""
    column: str = ""
    """The column to which the message refers, by the name of the program, not by that of the file.

    For an application that is updated: its changed columns, with commas between them.
    """
    case_id: int | None = None
    """The existing case that the row updates."""
    received_at: datetime | None = None
    """When the row was received."""
    reopens: Key | None = None
    """The application that gets a new case although it had one."""
    modified_ns: int = 0
    """When the file of a document was modified."""
    columns: Any = None
    """The columns of the row in the database, with their values."""

    def without_columns(self) -> "ClassifiedRow":
        """Return the outcome without the columns; most outcomes are then one shared object, which pickles faster."""
        is_plain = self.outcome is RowOutcome.CREATED and self.case_id is None and self.reopens is None
        return _CREATED if is_plain else self._replace(columns=None)


_CREATED = ClassifiedRow(RowOutcome.CREATED)
