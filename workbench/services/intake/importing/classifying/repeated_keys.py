"""Finds rows with the same key within one import."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from workbench.i18n import N_, _
from workbench.services.intake.importing.classifying.records import CHECK_SUM_BYTES, DIGEST_BYTES

_APPLICANT_END = DIGEST_BYTES + CHECK_SUM_BYTES
_ROW_BYTES = _APPLICANT_END + CHECK_SUM_BYTES

Place = tuple[int, int]
"""The place of a record: the number of its file among the files of the import, from 0, and its line."""


class RepeatedKeys:
    """The keys of all good rows of an import, in few bytes each."""

    def __init__(self) -> None:
        self._rows = bytearray()
        self._files = array("L")
        self._lines = array("Q")

    def add(self, file: int, lines: list[int], rows: bytes) -> None:
        """Add the good rows of a file: their lines, and in the same order the digests of `ClassifiedRecords`."""
        self._rows += rows
        self._lines.extend(lines)
        self._files.extend([file] * len(lines))

    def repeated(self) -> Mapping[Place, str]:
        """Return the rows to refuse because their keys are repeated, each with the reason.

        If a key is repeated within one file, all its rows in that file are refused, because it is unknown which is
        right. If a key is repeated in several files, all its rows but the first are refused.
        """
        rows = [bytes(self._rows[at : at + _ROW_BYTES]) for at in range(0, len(self._rows), _ROW_BYTES)]
        if len({row[:DIGEST_BYTES] for row in rows}) == len(rows):
            return {}
        rows_by_key: dict[bytes, list[tuple[Place, bytes]]] = defaultdict(list)
        for row, file, line in zip(rows, self._files, self._lines, strict=True):
            rows_by_key[row[:DIGEST_BYTES]].append(((file, line), row))
        repeated = (rows_of_key for rows_of_key in rows_by_key.values() if len(rows_of_key) > 1)
        return dict(chain.from_iterable(map(_refusals, repeated)))


def _refusals(rows_of_key: list[tuple[Place, bytes]]) -> Iterator[tuple[Place, str]]:
    """Yield the rows with one key that are refused, each with the reason."""
    rows_of_file: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for (file, line), row in rows_of_key:
        rows_of_file[file].append((line, row))
    first_place, first_row = rows_of_key[0]
    for (file, line), row in rows_of_key:
        if len(rows_of_file[file]) > 1:
            first, second = rows_of_file[file][:2]
            other_line, other = second if first == (line, row) else first
            yield (file, line), _(_WITHIN_FILE[_difference(row, other)]).format(line=f"{other_line:,}")
        elif (file, line) != first_place:
            yield (file, line), _(_ACROSS_FILES[_difference(row, first_row)])


def _difference(row: bytes, other: bytes) -> int:
    """Return the index of the message: 0 for equal rows, 1 for other values of one applicant, 2 for two applicants."""
    return (row != other) + (row[:_APPLICANT_END] != other[:_APPLICANT_END])


_WITHIN_FILE = (
    N_("The same row is on line {line} too; remove one of them."),
    N_("Line {line} has another row with the same key and other values; remove one of them."),
    N_("Line {line} has the same application number for another applicant; correct one of the numbers."),
)
_ACROSS_FILES = (
    N_("This row came already in this import; remove one."),
    N_("This import has two rows with the same key and different values; remove one."),
    N_("This import has the same application number for two applicants; correct one of the numbers."),
)
