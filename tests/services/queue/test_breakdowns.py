"""Frequency tables of the queue: each row has as many cases as its filter selects."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.services.queue.many_cases import plant_many
from tests.sites import TUESDAY, Site, microseconds
from tests.sizes import sample
from workbench.domain.filter.keys import KEY_BY_NAME
from workbench.errors import WrongUsage
from workbench.services.queue import breakdowns
from workbench.services.queue.breakdowns import BREAKDOWNS
from workbench.services.wiring import Services

COUNT = 120
_DECISION = """INSERT INTO decision (id, case_id, round, verdict, fail_kind, measure, note, letter, waits_for, status,
    maker_id, decided_at, check_note, version_after, before, seen, waived)
    VALUES (:id, :case, 1, 'fail', 'final', 'none', '', '', '', :status, :maker, :at, '', 0, '{}', '{}', '')"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services of reviewer a over cases of every kind, of which two thirds have verdicts."""
    folder: Path = tmp_path_factory.mktemp("breakdown")
    site = Site(folder / "w.db").create()
    services = site.services("a")
    plant_many(site, COUNT, seed=13)
    verdicts = [
        {
            "id": number,
            "case": number % (COUNT * 2 // 3) + 1,
            "status": ("applied", "undone", "staged", "returned", "approved", "void")[number % 6],
            "maker": 2 + number % 2,
            "at": microseconds(TUESDAY) - number * 3_600_000_000,
        }
        for number in range(1, COUNT + 1)
    ]
    codes = ("ID-RIC", "CR-DEBTOR", "ACT-REGION")
    reasons = [
        {"id": number, "position": position, "code": codes[(number + position) % 3]}
        for number in range(1, COUNT + 1)
        for position in (0, 1)
    ]
    with services.context.write() as session:
        session.execute(text(_DECISION), verdicts)
        insert = "INSERT INTO decision_reason (decision_id, position, code) VALUES (:id, :position, :code)"
        session.execute(text(insert), reasons)
    return services


@pytest.mark.parametrize("by", BREAKDOWNS)
@pytest.mark.parametrize(
    "wanted",
    [
        "state:all",
        *(
            pytest.param(wanted, marks=pytest.mark.proof)
            for wanted in sample(["-rule:ID-REGION due>yesterday", "", "state:pending,in_review 虚构"], ci=1)
        ),
    ],
)
def test_the_filter_of_a_row_selects_as_many_cases_as_the_row_says(many: Services, wanted: str, by: str) -> None:
    found = many.breakdowns.count(wanted, by)

    assert found.total == many.queue.count(wanted)
    assert found.rows
    for row in found.rows:
        assert many.queue.count(f"{wanted} {row.term}") == row.cases > 0
        assert row.words
    assert KEY_BY_NAME[by].name == by
    if by not in {"reason", "rule", "who"}:
        assert sum(row.cases for row in found.rows) == found.total


def test_the_most_frequent_value_comes_first_and_rarer_ones_are_counted(
    many: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [row.cases for row in many.breakdowns.count("", "agent").rows]
    assert numbers == sorted(numbers, reverse=True)
    days = [row.value for row in many.breakdowns.count("", "due").rows]
    assert days == sorted(days)

    monkeypatch.setattr(breakdowns, "MOST_ROWS", 2)
    assert (len(many.breakdowns.count("", "due").rows), many.breakdowns.count("", "due").others) == (2, len(days) - 2)


def test_an_unknown_property_names_those_that_can_be_counted(many: Services) -> None:
    with pytest.raises(WrongUsage, match="choose from state, reason"):
        many.breakdowns.count("", "size")
