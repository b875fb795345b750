"""Measures the report on many decisions: `python -m tests.bench.report [decisions] [folder]`.

Makes an office whose cases were all decided within two months, with the events, letters and evidence as seen that real
acts leave; then runs `report --json` in a process of its own. A folder keeps the database for another run.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, text

from db.columns import to_us
from db.engine import Database
from db.enums import CaseState
from db.models import ApplicationRow, CaseRow, DecisionReasonRow, DecisionRow, EventRow, NoticeRow
from tests.sites import TUESDAY, Site
from workbench.domain.case.running import clock_runs

_TOGETHER = 5_000
_SEEN = '{"header": {"due_at": "2026-11-26 10:00:00+00:00"}, "findings": [' + '"ACT-PEAK-HOUR", ' * 150 + '""]}'
_FACTS = '{"kind":"receipt","forecast_days":"%s..%s","suggestions":"' + "x" * 900 + '"}'


def _defaults(model: type, **needed: Any) -> dict[str, Any]:
    return {name: value for name, value in model(**needed).model_dump().items() if name != "id"}


_CASE = _defaults(CaseRow, batch_id=1, application_id=0, policy_version_id=1)
_APPLICATION = _defaults(ApplicationRow, batch_id=1)
_DECISION = _defaults(DecisionRow, case_id=0, maker_id=2) | {"seen": _SEEN}
_NOTICE = _defaults(NoticeRow, case_id=0) | {"kind": "receipt", "language": "zh", "body": "尊敬的客户。" * 100}
_EVENT = {
    "actor_id": 2,
    "actor_login": "a",
    "identity": "named:2",
    "batch_id": None,
    "is_refused": False,
    "body": '{"x":"' + "0" * 300 + '"}',
    "prev_hash": "0" * 64,
}
_PATHS = (
    ("next", "in_review", "decide", "passed"),
    ("next", "in_review", "decide", "passed"),
    ("next", "in_review", "decide", "passed"),
    ("next", "in_review", "decide", "rectifying", "resubmit", "queued", "next", "in_review", "decide", "passed"),
    ("next", "in_review", "decide", "awaiting_check", "approve", "failed"),
    ("next", "in_review", "decide", "pending", "answer", "queued", "next", "in_review", "decide", "passed"),
)
_RESULTS = {
    "passed": ("pass", ""),
    "failed": ("fail", "final"),
    "rectifying": ("fail", "fixable"),
    "pending": ("pending", ""),
}


def lives(count: int) -> Iterator[dict[str, Any]]:
    """Yield made-up cases until they have so many decisions."""
    rng, number, decisions, seq = Random(20261124), 0, 0, 1_000
    while decisions < count:
        number += 1
        received = TUESDAY - timedelta(seconds=rng.randrange(5 * 86_400, 65 * 86_400))
        path, at, round_no = rng.choice(_PATHS), received + timedelta(hours=rng.randrange(1, 30)), 1
        key = {"agent": f"虚构代理{number % 40}", "application_no": f"SN-{number:07}"}
        events, given = [], []
        for action, state in zip(path[::2], path[1::2], strict=True):
            at, seq = at + timedelta(seconds=rng.randrange(60, 40_000)), seq + 1
            waits_for = "applicant" if state == "pending" else ""
            runs = clock_runs(CaseState(state), waits_for)
            events.append(
                {
                    **_EVENT,
                    "seq": seq,
                    "at": at,
                    "action": action,
                    "case_id": number,
                    "state": state,
                    "is_clock_running": runs,
                    "hash": f"{seq:064}",
                }
            )
            round_no += action == "resubmit"
            if state in _RESULTS:
                verdict, kind = _RESULTS[state]
                decisions += 1
                given.append(
                    {
                        **_DECISION,
                        "id": decisions,
                        "case_id": number,
                        "round": round_no,
                        "verdict": verdict,
                        "fail_kind": kind,
                        "status": "applied",
                        "decided_at": at,
                        "release_at": at,
                        "waits_for": waits_for,
                    }
                )
        days = (received.date() + timedelta(days=1), received.date() + timedelta(days=4))
        yield {
            "application": {**_APPLICATION, **key, "id": number, "submitted_at": received, "received_at": received,
                            "applicant_kind": "enterprise", "province": rng.choice(("四川", "湖北", "广东", "上海"))},
            "case": {**_CASE, **key, "id": number, "application_id": number, "state": path[-1], "trigger": "first_use",
                     "service_class": rng.choice(("standard", "complex")), "opened_at": received,
                     "received_at": received, "complete_at": received, "due_at": received + timedelta(days=5)},
            "events": events,
            "decisions": given,
            "reasons": [
                {"decision_id": one["id"], "position": 0, "code": "OK" if one["verdict"] == "pass" else
                 rng.choice(("ID-RIC", "DOC-MISSING", "CR-ARREARS"))} for one in given
            ],
            "notices": [
                {**_NOTICE, "case_id": number, "created_at": received, "release_at": received,
                 "sent_at": received + timedelta(hours=rng.randrange(60)), "facts": _FACTS % days}
            ],
        }  # fmt: skip


def create_office(path: Path, decisions: int) -> Path:
    """Create a database with so many decisions."""
    Site(path).create().close()
    database = Database(path)
    with database.writer.connect() as connection:
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")
        connection.execute(
            text(
                """INSERT INTO import_batch (id, kind, started_at, started_by_id, published_at, published_seq,
                   applied_at, row_count, created_count, updated_count, unchanged_count, rejected_count)
                   VALUES (1, 'applications', :at, 1, :at, 1, :at, 0, 0, 0, 0, 0)"""
            ),
            {"at": to_us(TUESDAY - timedelta(days=70))},
        )
        connection.commit()
        cases = lives(decisions)
        while batch := list(islice(cases, _TOGETHER)):
            connection.execute(insert(ApplicationRow), [one["application"] for one in batch])
            connection.execute(insert(CaseRow), [one["case"] for one in batch])
            for model, name in (
                (EventRow, "events"),
                (DecisionRow, "decisions"),
                (DecisionReasonRow, "reasons"),
                (NoticeRow, "notices"),
            ):
                connection.execute(insert(model), [row for one in batch for row in one[name]])
            connection.commit()
    database.close()
    return path


def main(decisions: int, folder: Path) -> None:
    """Make the office if the folder has none, and print how long the report takes and how much memory it needs."""
    path = folder / "report.db"
    if not path.exists():
        create_office(path, decisions)
    for turn in range(5):
        began = time.perf_counter()
        words = ("report", "--period", "2026-10-15..2026-11-23", "--json", "--database", str(path), "--as", "sup")
        done = subprocess.run([sys.executable, "-m", "workbench", *words], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{turn}: {seconds:.2f} s, at most {peak:.0f} MB, {len(done.stdout):,} bytes")  # noqa: T201 - a figure


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as temporary:
        main(size, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary))
