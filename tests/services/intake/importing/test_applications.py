"""Applications and their documents, from the files to the queue."""

from collections import defaultdict

import pytest

from db.enums import DocumentKind, ImportKind
from tests.services.intake.importing.files import (
    ENTERPRISE_DOCUMENTS,
    Desk,
    application,
    shanghai,
)
from workbench.errors import BadData
from workbench.services.intake.importing.plan import ImportRefused, ImportRequest


def test_documents_complete_an_application_and_its_clock_starts_with_the_last_of_them(desk: Desk) -> None:
    desk.applications(application(msisdns=""), application("A-2", received_at="2026-11-24 09:00"))
    assert (desk.case().state, desk.case().due_at, desk.case().priority) == ("incomplete", None, "high")
    assert "DOC-MISSING" in desk.findings()
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[:-1])
    assert desk.case().state == "incomplete"
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[-1:], received_at="2026-11-24 09:30")
    case = desk.case()
    assert (case.state, case.is_listed) == ("queued", True)
    assert case.complete_at == shanghai("2026-11-24 09:30")
    assert case.due_at == shanghai("2026-11-27 18:00")
    assert "DOC-MISSING" not in desk.findings()
    assert (case.priority, case.priority_rank) == ("normal", 1), "it was high for the missing documents alone"
    assert desk.site.actions(case.id or 0) == ["evidence", "complete"]

    desk.documents("A-2", received_at="2026-11-02 10:00")
    assert desk.case("A-2").complete_at == shanghai("2026-11-24 09:00"), "no earlier than the application"


def test_the_numbers_of_an_application_become_cards_and_a_cards_file_wins_over_them(desk: Desk) -> None:
    desk.applications(application(msisdns="13800138000;13900139000"))
    assert desk.sql("SELECT msisdn FROM card ORDER BY msisdn") == [("13800138000",), ("13900139000",)]
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "brand": "虚构品牌"}])
    desk.applications(application(province="北京市", msisdns="13800138000;13900139000"))
    services = desk.site.services("sup")
    cards = services.casefiles.show(desk.case().id or 0).evidence.cards
    assert {card.msisdn: card.brand for card in cards} == {"138••••••00": "虚构品牌", "139••••••00": ""}


@pytest.mark.promise("I5")
def test_hostile_text_is_stored_unchanged(desk: Desk) -> None:
    hostile = "[/b] array[int] \x1b]52;c;eA==\x07 \u202eab\u202c [@click=app.exit]x[/] o\u0336"
    desk.applications(application(stated_use=hostile))

    assert desk.sql("SELECT stated_use FROM application") == [(hostile,)]


def test_an_application_that_comes_again_is_unchanged_or_updates_its_case_and_the_same_bytes_are_refused(
    desk: Desk,
) -> None:
    path = desk.write([application()])
    report = desk.take(ImportKind.APPLICATIONS, path)
    assert (report.rows, report.created, report.batch) == (1, 1, 1)
    for dry_run in (False, True):
        with pytest.raises(BadData, match="B-000001"):
            desk.take(ImportKind.APPLICATIONS, path, dry_run=dry_run)
    assert desk.count("application") == 1

    path, events = desk.write([application(), application("A-2")]), desk.count("event")
    preview = desk.take(ImportKind.APPLICATIONS, path, dry_run=True)
    assert preview.batch is None
    assert (desk.count("application"), desk.count("import_batch"), desk.count("event")) == (1, 1, events)
    report = desk.take(ImportKind.APPLICATIONS, path)
    assert report.counts == preview.counts
    assert (report.created, report.updated, report.unchanged, desk.case().evidence_no) == (1, 0, 1, 0)

    report = desk.applications(application(applicant_name="虚构乙号信息服务有限公司"))
    assert (report.created, report.updated, desk.count("application")) == (0, 1, 3)
    case = desk.case()
    assert case.applicant_name == "虚构乙号信息服务有限公司"
    assert (case.evidence_no, case.version, case.evidence_seq) == (1, 1, 3)
    assert len(desk.cases()) == 1


@pytest.mark.promise("P2", "P9")
def test_a_file_with_errors_writes_nothing(desk: Desk) -> None:
    with pytest.raises(ImportRefused) as refused:
        desk.applications(application(), application("A-2", submitted_at="soon"), application("A-3", uscc="9111*"))
    report = refused.value.report
    assert refused.value.exit_code == 65
    assert [(error.line, error.column) for error in report.errors] == [(3, "submitted_at"), (4, "uscc")]
    assert (report.rows, report.error_count, report.batch) == (3, 2, None)
    assert (desk.count("application"), desk.count("import_batch"), desk.count("case")) == (0, 0, 0)

    # Errors before a tear are told with it.
    path = desk.write([application("A-1"), application("A-2", province="x" * 300), application("A-3")])
    path.write_text(path.read_text(encoding="utf-8") + '"torn\n', encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        desk.take(ImportKind.APPLICATIONS, path)
    assert [error.line for error in refused.value.report.errors] == [3, 5]
    # A header alone is an import of nothing.
    path.write_text(",".join(application()) + "\n", encoding="utf-8")
    assert desk.take(ImportKind.APPLICATIONS, path).rows == 0


def test_with_rejects_good_rows_go_in_and_bad_ones_to_the_file(desk: Desk) -> None:
    rejects = desk.folder / "rejects.csv"
    report = desk.applications(application(), application("A-2", submitted_at="soon"), rejects=rejects)
    assert (report.created, report.rejected, report.error_count) == (1, 1, 1)
    assert "A-2" in rejects.read_text(encoding="utf-8-sig")
    assert "A-1" not in rejects.read_text(encoding="utf-8-sig")
    mended = rejects.read_text(encoding="utf-8-sig").replace("soon", "2026-11-24")
    rejects.write_text(mended, encoding="utf-8")
    assert desk.take(ImportKind.APPLICATIONS, rejects).created == 1


def test_several_files_are_one_batch_with_one_event_and_batches_are_listed_the_newest_first(desk: Desk) -> None:
    paths = [desk.write([application("A-1")]), desk.write([application("A-2")])]
    rejects = desk.folder / "rejects.csv"
    report = desk.take(ImportKind.APPLICATIONS, *paths, rejects=rejects)
    assert (report.created, desk.count("import_batch"), desk.count("import_file")) == (2, 1, 2)
    assert not rejects.exists(), "nothing is bad"
    [(body,)] = desk.sql("SELECT body FROM event WHERE batch_id = 1")
    assert '"created": 2' in body.replace('":', '": ').replace("  ", " ")
    assert "乙某某" not in body
    assert desk.is_chain_whole()
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,))
    lines = desk.site.services("admin").imports.batches()
    assert [(line.id, line.kind, line.rows) for line in lines] == [
        (2, ImportKind.DOCUMENTS, 1),
        (1, ImportKind.APPLICATIONS, 2),
    ]
    assert lines[0].by == "admin"


@pytest.mark.proof
def test_progress_runs_from_nothing_to_everything(desk: Desk) -> None:
    path = desk.write([application(f"A-{number}") for number in range(600)])
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    request = ImportRequest(kind=ImportKind.APPLICATIONS, paths=(path,))
    desk.site.services("admin").imports.run(request, lambda done, total, phase: told[phase].append((done, total)))
    size = path.stat().st_size
    assert [figures[-1] for figures in told.values()] == [(size, size), (size, size), (600, 600)]
    assert list(told) == ["Reading the files", "Writing the rows", "Opening the cases"]
    assert all(figures == sorted(figures) for figures in told.values())
