"""Appeals of a file are filed after its publication, a few in one transaction; any start goes on."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import ImportKind
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import Cells, Desk, application, shanghai
from workbench.errors import NotAllowed
from workbench.services.foundation.context import Context
from workbench.services.intake.batches import affected_cases, applying
from workbench.services.intake.importing import import_run
from workbench.services.intake.importing.plan import ImportRefused

APPEALS = 7


@pytest.fixture
def rows(desk: Desk) -> list[Cells]:
    """Appeals against cases that failed."""
    desk.site.plant(APPEALS)
    _set_state(desk, "failed")
    found = desk.sql('SELECT application_no FROM "case" ORDER BY id')
    return [{"application_no": row[0], "grounds": "未拨打过"} for row in found]


def _set_state(desk: Desk, state: str, which: str = "true") -> None:
    with desk.site.services("admin").context.write() as session:
        session.execute(text(f'UPDATE "case" SET state = :state WHERE {which}'), {"state": state})


def _filed(desk: Desk) -> list[Any]:
    """Return the case and the filer of each appeal that has its event and its letter."""
    return desk.sql(
        """SELECT a.case_id, r.login FROM appeal AS a JOIN reviewer AS r ON r.id = a.filed_by_id
           JOIN event AS e ON e.case_id = a.case_id AND e.action = 'appeal' AND e.actor_id = a.filed_by_id
           AND e.identity <> '' AND NOT e.is_refused
           JOIN notice AS n ON n.case_id = a.case_id ORDER BY a.id"""
    )


def test_what_an_interrupted_import_did_not_file_is_filed_by_the_next_start_for_the_importer(
    desk: Desk, rows: list[Cells], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sup = desk.write(rows), desk.site.services("sup").context
    planned = desk.take(ImportKind.APPEALS, path, dry_run=True)
    portions, real = count(), affected_cases.file_appeals

    def file_once(context: Context, filings: Sequence[Any]) -> Any:
        if next(portions):
            raise KeyboardInterrupt
        return real(context, filings)

    with monkeypatch.context() as patched:
        patched.setattr(applying, "file_appeals", file_once)
        with pytest.raises(KeyboardInterrupt):
            desk.take(ImportKind.APPEALS, path)
    assert 0 < len(_filed(desk)) < APPEALS

    # Who imported acts, even if no longer active.
    for is_active in (False, True):
        with sup.write() as session:
            session.execute(text("UPDATE reviewer SET is_active = :is WHERE login = 'admin'"), {"is": is_active})
        desk.site.services("audit")
    assert [tuple(row) for row in _filed(desk)] == [(case, "admin") for case in range(1, APPEALS + 1)]
    assert desk.count("submission") == 0
    assert desk.is_chain_whole()
    (batch,) = (line for line in desk.site.services("admin").imports.batches() if line.kind is ImportKind.APPEALS)
    assert (batch.rows, batch.created) == (planned.rows, planned.created) == (APPEALS, APPEALS)


def test_an_appeal_that_its_case_no_longer_allows_stops_the_import_until_it_is_published(
    desk: Desk, rows: list[Cells], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = affected_cases.record_affected_cases

    def meanwhile(*arguments: Any) -> Any:
        _set_state(desk, "queued", "id = 2")
        return real(*arguments)

    monkeypatch.setattr(import_run, "record_affected_cases", meanwhile)
    with pytest.raises(NotAllowed, match="C-000002"):
        desk.run(ImportKind.APPEALS, rows)
    assert (desk.count("submission"), desk.count("appeal")) == (0, 0)


def test_a_workbook_does_not_both_appeal_a_case_and_open_another_of_its_application(desk: Desk) -> None:
    desk.applications(application())
    desk.change(state="failed", complete_at=shanghai("2026-11-23 15:00"))
    rows: dict[str, list[Cells]] = {
        "applications": [application(industry="物流")],
        "appeals": [{"application_no": "A-1", "grounds": "未拨打过"}],
    }
    path = write_workbook(
        desk.folder / "both.xlsx", {name: [list(one[0]), list(one[0].values())] for name, one in rows.items()}
    )
    with pytest.raises(ImportRefused, match="A-1") as refused:
        desk.take(ImportKind.WORKBOOK, path, as_new=True)
    assert [(one.sheet, one.line) for one in refused.value.report.errors] == [("appeals", 2)]
