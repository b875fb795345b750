"""The files of holiday-cn: read as they are, and refused with the place of what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from tests.shared_data import shared_data
from workbench.services.files.reading.problems import FileProblem
from workbench.services.time.calendar.notice_file import read_notice


def test_each_file_of_the_shared_data_is_read_whole() -> None:
    counts = [len(read_notice(shared_data("holidays_cn", f"{year}.json")).notice.days) for year in range(2018, 2028)]

    assert counts == [29, 31, 37, 38, 38, 34, 36, 33, 39, 0]


def test_days_keep_their_names_and_the_december_before_belongs_to_the_year() -> None:
    notice = read_notice(shared_data("holidays_cn", "2019.json")).notice

    days = {day.on: day for day in notice.days}
    assert (notice.year, notice.is_published) == (2019, True)
    assert (days[date(2018, 12, 29)].working, days[date(2018, 12, 29)].name) == (True, "元旦")


def test_a_file_larger_than_a_calendar_can_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(" " * 1_100_000 + "\n", encoding="utf-8")

    with pytest.raises(FileProblem, match="larger than 1 MB"):
        read_notice(path)


def test_every_mistake_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_text('{"days": [{"date": "x"},\n{"a": ["]"]},\n[], "}", 1],"year": 2027}', encoding="utf-8")

    with pytest.raises(FileProblem) as caught:
        read_notice(path)

    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 3, 3]


GOOD = '{"name": "元旦", "date": "2027-01-01", "isOffDay": true}'


def test_a_file_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    for body, said in [
        ("", "2027.json, line 1: is no JSON at character 1"),
        ('{"year": 2027,\n "days": [}', "2027.json, line 2: is no JSON at character 11"),
        ("[]", "2027.json, line 1: is no JSON object"),
        ('{"days": []}', "2027.json, column year: needs the year"),
        ('{"year": true, "days": []}', "column year: needs the year"),
        ('{"year": 20277, "days": []}', "column year: needs the year"),
        ('{"year": 2027}', "column days: needs the list of days"),
        ('{"year": 2027, "year": 2028, "days": []}', "holds what no calendar needs"),
        ("[" * 100_000, "holds what no calendar needs"),
        (f'{{"year": 2027, "days": [\n{GOOD},\n7]}}', "line 3: is no day; write it like"),
        (f'{{"year": 2027, "days": [\n{GOOD},\n{GOOD}]}}', "line 3, column date: 2027-01-01 is there twice"),
        (
            f'{{"papers": [{{"a": []}}],\n"year": 2027, "days": [\n{GOOD.replace("01-01", "02-30")}]}}',
            "line 3, column date",
        ),
        (
            f'{{"year": 2027, "days": [\n\n{GOOD.replace("2027", "2028")}]}}',
            "line 3, column date: 2028-01-01 is not of",
        ),
        (f'{{"year": 2027, "days": [{GOOD.replace("true", "1")}]}}', "line 1, column isOffDay: must be true (off)"),
        (f'{{"year": 2027, "days": [{GOOD.replace("元旦", " ")}]}}', "column name: needs the holiday's name"),
        (f'{{"year": 2027, "days": [{GOOD.replace("01-01", "1-1")}]}}', "column date: needs a date such as"),
    ]:
        path = tmp_path / "2027.json"
        path.write_text(body, encoding="utf-8")

        with pytest.raises(FileProblem) as caught:
            read_notice(path)

        [problem] = caught.value.problems
        assert said in str(problem)
        assert problem.file == "2027.json"
