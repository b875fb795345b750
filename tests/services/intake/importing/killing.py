"""Imports that are killed at a random moment, and what they leave."""

import random
import signal
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from db.enums import ImportKind
from tests.fork_server import ForkedProcess, fork_server
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import Cells, application, csv_text
from tests.sites import ManualClock
from workbench.services.database.opening import open_services
from workbench.services.foundation import audit_log
from workbench.services.foundation.file_store import Store
from workbench.services.intake.importing.plan import ImportReport, ImportRequest
from workbench.services.intake.importing.writing import BatchWriter
from workbench.services.site.database import open_database

_CHILD = """
import sys
from pathlib import Path
from db.enums import ImportKind
from tests.fork_server import ForkedProcess, fork_server
from tests.sites import ManualClock
from tests.services.intake.importing import killing
from workbench.services.intake.importing import service
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.intake.importing.writing import BatchWriter
from workbench.services.database.opening import open_services

database, file, way = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
if way == "mutant":
    killing.publish_first()
if way == "shared":
    service._FEWEST_BYTES_FOR_HELPER = 0
services = open_services(database, "admin", ManualClock())
print("open", flush=True)
services.imports.run(ImportRequest(kind=killing.kind_of(file), paths=(file,)))
print("done", flush=True)
"""


def publish_first() -> None:
    """Break the import on purpose: publish a batch before its rows are written, to prove that the proof can fail."""
    from workbench.services.intake.batches.publishing import next_seq, publish
    from workbench.services.intake.importing import import_run

    real = import_run.ImportRun._writer

    def hasty(
        self: import_run.ImportRun, request: ImportRequest, batch_id: int, report: ImportReport
    ) -> AbstractContextManager[BatchWriter]:
        publish(self.context, batch_id, next_seq(self.context), (), report.counts)
        return real(self, request, batch_id, report)

    setattr(import_run.ImportRun, "_writer", hasty)  # noqa: B010 - the mutant
    setattr(import_run, "publish", lambda *_arguments: None)  # noqa: B010 - it is published already


def big_file(folder: Path, number: int, rows: int) -> Path:
    """Write a file of applications that no other file has."""
    path = folder / f"applications{number}.csv"
    path.write_text(
        csv_text([application(f"K{number}-{row}", msisdns="", uscc="") for row in range(rows)]), encoding="utf-8"
    )
    return path


def big_workbook(folder: Path, number: int, rows: int) -> Path:
    """Write a workbook of applications with cards, credit records and calls, that no other file has."""
    names = [f"K{number}-{row}" for row in range(rows)]
    some = names[: rows // 10]
    sheets: dict[str, Sequence[Cells]] = {
        "calls": [
            {"caller": f"138{row:08}", "callee": "02112345678", "start_at": "2026-10-08 09:00", "duration_s": "9"}
            for row in range(len(some))
        ],
        "credit": [{"subject_no": name, "list": "court"} for name in some],
        "cards": [{"application_no": name, "msisdn": f"138{row:08}"} for row, name in enumerate(some)],
        "applications": [application(name, msisdns="", uscc="") for name in names],
    }
    return write_workbook(
        folder / f"workbook{number}.xlsx",
        {name: [list(found[0]), *(list(row.values()) for row in found)] for name, found in sheets.items()},
    )


def kind_of(file: Path) -> ImportKind:
    """Return what a file of these proofs holds."""
    return ImportKind.WORKBOOK if file.suffix == ".xlsx" else ImportKind.APPLICATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What a killed import left: rows of its own, and rows that can be seen."""

    written: int
    visible: int
    was_done: bool


def start(database: Path, file: Path, *, way: str = "alone") -> ForkedProcess:
    """Start an import in a process of its own, and wait until it has opened the database.

    The way is `alone`, `shared` with a process that helps, or `mutant`.
    """
    child = fork_server().start_piped(_CHILD, str(database), str(file), way)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


def killed(database: Path, file: Path, prefix: str, delay_s: float, *, way: str = "alone") -> Killed:
    """Import a file in another process, kill it after a while, and look at what is left, before any sweep.

    The delay counts from the moment when the first rows are there, or from the start where it is negative.
    """
    child = start(database, file, way=way)
    if delay_s >= 0:
        wait_for_rows(database, prefix, child)
    time.sleep(abs(delay_s))
    child.send_signal(signal.SIGKILL)
    output = child.communicate()[0]
    return look(database, prefix, was_done="done" in output)


def wait_for_rows(database: Path, prefix: str, child: ForkedProcess) -> None:
    """Wait until an import has written rows, or is over."""
    opened = open_database(database, Store.unlocked(database), ManualClock())
    try:
        while child.poll() is None:
            with opened.read() as session:
                connection = session.connection()
                found = connection.exec_driver_sql(
                    "SELECT 1 FROM application WHERE application_no LIKE ? LIMIT 1", (prefix + "%",)
                ).first()
            if found:
                return
            time.sleep(0.002)
    finally:
        opened.close()


def look(database: Path, prefix: str, *, was_done: bool) -> Killed:
    """Look at the applications and cases of one import, as it left them."""
    opened = open_database(database, Store.unlocked(database), ManualClock())
    try:
        with opened.read() as session:
            connection = session.connection()
            like = (prefix + "%",)
            written = connection.exec_driver_sql("SELECT count(*) FROM application WHERE application_no LIKE ?", like)
            visible = connection.exec_driver_sql(
                """SELECT count(*) FROM application AS a JOIN import_batch AS b ON b.id = a.batch_id
                   WHERE a.application_no LIKE ? AND b.published_at IS NOT NULL""",
                like,
            )
            return Killed(written=written.scalar_one(), visible=visible.scalar_one(), was_done=was_done)
    finally:
        opened.close()


def check_after(database: Path, file: Path, left: Killed, rows: int) -> None:
    """Check that the next start finds a whole database without the batch, and that the import works when repeated."""
    assert left.visible in {0, rows}
    services = open_services(database, "admin", ManualClock())
    try:
        with services.context.read() as session:
            connection = session.connection()
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
            assert audit_log.verify(session).is_whole
            assert (
                connection.exec_driver_sql(
                    "SELECT count(*) FROM import_batch WHERE published_at IS NULL OR applied_at IS NULL"
                ).scalar_one()
                == 0
            )
            unpublished = connection.exec_driver_sql(
                "SELECT count(*) FROM application WHERE batch_id NOT IN (SELECT id FROM import_batch)"
            )
            assert unpublished.scalar_one() == 0
        assert not list(services.context.store.batches.glob("[0-9]*.lock"))
        if not left.visible:
            report = services.imports.run(ImportRequest(kind=kind_of(file), paths=(file,)))
            assert report.sheets[0].rows == rows if report.sheets else report.created == rows
    finally:
        services.close()


def seconds_of_writing(database: Path, file: Path, prefix: str) -> float:
    """Let one import run to its end, and return the seconds from its first rows to its end on this machine."""
    child = start(database, file)
    wait_for_rows(database, prefix, child)
    began = time.monotonic()
    child.communicate()
    return time.monotonic() - began


def random_delay(dice: random.Random, writing_s: float) -> float:
    """Return when to kill: mostly while rows are written, sometimes before."""
    return dice.uniform(0, 0.8 * writing_s) if dice.random() < 0.9 else -dice.uniform(0, 0.5)
