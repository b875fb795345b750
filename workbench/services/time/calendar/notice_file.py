"""Reads a file of the project holiday-cn, which holds the holiday notice of one year; each error has its line."""

import json
import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbench.domain.clock.year_notice import NamedDay, YearNotice
from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR
from workbench.i18n import _
from workbench.services.files.reading.opened import OpenedText
from workbench.services.files.reading.problems import FileProblem, RowProblem

MOST_BYTES = 1 << 20
NAME_LENGTH = 64
"""The most characters of the name of a day."""

_DECEMBER = 12
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}\n]|[^\s,:\[\]{}"]+')
_IN_LIST = 2
"""The nesting depth of the items of a list in an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFile:
    """A file that was read: its name, its SHA-256, and the notice that it holds."""

    name: str
    sha256: str
    notice: YearNotice


def read_notice(path: Path) -> NoticeFile:
    """Read the file of one year.

    Raises:
        FileProblem: With all errors, each with its line.
        NotFound: If there is no such file.
        BadData: If it is no regular file.
        StorageFailed: If it cannot be read.
    """
    opened = OpenedText(path)
    try:
        if opened.bytes_count > MOST_BYTES:
            message = _("The file is larger than {limit} MB; a year's calendar is a few kB.").format(limit=1)
            raise FileProblem(RowProblem(file=path.name, message=message))
        with opened.text() as lines:
            text = lines.read()
        return NoticeFile(name=path.name, sha256=opened.sha256, notice=_notice(text, path.name))
    finally:
        opened.close()


def _notice(text: str, file: str) -> YearNotice:
    body = _parse(text, file)
    year, days = body.get("year"), body.get("days")
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("needs the year of the notice, such as 2026")
        raise FileProblem(RowProblem(file=file, column="year", message=message))
    if not isinstance(days, list):
        message = _("needs the list of days, each like {example}").format(example=_EXAMPLE)
        raise FileProblem(RowProblem(file=file, column="days", message=message))
    problems: list[RowProblem] = []
    found: dict[date, NamedDay] = {}
    for line, item in zip(_lines_of_items(text), days, strict=True):
        try:
            day = _day(item, year, found)
            found[day.on] = day
        except _DayProblem as wrong:
            problems.append(RowProblem(file=file, line=line, column=wrong.column, message=str(wrong)))
    if problems:
        raise FileProblem(*problems)
    return YearNotice(year=year, days=tuple(found.values()))


_EXAMPLE = '{"name": "元旦", "date": "2026-01-01", "isOffDay": true}'


class _DayProblem(Exception):
    """The problem of one day."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def _parse(text: str, file: str) -> dict[str, Any]:
    """Return the JSON object in a file."""
    try:
        body = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_without_repeated_keys)
    except json.JSONDecodeError as error:
        message = _("is no JSON at character {column}; take the year's file of holiday-cn as it is").format(
            column=error.colno
        )
        raise FileProblem(RowProblem(file=file, line=error.lineno, message=message)) from None
    except (ValueError, RecursionError):
        message = _("holds what no calendar needs; take the year's file of holiday-cn as it is")
        raise FileProblem(RowProblem(file=file, message=message)) from None
    if not isinstance(body, dict):
        message = _("is no JSON object; take the year's file of holiday-cn as it is")
        raise FileProblem(RowProblem(file=file, line=1, message=message))
    return body


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, after checking that no key is repeated."""
    if len({key for key, _value in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _day(item: Any, year: int, found: Container[date]) -> NamedDay:
    """Parse one day of the list, given the days before it."""
    if not isinstance(item, dict):
        raise _DayProblem("", _("is no day; write it like {example}").format(example=_EXAMPLE))
    name, day, is_off = item.get("name"), item.get("date"), item.get("isOffDay")
    if not isinstance(day, str) or not _ISO_DAY.fullmatch(day):
        raise _DayProblem("date", _("needs a date such as 2026-01-01"))
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise _DayProblem("date", _("{date} is no day of the calendar").format(date=day)) from None
    if on.year != year and (on.year, on.month) != (year - 1, _DECEMBER):
        raise _DayProblem(
            "date", _("{date} is not of the year {year}, nor of the December before").format(date=on, year=year)
        )
    if on in found:
        raise _DayProblem("date", _("{date} is there twice; leave one out").format(date=on))
    if not isinstance(is_off, bool):
        raise _DayProblem("isOffDay", _("must be true (off) or false (worked)"))
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LENGTH:
        raise _DayProblem("name", _("needs the holiday's name, in at most {most} characters").format(most=NAME_LENGTH))
    return NamedDay(on=on, working=not is_off, name=name.strip())


def _lines_of_items(text: str) -> list[int]:
    """Return the first line of each item of the list `days`, in valid JSON without repeated keys."""
    lines: list[int] = []
    line, depth, key, is_in_days = 1, 0, "", False
    for found in _PART.finditer(text):
        part = found[0]
        if part == "\n":
            line += 1
            continue
        if is_in_days and depth == _IN_LIST and part != "]":
            lines.append(line)
        if part in {"[", "{"}:
            depth += 1
            is_in_days = is_in_days or (depth == _IN_LIST and key == '"days"')
        elif part in {"]", "}"}:
            depth -= 1
            is_in_days = is_in_days and depth >= _IN_LIST
        elif depth == _IN_LIST - 1:
            key = part
    return lines
