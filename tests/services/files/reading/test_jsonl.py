import io

import pytest

from workbench.services.files.reading.jsonl import JsonLines
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reading.table import BrokenRecord, RawRecord


def records(text: str) -> list[RawRecord | BrokenRecord]:
    return list(JsonLines(io.StringIO(text, newline="\n"), "file.jsonl"))


def test_each_line_is_a_record_and_blank_lines_are_passed_over() -> None:
    first, second = records('\n{"a": 1, "b": [1, "x"]}\r\n\n{"a": null, "b": true}\n')

    assert isinstance(first, RawRecord)
    assert (first.line, first.fields) == (2, {"a": 1, "b": [1, "x"]})
    assert isinstance(second, RawRecord)
    assert (second.line, second.fields) == (4, {"a": None, "b": True})


def test_a_line_that_is_no_plain_object_is_told_and_the_next_one_is_read() -> None:
    for line, column, words in [
        ('{"a": 1, "a": 2}', "a", "comes twice"),
        ('{"a": {"b": 1}}', "a", "nested"),
        ('{"a": [[1]]}', "a", "nested"),
        ('{"a": NaN}', "", "NaN is not JSON"),
        ('{"a": -Infinity}', "", "not JSON"),
        ('{"a": 1', "", "Character 8 is not JSON"),
        ('{"a": 1} {"a": 2}', "", "Character 10 is not JSON"),
        ("[1, 2]", "", "not a JSON object"),
        ('"text"', "", "not a JSON object"),
        ('{"a": "\\ud800"}', "a", "half a character"),
        ('{"a": "x\\u0000y"}', "a", "NUL"),
        ('{"a": ' + "9" * 5000 + "}", "", "plain values"),
        ("[" * 100_000, "", "plain values"),
        ("{" + ", ".join(f'"k{n}": 1' for n in range(201)) + "}", "", "more than 200"),
    ]:
        broken, after = records(f'{line}\n{{"a": 1}}\n')

        assert isinstance(broken, BrokenRecord)
        assert (broken.line, broken.column, broken.text) == (1, column, line)
        assert words in broken.message
        assert isinstance(after, RawRecord)
        assert after.line == 2


def test_an_empty_file_is_an_error() -> None:
    for text in ["", "\n \n"]:
        with pytest.raises(FileProblem, match="empty"):
            records(text)
