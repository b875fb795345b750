"""The command `export calls`: each published call once, with the hash of who was called."""

import json
import os
import signal
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import csv_text
from workbench.services.files.calls.engine import CallEngine

pytestmark = pytest.mark.proof

CALL = {"caller": "13800138000", "callee": "02112345678", "start_at": "2026-11-20 10:00", "duration_s": "5"}
LATER = {**CALL, "start_at": "2026-11-21 00:00:07", "imei": "490154203237518", "answered": "no", "duration_s": "0"}


def take(terminal: Terminal, tmp_path: Path, *calls: dict[str, str], name: str = "calls.csv") -> None:
    path = tmp_path / name
    path.write_text(csv_text(calls), encoding="utf-8")
    terminal.document("admin", "import", "calls", str(path))


def exported(terminal: Terminal, path: Path, *options: str) -> list[dict[str, Any]]:
    report = terminal.document("admin", "export", "calls", "--output", str(path), *options)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            table = connection.execute(f"FROM '{path}'")
            names = [column[0] for column in table.description]
            rows = [dict(zip(names, row, strict=True)) for row in table.fetchall()]
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert report["rows"] == len(rows)
    assert report["format"] == path.suffix[1:]
    return rows


def test_calls_are_revealed_with_a_reason_that_is_logged(terminal: Terminal, tmp_path: Path) -> None:
    take(terminal, tmp_path, LATER, CALL)
    path = tmp_path / "calls.parquet"
    refused(terminal.as_person("admin", "export", "calls", "--output", str(path), "--reveal"), 2)
    refused(terminal.as_person("sup", "export", "calls", "--output", str(path)), 77)
    assert not path.exists()

    rows = exported(terminal, path, "--reveal", "--reason", "for the carrier")

    assert [(row["msisdn"], row["imei"]) for row in rows] == [("13800138000", None), ("13800138000", "490154203237518")]
    with terminal.site.services("admin").context.read() as session:
        statement = text("SELECT body FROM event WHERE action = 'export' AND NOT is_refused")
        [body] = session.execute(statement).scalars()
        [reason] = session.execute(text("SELECT reason FROM export_reason WHERE id = 1")).scalars()
    assert reason == "for the carrier"
    logged = json.loads(body)
    assert list(logged.pop("changed_rows")) == ["export_reason 1"]
    assert logged == {"what": "calls", "format": "parquet", "reason_no": 1, "rows": 2, "reveal": True}


def test_only_calls_since_a_local_day_and_of_imports_in_force_are_exported(terminal: Terminal, tmp_path: Path) -> None:
    assert exported(terminal, tmp_path / "none.parquet") == []
    take(terminal, tmp_path, CALL, LATER)
    path = tmp_path / "calls.jsonl"

    assert [row["start_at"] for row in exported(terminal, path, "--since", "2026-11-21")] == [
        "2026-11-21T00:00:07+08:00"
    ]

    terminal.document("admin", "imports", "undo", "B-1")
    assert exported(terminal, path) == []


def test_other_exports_are_not_written_as_parquet(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.as_person("admin", "export", "events", "--output", str(tmp_path / "events.parquet"))

    assert refused(result, 2) == "Only calls are exported as Parquet; choose csv, xlsx or jsonl."


@pytest.mark.proof
def test_ctrl_c_interrupts_a_query(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with duckdb.connect() as connection:
            Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
            with pytest.raises(KeyboardInterrupt):
                CallEngine(connection, tmp_path).run(
                    "SELECT max(hash(a, b)) FROM range(1000000) x(a), range(1000) y(b)"
                )
    finally:
        signal.signal(signal.SIGINT, before)
