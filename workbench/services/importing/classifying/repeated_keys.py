"""Finds rows with the same key within one import."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping

from workbench.i18n import _
from workbench.services.importing.classifying.records import DIGEST_BYTES

Place = tuple[int, int]
"""A record: the place of its file among the files of the import, and its line."""


class RepeatedKeys:
    """The keys of all good rows of an import, in few bytes each."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._files = array("L")
        self._lines = array("Q")

    def add(self, file: int, lines: list[int], digests: bytes) -> None:
        """Take the rows of a file: their lines and the digests of their keys, in the same order."""
        self._digests += digests
        self._lines.extend(lines)
        self._files.extend([file] * len(lines))

    def repeated(self) -> Mapping[Place, str]:
        """Return the rows that must be refused because their keys are repeated, and why.

        Within one file all of them are refused, because it is unknown which is right. Across files, all but the first.
        """
        digests = [bytes(self._digests[at : at + DIGEST_BYTES]) for at in range(0, len(self._digests), DIGEST_BYTES)]
        if len(set(digests)) == len(digests):
            return {}
        places: dict[bytes, list[Place]] = defaultdict(list)
        for key, file, line in zip(digests, self._files, self._lines, strict=True):
            places[key].append((file, line))
        return {place: why for same in places.values() if len(same) > 1 for place, why in _refusals(same)}


def _refusals(same: list[Place]) -> Iterator[tuple[Place, str]]:
    """Yield which rows with the same key are refused, and why."""
    lines_of: dict[int, list[int]] = defaultdict(list)
    for file, line in same:
        lines_of[file].append(line)
    for file, line in same:
        lines = lines_of[file]
        if len(lines) > 1:
            message = _("The same row is on line {line} too; remove one of them.")
            other = lines[1] if line == lines[0] else lines[0]
            yield (file, line), message.format(line=f"{other:,}")
        elif same[0] != (file, line):
            yield (file, line), _("This row came already in this import; remove one.")
