"""Call records and opt-outs: what they make of numbers, applications and cases."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.files.calls.samples import SHANGHAI, rows
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import Cells, Desk, application
from workbench.domain.case.casefile import CaseFile
from workbench.services.intake.importing.plan import ImportRequest


def call(minute: int, *, caller: str = "13800138000", callee: str = "02112345678", day: str = "2026-11-20") -> Cells:
    return {
        "caller": caller,
        "callee": callee,
        "start_at": f"{day} {10 + minute // 60}:{minute % 60:02}:00",
        "duration_s": "40",
    }


def shown(desk: Desk, number: str = "A-1") -> CaseFile:
    return desk.site.services("sup").casefiles.show(desk.case(number).id or 0)


def test_calls_of_a_card_reach_its_open_case_and_no_closed_one(desk: Desk) -> None:
    desk.queued()
    assert "ACT-NO-DATA" in desk.findings()
    calls = [call(minute, callee=f"0211234{minute:04}") for minute in range(30)]
    desk.run(ImportKind.CALLS, [*calls, call(0, day="2026-11-17")])
    casefile = shown(desk)
    assert (casefile.evidence.all_calls.calls, casefile.evidence.all_calls.distinct_callees) == (31, 31)
    assert "ACT-NO-DATA" not in desk.findings()
    assert [count for _day, count in casefile.days] == [1, 0, 0, 30]
    assert casefile.hours[4][10] == 30
    assert desk.case().evidence_no == 2

    # A case that has not taken a batch in shows the calls before it.
    desk.change(state="passed")
    desk.run(ImportKind.CALLS, [call(31)])
    casefile = shown(desk)
    assert casefile.evidence.all_calls.calls == 31
    assert [count for _day, count in casefile.days] == [1, 0, 0, 30]
    assert json.loads(desk.sql("SELECT half_hours FROM call_window ORDER BY id DESC LIMIT 1")[0][0])[20:22] == [31, 1]


def test_calls_reach_the_case_of_their_number_once_whatever_comes_first(desk: Desk) -> None:
    report = desk.run(ImportKind.CALLS, [call(0), call(1, caller="13900139000"), call(2, caller="13700137000")])
    assert (report.created, report.unknown_callers) == (3, 3)
    desk.applications(application())
    assert shown(desk).evidence.all_calls.calls == 1
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13900139000"}])
    found = shown(desk).evidence
    assert [calls.msisdn for calls in found.calls] != []
    # A callee of two cards counts once.
    assert (found.all_calls.calls, found.all_calls.distinct_callees) == (2, 1)
    assert found.all_calls.total_duration_s == 80
    corrected = {**call(1, caller="13900139000"), "duration_s": "3"}
    report = desk.run(ImportKind.CALLS, [corrected, call(5, callee="02187654321"), call(0)])
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    found = shown(desk).evidence
    assert (found.all_calls.calls, found.all_calls.distinct_callees) == (3, 2)
    assert (found.all_calls.total_duration_s, found.all_calls.short_calls) == (83, 1), "the later file wins"
    # The calls are as before if it is undone.
    desk.site.services("admin").imports.undo(report.batch or 0)
    assert shown(desk).evidence.all_calls.total_duration_s == 80


def test_opt_outs_are_laid_over_the_calls_whichever_come_first_and_callees_are_kept_as_hashes(desk: Desk) -> None:
    desk.queued()
    desk.run(ImportKind.OPTOUTS, [{"callee": "02187654321", "since": "2026-11-20 10:01"}])
    desk.run(ImportKind.CALLS, [call(0), call(0, callee="02187654321"), call(1, callee="02187654321")])
    assert desk.findings()["ACT-OPT-OUT"] == ("block", "1")
    desk.run(ImportKind.OPTOUTS, [{"callee": "02112345678", "since": "2026-11-01"}])
    assert desk.findings()["ACT-OPT-OUT"] == ("block", "2")
    for path in desk.site.path.parent.rglob("*"):
        if path.is_file() and desk.folder not in path.parents:
            assert b"02112345678" not in path.read_bytes()


def test_a_dry_run_makes_no_folder_for_calls_and_progress_moves_while_they_are_written_and_counted(desk: Desk) -> None:
    folder = desk.site.services("sup").context.store.calls
    folder.rmdir()
    path, rejects, told = mixed_file(desk, "csv"), desk.folder / "rejects.csv", list[float]()
    assert desk.take(ImportKind.CALLS, path, dry_run=True, rejects=rejects).created == 5
    assert not folder.exists()

    def tell(done: int, total: int, phase: str) -> None:
        told.append((done / total + (phase == "Writing the rows")) / 2)

    request = ImportRequest(kind=ImportKind.CALLS, paths=(path,), rejects=rejects)
    desk.site.services("admin").imports.run(request, tell)
    assert told == sorted(told)
    assert len({part for part in told if 0.5 < part < 1}) == 5
    assert told[-1] == 1


MIXED: list[Cells] = [
    call(0),
    {**call(1), "caller": "+86 138-0013-8000", "start_at": "2026年11月20日 10:01", "duration_s": "40.0"},
    {**call(2), "caller": "138*****000"},
    {**call(3), "direction": "呼入", "caller": "02112345678", "callee": "13800138000"},
    {**call(4), "start_at": "2027-11-20 10:04:00", "duration_s": "-1"},
    {**call(5), "answered": "否", "imei": "4901-5420-3237-518"},
    {**call(6), "callee": ""},
    call(0),
]


def mixed_file(desk: Desk, form: str) -> Path:
    """Write calls of which SQL accepts some, the parser others, and nothing the rest."""
    columns = list(dict.fromkeys(column for row in MIXED for column in row))
    table = [[row.get(column, "") for column in columns] for row in MIXED]
    path = desk.folder / f"mixed.{form.rpartition(' ')[2]}"
    if form == "xlsx":
        return write_workbook(path, {"calls": [columns, *table]})
    if form == "jsonl":
        text = "\n".join(json.dumps(row) for row in MIXED)
    else:
        text = "\n".join(",".join(cells) for cells in [columns, *table])
    if form == "odd csv":
        text = text.replace("40.0", '"40.0"') + "\n\n"
    path.write_bytes(text.encode("gb18030" if form == "gb18030 csv" else "utf-8"))
    return path


@pytest.mark.proof
@pytest.mark.parametrize("form", ["csv", "odd csv", "gb18030 csv", "jsonl", "xlsx"])
def test_every_form_gives_the_same_calls_errors_and_rejects(form: str, desk: Desk) -> None:
    path = mixed_file(desk, form)
    rejects = desk.folder / f"rejects.{form.rpartition(' ')[2]}"
    planned = desk.take(ImportKind.CALLS, path, dry_run=True, rejects=rejects, encoding=None)
    report = desk.take(ImportKind.CALLS, path, rejects=rejects)

    first = 1 if form == "jsonl" else 2
    assert (report.rows, report.created, report.unchanged, report.rejected) == (8, 4, 1, 3)
    assert [(error.line, error.column) for error in report.errors] == [
        (first + 2, "caller"),
        (first + 4, "start_at"),
        (first + 4, "duration_s"),
        (first + 6, "callee"),
    ]
    assert (planned.rows, planned.rejected, planned.errors) == (8, 3, report.errors)
    again = desk.take(ImportKind.CALLS, rejects, rejects=desk.folder / f"again{rejects.suffix}")
    assert (again.rows, again.rejected) == (3, 3)
    assert calls_of(desk) == [
        ("13800138000", 10, 0, 40, True, "out", ""),
        ("13800138000", 10, 1, 40, True, "out", ""),
        ("13800138000", 10, 3, 40, True, "in", ""),
        ("13800138000", 10, 5, 40, False, "out", "490154203237518"),
    ]


def calls_of(desk: Desk) -> list[tuple[object, ...]]:
    """Return the calls of the first batch, with the local hour and minute."""
    [folder] = desk.site.path.parent.glob("*.store")
    found: list[tuple[object, ...]] = []
    for row in rows(folder, 1):
        at = datetime.fromtimestamp(row.start_at_us / 1_000_000, SHANGHAI)
        found.append((row.msisdn, at.hour, at.minute, row.duration_s, row.answered, row.direction.value, row.imei))
    return found
