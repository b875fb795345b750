"""Large imports are shared with another process: what they write does not depend on who does it."""

from contextlib import closing
from pathlib import Path

import pytest

from db.dialects.sqlite import driver
from db.enums import ImportKind
from tests.bench.generated_files import write_applications
from tests.policies import require_no_documents_of_individuals
from tests.sites import Site
from workbench.services import workers
from workbench.services.importing import opening, planning, service
from workbench.services.importing.request import ImportRequest

_TABLES = ("application", "card", "case", "finding", "notice")


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of an import, with the terms by which its cases are found."""
    with closing(driver().connect(str(path))) as connection:
        rows = {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY id').fetchall() for table in _TABLES}
        hits = "SELECT rowid FROM search_term WHERE search_term MATCH 'single : \"成\"' ORDER BY rowid"
        return {**rows, "found": connection.execute(hits).fetchall()}


@pytest.mark.proof
def test_an_import_writes_the_same_alone_and_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_WORKED_OUT_TOGETHER", 7)
    monkeypatch.setattr(planning, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(workers, "has_several_processors", lambda: True)
    file = write_applications(tmp_path / "applications.csv", 100)
    # A tenth of the cases is complete, and some of these get a receipt.
    file.write_text(file.read_text(encoding="utf-8").replace("sole_proprietor", "individual"), encoding="utf-8")
    found = []
    for enough in (1_000_000, 0):
        monkeypatch.setattr(service, "_ENOUGH_BYTES", enough)
        site = Site(tmp_path / f"{enough}.db").create()
        require_no_documents_of_individuals(site)
        site.services("admin").imports.run(ImportRequest(kind=ImportKind.APPLICATIONS, paths=(file,)))
        site.close()
        found.append(content(site.path))
    alone, shared = found
    assert alone == shared
    assert len(alone["case"]) == 100
    assert alone["notice"]
