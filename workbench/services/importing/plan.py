"""What an import will do, row by row: made once, shown by a dry run and followed by the real one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from db.enums import ImportKind
from workbench.services.importing.request import MAX_ERRORS_TOLD
from workbench.services.reading.problems import RowProblem
from workbench.services.rectifying.rectification import ReceivedDocument

DIGEST_BYTES = 32
"""The length of a SHA-256."""

Key = tuple[str, str]
"""An application: its agent and number."""


class Fate(IntEnum):
    """What becomes of one record."""

    CREATED = 0
    UPDATED = 1
    UNCHANGED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of one good row, and why it is refused (`column` is the column's own name, not the file's).

    `case_id` is the existing case that takes it in and `receipt` since when it counts as received; `reopens` the
    application that gets a new case. `sha256` is that of a document.
    """

    fate: Fate
    message: str = ""
    column: str = ""
    case_id: int | None = None
    receipt: datetime | None = None
    reopens: Key | None = None
    sha256: str = ""


@dataclass(slots=True)
class Errors:
    """Everything that is wrong: the first thousand as they are, the others as a number."""

    told: list[RowProblem] = field(default_factory=list)
    count: int = 0

    def add(self, problems: Iterable[RowProblem]) -> None:
        """Take problems in the order of the file."""
        for problem in problems:
            self.count += 1
            if len(self.told) < MAX_ERRORS_TOLD:
                self.told.append(problem)


@dataclass(slots=True)
class FilePlan:
    """What becomes of the records of one file, in their order: a byte each, and why a good row is refused.

    `digests` holds the SHA-256 of a document for each record of its file, also where the record is bad: zeros then.
    Records of calls are only counted, in `calls`.
    """

    fates: bytearray = field(default_factory=bytearray)
    refusals: dict[int, Judgement] = field(default_factory=dict)
    digests: bytearray = field(default_factory=bytearray)
    calls: int = 0

    @property
    def rows(self) -> int:
        """How many records the file has."""
        return len(self.fates) + self.calls

    def sha256_of(self, index: int) -> str:
        """Return the SHA-256 of the document that a record names, counted from 0."""
        return self.digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES].hex()


@dataclass(frozen=True, slots=True)
class Touch:
    """What an existing case takes in: since when it counts as received, and what kind of evidence it is.

    `application_at` is when an application row among it was received.
    """

    received_at: datetime
    kind: ImportKind
    application_at: datetime | None = None


@dataclass(slots=True)
class Plan:
    """What an import will do.

    `touched` are the existing cases that take something in; `reopened` the applications that get a new case; `cards`
    the digests of the cards that the import itself brings. `documents` are those that existing cases take in, in an
    import for one application. `is_broken` says that a file cannot be read to its end.
    """

    files: list[FilePlan] = field(default_factory=list)
    errors: Errors = field(default_factory=Errors)
    counts: list[int] = field(default_factory=lambda: [0] * len(Fate))
    touched: dict[int, Touch] = field(default_factory=dict)
    reopened: set[Key] = field(default_factory=set)
    cards: set[bytes] = field(default_factory=set)
    documents: list[ReceivedDocument] = field(default_factory=list)
    is_broken: bool = False

    @property
    def rows(self) -> int:
        """How many records there are."""
        return sum(self.counts)

    def take(self, judgement: Judgement, kind: ImportKind) -> None:
        """Count a good row of a kind, and note the case that it touches."""
        self.counts[judgement.fate] += 1
        if judgement.reopens is not None:
            self.reopened.add(judgement.reopens)
        if judgement.case_id is not None and judgement.receipt is not None:
            own = judgement.receipt if kind is ImportKind.APPLICATIONS else None
            touch = Touch(judgement.receipt, kind, own)
            before = self.touched.get(judgement.case_id)
            if before is not None:
                newest = max(before, touch, key=lambda one: one.received_at)
                touch = replace(newest, application_at=own or before.application_at)
            self.touched[judgement.case_id] = touch

    def touch(self, case_ids: Iterable[int], kind: ImportKind, received_at: datetime) -> None:
        """Note cases that take in something about a number or a person, unless the applicant handed more in."""
        for case_id in case_ids:
            self.touched.setdefault(case_id, Touch(received_at, kind))
