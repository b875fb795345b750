"""Finds rows with the same key within one import."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from workbench.i18n import _
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
    first, first_content = same[0]
    for place, content in same:
        rows = rows_of[place[0]]
        if len(rows) > 1:
            other, of_other = rows[1] if place[1] == rows[0][0] else rows[0]
            yield place, _within_file(content, of_other).format(line=f"{other:,}")
        elif place != first:
            yield place, _across_files(content, first_content)


def _within_file(content: int, other: int) -> str:
    if content == other:
        return _("The same row is on line {line} too; remove one of them.")
    if content >> 32 != other >> 32:
        return _("Line {line} has the same application number for another applicant; correct one of the numbers.")
    return _("Line {line} has another row with the same key and other values; remove one of them.")


def _across_files(content: int, other: int) -> str:
    if content == other:
        return _("This row came already in this import; remove one.")
    if content >> 32 != other >> 32:
        return _("This import has the same application number for two applicants; correct one of the numbers.")
    return _("This import has two rows with the same key and different values; remove one.")
