"""Workbooks made to do harm are refused before they fill the memory."""

import struct
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.fork_server import fork_server
from tests.memory import peak_kb, reset_peak
from tests.services.files.reading.samples import bad, good, read
from tests.services.files.reading.workbooks import write_cells, write_parts
from tests.sizes import sample
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.sheets import package, shared_strings
from workbench.services.files.reading.sheets.package import MAX_ENTRIES, UNPACKED_BYTES

MAX_GROWTH_MB = 150

HEADER = (
    '<row r="1"><c r="A1" t="str"><v>application_no</v></c><c r="B1" t="str"><v>msisdn</v></c>'
    '<c r="C1" t="str"><v>brand</v></c></row>'
)
_ROW = '<row><c t="str"><v>A-1</v></c><c><v>13800138000</v></c><c t="str"><v>' + "虚" * 3_000 + "</v></c></row>"

_CHILD = """
import sys
from pathlib import Path
from db.enums import ImportKind
from tests.memory import reset_peak, peak_kb
from tests.services.files.reading.samples import read
from workbench.services.files.reading.problems import FileProblem

# A small workbook first, so that what the modules take does not count.
read(Path(sys.argv[2]), ImportKind.CARDS)
reset_peak()
before = peak_kb()
try:
    records = read(Path(sys.argv[1]), ImportKind.CARDS)
except FileProblem as problem:
    print(problem)
else:
    print(len(records), "records")
print((peak_kb() - before) >> 10)
"""


def one_huge_sheet(path: Path) -> Path:
    """Write a sheet that unpacks to a little more than is allowed."""
    return write_cells(path, _rows(UNPACKED_BYTES))


def _rows(size: int) -> Iterator[str]:
    yield HEADER
    many = _ROW * 100
    for _count in range(size // len(many.encode())):
        yield many


def thousands_of_entries(path: Path) -> Path:
    """Write an archive whose directory alone is large."""
    with zipfile.ZipFile(path, "w") as package:
        for number in range(20_000):
            package.writestr(f"{number}", b"")
    return path


def much_in_many_parts(path: Path) -> Path:
    """Write parts that are small one by one, and too much together."""
    with zipfile.ZipFile(write_cells(path, HEADER), "a", zipfile.ZIP_DEFLATED) as package:
        for number in range((UNPACKED_BYTES >> 20) + 1):
            package.writestr(f"xl/media/{number}.png", bytes(1 << 20))
    return path


def lying_sizes(path: Path) -> Path:
    """Write a sheet of 100 MB of which the archive says that it has one."""
    return patched(write_cells(path, _rows(100 << 20)), "sheet1.xml", 24, struct.pack("<I", 1 << 20))


def million_strings(path: Path) -> Path:
    """Write a million shared strings that are all the same."""
    return write_parts(path, [("cards", HEADER)], strings="<si><t>x</t></si>" * 1_000_000)


def laughs(path: Path) -> Path:
    """Write a billion laughs."""
    entities = "".join(f'<!ENTITY a{place} "{f"&a{place - 1};" * 10}">' for place in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "ha">{entities}]>'
    return write_cells(path, f'{HEADER}<row><c t="str"><v>&a11;</v></c></row>', head=head)


def external(path: Path) -> Path:
    """Write a sheet that asks for another file."""
    head = '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    return write_cells(path, f'{HEADER}<row><c t="str"><v>&a;</v></c></row>', head=head)


def encrypted(path: Path) -> Path:
    """Write a sheet that says it is encrypted."""
    return patched(write_cells(path, HEADER), "sheet1.xml", 8, struct.pack("<H", 1))


def climbing(path: Path) -> Path:
    """Write a part outside of the workbook."""
    with zipfile.ZipFile(write_cells(path, HEADER), "a") as package:
        package.writestr("../../evil", "")
    return path


def deep(path: Path) -> Path:
    """Write one element within the other, stored as it is so that no ratio shows it."""
    return _stored(write_cells(path, ("<a>" * 100_000 for _count in range(150))))


def one_row(path: Path) -> Path:
    """Write a row without an end."""
    return _stored(write_cells(path, ("<row>", *("<c/>" * 250_000 for _count in range(40)))))


def _stored(path: Path) -> Path:
    """Write the parts again without packing them."""
    unpacked = path.with_name("stored.xlsx")
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(unpacked, "w") as stored:
        for name in packed.namelist():
            with packed.open(name) as source, stored.open(name, "w") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
    return unpacked


def patched(path: Path, name: str, offset: int, value: bytes) -> Path:
    """Change what the directory of an archive says of a part."""
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        (length,) = struct.unpack_from("<H", raw, at + 28)
        if raw[at + 46 : at + 46 + length].endswith(name.encode()):
            raw[at + offset : at + offset + len(value)] = value
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(raw)
    return path


# Each takes a process of its own.
BOMBS: list[tuple[Callable[[Path], Path], str]] = [
    (one_huge_sheet, "unpacks to far more"),
    (much_in_many_parts, "unpacks to far more"),
    (thousands_of_entries, f"more than {MAX_ENTRIES} parts"),
    (lying_sizes, "no whole XLSX workbook"),
    (million_strings, "unpacks to far more"),
    (laughs, "no whole XLSX workbook"),
    (external, "no whole XLSX workbook"),
    (encrypted, "encrypted"),
    (climbing, "outside of itself"),
    (deep, "no whole XLSX workbook"),
    (one_row, "no whole XLSX workbook"),
]


@pytest.mark.promise("I3")
def test_a_huge_sheet_and_a_row_without_an_end_are_refused_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "UNPACKED_BYTES", 16 << 20)
    huge = write_cells(tmp_path / "huge.xlsx", _rows(17 << 20))
    rows = (HEADER, "<row>", *("<c/>" * 250_000 for _count in range(12)))
    endless = _stored(write_cells(tmp_path / "endless.xlsx", rows))

    reset_peak()
    before = peak_kb()
    for path, words in ((huge, "unpacks to far more"), (endless, "no whole XLSX workbook")):
        with pytest.raises(FileProblem, match=words):
            read(path, ImportKind.CARDS)
    assert (peak_kb() - before) >> 10 < MAX_GROWTH_MB


@pytest.mark.promise("I3")
@pytest.mark.proof
@pytest.mark.parametrize(("make", "words"), sample(BOMBS, ci=8))
def test_a_bomb_is_refused_in_little_memory(make: Callable[[Path], Path], words: str, tmp_path: Path) -> None:
    small = write_cells(tmp_path / "small.xlsx", HEADER)
    bomb = make(tmp_path / "bomb.xlsx")

    output, _errors = fork_server().start_piped(_CHILD, str(bomb), str(small)).communicate()

    message, growth_mb = output.splitlines()
    assert words in message
    assert int(growth_mb) < MAX_GROWTH_MB


def test_two_cells_far_apart_take_no_room_between_them(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="A1048576" t="str"><v>A-1</v></c><c r="B1048576"><v>13800138000</v></c></row>'

    reset_peak()
    before = peak_kb()
    near_and_far = read(write_cells(tmp_path / "far.xlsx", HEADER + far), ImportKind.CARDS)
    beside = read(write_cells(tmp_path / "wide.xlsx", HEADER + far.replace("B1048576", "XFD1048576")), ImportKind.CARDS)

    assert [record.line for record in good(near_and_far)] == [1_048_576]
    assert "Column XFD" in bad(beside)[0].problems[0].message
    assert (peak_kb() - before) >> 10 < MAX_GROWTH_MB


def test_more_shared_texts_than_are_kept_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strings = [f"<si><t>虚构{number:04}</t></si>" for number in range(101)]
    path = write_parts(tmp_path / "s.xlsx", [("cards", '<row><c t="s"><v>0</v></c></row>')], strings=strings)
    for limit, value in (("MAX_STRINGS", 100), ("MAX_BYTES", 1_000)):
        with monkeypatch.context() as patched:
            patched.setattr(shared_strings, limit, value)
            with pytest.raises(FileProblem, match="too much text"):
                read(path, ImportKind.CARDS)


def shared_text(path: Path) -> Path:
    """Write many cells that share one long text."""
    rows = ("<row>" + '<c t="s"><v>0</v></c>' * 3 + "</row>" for _count in range(6_500))
    text = f"<si><t>{'虚' * 32_000}</t></si>"
    return write_parts(path, [("cards", chain([HEADER], rows))], strings=text)


@pytest.mark.proof
def test_one_long_text_that_many_cells_share_is_kept_once(tmp_path: Path) -> None:
    path = shared_text(tmp_path / "shared.xlsx")
    reset_peak()
    before = peak_kb()

    with pytest.raises(FileProblem, match="too much text"):
        read(path, ImportKind.CARDS)

    assert path.stat().st_size < 1 << 20
    assert (peak_kb() - before) >> 10 < MAX_GROWTH_MB


def test_a_cell_at_no_place_of_a_sheet_and_a_workbook_that_was_cut_off_are_refused(tmp_path: Path) -> None:
    paths = [
        write_cells(tmp_path / f"{number}.xlsx", f'{HEADER}<row><c r="{place}" t="s"><v>0</v></c></row>')
        for number, place in enumerate(["0", "A0", "", "AAAA1", "甲1"])
    ]
    whole = write_cells(tmp_path / "cut.xlsx", HEADER).read_bytes()
    for keep in [10, 300, 900]:
        paths.append(tmp_path / f"cut{keep}.xlsx")
        paths[-1].write_bytes(whole[:keep])
    for path in paths:
        with pytest.raises(FileProblem, match="no whole XLSX workbook"):
            read(path, ImportKind.CARDS)
