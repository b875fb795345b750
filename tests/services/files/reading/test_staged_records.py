"""The relation that SQL reads: the records of the reader with their line numbers, for a file in any form."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from db.enums import ImportKind
from tests.services.files.reading.samples import KINDS, SHANGHAI, as_csv, as_jsonl, sheet_of
from tests.services.files.reading.workbooks import write_workbook
from tests.sizes import sample
from workbench.services.files.calls.engine import CallEngine, open_engine
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.reader import Reader, open_reader
from workbench.services.files.reading.staging.records import StagedRecords
from workbench.services.files.reading.table import BrokenRecord, RawRecord

pytestmark = pytest.mark.proof

HEADER = "caller,callee,start_at,duration_s,imei\n"
PLAIN = "13800138000,13900139000,2026-11-20 10:00:00,5,\n"

ODD_TEXTS = {
    "mixed line ends": HEADER.replace("\n", "\r\n") + PLAIN + PLAIN.replace("\n", "\r\n"),
    "a lone carriage return": HEADER + PLAIN + PLAIN.replace("5", "5\r"),
    "a carriage return at the end": HEADER + PLAIN.replace("\n", "\r"),
    "a long field": HEADER + PLAIN + PLAIN.replace("2026", "x" * 32_001),
    "a field of 3 MB": HEADER + PLAIN.replace("2026", "x" * 3_000_000) + PLAIN,
    "a blank after a quote": HEADER + PLAIN + '1,"2" ,3,4,5\n' + PLAIN,
    "a quote that is not closed": HEADER + PLAIN + '1,"2,3,4,5\n' + PLAIN,
    "line ends in quotes": HEADER + '1,"2\n3",4,5,6\n' + PLAIN + '1,"2\r\n3",4,5,6\n' + PLAIN,
    "an inner byte order mark": "\ufeff" + HEADER + PLAIN + "\ufeff" + PLAIN,
    "too few and too many fields": HEADER + PLAIN + "1,2,3\n" + "1,2,3,4,5,6\n" + PLAIN,
    "one field too many, empty": HEADER + PLAIN.replace("\n", ",\n"),
    "records without text": HEADER + ",,,,\n" + PLAIN + '"",,"",,\n' + " ,,,,\n",
    "the header again": HEADER + PLAIN + HEADER + PLAIN + "caller,1,2,3,4\n",
    "a title": "Calls of November,,\n\n" + HEADER + PLAIN,
    "a header of two lines": HEADER.replace("imei", '"imei\n"') + PLAIN,
    "another delimiter": (HEADER + PLAIN + '"1;,",2,3,4,5\n').replace(",", ";"),
    "no line end": HEADER + PLAIN + PLAIN.rstrip(),
    "only a header": HEADER,
    "an empty text and none": HEADER + '1,"",,"""",5\nNULL,\\N,null,N/A,\n',
    "backslashes, hashes and apostrophes": HEADER + "1,\\,#,'2,3\n#,2,3,4,5\n" + '1,a\\"b,3,4,5\n',
    "tabs and blanks": HEADER + "\t1, 2 ,\u30003,4\xa0,\u20285\n",
    "other line ends": HEADER + "1\x0b,2\x0c,3\x85,4\u2029,5\x1c\n",
}


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallEngine]:
    with open_engine(tmp_path_factory.mktemp("staged") / "calls") as opened:
        yield opened


def stage(reader: Reader, duck: CallEngine) -> StagedRecords:
    """Make the table `staged` of a reader's records."""
    staged = StagedRecords(reader)

    def begin() -> None:
        cells = {f"c{place}": "VARCHAR" for place in range(len(staged.columns))}
        duck.create("staged", {"line": "BIGINT", "is_odd": "BOOLEAN", **cells})

    def take(relation: str) -> None:
        with duck.cursor() as cursor:
            cursor.run(f"INSERT INTO staged FROM {relation}")

    staged.read(begin, take)
    return staged


def check(reader: Reader, duck: CallEngine) -> StagedRecords:
    """Compare the relation with the reader's own records."""
    staged = stage(reader, duck)
    found = {line: (is_odd, cells) for line, is_odd, *cells in duck.rows("FROM staged ORDER BY line")}
    records: dict[int, RawRecord | BrokenRecord] = {}
    problem = None
    try:
        with reader.table() as table:
            records.update((record.line, record) for record in table)
    except FileProblem as told:
        problem = told
    assert str(staged.problem) == str(problem)
    assert list(found) == list(records)
    for line, record in records.items():
        is_odd, cells = found[line]
        if is_odd:
            continue
        assert isinstance(record, RawRecord)
        texts = dict(zip(record.names, reader.row_reader.texts(record) or (), strict=True))
        if reader.format == "jsonl":
            names = {name: column_names(reader.kind).meaning(name) for name in texts}
            texts = {str(names[name]): text for name, text in texts.items() if names[name] and text}
            assert {column: text for column, text in zip(staged.columns, cells, strict=True) if text} == texts
        else:
            assert cells == list(texts.values())
    odd = [line for line, (is_odd, _cells) in found.items() if is_odd]
    judged = [reader.row_reader.read(record) for record in records.values()]
    assert [record.line for record in staged.read_lines(odd)] == odd
    assert list(staged.read_lines(list(found))) == judged
    return staged


def test_an_odd_text_is_read_as_the_reader_reads_it(duck: CallEngine, tmp_path: Path) -> None:
    for text in ODD_TEXTS.values():
        path = tmp_path / "calls.csv"
        path.write_bytes(text.encode())
        with open_reader(path, ImportKind.CALLS, zone=SHANGHAI) as reader:
            check(reader, duck)


def test_every_kind_is_staged_from_every_form_and_encoding(duck: CallEngine, tmp_path: Path) -> None:
    for kind in KINDS:
        paths = [write_workbook(tmp_path / "rows.xlsx", {"Sheet1": sheet_of(kind)})]
        for name, encoding, text in (
            ("csv", "utf-8", as_csv(kind)),
            ("csv", "utf-16", as_csv(kind)),
            ("zh.csv", "utf-8-sig", as_csv(kind, is_chinese=True)),
            ("zh.csv", "gb18030", as_csv(kind, is_chinese=True)),
            ("jsonl", "utf-8", as_jsonl(kind)),
        ):
            paths.append(tmp_path / f"{encoding}.{name}")
            paths[-1].write_bytes(text.encode(encoding))
        for path in paths:
            with open_reader(path, kind, zone=SHANGHAI) as reader:
                staged = check(reader, duck)
                assert "" not in staged.columns


def test_objects_with_other_or_odd_keys_are_staged_below_their_columns(duck: CallEngine, tmp_path: Path) -> None:
    lines = (
        '{"caller": "1", "callee": 2, "duration_s": null}',
        '{"时长": "3", "callee": "", "cause": "told"}',
        '{"": "", "caller": "1"}',
        '{"caller": "1", "主叫": "1"}',
        "{",
        f'{{"caller": "{"1" * 3_000_000}"}}',
        '{"imei": "\\"5\\n,"}',
    )
    path = tmp_path / "calls.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with open_reader(path, ImportKind.CALLS, zone=SHANGHAI) as reader:
        check(reader, duck)
    assert [line for (line,) in duck.rows("SELECT line FROM staged WHERE is_odd ORDER BY line")] == [3, 4, 5, 6]


def test_a_file_of_many_portions_is_staged_on_its_lines(
    duck: CallEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.files.reading.staging.records._PORTION_BYTES", 1 << 19)
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + (PLAIN + PLAIN.replace("5,", '"5",')) * 20_000, encoding="utf-8")
    with open_reader(path, ImportKind.CALLS, zone=SHANGHAI) as reader:
        stage(reader, duck)
    found = list(duck.rows("SELECT count(*), min(line), max(line), count(DISTINCT line), max(c3) FROM staged"))
    assert found == [(40_000, 2, 40_001, 40_000, "5")]


FIELDS = ("1", "a", "张", "", '""', '"a"', '"a,b"', '"a""b"', '""""', " ", "caller", "'", "\\")
FLAWS = ('"', '""', ",", "\n", "\r\n", "\r", "a", " ", '"\n"', "\0", "\ufeff")


@pytest.mark.parametrize("seed", sample(range(3), ci=1))
def test_random_texts_are_read_as_the_reader_reads_them(seed: int, duck: CallEngine, tmp_path: Path) -> None:
    rng = Random(seed)
    path = tmp_path / "calls.csv"
    for number in range(150):
        parts = [part for _line in range(rng.randrange(8)) for part in (",".join(rng.choices(FIELDS, k=5)), "\n")]
        for _flaw in range(number % 3):
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(FLAWS))
        path.write_bytes((HEADER + "".join(parts)).encode())
        with open_reader(path, ImportKind.CALLS, zone=SHANGHAI, encoding="utf-8") as reader:
            check(reader, duck)
