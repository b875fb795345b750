"""The commands that list and copy the documents of a case."""

import json
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk


@pytest.fixture
def case(terminal: Terminal, tmp_path: Path) -> str:
    folder = tmp_path / "files"
    folder.mkdir()
    Desk(terminal.site, folder).queued()
    return "C-000001"


def test_documents_are_written_to_a_folder_and_listed(terminal: Terminal, case: str, tmp_path: Path) -> None:
    out = tmp_path / "out"

    document = terminal.document("a", "documents", case, "--to", str(out))

    assert (document["case"], document["folder"]) == (case, str(out))
    assert {one["file"] for one in document["documents"]} == {path.name for path in out.iterdir()}
    first = document["documents"][0]
    assert first["kind"] == "BIZ_LICENSE"
    assert first["state"] == "written"
    assert first["bytes_count"] == (out / first["file"]).stat().st_size
    assert [line["action"] for line in terminal.document("a", "show", case)["history"]].count("documents-written") == 1


def test_the_text_output_lists_which_file_is_which_document(terminal: Terminal, case: str, tmp_path: Path) -> None:
    result = terminal.as_person("a", "documents", case, "--to", str(tmp_path / "out"))

    assert result.exit_code == 0
    assert "01-BIZ_LICENSE.pdf" in result.stdout
    assert "business licence" in result.stdout
    assert "8 documents are in" in result.stderr


def test_refusals_have_the_promised_exit_codes(terminal: Terminal, case: str, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").touch()
    (bare,) = terminal.site.plant()

    assert "audit" in refused(terminal.as_person("audit", "documents", case, "--to", str(tmp_path / "x")), 77)
    somewhere = "~nobody-of-this-host/x"
    assert "home folder" in refused(terminal.as_person("a", "documents", case, "--to", somewhere, "--json"), 73)
    assert "not empty" in refused(terminal.as_person("a", "documents", case, "--to", str(full), "--json"), 73)
    refused(terminal.as_person("a", "documents", "C-000999", "--to", str(tmp_path / "x"), "--json"), 66)
    refused(terminal.as_person("a", "documents", f"C-{bare:06}", "--to", str(tmp_path / "x"), "--json"), 66)
    assert terminal.as_person("a", "documents", case).exit_code == 2
    assert not (tmp_path / "x").exists()
    assert "refused documents" in terminal.site.actions(1)


def test_damaged_documents_are_reported_and_left_out(terminal: Terminal, case: str, tmp_path: Path) -> None:
    store = terminal.site.services("admin").context.store
    lines = terminal.site.services("a").documents.list(1)
    store.document_path(lines[0].sha256).write_bytes(b"%PDF- another")

    result = terminal.as_person("a", "documents", case, "--to", str(tmp_path / "out"), "--json")

    result_of_text = terminal.as_person("a", "documents", case, "--to", str(tmp_path / "told"))

    states = [one["state"] for one in json.loads(result.stdout)["documents"]]
    assert states == ["altered", *["written"] * 7]
    assert (result.exit_code, result_of_text.exit_code) == (74, 74)
    assert "was altered" in result.stderr
    assert "7 documents are in" in result_of_text.stderr
    for line in lines:
        store.document_path(line.sha256).unlink()
    refused(terminal.as_person("a", "documents", case, "--to", str(tmp_path / "again")), 74)
    assert not (tmp_path / "again").exists()
