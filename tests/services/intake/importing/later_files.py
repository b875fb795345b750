"""An office with cases in many states, the files that come after its applications, and what a database holds."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from db.enums import DocumentKind, FailKind, ImportKind, Verdict, WaitsFor
from tests import tables
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PDF, PERSON, Cells, Desk, application, csv_text
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictRequest
from workbench.errors import NotAllowed

KINDS = (
    *(ImportKind.CARDS, ImportKind.CREDIT, ImportKind.COMPLAINTS, ImportKind.OPTOUTS, ImportKind.DOCUMENTS),
    *(ImportKind.CALLS, ImportKind.APPLICATIONS),
)
NEW = 150
"""The applications of the file of new ones."""

_VERDICTS: tuple[dict[str, Any], ...] = (
    {"verdict": Verdict.PASS, "reasons": ("OK",)},
    {"verdict": Verdict.PASS, "reasons": ("OK",)},
    {"verdict": Verdict.PASS, "reasons": ("OK-OVERRIDE",), "note": "核实"},
    {"verdict": Verdict.PENDING, "reasons": ("USE-TRADE",), "waits_for": WaitsFor.APPLICANT, "note": "问"},
    {"verdict": Verdict.PENDING, "reasons": ("USE-TRADE",), "waits_for": WaitsFor.CARRIER, "note": "问"},
    {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("USE-TRADE",)},
    {
        "verdict": Verdict.FAIL,
        "fail_kind": FailKind.FIXABLE,
        "reasons": ("ACT-PEAK-HOUR",),
        "items": (ItemRequest(code="ACT-PEAK-HOUR", text="BIZ_LICENSE"),),
    },
)
_OWN = {
    "import_batch": ("id",),
    "import_file": ("id", "batch_id"),
    "event": ("seq", "prev_hash", "hash", "batch_id"),
    "act": ("seq",),
    "case": ("batch_id",),
}
"""The columns that depend on how an import was interrupted, by table; of other tables, the number and the batch."""


_OF_INTERRUPTION = ("import-swept", "recorded", "last_batch")
"""The events and the setting that depend on how an import was interrupted, too."""


def open_office(folder: Path, seed: int, count: int) -> Path:
    """Make a database with cases in many states beside the files that come later, and return its path."""
    dice, desk = random.Random(seed), Desk(Site(folder / "w.db").create(), folder)
    names = {number: f"A-{number}" for number in range(1, count + 1)}
    desk.applications(*(application(name, **PERSON, msisdns=_msisdn(number)) for number, name in names.items()))
    most = [name for number, name in names.items() if number % 4]
    desk.run(ImportKind.DOCUMENTS, _documents(folder, most, INDIVIDUAL_DOCUMENTS))
    # The others lack one document, so the later files make them complete.
    others = [name for name in names.values() if name not in most]
    desk.run(ImportKind.DOCUMENTS, _documents(folder, others, INDIVIDUAL_DOCUMENTS[1:]))
    desk.run(ImportKind.CALLS, _calls(names, "2026-11-02 10:00"))
    for place in range(count // 2):
        _work(desk.site, dice, _VERDICTS[place % len(_VERDICTS)])
    desk.site.clock.advance(hours=1)
    for kind, rows in _later(folder, dice, names).items():
        (folder / f"{kind.value}.csv").write_text(csv_text(rows), encoding="utf-8")
    (folder / "clock").write_text(desk.site.clock.at.isoformat(), encoding="utf-8")
    desk.site.close()
    return desk.site.path


def _work(site: Site, dice: random.Random, verdict: dict[str, Any]) -> None:
    """Let a reviewer take the next case, and mostly decide it; a second person checks some verdicts."""
    login = dice.choice("ab")
    found = site.services(login).claims.next()
    if not isinstance(found, CaseFile):
        return
    case_id, chance = found.header.id, dice.random()
    site.clock.advance(minutes=7)
    if chance < 0.1:
        return
    try:
        site.services(login).verdicts.decide(VerdictRequest(case_id=case_id, **verdict))
    except NotAllowed:
        site.services(login).claims.release(case_id)
    if site.state(case_id) == "awaiting_check" and chance < 0.6:
        site.services("c").checks.approve(case_id, "yes")


def _later(folder: Path, dice: random.Random, names: dict[int, str]) -> dict[ImportKind, Sequence[Cells]]:
    some = {number: name for number, name in names.items() if dice.random() < 0.8}
    return {
        ImportKind.CARDS: [
            {"application_no": name, "msisdn": _msisdn(number), "brand": dice.choice("甲乙")}
            for number, name in some.items()
        ],
        ImportKind.CREDIT: [{"subject_no": "11010519491231002X", "list": "court", "reference": "R-1"}],
        ImportKind.COMPLAINTS: [
            {"msisdn": one, "received_at": "2026-11-20 10:00", "verified": dice.choice(("yes", "no"))}
            for one in map(_msisdn, some)
        ],
        ImportKind.OPTOUTS: [{"callee": _callee(number), "since": "2026-10-01"} for number in some],
        ImportKind.DOCUMENTS: _documents(folder, list(some.values()), INDIVIDUAL_DOCUMENTS[:1], "2026-11-24 10:05"),
        ImportKind.CALLS: _calls(some, "2026-11-03 10:00"),
        ImportKind.APPLICATIONS: [application(f"N-{number}", **PERSON, msisdns="") for number in range(NEW)],
    }


def _calls(numbers: Iterable[int], start_at: str) -> list[Cells]:
    at = {"start_at": start_at, "duration_s": "9"}
    return [{"caller": _msisdn(number), "callee": _callee(number), **at} for number in numbers]


def _documents(
    folder: Path, names: Sequence[str], kinds: Sequence[DocumentKind], received_at: str = "2026-11-23 15:00"
) -> list[Cells]:
    rows: list[Cells] = []
    for name in names:
        for kind in kinds:
            path = folder / f"{name}-{kind}-{received_at[-5:-3]}.pdf"
            path.write_bytes(PDF + path.name.encode())
            of_file = {"path": path.name, "received_at": received_at, "sealed": "yes", "quality": "ok"}
            rows.append({"application_no": name, "kind": kind.value, **of_file})
    return rows


def _msisdn(number: int) -> str:
    return f"138{number:08}"


def _callee(number: int) -> str:
    return f"137{number // 2:08}"


def content(path: Path) -> dict[str, Counter[str]]:
    """Return the rows of all tables of a database by content, without what an interruption may change.

    Events of one transaction have the digests of rows, and a swept import has an event of its own.
    """
    found: dict[str, Counter[str]] = {}
    for table, rows in tables.rows(path).items():
        compared = (row for row in map(dict, rows) if row.get("action", row.get("name")) not in _OF_INTERRUPTION)
        found[table] = Counter(_compared(table, row) for row in compared)
    return found


def _compared(table: str, row: dict[str, Any]) -> str:
    if table == "event":
        body = json.loads(row["body"])
        row["body"] = {name: value for name, value in body.items() if name != "changed_rows"}
    left_out = _OWN.get(table, ("id", "batch_id"))
    return json.dumps({name: value for name, value in row.items() if name not in left_out}, sort_keys=True, default=str)
