import errno
import json
import os
import tempfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from db.enums import ImportKind
from tests.languages import speaking
from tests.services.files.reading.samples import SHANGHAI, bad, good, read
from tests.services.files.reading.workbooks import Value, write_cells, write_workbook
from workbench.errors import CannotCreate, WrongUsage
from workbench.services.files.reading.reader import open_reader, open_readers
from workbench.services.files.reading.rejects import RejectWriter
from workbench.services.foundation.safe_files import OwnFiles

CARDS = "原因,申请编号,号码,iccid\n"


def writer_of(target: Path, *, keeps_sheets: bool = False) -> RejectWriter:
    """Return a writer of rejects at a database that is elsewhere."""
    return RejectWriter(target, OwnFiles(files=(), store=target.parent / "store"), keeps_sheets=keeps_sheets)


def reject(source: Path, target: Path) -> int:
    """Write the bad records of a file of cards."""
    with open_reader(source, ImportKind.CARDS, zone=SHANGHAI) as reader, writer_of(target) as writer:
        writer.switch_to(reader)
        records = bad(list(reader))
        for record in records:
            writer.write(record)
    return len(records)


def test_rejected_rows_of_csv_keep_their_cells_and_are_mended_in_place(tmp_path: Path) -> None:
    source, target = tmp_path / "cards.csv", tmp_path / "rejects.csv"
    content = '申请编号,号码,iccid\nA-1,138****8000,\nA-2,13800138000,\nA-3,"1,3"\nA-4,1,2,3\n"A"-5,6,7\n'
    source.write_bytes(content.encode("gb18030"))

    assert reject(source, target) == 4

    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert text.splitlines()[0] == "cause,申请编号,号码,iccid"
    assert [line.split(",", 1)[1] for line in text.splitlines()[1:]] == [
        "A-1,138****8000,",
        'A-3,"1,3"',
        "A-4,1,2,3",
        '"""A""-5",6,7',
    ]
    assert "masked" in text.splitlines()[1]

    # Only what was wrong is mended; the causes stay.
    mended = text.replace("138****8000", "13900139000").replace('A-3,"1,3"', 'A-3,"13",').replace("1,2,3", "1,2")
    target.write_text(mended.replace('"""A""-5"', "A-5"), encoding="utf-8-sig", newline="")
    assert len(good(read(target, ImportKind.CARDS))) == 4


def test_a_cause_of_an_earlier_import_is_replaced(tmp_path: Path) -> None:
    source, target = tmp_path / "cards.csv", tmp_path / "rejects.csv"
    source.write_text(CARDS + "old cause,A-1,1.38E+10,\n", encoding="utf-8")

    reject(source, target)

    header, row = target.read_text("utf-8-sig").splitlines()
    assert header == "cause,申请编号,号码,iccid"
    assert "old cause" not in row
    assert row.endswith(",A-1,1.38E+10,")

    in_chinese = tmp_path / "退回.csv"
    with speaking("zh"):
        assert reject(target, in_chinese) == 1
    assert in_chinese.read_text("utf-8-sig").splitlines()[0] == "原因,申请编号,号码,iccid"
    assert reject(in_chinese, target) == 1, "it is imported again"


def test_rejected_rows_of_json_lines_keep_their_values(tmp_path: Path) -> None:
    source, target = tmp_path / "cards.jsonl", tmp_path / "rejects.jsonl"
    lines = [
        '{"application_no": "A-1", "msisdn": 1.38e+10, "daily_quota_calls": 300}',
        '{"cause": "old", "msisdn": "13800138000", "msisdn": "虚构"}',
        '{"application_no": "A-2", "msisdn": "\\ud800"}',
        '{"application_no": "A-3", "msisdn": {"a": [1]}}',
        '{"msisdn": "*", "cause": "old", "\\ud800": 1, "\\ud800": 2}',
        '{"cause": "old"}',
        '{"application_no": "A-4", ',
        "[1]",
    ]
    source.write_text("\n".join(lines), encoding="utf-8")

    assert reject(source, target) == 8

    written = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert all(next(iter(record)) == "cause" and record["cause"] for record in written)
    assert "lost digits" in written[0].pop("cause")
    assert written[0] == {"application_no": "A-1", "msisdn": 1.38e10, "daily_quota_calls": 300}
    assert target.read_text("utf-8").splitlines()[1].endswith('"msisdn": "13800138000", "msisdn": "虚构"}')
    assert written[3]["msisdn"] == {"a": [1]}
    assert target.read_text("utf-8").splitlines()[4].endswith('"msisdn": "*", "\\ud800": 1, "\\ud800": 2}')
    assert written[5].keys() == {"cause"}
    assert [record["text"] for record in written[6:]] == [lines[6].strip(), "[1]"]
    target.write_text(target.read_text("utf-8").replace("1.38e+10", '"13800138000"'), encoding="utf-8")
    records = read(target, ImportKind.CARDS)
    assert (len(good(records)), len(bad(records))) == (1, 7), "what is mended is read"


def test_the_imported_file_is_never_replaced_by_its_rejects(tmp_path: Path) -> None:
    source = tmp_path / "cards.csv"
    source.write_text("application_no,msisdn\nA-1,*\n", encoding="utf-8")

    with pytest.raises(WrongUsage, match="imported file"):
        reject(source, source)


def test_a_second_file_of_the_same_columns_goes_to_the_same_rejects(tmp_path: Path) -> None:
    for name, header in (
        ("a.csv", "application_no,msisdn"),
        ("b.csv", "application_no,msisdn"),
        ("c.csv", "msisdn,application_no"),
    ):
        (tmp_path / name).write_text(f"{header}\n*,*\n", encoding="utf-8")
    readers = [open_reader(tmp_path / name, ImportKind.CARDS, zone=SHANGHAI) for name in ("a.csv", "b.csv", "c.csv")]

    with writer_of(tmp_path / "rejects.csv") as writer:
        writer.switch_to(readers[0])
        writer.write(bad(list(readers[0]))[0])
        writer.switch_to(readers[1])
        writer.write(bad(list(readers[1]))[0])
        with pytest.raises(WrongUsage, match=r"c\.csv has other columns"):
            writer.switch_to(readers[2])
    for reader in readers:
        reader.close()

    assert len((tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()) == 3


def sheets_of(path: Path) -> dict[str, list[list[Value]]]:
    """Return the cells of a workbook as another library reads them."""
    with CalamineWorkbook.from_path(path) as book:
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}  # type: ignore[misc]  # no times of day


def test_a_row_with_a_flaw_in_its_middle_comes_back_whole(tmp_path: Path) -> None:
    for flaw in ["_x0000_", "_xFEFF_"]:
        source, target = tmp_path / "cards.xlsx", tmp_path / "rejects.xlsx"
        rows = (
            ("application_no", "msisdn", "brand", "iccid", "actual_user_name"),
            ("A-1", "13800138000", f"虚{flaw}构", "89860070310112094320", "丁某某"),
        )
        write_cells(
            source,
            "".join("<row>" + "".join(f'<c t="str"><v>{cell}</v></c>' for cell in row) + "</row>" for row in rows),
        )

        assert reject(source, target) == 1

        sheets = sheets_of(target)
        (header, row) = sheets["cards"]
        assert row[1:3] + row[4:] == ["A-1", "13800138000", "89860070310112094320", "丁某某"]
        row[3] = "虚构"
        (mended,) = good(read(write_workbook(tmp_path / "mended.xlsx", {"cards": [header, row]}), ImportKind.CARDS))
        card = mended.value
        assert (card["msisdn"], card["brand"], card["iccid"], card["actual_user_name"]) == (
            "13800138000",
            "虚构",
            "89860070310112094320",
            "丁某某",
        )


def test_a_value_beside_the_named_columns_comes_back_too(tmp_path: Path) -> None:
    source, target = tmp_path / "cards.xlsx", tmp_path / "rejects.xlsx"
    rows: list[list[Value]] = [
        ["application_no", "msisdn"],
        ["A-1", "13800138000", "", "虚构移动", 7],
        ["A-2", "虚\ufeff构", "89860070310112094320"],
    ]
    write_workbook(source, {"cards": rows})

    assert reject(source, target) == 2

    header, first, second = sheets_of(target)["cards"]
    assert "Column E" in str(first[0])
    assert first[1:] == ["A-1", "13800138000", "虚构移动", "7"]
    assert second[1:4] == ["A-2", "虚\ufeff构", "89860070310112094320"]
    header[3] = "brand"
    mended = write_workbook(tmp_path / "mended.xlsx", {"cards": [header[:4], first[:4]]})
    (row,) = good(read(mended, ImportKind.CARDS))
    assert row.value["brand"] == "虚构移动"


def test_sheets_of_one_meaning_with_other_columns_get_names_of_their_own_that_are_read_again(tmp_path: Path) -> None:
    target = tmp_path / "rejects.xlsx"
    headers = (["application_no", "msisdn"], ["msisdn", "application_no"], ["msisdn", "application_no"])
    readers = []
    for number, header in enumerate(headers):
        rows: list[list[Value]] = [list(header), ["*", "*"]]
        source = write_workbook(tmp_path / f"{number}.xlsx", {"Cards": rows})
        readers.append(open_reader(source, ImportKind.CARDS, zone=SHANGHAI))

    with writer_of(target, keeps_sheets=True) as writer:
        for reader in readers:
            writer.switch_to(reader)
            writer.write(bad(list(reader))[0])
    for reader in readers:
        reader.close()

    assert {name: len(rows) for name, rows in sheets_of(target).items()} == {"cards": 2, "cards_": 3}
    again = open_readers(target, zone=SHANGHAI)
    assert [reader.kind for reader in again] == [ImportKind.CARDS, ImportKind.CARDS]
    again[0].close()


def test_rejects_may_have_a_long_name_and_leave_nothing_if_they_cannot_be_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_workbook(tmp_path / "cards.xlsx", {"cards": [["application_no", "msisdn"], ["A-1", "*"]]})
    target = tmp_path / ("虚" * 83 + ".xlsx")
    assert reject(source, target) == 1
    assert sorted(tmp_path.iterdir()) == sorted([source, target])
    target.unlink()

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(CannotCreate, match="No space left"):
        reject(source, tmp_path / "rejects.xlsx")
    assert list(tmp_path.iterdir()) == [source]
