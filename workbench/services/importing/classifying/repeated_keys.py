"""Finds rows with the same key within one import."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from workbench.i18n import N_, _
from workbench.services.importing.classifying.records import DIGEST_BYTES, RowDigest

Place = tuple[int, int]
"""A record: the place of its file among the files of the import, and its line."""


class RepeatedKeys:
    """The keys of all good rows of an import, in few bytes each."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._contents = array("Q")
        self._files = array("L")
        self._lines = array("Q")

    def add(self, file: int, lines: list[int], rows: Sequence[RowDigest]) -> None:
        """Take the rows of a file: their lines and digests, in the same order."""
        for row in rows:
            self._digests += row.key
            self._contents.append(row.applicant << 32 | row.values)
        self._lines.extend(lines)
        self._files.extend([file] * len(lines))

    def repeated(self) -> Mapping[Place, str]:
        """Return the rows that must be refused because their keys are repeated, and why.

        Within one file all of them are refused, because it is unknown which is right. Across files, all but the first.
        """
        digests = [bytes(self._digests[at : at + DIGEST_BYTES]) for at in range(0, len(self._digests), DIGEST_BYTES)]
        if len(set(digests)) == len(digests):
            return {}
        found: dict[bytes, list[tuple[Place, int]]] = defaultdict(list)
        for key, file, line, content in zip(digests, self._files, self._lines, self._contents, strict=True):
            found[key].append(((file, line), content))
        return {place: why for same in found.values() if len(same) > 1 for place, why in _refusals(same)}


def _refusals(same: list[tuple[Place, int]]) -> Iterator[tuple[Place, str]]:
    """Yield which rows with the same key are refused, and why."""
    rows_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (file, line), content in same:
        rows_of[file].append((line, content))
    for place, content in same:
        rows = rows_of[place[0]]
        if len(rows) > 1:
            line, other = rows[1] if place[1] == rows[0][0] else rows[0]
            yield place, _(_WITHIN_FILE[_difference(content, other)]).format(line=f"{line:,}")
        elif place != same[0][0]:
            yield place, _(_ACROSS_FILES[_difference(content, same[0][1])])


def _difference(content: int, other: int) -> int:
    """Return 0 for equal rows, 1 for rows of one applicant, and 2 for rows of two."""
    return (content != other) + (content >> 32 != other >> 32)


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
