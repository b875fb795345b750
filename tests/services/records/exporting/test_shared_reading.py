"""Two processes that export applications together read one snapshot, and write what one of them would."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import ExportKind, ImportKind
from tests.bench.generated_files import write_applications
from tests.sites import Site
from workbench.services.foundation import workers
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.records.exporting import shared_reading, source
from workbench.services.records.exporting.request import ExportFormat, ExportRequest
from workbench.services.records.exporting.shared_reading import shared_texts

pytestmark = pytest.mark.proof

_ROWS = 60


@pytest.fixture
def many(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose applications are so many that a second process reads with the first."""
    file = write_applications(tmp_path / "applications.csv", _ROWS)
    site.services("admin").imports.run(ImportRequest(kind=ImportKind.APPLICATIONS, paths=(file,)))
    monkeypatch.setattr(workers, "has_several_processors", lambda: True)
    monkeypatch.setattr(shared_reading, "_MANY_APPLICATIONS", 1)
    monkeypatch.setattr(source, "_KEYS_PER_PORTION", 3)
    return site


def _request(path: Path) -> ExportRequest:
    return ExportRequest(what=ExportKind.APPLICATIONS, output=path)


def test_two_processes_write_what_one_would(many: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports, written = many.services("admin").exports, {}
    for name, least in (("together", 1), ("alone", _ROWS + 1)):
        monkeypatch.setattr(shared_reading, "_MANY_APPLICATIONS", least)
        for chosen in (ExportFormat.CSV, ExportFormat.JSONL):
            path = tmp_path / f"{name}.{chosen}"
            assert exports.write(_request(path)).rows == _ROWS
            written[name, chosen] = path.read_bytes()

    for chosen in (ExportFormat.CSV, ExportFormat.JSONL):
        assert written["together", chosen] == written["alone", chosen]


def test_what_is_written_meanwhile_is_in_no_part(many: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = many.services("admin").context
    open_in_both = shared_reading._open_in_both

    def followed_by_a_write(*given: Any) -> None:
        open_in_both(*given)
        with context.write() as session:
            session.execute(text("UPDATE application SET province = 'changed'"))

    monkeypatch.setattr(shared_reading, "_open_in_both", followed_by_a_write)
    found = list(shared_texts(context, _request(tmp_path / "out.jsonl")))

    assert sum(rows for rows, _text in found) == _ROWS
    assert not any(b"changed" in text for _rows, text in found)
