"""What an import will do, row by row: made once, shown by a dry run and followed by the real one."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from db.dialects.sqlite_bulk import BulkRows
from db.enums import ImportKind
from workbench.errors import StorageFailed
from workbench.i18n import _
from workbench.services.batches.touching import Touch
from workbench.services.case.known_people import Key
from workbench.services.importing.judging.judgement import DocumentToCopy, Fate, Judgement
from workbench.services.importing.request import MAX_ERRORS_TOLD
from workbench.services.reading.problems import BadRecord, RowProblem
from workbench.services.rectifying.rectification import ReceivedDocument

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys

_KEPT_IN_MEMORY = 8 << 20


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
class Portion:
    """What an import will write of some records of a file: as the plan made it, so that they are read once.

    `file` is the place of the reader; `has_updates` says that some rows replace earlier ones.
    """

    file: int
    rows: BulkRows | None = None
    appeals: Sequence[Any] = ()
    documents: Sequence[DocumentToCopy] = ()
    has_updates: bool = False
    rejected: list[BadRecord] = field(default_factory=list)


class Spill:
    """Portions in their order, written down as they come: in memory while they are few, else in a file without name.

    For an encrypted store, `keys` are new ones that nobody else knows: what is in the file is sealed with them.
    """

    def __init__(self, folder: Path, keys: "DataKeys | None" = None) -> None:
        self._folder = folder
        self._keys = keys
        self._count = 0

    @cached_property
    def _file(self) -> IO[bytes]:
        return SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY, dir=str(self._folder))

    def add(self, portion: Portion) -> None:
        """Write down one more portion.

        Raises:
            StorageFailed: If the disk cannot take it.
        """
        try:
            if self._keys is None:
                pickle.dump(portion, self._file, pickle.HIGHEST_PROTOCOL)
            else:
                sealed = self._keys.sealed(str(self._count), pickle.dumps(portion, pickle.HIGHEST_PROTOCOL))
                pickle.dump(sealed, self._file, pickle.HIGHEST_PROTOCOL)
                self._count += 1
        except OSError as error:
            message = _("The store cannot take {path} ({cause}); make room or check its rights.")
            raise StorageFailed(message.format(path=self._folder, cause=error.strerror)) from error

    def __iter__(self) -> Iterator[Portion]:
        """Read the portions from the first one."""
        self._file.seek(0)
        with suppress(EOFError):
            for number in count():
                portion = pickle.load(self._file)  # noqa: S301 - only this process can open the file
                if self._keys is not None:
                    portion = pickle.loads(self._keys.unsealed(str(number), portion))  # noqa: S301 - sealed here
                yield portion

    def close(self) -> None:
        """Forget the portions; more may follow."""
        if "_file" in self.__dict__:
            self._file.close()
            del self._file
            self._count = 0


@dataclass(slots=True)
class Plan:
    """What an import will do.

    `touched` are the existing cases that take something in; `reopened` the applications that get a new case; `cards`
    the digests of the cards that the import itself brings. `documents` are those that existing cases take in, in an
    import for one application. `is_broken` says that a file cannot be read to its end. `rows_of_files` counts the
    records of each file.
    """

    portions: Iterable[Portion] = ()
    rows_of_files: list[int] = field(default_factory=list)
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
