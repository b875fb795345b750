"""Finds rows with the same key within one import."""

from array import array
from collections import defaultdict
from collections.abc import Mapping

from workbench.i18n import _
from workbench.services.importing.judged_records import DIGEST_BYTES

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
        """Return the rows that must be refused because their keys came more than once, and why.

        Of rows in one file all are refused, as nobody knows which is right; of rows in several files, those after the
        first.
        """
        digests = [bytes(self._digests[at : at + DIGEST_BYTES]) for at in range(0, len(self._digests), DIGEST_BYTES)]
        if len(set(digests)) == len(digests):
            return {}
        places: dict[bytes, list[Place]] = defaultdict(list)
        for key, file, line in zip(digests, self._files, self._lines, strict=True):
            places[key].append((file, line))
        return {place: why for same in places.values() if len(same) > 1 for place, why in _refusals(same)}


def _refusals(same: list[Place]) -> list[tuple[Place, str]]:
    """Return which rows with the same key are refused, and why."""
    refusals = []
    for file, line in same:
        others = [other for in_file, other in same if in_file == file and other != line]
        if others:
            message = _("The same row is on line {line} too; remove one of them.")
            refusals.append(((file, line), message.format(line=f"{others[0]:,}")))
        elif same[0] != (file, line):
            refusals.append(((file, line), _("This row came already in this import; remove one.")))
    return refusals
