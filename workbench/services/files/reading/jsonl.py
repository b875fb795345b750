"""Reads the records of a JSON Lines file strictly: one object in each line."""

import json
from collections.abc import Iterator
from typing import Any, TextIO, cast

from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.table import BrokenRecord, Cell, RawRecord

MAX_KEYS = 200


class _NotStrict(ValueError):
    """A text that Python accepts although JSON does not allow it; the message is for the user."""


class _Object(tuple[tuple[str, Any], ...]):
    """The key-value pairs of an object, including repeated keys."""

    __slots__ = ()


class JsonLines:
    """The keys of the first object of a text, and one iteration over its records.

    Raises:
        FileProblem: If all lines are empty.
    """

    header_line = 0
    above: tuple[RawRecord, ...] = ()

    def __init__(self, text: TextIO, file: str) -> None:
        self._lines = enumerate(text, start=1)
        number, first_line = next((line for line in self._lines if line[1].strip("\ufeff \t\r\n")), (0, ""))
        if not first_line:
            message = _("The file is empty; it needs one JSON object a line.")
            raise FileProblem(RowProblem(file=file, message=message))
        self._first = _record(number, first_line.removeprefix("\ufeff"))
        self.names = self._first.names if isinstance(self._first, RawRecord) else ()

    def __iter__(self) -> Iterator[RawRecord | BrokenRecord]:
        """Yield the records; blank lines are skipped."""
        yield self._first
        for number, line in self._lines:
            if not line.isspace():
                yield _record(number, line)


def _record(number: int, line: str) -> RawRecord | BrokenRecord:
    """Return the record of one line."""
    text = line.strip()
    try:
        pairs = _DECODER.decode(text)
    except _NotStrict as error:
        return BrokenRecord(number, "", str(error), (), text)
    except json.JSONDecodeError as error:
        message = _("Character {position} is not JSON; write one complete object a line.").format(
            position=f"{error.pos + 1:,}"
        )
        return BrokenRecord(number, "", message, (), text)
    except (ValueError, RecursionError):
        # A number with thousands of digits, or thousands of nested brackets.
        return BrokenRecord(number, "", _("The line holds what no row needs; write plain values."), (), text)
    if not isinstance(pairs, _Object):
        return BrokenRecord(number, "", _("The line is not a JSON object; write {…} on each line."), (), text)
    names = tuple(name for name, _value in pairs)
    problem = _flaw(pairs, names, text)
    if problem is not None:
        return BrokenRecord(number, *problem, (), text)
    return RawRecord(number, names, tuple(cast("Cell", value) for _name, value in pairs), text)


def _flaw(pairs: _Object, names: tuple[str, ...], text: str) -> tuple[str, str] | None:
    """Return the column and the message of the first problem of an object, None if there is none."""
    if len(names) > MAX_KEYS:
        return "", _("The object has more than {limit} keys; remove those not read.").format(limit=MAX_KEYS)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        return twice, _("The key “{name}” comes twice; remove one.").format(name=twice)
    for name, value in pairs:
        elements = value if isinstance(value, list) else ()
        if isinstance(value, _Object) or any(isinstance(element, _Object | list) for element in elements):
            return name, _("The value is nested; write one plain value.")
    if "\\" in text or "\0" in text or "\ufeff" in text:
        for name, value in pairs:
            if _is_unstorable(f"{name}{value}"):
                return name, _("The value holds a NUL, a byte order mark or half a character; type it again.")
    return None


def _is_unstorable(text: str) -> bool:
    """Return whether a text has a NUL, a byte order mark or a surrogate, which cannot be stored or searched."""
    return any(character in "\0\ufeff" or "\ud800" <= character <= "\udfff" for character in text)


def _refuse_constant(name: str) -> object:
    """Refuse NaN and Infinity."""
    raise _NotStrict(_("{name} is not JSON; write a number or null.").format(name=name))


_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_constant=_refuse_constant)
