"""Call files that come packed or as Parquet: the same rows as in CSV, and damage told."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import duckdb
import pytest

from db.enums import ImportKind
from tests.services.files.reading.samples import SHANGHAI, as_csv, bad, good, read
from tests.services.files.reading.test_staged_records import check
from workbench.services.files.calls.engine import open_engine
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.reader import open_reader

ENTRY = b"PK\x01\x02\x14\x03\x14\0"
"""The start of an entry in an archive's directory, up to its flags."""

CSV = as_csv(ImportKind.CALLS).encode()


def zipped(*names: str, content: bytes = CSV) -> bytes:
    """Return an archive of files with the same content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


def as_parquet(path: Path, select: str) -> Path:
    """Write what a query returns."""
    with duckdb.connect() as connection:
        connection.sql(select).write_parquet(str(path))
    return path


PACKED = {
    "calls.csv.gz": gzip.compress(CSV),
    "calls.zip": zipped("calls.csv"),
    "folder.ZIP": zipped("folder/", "folder/calls.csv"),
    "gb18030.csv.gz": gzip.compress(as_csv(ImportKind.CALLS, is_chinese=True).encode("gb18030")),
}


def test_a_packed_file_has_the_rows_of_what_is_packed(tmp_path: Path) -> None:
    for name, content in PACKED.items():
        plain, packed = tmp_path / "calls.csv", tmp_path / name
        plain.write_bytes(CSV)
        packed.write_bytes(content)

        assert [row.value for row in good(read(packed, ImportKind.CALLS))] == [
            row.value for row in good(read(plain, ImportKind.CALLS))
        ]
        with open_engine(tmp_path / "calls") as duck, open_reader(packed, ImportKind.CALLS, zone=SHANGHAI) as reader:
            check(reader, duck)
            assert reader.sha256 == hashlib.sha256(content).hexdigest()
            assert (reader.bytes_count, reader.bytes_read) == (len(content), len(content))


DAMAGED: dict[str, tuple[str, bytes, str]] = {
    "not gzip": ("calls.csv.gz", CSV, "damaged"),
    "cut off": ("calls.csv.gz", gzip.compress(CSV)[:-20], "damaged"),
    "changed": ("calls.csv.gz", gzip.compress(CSV)[:-6] + b"123456", "damaged"),
    "no archive": ("calls.zip", CSV, "damaged"),
    "two files": ("calls.zip", zipped("a.csv", "b.csv"), "exactly one file"),
    "no file": ("calls.zip", zipped("folder/"), "exactly one file"),
    "a password": ("calls.zip", zipped("a.csv").replace(ENTRY + b"\0", ENTRY + b"\1"), "without a password"),
    "no end of lines": ("calls.csv.gz", gzip.compress(b"x" * (17 << 20)), "longer than 16 MB"),
    "a sheet": ("calls.csv.gz", gzip.compress(zipped("a.csv")), "spreadsheet or an archive"),
    "no Parquet": ("calls.parquet", CSV, "Parquet"),
}


def test_what_is_packed_wrongly_is_told(tmp_path: Path) -> None:
    for file, content, words in DAMAGED.values():
        (tmp_path / file).write_bytes(content)

        with pytest.raises(FileProblem, match=words):
            read(tmp_path / file, ImportKind.CALLS)


def test_other_kinds_come_neither_packed_nor_as_parquet(tmp_path: Path) -> None:
    for name in ["cards.zip", "cards.csv.gz", "cards.parquet"]:
        path = tmp_path / name
        path.write_bytes(PACKED["calls.zip" if "zip" in name else "calls.csv.gz"])

        with pytest.raises(FileProblem):
            read(path, ImportKind.CARDS)


def test_parquet_has_the_rows_of_its_values_as_texts(tmp_path: Path) -> None:
    path = as_parquet(
        tmp_path / "it's [a].parquet",
        """SELECT 13800138000 AS caller, '02112345678' AS "被叫", TIMESTAMP '2026-11-20 10:00:00' AS start_at,
                  5::TINYINT AS duration_s, true AS answered, NULL AS imei
           UNION ALL SELECT 13800138001, '02112345678', TIMESTAMP '2026-11-20 10:00:01.5', 0, NULL, '490154203237518'
           UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL
           UNION ALL SELECT 13800138002, '138*', TIMESTAMP '1800-01-01', -1, false, NULL""",
    )

    records = read(path, ImportKind.CALLS)

    assert [(row.line, row.value["caller"], row.value["duration_s"]) for row in good(records)] == [
        (2, "13800138000", 5),
        (3, "13800138001", 0),
    ]
    assert [(record.line, len(record.problems)) for record in bad(records)] == [(5, 3)]
    with open_engine(tmp_path / "calls") as duck, open_reader(path, ImportKind.CALLS, zone=SHANGHAI) as reader:
        check(reader, duck)
        assert reader.bytes_count == path.stat().st_size


def test_an_instant_in_parquet_keeps_its_zone(tmp_path: Path) -> None:
    instant = "TIMESTAMPTZ '2026-11-20 10:00:00+00' AS start_at, 5 AS duration_s"
    path = as_parquet(tmp_path / "calls.parquet", f"SELECT '13800138000' AS caller, '0211234' AS callee, {instant}")

    [row] = good(read(path, ImportKind.CALLS))

    assert row.value["start_at"].isoformat() == "2026-11-20T10:00:00+00:00"
