"""While a large file is imported, others work on, and the memory stays flat."""

import csv
import time
from pathlib import Path

import pytest

from tests.fork_server import fork_server
from tests.policies import require_no_documents_of_individuals
from tests.services.forecast.lived_office import lived
from tests.services.intake.importing.files import APPLICATION
from tests.sites import ManualClock, Site
from tests.sizes import sized
from workbench.domain.case.casefile import CaseFile
from workbench.services.database.opening import open_services

_CHILD = """
import sys
from pathlib import Path
from db.enums import ImportKind
from tests.memory import peak_kb
from tests.fork_server import fork_server
from tests.sites import ManualClock
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.database.opening import open_services

services = open_services(Path(sys.argv[1]), "admin", ManualClock())
print("open", flush=True)
report = services.imports.run(ImportRequest(kind=ImportKind.APPLICATIONS, paths=(Path(sys.argv[2]),)))
print(report.created, peak_kb(), flush=True)
"""


_PERSON = {"applicant_kind": "individual", "registered_capital_cny": "", "licence_valid_to": "", "business_scope": ""}


def large_file(path: Path, rows: int, **changes: str) -> Path:
    """Write a file of applications, one after the other."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(APPLICATION))
        writer.writeheader()
        for number in range(rows):
            # Each applicant has a USCC of its own, or every case would count everybody's cards.
            writer.writerow(
                {
                    **APPLICATION,
                    "application_no": f"L-{number}",
                    "uscc": f"91{number:015}X",
                    "msisdns": f"138{number:08}",
                    **changes,
                }
            )
    return path


def _claims_during(database: Path, file: Path) -> tuple[list[float], list[int]]:
    """Import a file in another process and claim meanwhile; return how long each claim took, and what it says."""
    child = fork_server().start_piped(_CHILD, str(database), str(file))
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    clock = ManualClock()
    services = open_services(database, "a", clock)
    waits = []
    while child.poll() is None:
        began = time.monotonic()
        found = services.claims.next()
        waits.append(time.monotonic() - began)
        if isinstance(found, CaseFile):
            services.claims.release(found.header.id)
        time.sleep(0.01)
    services.close()
    output = child.communicate()[0]
    assert child.returncode == 0
    return waits, [int(word) for word in output.split()]


def _measured(tmp_path: Path, rows: int, *, with_receipts: bool) -> tuple[list[float], int]:
    """Return how long claims took during an import of so many rows, and the most memory it had, in MB.

    With receipts the applications come complete, to an office with a history, and each receipt tells a forecast.
    """
    site = Site(tmp_path / "w.db").create()
    if with_receipts:
        lived(site)
        require_no_documents_of_individuals(site)
    site.plant(50)
    site.close()
    changes = {**_PERSON, "uscc": ""} if with_receipts else {}
    waits, (created, most_kb) = _claims_during(site.path, large_file(tmp_path / "large.csv", rows, **changes))
    assert created == rows
    assert waits
    return waits, most_kb // 1024


@pytest.mark.promise("D4", "I6")
@pytest.mark.proof
@pytest.mark.parametrize(
    ("rows", "with_receipts"), [(sized(ci=1_500, full=200_000), False), (sized(ci=500, full=30_000), True)]
)
def test_claims_wait_at_most_two_seconds_during_a_large_import(
    tmp_path: Path, rows: int, *, with_receipts: bool
) -> None:
    began = time.monotonic()
    waits, most_mb = _measured(tmp_path, rows, with_receipts=with_receipts)
    print(  # noqa: T201 - the figures of the proof
        f"{len(waits)} claims, the longest {max(waits):.2f} s, memory {most_mb} MB, "
        f"import {time.monotonic() - began:.0f} s"
    )
    assert max(waits) <= 2
    assert most_mb < 300
