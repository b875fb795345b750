import io
import json

import pytest

from tests.shared_data import shared_data
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.table import BrokenRecord, CsvTable, RawRecord


def table(text: str, *known: str) -> CsvTable:
    return CsvTable(io.StringIO(text, newline="\n"), "file.csv", lambda name: name.strip() in known)


def records(text: str, *known: str) -> list[RawRecord | BrokenRecord]:
    return list(table(text, *(known or ("a", "b", "c"))))


@pytest.mark.promise("I1")
def test_the_csv_spectrum_parses_as_its_json_says() -> None:
    # location_coordinates.json differs from its CSV, so it proves nothing.
    paths = [path for path in shared_data("csv_spectrum", "csvs").iterdir() if path.stem != "location_coordinates"]
    assert len(paths) >= 11
    for path in paths:
        with path.open(encoding="utf-8", newline="\n") as text:
            found = list(CsvTable(text, path.name, lambda _name: True))
        right = json.loads(shared_data("csv_spectrum", "json", f"{path.stem}.json").read_text("utf-8"))

        assert [record.fields for record in found if isinstance(record, RawRecord)] == right, path.name
        assert not any(isinstance(record, BrokenRecord) for record in found)


def test_a_record_is_named_by_the_physical_line_where_it_starts() -> None:
    found = records('a,b\n1,"x\ny\nz"\n\n2,3\n')

    assert [record.line for record in found] == [2, 6]


def test_the_delimiter_is_the_one_by_which_the_header_is_known() -> None:
    for delimiter in [";", "\t"]:
        found = table(f"a{delimiter}b\n1,0{delimiter}2\n", "a", "b")

        assert [record.fields for record in found if isinstance(record, RawRecord)] == [{"a": "1,0", "b": "2"}]


def test_rows_of_nothing_but_commas_are_passed_over() -> None:
    assert [record.line for record in records("a,b\n1,2\n,\n\n3,4\n,\n")] == [2, 5]


def test_an_empty_file_is_an_error() -> None:
    for text in ["", "\n\n", "  \r\n", "\ufeff\n"]:
        with pytest.raises(FileProblem, match="empty"):
            table(text, "a")


def test_a_repeated_header_is_told_and_the_next_line_is_read() -> None:
    broken, after = records("a,b,c\na,b,c\n5,6,7\n")

    assert isinstance(broken, BrokenRecord)
    assert (broken.line, broken.column, "header is repeated" in broken.message) == (2, "", True)
    assert isinstance(after, RawRecord)
    assert (after.line, after.fields) == (3, {"a": "5", "b": "6", "c": "7"})


def test_a_quote_that_may_swallow_rows_ends_the_reading() -> None:
    for text, line, column in [
        ('a,b\n1,"2\n3,4\n', 2, "b"),
        ('a,b\n1,2\n"3\n4",5\n6,"7\n8,9\n', 5, "b"),
        ('a,b\n1,"2\n3,"x",y\n4,5\n', 2, "b"),
        ('a,b\n1,"2' + "\n3,4" * 50_000 + "\n", 2, "b"),
        ('a,"b\n1,2\n', 1, ""),
    ]:
        with pytest.raises(FileProblem) as caught:
            records(text)

        (problem,) = caught.value.problems
        assert (problem.line, problem.column) == (line, column)
        assert "quote" in problem.message
