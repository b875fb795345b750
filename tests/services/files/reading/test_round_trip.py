import csv
import io
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from db.enums import ImportKind
from tests.services.files.reading.samples import KINDS, as_csv, as_jsonl, read
from workbench.errors import WorkbenchError
from workbench.services.files.reading.table import CsvTable, RawRecord

CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=20)
NAMES = ("a", "b", "c")


def attempt(content: bytes, kind: ImportKind, suffix: str) -> None:
    """Read bytes as a file; only errors for people may come."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(content)
        with suppress(WorkbenchError):
            read(path, kind)


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=20), ending=st.sampled_from(["\n", "\r\n"]))
def test_a_table_comes_back_as_it_was_written(rows: list[tuple[str, str, str]], ending: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES, *rows])

    table = CsvTable(io.StringIO(out.getvalue(), newline="\n"), "file.csv", lambda name: name in NAMES)

    found = [tuple(record.cells) for record in table if isinstance(record, RawRecord)]
    assert found == [row for row in rows if any(row)]


@settings(max_examples=settings().max_examples // 2)
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".jsonl", ""]))
def test_no_bytes_make_the_reader_fail_but_by_its_own_errors(content: bytes, suffix: str) -> None:
    attempt(content, ImportKind.CARDS, suffix)


@given(kind=st.sampled_from(KINDS), data=st.data())
def test_no_damage_makes_the_reader_fail_but_by_its_own_errors(kind: ImportKind, data: st.DataObject) -> None:
    suffix, text = data.draw(st.sampled_from([(".csv", as_csv(kind)), (".jsonl", as_jsonl(kind))]))
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b"\r", b"\n", b",", b"\0", b"{", b"\\ud800"]))
        )
    attempt(bytes(content), kind, suffix)
