"""Large imports are shared with another process: what they write does not depend on who does it."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.dialects.search import HITS, name_hits
from db.engine import Database
from db.enums import ImportKind
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.sites import Site
from tests.sizes import sample
from workbench.domain.values.identifiers import ric_check_digit
from workbench.services.foundation import workers
from workbench.services.intake.importing import new_applications, planning, service

_TABLES = ("application", "card", "case", "finding", "notice")


def content(path: Path) -> dict[str, Sequence[Any]]:
    """Return the rows of an import, with the terms by which its cases are found."""
    with closing(Database(path)) as database, database.read() as session:
        rows = {table: session.execute(text(f'SELECT * FROM "{table}" ORDER BY id')).all() for table in _TABLES}
        found = session.execute(text(HITS.format(match="query") + " ORDER BY rowid"), {"query": name_hits("测")})
        return {**rows, "found": found.all()}


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_applications, "_TOGETHER", 7)
    monkeypatch.setattr(planning, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(workers, "has_several_processors", lambda: True)


def person_of(number: int) -> str:
    """Return an ID number with a valid check digit."""
    body = f"11010519491231{number:03}"
    return body + ric_check_digit(body)


@pytest.mark.proof
@pytest.mark.parametrize("has_update", sample([True, False], ci=1))
def test_an_import_with_cases_that_depend_on_later_rows_writes_the_same_alone_and_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_update: bool
) -> None:
    many = [application(f"B-{row}", handler_id_no=person_of(row % 3), msisdns=f"139{row:08}") for row in range(24)]
    people = [
        application(f"P-{row}", **PERSON, handler_id_no=person_of(row % 5), msisdns=f"137{row:08}") for row in range(24)
    ]
    alone = [
        application(f"C-{row}", **PERSON, handler_id_no=person_of(10 + row), msisdns=f"136{row:08};134{row:08}")
        for row in range(24)
    ]
    mixed = [row for rows in zip(alone, many, people, strict=True) for row in rows]
    calls = [
        {"caller": f"13{one}{row:08}", "callee": f"021{call:08}", "start_at": "2026-11-20 09:00", "duration_s": "2"}
        for row in range(0, 24, 5)
        for one in "4679"
        for call in range(40)
    ]
    ten_cards = ";".join(f"135{card:08}" for card in range(10))
    found = []
    for enough in (1_000_000, 0):
        monkeypatch.setattr(service, "_FEWEST_BYTES_FOR_HELPER", enough)
        site = Site(tmp_path / f"{enough}.db").create()
        # A person's case is complete at once, and gets a receipt.
        require_no_documents_of_individuals(site)
        desk = Desk(site, tmp_path)
        desk.applications(application("D-1", **PERSON, handler_id_no=person_of(13), msisdns=ten_cards))
        desk.run(ImportKind.CALLS, calls)
        # The earlier application leaves the applicant of C-3, whose cards are counted without it then.
        update = [application("D-1", **PERSON, handler_id_no=person_of(99), msisdns=ten_cards)] if has_update else []
        desk.applications(*mixed, *update)
        site.close()
        found.append(content(site.path))
    in_turn, shared = found
    assert in_turn == shared
    assert len(shared["case"]) == 73
    assert shared["notice"]
    assert all(any(rule in finding for finding in shared["finding"]) for rule in ("ID-CARD-COUNT", "ACT-SHORT-CALLS"))
