import io
import random
from pathlib import Path

import pytest

from tests.services.files.reading.samples import KINDS, as_csv, as_jsonl, good, read
from tests.shared_data import shared_data
from workbench.errors import WrongUsage
from workbench.services.files.reading.encoding import CHUNK_BYTES, LINE_BYTES, detect
from workbench.services.files.reading.problems import FileProblem


def test_every_kind_gives_equal_rows_in_every_encoding_and_format(tmp_path: Path) -> None:
    for kind in KINDS:
        files = {
            "utf8.csv": as_csv(kind).encode(),
            "marked.csv": as_csv(kind).encode("utf-8-sig"),
            "utf16.csv": as_csv(kind).encode("utf-16"),
            "utf16-be.csv": b"\xfe\xff" + as_csv(kind).encode("utf-16-be"),
            "chinese-utf8.csv": as_csv(kind, is_chinese=True).encode(),
            "chinese-gb18030.csv": as_csv(kind, is_chinese=True).encode("gb18030"),
            "rows.jsonl": as_jsonl(kind).encode(),
        }
        found = {}
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            records = read(tmp_path / name, kind)
            assert len(good(records)) == len(records) == 2, (name, records)
            found[name] = [row.value for row in good(records)]

        assert all(rows == found["utf8.csv"] for rows in found.values())


@pytest.mark.promise("I1")
def test_the_python_corpus_in_gb18030_is_read_right() -> None:
    for name in ["gb18030", "gbk", "gb2312"]:
        raw = shared_data("gb18030_cpython", f"{name}.txt").read_bytes()
        right = shared_data("gb18030_cpython", f"{name}-utf8.txt").read_text("utf-8")

        named = detect(io.BytesIO(raw), name, name)
        assert raw.decode(named.codec) == right
        assert raw.decode(detect(io.BytesIO(raw), name).codec) == right


def test_the_utf8_files_of_the_python_corpus_are_utf8() -> None:
    for path in shared_data("gb18030_cpython").glob("*-utf8.txt"):
        assert detect(io.BytesIO(path.read_bytes()), path.name).name == "utf-8", path.name


@pytest.mark.promise("P10", "I4")
def test_random_chinese_tables_are_read_right_or_asked_and_never_wrong_silently() -> None:
    chance = random.Random(20261103)
    common = [
        bytes((lead, trail)).decode("gb2312")
        for lead in range(0xB0, 0xF8)
        for trail in range(0xA1, 0xFF)
        if (lead, trail) < (0xD7, 0xFA) or lead >= 0xD8
    ]
    asked = {"utf-8": 0, "utf-8-sig": 0, "gb18030": 0, "utf-16": 0}
    for number in range(1000):
        cells = ["".join(chance.choices(common, k=chance.randint(1, 8))) for _ in range(chance.randint(1, 20))]
        text = "callee,since\n" + "\n".join(f"{number},{cell}" for cell in cells)
        for encoding in asked:
            raw = text.encode(encoding)
            try:
                found = detect(io.BytesIO(raw), "table.csv")
            except FileProblem:
                asked[encoding] += 1
            else:
                assert raw.decode(found.codec) == text, encoding

    # Asking is right, but asking often would be a nuisance.
    assert max(asked.values()) <= 10, asked


def test_a_utf8_file_with_a_damaged_byte_is_no_gb18030() -> None:
    raw = "申请编号,号码\n甲,乙\n".encode() * 50
    damaged = raw[:100] + b"\xff" + raw[101:]

    with pytest.raises(FileProblem) as caught:
        detect(io.BytesIO(damaged), "cards.csv")

    assert "utf-8" in str(caught.value)
    assert caught.value.problems[0].line == damaged[:100].count(b"\n") + 1


def test_a_file_cut_in_the_middle_of_a_character_names_byte_and_line() -> None:
    for encoding in ["utf-8", "gb18030"]:
        raw = "callee,since\n一二三,四五六\n七八九,十".encode(encoding)[:-1]

        with pytest.raises(FileProblem) as caught:
            detect(io.BytesIO(raw), "optouts.csv")

        start = len("callee,since\n一二三,四五六\n七八九,".encode(encoding))
        assert f"Byte {start} " in str(caught.value)
        assert caught.value.problems[0].line == 3


def test_a_wrong_byte_beyond_the_first_chunk_is_named_by_its_place_in_the_file() -> None:
    raw = ("一二三,四\n" * (CHUNK_BYTES // 6)).encode("gb18030")
    assert len(raw) > CHUNK_BYTES

    with pytest.raises(FileProblem) as caught:
        detect(io.BytesIO(raw + b"\xff\xff"), "optouts.csv")

    assert f"Byte {len(raw):,} " in str(caught.value)
    assert caught.value.problems[0].line == raw.count(b"\n") + 1


def test_a_few_bytes_that_are_chinese_in_gb18030_and_accents_in_utf8_are_asked() -> None:
    raw = "name\nCafé\n".encode()

    with pytest.raises(FileProblem, match="say which with --encoding"):
        detect(io.BytesIO(raw), "a.csv")

    assert detect(io.BytesIO(raw), "a.csv", "UTF8").codec == "utf-8-sig"


def test_an_encoding_that_nobody_reads_or_that_does_not_fit_and_a_workbook_called_csv_are_refused() -> None:
    for raw, encoding, error, words in (
        (b"a", "utf-7", WrongUsage, "utf-7"),
        ("号码".encode("gb18030"), "utf-8", FileProblem, "Byte 0 is not valid utf-8"),
        (b"PK\x03\x04rest", None, FileProblem, "CSV UTF-8"),
    ):
        with pytest.raises(error, match=words):
            detect(io.BytesIO(raw), "a.csv", encoding)


def test_a_file_without_line_ends_does_not_fill_the_memory() -> None:
    with pytest.raises(FileProblem, match="longer than 16 MB"):
        detect(io.BytesIO(b"a" * (LINE_BYTES + 1)), "a.csv")
