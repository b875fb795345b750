"""The documents of a case, its contacts, and its dossier."""

import json
from pathlib import Path
from typing import Any

import pytest

from db.enums import ImportKind
from db.models import ContactRow, MeasureOrderRow
from tests.cli.cases.test_masking import EARLIER, OF_NOW, SAID, people, shown
from tests.cli.framework.terminal import Terminal, refused
from tests.prepared import prepared
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, Desk, application


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    """Return a desk with a case of a person in its second round, with personal values everywhere."""
    folder = tmp_path / "files"
    folder.mkdir()
    desk = Desk(terminal.site, folder)
    _fill(desk, terminal)
    return desk


@prepared
def _fill(desk: Desk, terminal: Terminal) -> None:
    for names in (EARLIER, OF_NOW):
        desk.applications(application("A-1", **people(*names)))
        desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": names[2]}])
    desk.documents("A-1", INDIVIDUAL_DOCUMENTS)
    texts = ("--letter", SAID, "--note", SAID, "--item", f"ID-NAME:{SAID}")
    fail = ("decide", "C-1", "fail", "--reason", "ID-NAME", *texts)
    for words in (("next",), fail, ("resubmit", "C-1", "--note", SAID), ("next",)):
        result = terminal.as_person("a", *words)
        assert result.exit_code == 0, result.output
        terminal.site.clock.advance(minutes=5)
    assert terminal.as_person("a", "decide", "C-1", "pass", "--reason", "OK-MENDED", "--note", SAID).exit_code == 0
    with terminal.site.services("a").context.write() as session:
        at = terminal.site.clock.at
        session.add(ContactRow(case_id=1, channel="phone", text=SAID, contacted_at=at, contacted_by_id=2))
        session.add(
            MeasureOrderRow(case_id=1, msisdn="13800138000", measure="bar-out", ordered_at=at, release_at=at, due_at=at)
        )


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def all_text(folder: Path) -> str:
    kinds = {".json", ".txt", ".html"}
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in kinds)


def test_the_whole_case_is_in_the_folder(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert terminal.as_person("a", "undo", "C-1").exit_code == 0

    done = terminal.document("audit", "dossier", "C-1", "--output", str(out))

    assert done["files"] == sum(path.is_file() for path in out.rglob("*"))
    assert read(out, "decisions/D-000001.json")["seen"]["verdict"] == "fail"
    assert read(out, "evidence/round-1.json")["identity"]["application_no"] == "A-1"
    assert read(out, "evidence/round-2.json")["identity"]["application_no"] == "A-1"
    assert [row["channel"] for row in read(out, "records/contact.json")] == ["phone"]
    assert read(out, "records/contact.json")[0]["contacted_by"] == "a"
    assert read(out, "records/measure_order.json")[0]["msisdn"] == "138••••••00"
    assert read(out, "records/rectification_item.json")[0]["code"] == "ID-NAME"
    assert [row["code"] for row in read(out, "records/decision_reason.json")] == ["ID-NAME", "OK-MENDED"]
    events = read(out, "records/event.json")
    assert [event["action"] for event in events] == terminal.site.actions(1)[:-1]
    assert all(event["at"].endswith("+08:00") for event in events)
    assert len(list((out / "notices").iterdir())) == len(read(out, "records/notice.json"))
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "D-000002" in page
    for cell in ("cancelled: 2026-11-24 10:20:00+08:00", "commitment letter", "rectifying", "taken back"):
        assert f"<td>{cell}</td>" in page
    assert "undo_until_us=2026-11-24 10:" in page
    assert terminal.site.actions(1)[-1] == "dossier"


def test_no_file_names_a_person_unless_it_is_revealed(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    masked, whole = tmp_path / "masked", tmp_path / "whole"

    terminal.document("audit", "dossier", "C-1", "--output", str(masked))
    terminal.document("sup", "dossier", "C-1", "--output", str(whole), "--reveal", "--reason", "asked by 13800138000")

    assert list(shown(all_text(masked))) == []
    assert "13800138000" not in all_text(masked)
    assert not (masked / "documents").exists()
    assert set(OF_NOW) <= set(shown(all_text(whole)))
    assert len(list((whole / "documents").iterdir())) == len(INDIVIDUAL_DOCUMENTS)
    (body,) = desk.sql("SELECT body FROM event WHERE action = 'dossier' ORDER BY seq DESC LIMIT 1")[0]
    assert json.loads(body)["reason"] == "asked by 138••••••00"
    assert len(json.loads(body)["sha256"]) == len(INDIVIDUAL_DOCUMENTS)


def test_refusals_have_the_promised_exit_codes_and_write_nothing(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    full, out = tmp_path / "full", str(tmp_path / "out")
    full.mkdir()
    (full / "mine").touch()

    refused(terminal.as_person("a", "dossier", "C-1", "--output", out), 77)
    refused(terminal.as_person("audit", "dossier", "C-1", "--output", out, "--reveal", "--reason", "why"), 77)
    refused(terminal.as_person("sup", "dossier", "C-1", "--output", out, "--reveal"), 2)
    refused(terminal.as_person("sup", "dossier", "C-9", "--output", out), 66)
    refused(terminal.as_person("sup", "dossier", "C-1", "--output", str(full)), 73)
    folders = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert folders == ["files", "full", terminal.site.store.name]
    assert [path.name for path in full.iterdir()] == ["mine"]
    assert terminal.site.actions(1).count("dossier") == 0
    assert terminal.site.actions(1).count("refused dossier") == 2


def test_a_damaged_document_is_left_out_and_named(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    (victim, *_others) = sorted((Path(f"{terminal.site.path}.store") / "documents").rglob("*/*"))
    victim.write_bytes(b"other")
    out = tmp_path / "out"

    result = terminal.as_person("sup", "dossier", "C-1", "--output", str(out), "--reveal", "--reason", "asked")

    assert result.exit_code == 74, result.output
    assert len(read(out, "manifest.json")["documents_missing"]) == 1
    assert len(list((out / "documents").iterdir())) == len(INDIVIDUAL_DOCUMENTS) - 1


@pytest.fixture
def case(terminal: Terminal, tmp_path: Path) -> str:
    folder = tmp_path / "files"
    folder.mkdir()
    Desk(terminal.site, folder).queued()
    return "C-000001"


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


def test_a_contact_stands_in_the_case_and_its_history(terminal: Terminal) -> None:
    terminal.site.plant(1)

    result = terminal.as_person("a", "contact", "C-1", "phone", "测试人 says: call 13812345678")

    assert result.stderr == "C-000001: contact recorded.\n"
    shown = terminal.document("audit", "show", "C-1")
    [contact] = shown["contacts"]
    assert contact == {
        "channel": "phone",
        "text": "测•• says: call 138••••••78",
        "by": "a",
        "at": "2026-11-24T10:00:00+08:00",
    }
    assert [(line["action"], line["who"], line["text"]) for line in shown["history"][:-1]] == [
        ("contact", "a", "phone: 测•• says: call 138••••••78")
    ]
    assert terminal.site.actions(1) == ["contact", "read"]
