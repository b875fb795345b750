"""The English and Chinese names of columns, and the checks of a header."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from db.enums import ImportKind
from workbench.domain.values.bad_value import outline_of
from workbench.domain.values.values import folded_word
from workbench.i18n import _, current_language
from workbench.services.files.reading.problems import RowProblem

COLUMNS_FILE = Path(__file__).resolve().parents[4] / "fixtures" / "columns.toml"

MAX_COLUMNS = 200
MAX_HEADER_LENGTH = 256
MAX_UNKNOWN_REPORTED = 20
"""The most unknown columns that get their own message."""

IGNORED = ""
"""The meaning of a known column that is not read, such as the cause in a file of rejects."""

_BLANKS = re.compile(r"[\s_\-]+")
_LEAST_SIMILARITY = 0.5
_NUMBER = re.compile(r"^\s*\d|\d{3}")
"""What a value with a number has: it begins with a digit, or has three together."""

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The names of the columns of one kind of file: all accepted spellings, and the Chinese name to show."""

    meanings: Mapping[str, str]
    chinese: Mapping[str, str]

    def meaning(self, name: str) -> str | None:
        """Return the column that a name in a file means; IGNORED if it is not imported, None if the name is unknown."""
        return self.meanings.get(normalised_name(name))

    def knows(self, name: str) -> bool:
        """Say whether a text is the name of a column that is read."""
        return bool(self.meaning(name))

    def shown(self, column: str) -> str:
        """Return a column's name in the current language."""
        return self.chinese[column] if current_language() == "zh" else column


def nearest_names(name: str, meanings: Mapping[str, str]) -> list[str]:
    """Return up to three meanings with spellings similar to a name, most similar first."""
    near = difflib.get_close_matches(normalised_name(name)[:MAX_HEADER_LENGTH], list(meanings), 3, _LEAST_SIMILARITY)
    return list(dict.fromkeys(meanings[spelling] for spelling in near))


def normalised_name(name: str) -> str:
    """Return a name for comparison, without differences of width, case, blanks and a required mark."""
    plain = unicodedata.normalize("NFKC", name).strip().strip("*").casefold()
    return _BLANKS.sub("_", plain).strip("_")


@cache
def columns_file() -> dict[str, Any]:
    """Return the file with the names of columns, sheets and values."""
    with COLUMNS_FILE.open("rb") as file:
        return tomllib.load(file)


def meanings_by_spelling(section: Mapping[str, Any]) -> dict[str, str]:
    """Return the meanings of the normalised names in a section of the file."""
    return {
        normalised_name(name): meaning
        for meaning, names in section.items()
        for name in (meaning, names["zh"], *names.get("also", ()))
    }


@cache
def column_names(kind: ImportKind) -> ColumnNames:
    """Return the names of the columns of a kind of file."""
    columns = columns_file()["columns"][kind.value]
    ignored = dict.fromkeys(meanings_by_spelling(columns_file()["ignored"]), IGNORED)
    chinese = {column: names["zh"] for column, names in columns.items()}
    return ColumnNames(meanings_by_spelling(columns) | ignored, chinese)


def value_names(section: str, words: type[Word]) -> dict[str, Word]:
    """Return the words of an enumeration by their folded names."""
    names = {folded_word(word.value): word for word in words}
    for code, also in columns_file()["values"][section].items():
        names.update({folded_word(name): words(code) for name in also})
    # Codes are found without folding too.
    names.update({word.value: word for word in words})
    return names


def header_problems(
    names: Sequence[str], known: ColumnNames, required: Sequence[frozenset[str]], place: RowProblem
) -> list[RowProblem]:
    """Return the problems of a header.

    Args:
        names: The columns as in the file, '' for a column without a name.
        known: The accepted names of the columns.
        required: Sets of columns; of each set, one must be there.
        place: File, sheet and line of the header; its message is ignored.
    """
    if len(names) > MAX_COLUMNS:
        message = _("There are {count} columns, more than {limit}; remove those that are not read.")
        return [_at(place, "", message.format(count=len(names), limit=MAX_COLUMNS))]
    # So long a text is outlined, because it may be the content of a cell and name people.
    problems = [
        _at(place, outline_of(name), _("The column's name is longer than 256 characters; shorten it."))
        for name in names
        if len(name) > MAX_HEADER_LENGTH
    ]
    problems += _invisible_marks(names, known, place)
    if problems:
        return problems
    problems = _unknown(names, known, place) + _repeated(names, known, place)
    return _of_other_kind(names, known, place) or problems + _missing(names, known, required, place)


def _of_other_kind(names: Sequence[str], known: ColumnNames, place: RowProblem) -> list[RowProblem]:
    """Return one problem of the whole file if another kind has most of these columns, and more than this kind."""
    counts = {kind: sum(map(column_names(kind).knows, names)) for kind in map(ImportKind, columns_file()["columns"])}
    kind = max(counts, key=counts.__getitem__)
    is_clear = counts[kind] > max(len(list(filter(None, names))) / 2, sum(map(known.knows, names)))
    message = _("These are the columns of {kind}; use `workbench import {kind} FILE`.").format(kind=kind)
    return [RowProblem(file=place.file, sheet=place.sheet, message=message)] if is_clear else []


def _at(place: RowProblem, column: str, message: str) -> RowProblem:
    """Return a problem of a column, at the line of the header."""
    return RowProblem(file=place.file, sheet=place.sheet, line=place.line, column=column, message=message)


def _shown(name: str, names: Sequence[str], known: ColumnNames) -> str:
    """Return a name of a row as messages show it.

    A row without a known name may be a record whose cells name people. They are outlined, except what resembles a
    column in a row without a number.
    """
    if any(known.meaning(other) is not None for other in names):
        return name
    is_plain = not any(map(_NUMBER.search, names)) and nearest_names(name, known.meanings)
    return name if is_plain else outline_of(name)


def _invisible_marks(names: Sequence[str], known: ColumnNames, place: RowProblem) -> list[RowProblem]:
    """Return a problem for each column name with invisible characters."""
    message = _("The column's name holds a byte order mark or a NUL; type the name again.")
    return [_at(place, _shown(name, names, known), message) for name in names if "\ufeff" in name or "\0" in name]


def _unknown(names: Sequence[str], known: ColumnNames, place: RowProblem) -> list[RowProblem]:
    """Return a problem for each unknown column, with similar names."""
    unknown = [name for name in names if name and known.meaning(name) is None]
    problems = []
    for unknown_name in unknown[:MAX_UNKNOWN_REPORTED]:
        near = [known.shown(column) for column in nearest_names(unknown_name, known.meanings) if column != IGNORED]
        name = _shown(unknown_name, names, known)
        if near:
            message = _("The column “{name}” is not known; did you mean {near}?")
        else:
            message = _("The column “{name}” is not known; rename or remove it.")
        problems.append(_at(place, name, message.format(name=name, near=_(" or ").join(near))))
    if len(unknown) > MAX_UNKNOWN_REPORTED:
        message = _("{count} more columns are not known; is this the right kind of file?")
        problems.append(_at(place, "", message.format(count=len(unknown) - MAX_UNKNOWN_REPORTED)))
    return problems


def _repeated(names: Sequence[str], known: ColumnNames, place: RowProblem) -> list[RowProblem]:
    """Return a problem for each column with the same meaning as an earlier one."""
    first: dict[str, str] = {}
    problems = []
    for name in names:
        meaning = known.meaning(name)
        key = meaning or normalised_name(name)
        if not key or meaning == IGNORED:
            continue
        if key in first:
            message = _("The columns “{first}” and “{second}” are the same; remove one.")
            shown = _shown(name, names, known)
            problems.append(_at(place, shown, message.format(first=first[key], second=shown)))
        first.setdefault(key, _shown(name, names, known))
    return problems


def _missing(
    names: Sequence[str], known: ColumnNames, required: Sequence[frozenset[str]], place: RowProblem
) -> list[RowProblem]:
    """Return a problem for each required column that is missing."""
    present = {known.meaning(name) for name in names}
    problems = []
    for choices in required:
        if choices.isdisjoint(present):
            columns = _(" or ").join(known.shown(column) for column in sorted(choices))
            problems.append(_at(place, columns, _("The column {column} is missing; add it.").format(column=columns)))
    return problems
