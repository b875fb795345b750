"""Document files: where they may lie, and how they come into the store."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.access import new_file, sync
from db.enums import DocumentKind, ImportKind
from tests.services.files.reading.workbooks import Value, write_workbook
from tests.services.intake.importing.files import JPEG, PDF, PNG, Desk, application
from workbench.errors import BadData, StorageFailed
from workbench.services.files import document_files as documents
from workbench.services.foundation.safe_files import open_regular
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


def test_a_file_is_copied_whole_by_its_digest_for_the_owner_only_also_by_a_link_in_its_folder(
    desk_with_one: Desk,
) -> None:
    desk = desk_with_one
    (desk.folder / "licence.pdf").write_bytes(PDF)
    (desk.folder / "link.pdf").symlink_to("licence.pdf")
    desk.run(ImportKind.DOCUMENTS, [row(path="link.pdf")])
    sha256 = hashlib.sha256(PDF).hexdigest()
    stored = desk.site.services("admin").context.store.document_path(sha256)
    assert stored.read_bytes() == PDF
    assert stored.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in stored.parent.iterdir()] == [sha256]
    assert desk.sql("SELECT sha256, bytes_count, media_type FROM document") == [(sha256, len(PDF), "application/pdf")]


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


def test_a_document_that_is_there_already_is_unchanged_though_it_names_no_receipt(desk_with_one: Desk) -> None:
    desk = desk_with_one
    (desk.folder / "licence.pdf").write_bytes(PDF)
    desk.run(ImportKind.DOCUMENTS, [row(path="licence.pdf")])
    desk.site.clock.advance(days=1)
    stored = desk.site.services("admin").context.store.document_path(hashlib.sha256(PDF).hexdigest())
    before = stored.stat()
    report = desk.run(
        ImportKind.DOCUMENTS, [row(path="licence.pdf", sealed=""), row(path="licence.pdf", kind="CALL_SCRIPT")]
    )
    assert (report.created, report.updated, report.unchanged) == (1, 0, 1)
    # A whole file of the store is left as it is.
    assert (stored.stat().st_ino, stored.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    report = desk.run(ImportKind.DOCUMENTS, [row(path="licence.pdf", sealed="yes")])
    assert (report.updated, desk.case().evidence_no) == (1, 3)


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


@pytest.mark.parametrize(("form", "by"), [("csv", "path"), ("workbook", "sha256")])
def test_each_case_has_its_own_document_where_bad_rows_come_before_it(desk: Desk, form: str, by: str) -> None:
    numbers = [f"A-{number}" for number in range(1, 5)]
    digests = named(desk, *numbers)
    if by == "sha256":
        desk.run(ImportKind.DOCUMENTS, [row(path=f"{no}.pdf", application_no=no, kind="CALL_SCRIPT") for no in numbers])
    rows = [row(application_no=no, **({by: digests[no] if by == "sha256" else f"{no}.pdf"})) for no in numbers]
    # A row that is no document at all, and one that is refused, stand before and between the good ones.
    rows = [BAD_ROWS[0], rows[0], BAD_ROWS[1], *rows[1:3], {**BAD_ROWS[0], "application_no": "A-2"}, rows[3]]
    columns = list(dict.fromkeys(column for cells in rows for column in cells))
    if form == "csv":
        report = desk.run(ImportKind.DOCUMENTS, rows, rejects=desk.folder / "r.csv")
    else:
        sheet: list[list[Value]] = [list(columns)]
        sheet += [[cells.get(column, "") for column in columns] for cells in rows]
        path = write_workbook(desk.folder / "w.xlsx", {"documents": sheet})
        report = desk.take(ImportKind.WORKBOOK, path, rejects=desk.folder / "r.xlsx")

    assert (report.created, report.rejected) == (4, 3)
    found = desk.sql("SELECT application_no, sha256 FROM document WHERE kind = 'BIZ_LICENSE'")
    assert dict(found) == digests
    store = desk.site.services("admin").context.store
    for number, digest in digests.items():
        assert store.document_path(digest).read_bytes() == PDF + number.encode()


def test_a_damaged_or_lost_file_of_the_store_is_put_back_by_importing_its_document_again(desk_with_one: Desk) -> None:
    desk = desk_with_one
    (desk.folder / "licence.pdf").write_bytes(PDF)
    desk.run(ImportKind.DOCUMENTS, [row(path="licence.pdf")])
    stored = desk.site.services("admin").context.store.document_path(hashlib.sha256(PDF).hexdigest())
    damages = {"CALL_SCRIPT": b"%PDF-1.7 made uq ", "AUTH_LETTER": b"cut", "USE_STATEMENT": b"", "RISK_NOTICE": None}
    for new_kind, damage in damages.items():
        for kind in ("BIZ_LICENSE", new_kind):
            stored.unlink() if damage is None else stored.write_bytes(damage)
            name = "./" * desk.files + "licence.pdf"
            report = desk.run(ImportKind.DOCUMENTS, [row(path=name, kind=kind)])
            assert (report.created, report.unchanged) == ((0, 1) if kind == "BIZ_LICENSE" else (1, 0))
            assert stored.read_bytes() == PDF
            assert stored.stat().st_mode & 0o777 == 0o600
            assert [path.name for path in stored.parent.iterdir()] == [stored.name]
    assert desk.sql("SELECT DISTINCT bytes_count, media_type FROM document") == [(len(PDF), "application/pdf")]


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


def stored_files(desk: Desk) -> list[str]:
    """Return the names of all files in the store's folder of documents."""
    folder = desk.site.services("admin").context.store.documents
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_dry_run_writes_no_document(desk_with_one: Desk) -> None:
    desk = desk_with_one
    (desk.folder / "licence.pdf").write_bytes(PDF)
    before = sorted(desk.site.services("admin").context.store.folder.rglob("*"))
    assert desk.run(ImportKind.DOCUMENTS, [row(path="licence.pdf")], dry_run=True).created == 1
    assert sorted(desk.site.services("admin").context.store.folder.rglob("*")) == before


@pytest.mark.parametrize("change", ["modified", "removed"])
def test_a_file_that_changes_before_its_row_is_written_is_refused_and_no_file_stays(
    desk_with_one: Desk, change: str
) -> None:
    desk = desk_with_one
    for name in ("first", "second"):
        (desk.folder / f"{name}.pdf").write_bytes(PDF + name.encode())
    rows = [row(path="first.pdf"), row(path="second.pdf", kind="CALL_SCRIPT")]
    second = desk.folder / "second.pdf"
    request = ImportRequest(kind=ImportKind.DOCUMENTS, paths=(desk.write(rows),))

    def changed(_plan: object) -> None:
        assert stored_files(desk)
        second.write_bytes(PDF + b"longer") if change == "modified" else second.unlink()

    with pytest.raises(BadData, match="changed while it was read; nothing was stored, so import again"):
        desk.site.services("admin").imports.carry_out(request, check=changed)

    assert stored_files(desk) == []
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


def test_a_file_is_opened_once_and_one_that_the_store_has_is_not_written_again(
    desk_with_one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with_one
    names = [f"{number}.pdf" for number in range(20)]
    for name in names:
        (desk.folder / name).write_bytes(PDF + name.encode())
    opened, written = list[str](), list[str]()

    def recorded(made: list[str], function: Callable[..., Any], path: Path, *how: Any, **more: Any) -> Any:
        made.append(path.name)
        return function(path, *how, **more)

    for name, made, function in (("open_regular", opened, open_regular), ("new_file", written, new_file)):
        monkeypatch.setattr(documents, name, partial(recorded, made, function))
    rows = [row(path=name, kind=kind) for name, kind in zip(names, DocumentKind, strict=False)]

    desk.run(ImportKind.DOCUMENTS, rows)
    assert (sorted(opened), len(written)) == (sorted(cells["path"] for cells in rows), len(rows))
    assert desk.run(ImportKind.DOCUMENTS, rows[::-1]).unchanged == len(rows)
    assert (len(opened), len(written)) == (2 * len(rows), len(rows))


def test_drafts_of_a_killed_import_are_removed_by_the_next_start(desk_with_one: Desk) -> None:
    desk = desk_with_one
    dead = desk.site.services("admin").context.store.documents / "spill-dead"
    dead.mkdir()
    (dead / hashlib.sha256(PDF).hexdigest()).write_bytes(PDF)
    desk.site.services("admin").resume()
    assert not dead.exists()


def test_without_room_for_drafts_the_import_says_so_and_writes_nothing(
    desk_with_one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_folder: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(StorageFailed, match="No space left"):
        desk_with_one.documents()
    assert desk_with_one.count("document") == 0


def test_a_path_may_lead_through_a_link_inside_the_folder(desk_with_one: Desk) -> None:
    desk = desk_with_one
    (desk.folder / "scans").mkdir()
    (desk.folder / "scans" / "licence.pdf").write_bytes(PDF)
    (desk.folder / "here").symlink_to("scans")
    assert desk.run(ImportKind.DOCUMENTS, [row(path="here/./licence.pdf")]).created == 1


def test_the_progress_of_documents_ends_with_the_cases_that_they_update(desk_with_one: Desk) -> None:
    (desk_with_one.folder / "licence.pdf").write_bytes(PDF)
    request = ImportRequest(kind=ImportKind.DOCUMENTS, paths=(desk_with_one.write([row(path="licence.pdf")]),))
    told: list[tuple[int, int, str]] = []
    desk_with_one.site.services("admin").imports.run(request, lambda *done: told.append(done))
    assert [phase for _done, _total, phase in told][-2:] == ["Writing the rows", "Updating the cases"]
    assert told[-1][:2] == (1, 1)
