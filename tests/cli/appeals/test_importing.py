"""Appeals are imported from a file, each as the command files one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.appeals.filed_appeals import failed, office, show
from tests.clock_site import ClockSite
from tests.sites import Site
from workbench.services.intake.batches.applying import apply_batch
from workbench.services.intake.importing import import_run

HEADERS = {"en": "application_no,grounds,received_at", "zh": "申请编号,申诉理由,收件时间"}


@pytest.fixture
def services(site: Site) -> ClockSite:
    return office(site)


def number_of(services: ClockSite, case: str) -> str:
    return str(show(services, case)["application_no"])


def file_of(folder: Path, *rows: str, language: str = "en") -> str:
    path = folder / "appeals.csv"
    path.write_text("\n".join((HEADERS[language], *rows)) + "\n", encoding="utf-8")
    return str(path)


def test_a_row_that_cannot_be_filed_is_told_by_line_and_column_and_the_file_writes_nothing(
    services: ClockSite, tmp_path: Path
) -> None:
    failed_case, queued = failed(services), services.received("2026-11-24 10:00")
    rows = (
        f"{number_of(services, failed_case)},fine,2026-12-01",
        f"{number_of(services, queued)},not yet,2026-12-01",
        "T-404,unknown,2026-12-01",
    )
    services.at("2026-12-03 09:00")
    done = services.terminal.as_person("admin", "import", "appeals", file_of(tmp_path, *rows), "--json")

    assert done.exit_code == 65
    assert '"line": 3' in done.stdout
    assert '"line": 4' in done.stdout
    assert '"column": "application_no"' in done.stdout
    assert show(services, failed_case)["state"] == "failed"

    late = f"{number_of(services, failed_case)},too late,2026-12-16"
    services.at("2026-12-20 09:00")
    told = services.terminal.as_person("admin", "import", "appeals", file_of(tmp_path, late), "--json")
    assert '"column": "received_at"' in told.stdout
    assert "2026-12-15" in told.stdout


def test_an_appeal_that_a_change_of_its_case_stops_after_the_publication_is_told_and_exits_with_65(
    services: ClockSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [failed(services), failed(services)]
    file = file_of(tmp_path, *(f"{number_of(services, case)},未拨打过,2026-12-01 10:00" for case in cases))

    def meanwhile(*arguments: Any) -> Any:
        services.run("a", "appeal", cases[1], "--grounds", "They called first.")
        return apply_batch(*arguments)

    monkeypatch.setattr(import_run, "apply_batch", meanwhile)
    done = services.at("2026-12-03 09:00").terminal.as_person("admin", "import", "appeals", file, "--json")
    assert done.exit_code == 65
    report = json.loads(done.stdout)
    assert (report["created"], report["rejected"], report["error_count"]) == (1, 1, 1)
    assert f"the appeal of {cases[1]} was not filed" in report["errors"][0]["message"]
    # The refusal follows the first appeal in one transaction.
    assert services.terminal.as_person("audit", "audit", "verify").exit_code == 0
