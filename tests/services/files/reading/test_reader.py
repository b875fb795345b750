import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.files.reading.expected import TYPED
from tests.services.files.reading.samples import KINDS, ROWS, SHANGHAI, as_csv, as_jsonl, bad, good, read
from tests.shared_data import shared_data
from workbench.errors import BadData, NotFound
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.reader import open_reader

CARDS = "application_no,msisdn,iccid\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_each_kind_becomes_its_typed_rows(tmp_path: Path) -> None:
    for kind in KINDS:
        records = good(read(written(tmp_path / "rows.csv", as_csv(kind)), kind))

        for row, text, typed in zip(records, ROWS[kind], TYPED[kind], strict=True):
            # Amounts in yuan become amounts in fen.
            kept = {name: cell for name, cell in text.items() if not name.endswith("_cny")}
            assert {name: cell for name, cell in row.value.items() if cell not in ("", None)} == {**kept, **typed}
        assert {len(row.value) for row in records} == {len(COLUMN_TYPES[kind])}
        assert [row.line for row in records] == ([2, 4] if kind is ImportKind.COMPLAINTS else [2, 3])
        assert all(
            row.raw.get(column, "") == cell
            for row, cells in zip(records, ROWS[kind], strict=True)
            for column, cell in cells.items()
        )


def test_the_reader_says_what_it_found(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", " caller ,callee,start_at,duration_s\n")

    with open_reader(path, ImportKind.CALLS, zone=SHANGHAI) as reader:
        assert (reader.format, reader.encoding) == ("csv", "utf-8")
        assert reader.columns == ("caller", "callee", "start_at", "duration_s")
        assert reader.bytes_count == path.stat().st_size
        assert len(reader.sha256) == 64
        assert list(reader) == []
        assert reader.bytes_read == reader.bytes_count


def test_a_file_can_be_read_twice_and_left_in_the_middle(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", as_csv(ImportKind.CARDS))

    with open_reader(path, ImportKind.CARDS, zone=SHANGHAI) as reader:
        next(iter(reader))
        assert list(reader) == list(reader) != []
        unfinished = iter(reader)
        next(unfinished)
    del unfinished


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", as_csv(ImportKind.CARDS))

    with open_reader(path, ImportKind.CARDS, zone=SHANGHAI) as reader:
        with path.open("a") as file:
            file.write("A-0003,13700137000\n")
        with pytest.raises(FileProblem, match="changed"):
            list(reader)


def test_the_format_is_told_by_the_extension_else_by_the_first_character(tmp_path: Path) -> None:
    for name, text, format_ in [
        ("a.csv", CARDS, "csv"),
        ("a.CSV", CARDS, "csv"),
        ("a.txt", CARDS, "csv"),
        ("a.jsonl", as_jsonl(ImportKind.CARDS), "jsonl"),
        ("a.ndjson", as_jsonl(ImportKind.CARDS), "jsonl"),
        ("a.json", as_jsonl(ImportKind.CARDS), "jsonl"),
        ("a", CARDS, "csv"),
        ("a.dat", "\n" + as_jsonl(ImportKind.CARDS), "jsonl"),
    ]:
        with open_reader(written(tmp_path / name, text), ImportKind.CARDS, zone=SHANGHAI) as reader:
            assert reader.format == format_


def test_rows_without_an_agent_take_the_one_of_the_command(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "agent,application_no,msisdn\n,A-1,1\n渠道,A-2,2\n")

    with open_reader(path, ImportKind.CARDS, zone=SHANGHAI, agent="虚构渠道") as reader:
        agents = [row.value["agent"] for row in good(list(reader))]

    assert agents == ["虚构渠道", "渠道"]


def test_everything_that_is_wrong_with_a_record_is_told(tmp_path: Path) -> None:
    header = "application_no,ICCID,手机号,activated_on,carrier"
    text = f"{header}\n,1.1E+19,138****8000,45000,moon\nA-1,,13800138000,,\n"

    broken, row = read(written(tmp_path / "cards.csv", text), ImportKind.CARDS)

    (told,) = bad([broken])
    assert [(problem.file, problem.sheet, problem.line, problem.column) for problem in told.problems] == [
        ("cards.csv", "", 2, "ICCID"),
        ("cards.csv", "", 2, "手机号"),
        ("cards.csv", "", 2, "activated_on"),
        ("cards.csv", "", 2, "carrier"),
        ("cards.csv", "", 2, "application_no"),
    ]
    assert str(told.problems[4]) == "cards.csv, line 2, column application_no: The value is missing; fill it in."
    assert told.raw["activated_on"] == "45000"
    assert good([row])[0].line == 3


def test_blanks_around_a_value_do_not_count_in_good_and_bad_records(tmp_path: Path) -> None:
    text = "application_no, msisdn ,activated_on\n A-1\u3000, 13800138000 ,  \n A-2 , * , 2026-11-03 \n"

    row, broken = read(written(tmp_path / "cards.csv", text), ImportKind.CARDS)

    value = good([row])[0].value
    assert {name: cell for name, cell in value.items() if cell} == {"application_no": "A-1", "msisdn": "13800138000"}
    assert [problem.column for problem in bad([broken])[0].problems] == ["msisdn"]


def test_a_document_needs_a_path_or_a_sha256(tmp_path: Path) -> None:
    text = "application_no,kind,path,sha256\nA-1,BIZ_LICENSE,,\nA-1,BIZ_LICENSE,../x,\n"

    first, second = bad(read(written(tmp_path / "a.csv", text), ImportKind.DOCUMENTS))

    assert [problem.column for problem in first.problems] == ["path or sha256"]
    assert "leaves this file's folder" in second.problems[0].message
    with pytest.raises(FileProblem, match="path or sha256 is missing"):
        read(written(tmp_path / "b.csv", "application_no,kind\n"), ImportKind.DOCUMENTS)


def test_json_values_may_be_numbers_flags_lists_and_null_where_they_fit(tmp_path: Path) -> None:
    application = (
        '{"application_no": 7, "submitted_at": 20261103, "applicant_kind": "企业",'
        ' "applicant_name": "虚构公司", "handler_name": "甲", "handler_id_no": "1",'
        ' "registered_capital_cny": 1000000.5, "province": null,'
        ' "msisdns": ["13800138000", 13900139000]}'
    )
    (row,) = good(read(written(tmp_path / "a.jsonl", application), ImportKind.APPLICATIONS))

    assert (row.value["application_no"], row.value["registered_capital_fen"]) == ("7", 100_000_050)
    assert row.value["msisdns"] == "13800138000;13900139000"
    assert row.value["province"] == ""


def test_json_values_that_do_not_fit_are_told(tmp_path: Path) -> None:
    for pair, words in [
        ('"msisdn": 1.10105e+17', "lost digits"),
        ('"msisdn": 13800138000.0', "lost digits"),
        ('"msisdn": true', "wrong type"),
        ('"msisdn": ["13800138000"]', "wrong type"),
        ('"application_no": 1.5', "wrong type"),
        ('"activated_on": 45000.0', "day count"),
        ('"activated_on": 45000', "day count"),
        ('"daily_quota_calls": 1.5', "whole number"),
        ('"daily_quota_calls": true', "wrong type"),
        ('"moon": 1', "not known"),
        ('"手机号": "1"', "are the same"),
    ]:
        fields = {'"application_no"': '"A-1"', '"msisdn"': '"13800138000"'}
        fields.pop(pair.split(":", maxsplit=1)[0], None)
        line = "{" + ", ".join([*(f"{name}: {value}" for name, value in fields.items()), pair]) + "}"

        (told,) = bad(read(written(tmp_path / "a.jsonl", line), ImportKind.CARDS))

        (problem,) = told.problems
        assert problem.column == pair.split('"')[1]
        assert words in problem.message


def test_foreign_call_files_say_which_columns_to_rename_and_then_are_read(tmp_path: Path) -> None:
    source = shared_data("calls", "udacity_calls.csv")
    with pytest.raises(FileProblem) as caught:
        open_reader(source, ImportKind.CALLS, zone=SHANGHAI)
    assert {problem.column for problem in caught.value.problems} == {
        "call_num",
        "rec_num",
        "caller",
        "callee",
    }

    text = source.read_text("utf-8").replace("call_num, rec_num", " Caller, Callee", 1)
    records = read(written(tmp_path / "calls.csv", text), ImportKind.CALLS)

    assert (len(good(records)), bad(records)) == (5213, [])
    first = {name: cell for name, cell in good(records)[0].value.items() if cell not in ("", None)}
    assert first == {
        "caller": "7813000821",
        "callee": "9845394494",
        "start_at": datetime(2016, 8, 31, 22, 1, 12, tzinfo=UTC),
        "duration_s": 186,
        "direction": "out",
    }


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    for name in ("none.csv", "a\nb\x1b[31m%s.csv", "-rf"):
        with pytest.raises(NotFound):
            open_reader(tmp_path / name, ImportKind.CARDS, zone=SHANGHAI)
    with pytest.raises(NotFound):
        open_reader(Path("a\0b"), ImportKind.CARDS, zone=SHANGHAI)


def test_folders_pipes_and_devices_are_refused_at_once_and_a_link_to_a_file_is_in_order(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", CARDS + "A-1,1,\n")
    (tmp_path / "link.csv").symlink_to("a.csv")
    assert len(good(read(tmp_path / "link.csv", ImportKind.CARDS))) == 1
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "pipe.csv", tmp_path / "zero.csv", Path("/dev/zero")):
        with pytest.raises(BadData, match="no regular file"):
            open_reader(path, ImportKind.CARDS, zone=SHANGHAI)
