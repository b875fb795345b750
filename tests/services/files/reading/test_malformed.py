"""Ten classes of malformed files, six of each: every one is a clear error, and its record no row."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.files.reading.samples import bad, good, read
from workbench.services.files.reading.problems import FileProblem, RowProblem

OF_EACH = 6
COLUMNS = ("caller", "callee", "start_at", "duration_s", "imei")
HEADER = ",".join(COLUMNS)


@dataclass(frozen=True)
class Malformed:
    """A file, where it is wrong, and which lines are good all the same."""

    content: bytes
    line: int
    column: str
    words: str
    good_lines: frozenset[int] = frozenset()


Maker = Callable[[random.Random], Malformed]


def lines(chance: random.Random) -> list[str]:
    """Return a header and good lines."""
    return [HEADER] + [
        f"1380013{number:04},139{chance.randint(0, 99999999):08},2026-10-08 09:{number:02}:00,{number},"
        for number in range(chance.randint(3, 30))
    ]


def with_line(chance: random.Random, spoil: Callable[[list[str], int], str]) -> tuple[list[str], int, int]:
    """Return lines of which one is spoilt in one field, that line's number and the field's index."""
    content = lines(chance)
    at = chance.randrange(1, len(content))
    field = chance.randrange(len(COLUMNS))
    content[at] = spoil(content[at].split(","), field)
    return content, at + 1, field


def others(content: list[str], line: int) -> frozenset[int]:
    return frozenset(range(2, len(content) + 1)) - {line}


def spoilt(chance: random.Random, words: str, spoil: Callable[[str], str]) -> Malformed:
    """Return a file with one field spoilt and all other lines good."""

    def put(fields: list[str], index: int) -> str:
        fields[index] = spoil(fields[index])
        return ",".join(fields)

    content, line, field = with_line(chance, put)
    return Malformed("\n".join(content).encode(), line, COLUMNS[field], words, others(content, line))


def open_quote(chance: random.Random) -> Malformed:
    content, line, field = with_line(
        chance, lambda fields, index: ",".join([*fields[:index], f'"{fields[index]}', *fields[index + 1 :]])
    )
    return Malformed("\n".join(content).encode(), line, COLUMNS[field], "quote")


def text_after_quote(chance: random.Random) -> Malformed:
    return spoilt(chance, "closing quote", lambda field: f'"{field}"x')


def ragged(chance: random.Random) -> Malformed:
    content = lines(chance)
    at = chance.randrange(1, len(content))
    width = chance.choice([1, 2, 3, 4, 6, 9])
    content[at] = ",".join((content[at].split(",") + ["x"] * 9)[:width])
    column = COLUMNS[width] if width < len(COLUMNS) else ""
    return Malformed("\n".join(content).encode(), at + 1, column, "fields", others(content, at + 1))


def duplicate_header(chance: random.Random) -> Malformed:
    twin = chance.choice(["CALLER", " callee", "主叫号码", "ｉｍｅｉ", "Duration", "start-at"])
    content = [HEADER + "," + twin] + [line + "," for line in lines(chance)[1:]]
    return Malformed("\n".join(content).encode(), 1, twin.strip(), "are the same")


def mark_inside(chance: random.Random) -> Malformed:
    return spoilt(chance, "byte order mark", lambda field: "\ufeff" + field)


def stray_return(chance: random.Random) -> Malformed:
    return spoilt(chance, "carriage return", lambda field: f"{field}\r1")


def nul(chance: random.Random) -> Malformed:
    return spoilt(chance, "NUL", lambda field: f"{field}\0")


def large_field(chance: random.Random) -> Malformed:
    size = chance.choice([32_001, 40_000, 200_000, 1_000_000])
    return spoilt(chance, "longer than", lambda field: field[:0] + "x" * size)


def many_columns(chance: random.Random) -> Malformed:
    count = chance.randint(196, 10_000)
    header = HEADER + "," + ",".join(f"c{number}" for number in range(count))
    return Malformed(f"{header}\n".encode(), 1, "", "more than 200")


def cut_or_wrong_encoding(chance: random.Random) -> Malformed:
    content = lines(chance)
    encoding = chance.choice(["utf-8", "gb18030"])
    head = "\n".join(["主叫号码,被叫号码,开始时间,通话时长,终端串号", *content[1:]]).encode(encoding)
    tail = "\n虚构".encode(encoding)[:-1] if chance.random() < 0.5 else b"\n\xff\xff1,2\n"
    return Malformed(head + tail, len(content) + 1, "", f"not valid {encoding}")


MAKERS: tuple[Maker, ...] = (
    open_quote,
    text_after_quote,
    ragged,
    duplicate_header,
    mark_inside,
    stray_return,
    nul,
    large_field,
    many_columns,
    cut_or_wrong_encoding,
)


def files() -> Iterator[tuple[str, Malformed]]:
    chance = random.Random(20261103)
    for maker in MAKERS:
        for number in range(OF_EACH):
            yield f"{maker.__name__}-{number}", maker(chance)


def outcome(path: Path) -> tuple[RowProblem, frozenset[int]]:
    """Return the first problem of a file and the lines of its good rows."""
    try:
        records = read(path, ImportKind.CALLS)
    except FileProblem as problem:
        return problem.problems[0], frozenset()
    (first, *_more) = bad(records)
    return first.problems[0], frozenset(row.line for row in good(records))


@pytest.mark.promise("P9", "I2")
def test_a_malformed_file_is_a_clear_error_and_no_row(tmp_path: Path) -> None:
    for name, malformed in files():
        path = tmp_path / "calls.csv"
        path.write_bytes(malformed.content)

        problem, good_lines = outcome(path)

        assert (problem.file, problem.line) == ("calls.csv", malformed.line), (name, problem)
        assert problem.column == malformed.column, (name, problem)
        assert malformed.words in problem.message, (name, problem)
        assert len(problem.message) < 200
        assert good_lines == malformed.good_lines
