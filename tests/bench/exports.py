"""Measures exports beside the `sqlite3` program writing one bare table."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.bench.generated_files import write_applications
from tests.bench.imports import TimedImport
from tests.bench.processes import workbench
from tests.bench.results import BenchmarkResult, WrongResult, run_in_turns

_IMPORTED = 20_000
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"


def _name(step: int) -> str:
    """Return the SQL of a name that differs in most rows."""
    given = "".join(f" || substr('{_GIVEN}', 1 + (id * {step + more} + :copy) % 24, 1)" for more in (5, 11))
    return f"substr('{_SURNAMES}', 1 + (id * {step} + :copy) % 20, 1)" + given


_COMPANY = "replace(applicant_name, '有限公司', :copy || '号有限公司')"
_HANDLER = _name(7)
_KEY = "printf('SN-%d-', 2026 + :copy) || substr(application_no, 9)"
# Names, numbers and texts differ in every row, as those of different applicants do.
_CHANGED = {
    "application": {
        "application_no": _KEY,
        "applicant_name": _COMPANY,
        "legal_rep_name": _name(1),
        "handler_name": _HANDLER,
        "handler_id_no": "substr(handler_id_no, 1, 14) || printf('%04d', (id + :copy) % 10000)",
        "contact_phone": "'139' || printf('%08d', (id * 7919 + :copy * 104729) % 100000000)",
        "business_scope": "business_scope || ';第' || (id + :copy) || '号许可'",
        "stated_use": "stated_use || ',每日约' || (id * 31 % 997) || '通,自2026-12-' || (10 + id % 12) || '起'",
        "call_script": f"replace(call_script, '虚构公司', {_COMPANY} || iif(id % 50, '', '的' || {_HANDLER}))",
        "consent_source": "consent_source || ',协议' || printf('%06d', id * 13 % 1000000)",
    },
    "card": {"application_no": _KEY},
    "case": {
        "application_no": _KEY,
        "application_id": f"application_id + {_IMPORTED} * :copy",
    },
}


def applications(folder: Path, count: int, turns: int) -> Iterator[BenchmarkResult]:
    """Measure the export of applications as CSV."""
    database = _imported_database(folder, count)
    bare = _bare_database(folder, database)
    output, peaks = folder / "applications-out.csv", list[float]()

    def ours() -> float:
        done = workbench(database, "export", "applications", "--output", str(output), "--json")
        rows = json.loads(done.output)["rows"]
        with output.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        if rows != count or lines != count + 1:
            raise WrongResult(f"{rows} applications in {lines} lines instead of {count}")
        peaks.append(done.peak_mb)
        return done.seconds

    def peer() -> float:
        began = time.perf_counter()
        with (folder / "bare-out.csv").open("wb") as file:
            subprocess.run(
                ["sqlite3", "-header", "-csv", str(bare), "SELECT * FROM application"],
                check=True,
                stdout=file,
            )
        return time.perf_counter() - began

    ours_s, peer_s = run_in_turns(ours, peer, turns)
    yield BenchmarkResult(
        name=f"export {count:,} applications as CSV",
        peer="`sqlite3 -csv` of one bare table",
        ours_s=ours_s,
        peer_s=peer_s,
        most=4,
        most_mb=max(peaks),
        most_mb_allowed=200,
    )


def _imported_database(folder: Path, count: int) -> Path:
    """Return a database of applications as an import writes them; most are copied by SQL, which takes less time."""
    rows = min(count, _IMPORTED)
    imported = TimedImport(folder, "applications", write_applications(folder / "exported.csv", rows), rows)
    imported()
    with closing(sqlite3.connect(imported.database)) as connection:
        for table, changed in _CHANGED.items():
            indexes = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name = '{table}'"
            sql_by_name = dict(connection.execute(indexes))
            for name in sql_by_name:
                connection.execute(f"DROP INDEX {name}")
            names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            most = connection.execute(f'SELECT max(id) FROM "{table}"').fetchone()[0]
            values = ", ".join({"id": f"id + {most} * :copy", **changed}.get(name, f'"{name}"') for name in names)
            copying = f'INSERT INTO "{table}" SELECT {values} FROM "{table}" WHERE id <= {most}'
            connection.executemany(copying, [{"copy": copy} for copy in range(1, count // rows)])
            for sql in sql_by_name.values():
                connection.execute(sql)
        connection.commit()
    return imported.database


def _bare_database(folder: Path, database: Path) -> Path:
    bare = folder / "bare-export.db"
    copy = f"ATTACH '{database}' AS ours; CREATE TABLE application AS SELECT * FROM ours.application"
    subprocess.run(["sqlite3", str(bare), copy], check=True)
    return bare
