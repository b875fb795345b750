"""The contents of exports, who may export, and what the log records."""

import csv
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import ExportKind, ImportKind, Verdict
from db.enums import ExportKind as X
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.filter.ordering import ListLayout
from workbench.errors import CannotCreate, NotAllowed, WrongUsage
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.records.exporting.request import ExportFormat, ExportRequest
from workbench.services.records.exporting.sheets import write_texts


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(site, folder)


def _export(site: Site, what: ExportKind, path: Path, **more: Any) -> list[dict[str, Any]]:
    site.services("admin").exports.write(ExportRequest(what=what, output=path, **more))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _decided(site: Site, verdict: Verdict = Verdict.PASS) -> int:
    """Let reviewer a decide the next case, and return its number."""
    found = site.services("a").claims.next()
    assert isinstance(found, CaseFile)
    reasons = {Verdict.PASS: ("OK",), Verdict.PENDING: ("WAIT-CARRIER",)}[verdict]
    site.services("a").verdicts.decide(VerdictRequest(case_id=found.header.id, verdict=verdict, reasons=reasons))
    return found.header.id


def _exports_in_log(site: Site) -> list[dict[str, Any]]:
    with site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT body, is_refused FROM event WHERE action = 'export' ORDER BY seq"))
        return [{**json.loads(row.body), "refused": bool(row.is_refused)} for row in rows]


def test_the_newest_version_of_an_application_is_exported_masked_with_its_case(desk: Desk, tmp_path: Path) -> None:
    desk.applications(application("A-1", legal_rep_name="甲某某", handler_name="前某某", industry="教育"))
    free_texts = {"business_scope": "甲某某经营", "stated_use": "乙 某某回访", "call_script": "我是乙某某"}
    desk.applications(
        application("A-1", legal_rep_name="甲某某", industry="保险", consent_source="前某某登记", **free_texts),
        application("A-2", applicant_kind="individual", applicant_name="乙某某", stated_use="打13800138000给客户"),
    )

    first, second = _export(desk.site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl")

    expected = {
        "case": "C-000001",
        "state": "incomplete",
        "applicant_name": "虚构甲号信息服务有限公司",
        "uscc": "91110000600037341L",
        "legal_rep_name": "甲••",
        "handler_id_no": "1•••••••••••••••2X",
        "contact_phone": "138••••••00",
        "msisdns": "138••••••00",
        "submitted_at": "2026-11-23T10:00:00+08:00",
        "registered_capital_cny": 1_000_000,
        "licence_valid_to": "long-term",
        "industry": "保险",
        "business_scope": "甲••经营",
        "stated_use": "乙•••回访",
        "call_script": "我是乙••",
        "consent_source": "前••登记",
    }
    assert {name: first[name] for name in expected} == expected
    assert (second["applicant_name"], second["stated_use"]) == ("乙••", "打138••••••00给客户")
    with desk.site.services("admin").context.write() as session:
        session.execute(text("UPDATE import_batch SET published_at = NULL, published_seq = NULL"))
    assert _export(desk.site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl") == []


def test_an_export_of_applications_has_the_columns_of_an_import(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    site.plant(1)
    site.services("admin").exports.write(ExportRequest(what=ExportKind.APPLICATIONS, output=path))

    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    names = column_names(ImportKind.APPLICATIONS)
    assert header[:2] == ["case", "state"]
    assert [names.meaning(column) for column in header[2:]] == [
        name.removesuffix("*") for name in COLUMN_TYPES[ImportKind.APPLICATIONS]
    ]


def test_an_export_without_its_case_columns_is_imported_as_unchanged(desk: Desk, tmp_path: Path) -> None:
    desk.applications(application("A-1", call_script="=您好"), application("A-2", uscc=""))
    rows = _export(
        desk.site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl", reveal=True, reason="to check the round trip"
    )
    again = desk.folder / "again.jsonl"
    again.write_text(
        "".join(
            json.dumps({name: value for name, value in row.items() if name not in {"case", "state"}}) + "\n"
            for row in rows
        ),
        encoding="utf-8",
    )

    report = desk.take(ImportKind.APPLICATIONS, again)

    assert (report.unchanged, report.created, report.updated, report.rejected) == (2, 0, 0, 0)


@pytest.mark.promise("N4")
def test_revealing_requires_a_reason_and_is_logged(desk: Desk, tmp_path: Path) -> None:
    desk.applications(application("A-1"))
    with pytest.raises(WrongUsage, match="--reason"):
        _export(desk.site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl", reveal=True)

    (row,) = _export(desk.site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl", reveal=True, reason="court order")

    assert row["contact_phone"] == "13800138000"
    [logged] = _exports_in_log(desk.site)
    # The reason is in a row that can be erased; the event has its digest.
    assert list(logged.pop("changed_rows")) == ["export_reason 1"]
    assert logged == {
        "what": "applications",
        "format": "jsonl",
        "reason_no": 1,
        "rows": 1,
        "reveal": True,
        "refused": False,
    }


MASKED, IN_CLEAR = "masked", "in clear"
MAY_EXPORT: dict[str, dict[str, set[ExportKind]]] = {
    "a": {MASKED: set(), IN_CLEAR: set()},
    "sup": {
        MASKED: {X.QUEUE, X.DECISIONS, X.EVENTS, X.NOTICES, X.MEASURES},
        IN_CLEAR: {X.NOTICES, X.MEASURES},
    },
    "audit": {MASKED: {X.EVENTS}, IN_CLEAR: set()},
    "admin": {MASKED: set(X), IN_CLEAR: set(X) - {X.QUEUE}},
}
"""What each person exports; a is a reviewer."""


@pytest.mark.parametrize("login", MAY_EXPORT)
def test_each_role_exports_what_it_may_and_refusals_are_logged(site: Site, tmp_path: Path, login: str) -> None:
    exports, path, refused = site.services(login).exports, tmp_path / "out.jsonl", 0
    for how, kinds in MAY_EXPORT[login].items():
        for what in X:
            request = ExportRequest(what=what, output=path, reveal=how == IN_CLEAR, reason="a test")
            if what in kinds:
                assert exports.write(request).revealed == (how == IN_CLEAR)
                path.unlink()
                continue
            with pytest.raises(WrongUsage if (login, what) == ("admin", X.QUEUE) else NotAllowed):
                exports.write(request)
            assert not path.exists()
            refused += (login, what) != ("admin", X.QUEUE)
    logged = [entry["refused"] for entry in _exports_in_log(site)]
    assert (logged.count(True), logged.count(False)) == (refused, sum(map(len, MAY_EXPORT[login].values())))


def test_the_queue_is_exported_with_the_filter_order_and_columns_of_the_list(site: Site, tmp_path: Path) -> None:
    site.plant(3)
    path, layout = tmp_path / "out.jsonl", ListLayout("case", ("state", "due"))
    rows = _export(site, X.QUEUE, path, filter_text="state:queued -case:C-2", layout=layout)
    assert [row["case"] for row in rows] == ["C-000003", "C-000001"]
    assert [*rows[0]][:6] == ["due_at", "due_provisional", "breached", "paused", "suspended", "case"]
    assert [*rows[0]][6:9] == ["applicant_name", "state", "waits_for"]
    assert "agent" not in rows[0]
    assert "agent" in _export(site, X.QUEUE, path)[0]
    # The log has no values of a filter, because they may name a person.
    assert _exports_in_log(site)[0] == {
        "what": "queue",
        "format": "jsonl",
        "rows": 2,
        "reveal": False,
        "refused": False,
        "filter": ["case", "state"],
        "order": "case",
        "columns": ["state", "due"],
    }


def test_the_log_is_exported_in_order_with_its_hashes(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(WrongUsage, match="--format"):
        site.services("admin").exports.write(ExportRequest(what=ExportKind.EVENTS, output=tmp_path / "out"))
    assert not (tmp_path / "out").exists()

    rows = _export(site, ExportKind.EVENTS, path)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["prev_hash"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


@pytest.mark.promise("D12")
def test_decisions_are_exported_with_their_author_and_a_notice_after_its_grace_period(
    site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    site.plant(2)
    case_id = _decided(site)

    (row,) = _export(site, ExportKind.DECISIONS, path)

    expected = {
        "decision": "D-000001",
        "case": "C-000001",
        "verdict": "pass",
        "reasons": "OK",
        "maker": "a",
        "checker": None,
        "status": "applied",
        "decided_at": "2026-11-24T10:00:00+08:00",
        "release_at": "2026-11-24T10:01:00+08:00",
    }
    assert {name: row[name] for name in expected} == expected
    assert "虚构公司1" in row["notice"]
    assert _export(site, ExportKind.NOTICES, path) == []
    site.clock.advance(seconds=10)
    site.services("a").undo.undo(case_id)

    (row,) = _export(site, ExportKind.DECISIONS, path)
    assert (row["status"], row["undone_at"], row["notice"]) == ("undone", "2026-11-24T10:00:10+08:00", None)
    _decided(site)
    site.clock.advance(seconds=60)
    (row,) = _export(site, ExportKind.NOTICES, path)
    assert (row["case"], row["decision"], row["sent_at"]) == ("C-000001", "D-000002", None)
    assert "C-000001" in row["subject"]
    site.clock.advance(days=1)
    _decided(site, Verdict.PENDING)
    rows = _export(site, ExportKind.DECISIONS, path, since=site.clock.at.date())
    assert [row["decision"] for row in rows] == ["D-000003"], "rows of earlier local days are left out"


def test_personal_names_in_notices_are_masked(site: Site, tmp_path: Path) -> None:
    site.plant(1)
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET applicant_kind = 'individual', applicant_name = '虚构人'"))
        session.execute(text("UPDATE \"case\" SET applicant_name = '虚构人'"))
    _decided(site)
    site.clock.advance(seconds=60)

    (notice,) = _export(site, ExportKind.NOTICES, tmp_path / "notices.jsonl")
    (decision,) = _export(site, ExportKind.DECISIONS, tmp_path / "decisions.jsonl")
    (whole,) = _export(site, ExportKind.NOTICES, tmp_path / "whole.jsonl", reveal=True, reason="to send them")

    assert "虚••" in notice["body"]
    assert "虚构人" not in json.dumps([notice, decision], ensure_ascii=False)
    assert "虚构人" in whole["body"]


@pytest.mark.proof
def test_an_export_of_several_pages_has_every_row_once(site: Site, tmp_path: Path) -> None:
    site.plant(2500)

    rows = _export(site, ExportKind.APPLICATIONS, tmp_path / "out.jsonl")

    assert len({row["case"] for row in rows}) == len(rows) == 2500


def test_a_failed_export_keeps_the_old_file_and_logs_no_event(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    site.plant(3)

    def failing(path: Path, chosen: ExportFormat, columns: Sequence[str], texts: Iterable[tuple[int, bytes]]) -> int:
        write_texts(path, chosen, columns, islice(texts, 1))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.services.records.exporting.service.write_texts", failing)
    with pytest.raises(CannotCreate, match="No space left"):
        site.services("admin").exports.write(ExportRequest(what=ExportKind.APPLICATIONS, output=path))

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.glob(".out*")) == []
    assert _exports_in_log(site) == []
