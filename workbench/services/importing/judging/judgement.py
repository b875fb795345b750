"""What becomes of a record."""

from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from workbench.services.case.known_people import Key


class Fate(IntEnum):
    """What becomes of one record."""

    CREATED = 0
    UPDATED = 1
    UNCHANGED = 2
    REFUSED = 3


class Judgement(NamedTuple):
    """What becomes of one good row, and why it is refused (`column` is the column's own name, not the file's).

    `case_id` is the existing case that takes it in and `receipt` since when it counts as received; `reopens` the
    application that gets a new case. `made` are the columns of the row.
    """

    fate: Fate
    message: str = ""
    column: str = ""
    case_id: int | None = None
    receipt: datetime | None = None
    reopens: Key | None = None
    made: Any = None

    def without_columns(self) -> "Judgement":
        """Return the judgement without the columns of the row; most are the same object then, which is quicker sent."""
        is_plain = self.fate is Fate.CREATED and self.case_id is None and self.reopens is None
        return _CREATED if is_plain else self._replace(made=None)


_CREATED = Judgement(Fate.CREATED)


class DocumentToCopy(NamedTuple):
    """A document whose file the store must have when the batch is published; `path` is '' if its row names none."""

    path: str
    sha256: str
    line: int
