"""Document files: where they may lie, and how they come into the store."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from db.access import sync
from db.enums import DocumentKind, ImportKind
from tests.services.files.reading.workbooks import write_workbook
from tests.services.intake.importing.files import JPEG, PDF, PNG, Desk, application
from tests.services.intake.importing.test_workbooks import sheet
from workbench.errors import BadData, StorageFailed
from workbench.services.files import document_files as documents
from workbench.services.intake.importing.plan import ImportRefused, ImportRequest


@pytest.fixture
def desk_with_one(desk: Desk) -> Desk:
    """A desk that knows the application A-1."""
    desk.applications(application())
    return desk


def row(**cells: str) -> dict[str, str]:
    return {"application_no": "A-1", "kind": "BIZ_LICENSE", **cells}


def refused(desk: Desk, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    """Import documents that are refused, and return where and why."""
    with pytest.raises(ImportRefused) as refusal:
        desk.run(ImportKind.DOCUMENTS, rows)
    assert desk.count("document") == 0
    return [(error.line, error.column, error.message) for error in refusal.value.report.errors]


def test_a_file_is_copied_whole_by_its_digest_also_by_links_in_its_folder_and_put_back_if_damaged(
    desk_with_one: Desk,
) -> None:
    desk, licence = desk_with_one, desk_with_one.folder / "scans" / "licence.pdf"
    licence.parent.mkdir()
    licence.write_bytes(PDF)
    (desk.folder / "here").symlink_to("scans")
    (licence.parent / "link.pdf").symlink_to("licence.pdf")
    store, sha256 = desk.site.services("admin").context.store, hashlib.sha256(PDF).hexdigest()
    before = sorted(store.folder.rglob("*"))
    assert desk.run(ImportKind.DOCUMENTS, [row(path="here/./link.pdf")], dry_run=True).created == 1
    assert sorted(store.folder.rglob("*")) == before, "a dry run writes no document"
    desk.run(ImportKind.DOCUMENTS, [row(path="here/./link.pdf")])
    stored = store.document_path(sha256)

    def check() -> None:
        assert (stored.read_bytes(), stored.stat().st_mode & 0o777) == (PDF, 0o600)
        assert [path.name for path in stored.parent.iterdir()] == [sha256]
        described = "SELECT DISTINCT sha256, bytes_count, media_type FROM document"
        assert desk.sql(described) == [(sha256, len(PDF), "application/pdf")]

    check()
    desk.site.clock.advance(days=1)
    written = stored.stat()
    rows = [row(path="scans/licence.pdf", sealed=""), row(path="scans/licence.pdf", kind="CALL_SCRIPT")]
    report = desk.run(ImportKind.DOCUMENTS, rows)
    assert (report.created, report.updated, report.unchanged) == (1, 0, 1), "it is unchanged, though without a receipt"
    # A whole file of the store is left as it is.
    assert (stored.stat().st_ino, stored.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    report = desk.run(ImportKind.DOCUMENTS, [row(path="scans/licence.pdf", sealed="yes")])
    assert (report.updated, desk.case().evidence_no) == (1, 3)

    # The last kind is there already.
    for kind, damage in {"AUTH_LETTER": PDF[:-2] + b"q ", "RISK_NOTICE": None, "CALL_SCRIPT": b"cut"}.items():
        stored.unlink() if damage is None else stored.write_bytes(damage)
        desk.run(ImportKind.DOCUMENTS, [row(path="./scans/licence.pdf", kind=kind)])
        check()


def test_the_media_type_comes_from_the_bytes_and_not_from_the_name() -> None:
    for start, kind in [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (PDF, "application/pdf"),
        (b"MZ made up", "application/octet-stream"),
    ]:
        assert documents.media_type_of(start) == kind


def test_a_wrong_digest_an_unknown_application_and_the_same_content_twice_are_errors(desk_with_one: Desk) -> None:
    for name in ("one.pdf", "two.pdf"):
        (desk_with_one.folder / name).write_bytes(PDF)

    unknown, other, application_no, *twice = refused(
        desk_with_one,
        row(sha256="ab" * 32),
        row(path="one.pdf", kind="CALL_SCRIPT", sha256="ab" * 32),
        row(path="one.pdf", application_no="A-9"),
        row(path="one.pdf"),
        row(path="two.pdf"),
    )

    assert (unknown[:2], other[:2], application_no[:2]) == ((2, "sha256"), (3, "path"), (4, "application_no"))
    assert "A-9" in application_no[2]
    assert [(line, "on line 6" in message, "on line 5" in message) for line, _column, message in twice] == [
        (5, True, False),
        (6, False, True),
    ]


@pytest.mark.promise("I8")
def test_paths_that_leave_the_folder_are_refused(desk_with_one: Desk, tmp_path: Path) -> None:
    desk = desk_with_one
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(PDF)
    (desk.folder / "link.pdf").symlink_to(secret)
    (desk.folder / "up").symlink_to(tmp_path)
    problems = refused(
        desk,
        row(path="../secret.pdf"),
        row(path=str(secret), kind="CALL_SCRIPT"),
        row(path="link.pdf"),
        row(path="up/secret.pdf"),
    )
    assert [line for line, _column, _message in problems] == [2, 3, 4, 5]
    assert not any(desk.site.services("admin").context.store.documents.iterdir())


def test_what_is_missing_empty_too_large_or_no_file_is_refused(
    desk_with_one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with_one
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    (desk.folder / "empty.pdf").touch()
    (desk.folder / "large.pdf").write_bytes(b"x" * 101)
    (desk.folder / "folder").mkdir()
    os.mkfifo(desk.folder / "pipe")
    names = ("missing.pdf", "empty.pdf", "large.pdf", "folder", "pipe")
    problems = refused(desk, *(row(path=name) for name in names))
    assert [(line, column) for line, column, _message in problems] == [(line, "path") for line in range(2, 7)]
    assert len({message for _line, _column, message in problems}) == 4
    assert problems[0][2] == "The file missing.pdf is not there; check the path."


def test_a_document_without_a_receipt_is_received_when_it_is_imported(desk_with_one: Desk) -> None:
    desk = desk_with_one
    desk.documents(kinds=tuple(DocumentKind), received_at="")
    assert desk.case().complete_at == desk.site.clock.at


def named(desk: Desk, *numbers: str) -> dict[str, str]:
    """Import applications and write a file for each; return the files' digests."""
    desk.applications(*(application(number) for number in numbers))
    digests = {}
    for number in numbers:
        content = PDF + number.encode()
        (desk.folder / f"{number}.pdf").write_bytes(content)
        digests[number] = hashlib.sha256(content).hexdigest()
    return digests


BAD_ROWS = (
    {"application_no": "A-1", "kind": "虚构", "path": "A-1.pdf"},
    {"application_no": "A-9", "kind": "BIZ_LICENSE", "path": "A-1.pdf"},
)


def test_each_case_has_its_own_document_where_bad_rows_come_before_it(desk: Desk) -> None:
    numbers = [f"A-{number}" for number in range(1, 5)]
    digests = named(desk, *numbers)
    desk.run(ImportKind.DOCUMENTS, [row(path=f"{no}.pdf", application_no=no, kind="CALL_SCRIPT") for no in numbers])
    rows = [row(application_no=no, sha256=digests[no]) for no in numbers]
    # A row that is no document at all, and one that is refused, stand before and between the good ones.
    rows = [BAD_ROWS[0], rows[0], BAD_ROWS[1], *rows[1:3], {**BAD_ROWS[0], "application_no": "A-2"}, rows[3]]
    path = write_workbook(desk.folder / "w.xlsx", {"documents": sheet(rows)})

    report = desk.take(ImportKind.WORKBOOK, path, rejects=desk.folder / "r.xlsx")

    assert (report.created, report.rejected) == (4, 3)
    assert dict(desk.sql("SELECT application_no, sha256 FROM document WHERE kind = 'BIZ_LICENSE'")) == digests


def test_a_digest_that_the_store_has_is_enough_unless_its_file_was_altered(desk_with_one: Desk) -> None:
    desk = desk_with_one
    digests = named(desk, "A-2")
    desk.run(ImportKind.DOCUMENTS, [row(path="A-2.pdf", application_no="A-2")])
    report = desk.run(ImportKind.DOCUMENTS, [row(kind="CALL_SCRIPT", sha256=digests["A-2"].upper())])
    assert report.created == 1
    stored = desk.site.services("admin").context.store.document_path(digests["A-2"])
    stored.write_bytes(PDF + b"A-3")

    with pytest.raises(ImportRefused) as refusal:
        desk.run(ImportKind.DOCUMENTS, [row(sha256=digests["A-2"])])

    [problem] = refusal.value.report.errors
    assert (problem.line, problem.column) == (2, "sha256")
    assert "damaged" in problem.message
    assert desk.run(ImportKind.DOCUMENTS, [row(path="A-2.pdf", sha256=digests["A-2"])]).created == 1
    assert stored.read_bytes() == PDF + b"A-2"


def test_a_file_that_changes_before_its_row_is_written_is_refused_and_no_file_stays(desk_with_one: Desk) -> None:
    desk, second = desk_with_one, desk_with_one.folder / "second.pdf"
    (desk.folder / "first.pdf").write_bytes(PDF + b"first")
    path = desk.write([row(path="first.pdf"), row(path="second.pdf", kind="CALL_SCRIPT")])
    documents_folder = desk.site.services("admin").context.store.documents

    def stored_files() -> list[Path]:
        return [path for path in documents_folder.rglob("*") if path.is_file()]

    for change in (lambda: second.write_bytes(PDF + b"longer"), second.unlink):
        second.write_bytes(PDF + b"second")

        def changed(_plan: object, change: Callable[[], object] = change) -> None:
            assert stored_files()
            change()

        with pytest.raises(BadData, match="changed while it was read; nothing was stored, so import again"):
            desk.site.services("admin").imports.carry_out(
                ImportRequest(kind=ImportKind.DOCUMENTS, paths=(path,)), check=changed
            )
        assert stored_files() == []
        assert desk.count("document") == 0


def test_a_file_has_no_name_in_the_store_before_its_content_is_on_the_disk_and_no_row_before_its_name(
    desk_with_one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with_one
    synced: list[tuple[str, bool, int]] = []
    published = "SELECT count(*) FROM import_batch WHERE published_at IS NOT NULL"
    sha256 = hashlib.sha256(PDF).hexdigest()
    target = desk.site.services("admin").context.store.document_path(sha256)

    def recorded(path: Path) -> None:
        sync(path)
        synced.append((path.name, target.exists(), desk.sql(published)[0][0]))

    monkeypatch.setattr(documents, "sync", recorded)
    (desk.folder / "licence.pdf").write_bytes(PDF)
    desk.run(ImportKind.DOCUMENTS, [row(path="licence.pdf")])

    assert synced[0] == (sha256, False, 1)
    assert sorted(synced[1:]) == sorted((folder, True, 1) for folder in (target.parent.name, "documents"))
    assert desk.sql(published) == [(2,)]


def test_without_room_for_drafts_the_import_says_so_and_writes_nothing(
    desk_with_one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_folder: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(StorageFailed, match="No space left"):
        desk_with_one.documents()
    assert desk_with_one.count("document") == 0
