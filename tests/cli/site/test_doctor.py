"""Doctor names what an operator would call broken, with what to do; what is well stays one line."""

import json
import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from tests.cli.framework.terminal import Terminal, refused
from tests.policies import require_no_documents_of_individuals
from tests.prepared import prepared
from tests.services.intake.importing.files import PERSON, Desk, application
from workbench.services.foundation import audit_log
from workbench.services.intake.importing.import_run import ImportRun
from workbench.services.site.log_checks.unexplained_rows import log_faults


def ills(terminal: Terminal, *options: str) -> list[str]:
    """Return what doctor says is not well."""
    result = terminal.run("doctor", "--json", *options)
    found = [line["text"] for line in json.loads(result.stdout)["lines"] if line["ok"] is False]
    assert result.exit_code == (78 if found else 0)
    return found


def chain_anew(session: Session) -> None:
    """Number and chain the events anew, as somebody does who hides what they cut out."""
    rows = session.execute(select(audit_log._EVENT).order_by(audit_log._EVENT.c.seq)).mappings().all()
    session.execute(text("DELETE FROM event"))
    session.info.pop(audit_log._LAST_OWN_EVENT, None)
    audit_log.append_all(
        session, [{name: row[name] for name in row if name not in {"seq", "prev_hash", "hash"}} for row in rows]
    )


def stored(terminal: Terminal) -> list[Path]:
    folder = terminal.site.store / "documents"
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.promise("S4", "A9")
def test_a_document_that_is_missing_cut_or_replaced_is_named(terminal: Terminal, desk: Desk) -> None:
    desk.queued()
    assert ills(terminal, "--deep") == []
    missing, cut, replaced = stored(terminal)[:3]
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    content = bytearray(replaced.read_bytes())
    content[-1] ^= 1
    replaced.write_bytes(content)

    quick, deep = ills(terminal), ills(terminal, "--deep")

    assert len(quick) == 2
    assert f"The document {missing} is missing. Put it back from a backup" in "".join(quick)
    assert f"The document {cut} was changed." in "".join(quick)
    assert len(deep) == 3
    assert f"The document {replaced} was changed." in "".join(deep)


def test_what_an_import_deletes_meanwhile_is_no_fault(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = os.walk

    def spilling(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        yield from walk(folder)
        yield str(folder), ["spill-that-is-gone"], []

    monkeypatch.setattr(os, "walk", spilling)

    assert ills(terminal) == []


@pytest.mark.promise("A9")
def test_a_link_in_the_store_is_named_and_not_followed(terminal: Terminal, desk: Desk) -> None:
    desk.queued()
    document = stored(terminal)[0]
    document.unlink()
    document.symlink_to("/nowhere")

    found = ills(terminal)

    assert any(f"{document} is a link to /nowhere" in ill for ill in found)
    assert any(f"{document} is not a regular file." in ill for ill in found)


@pytest.mark.promise("A9")
def test_a_changed_policy_text_is_named(terminal: Terminal) -> None:
    with terminal.site.tampering() as session:
        session.execute(text("UPDATE policy_version SET body = body || '# '"))

    assert ills(terminal) == ["Policy version 1 is not what its last event says; it was changed outside the program."]


_DECISION = "Decision D-000001 is not what its last event says; it was changed outside the program."


@prepared
def worked(terminal: Terminal, desk: Desk) -> None:
    """Let people work; afterwards the log explains everything."""
    terminal.site.plant(2)
    terminal.document("a", "next")
    terminal.document("a", "decide", "C-1", "pass", "--reason", "OK")
    terminal.document("b", "next")
    desk.applications(application())
    terminal.document("admin", "calendar", "set", "2026-12-09", "09:00-12:00", "--reason", "party")
    for province in ("广东", "海南"):
        terminal.document(
            "sup", "calendar", "suspend", "2026-12-07", "2026-12-08", "--province", province, "--reason", "x"
        )
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0
    assert ills(terminal) == []


UNEXPLAINED = [
    ("UPDATE decision SET verdict = 'fail'", _DECISION),
    ("UPDATE decision_reason SET code = 'X'", _DECISION),
    (
        "UPDATE reviewer_role SET role = 'admin' WHERE reviewer_id = 2",
        "The log has no event that explains why a has",
    ),
    (
        "UPDATE reviewer_role SET reviewer_id = 999 WHERE reviewer_id = 2",
        "The log has no event that explains why 999 has",
    ),
    ("DELETE FROM reviewer_role WHERE role = 'auditor'", "The log has no event that explains why audit has"),
    (
        "CREATE TEMP TABLE p AS SELECT * FROM policy_version; UPDATE p SET id = 2;"
        " INSERT INTO policy_version SELECT * FROM p",
        "Policy version 2 has no event in the log; it was added outside the program.",
    ),
    ("DELETE FROM event", "The log does not begin with the creation of the database"),
    (
        "DELETE FROM event WHERE action = 'decide'",
        "Decision D-000001 has no event in the log; it was added outside the program.",
    ),
    (
        "DELETE FROM event WHERE action = 'next' AND case_id = 2",
        "C-000002 is in another state than its last event says; it was changed, or events are missing.",
    ),
    ("UPDATE \"case\" SET state = 'failed' WHERE id = 1", "C-000001 is in another state than its last event says"),
    (
        "UPDATE calendar_day SET is_working = 0 WHERE on_date = '2026-11-25'",
        "The calendar differs from its last event; days were changed in the database.",
    ),
    ("UPDATE calendar_override SET hours = '09:00-10:00'", "The calendar differs from its last event"),
    ("DELETE FROM suspension WHERE id = 2", "Suspension 2 is missing, although the log has its event."),
    (
        "UPDATE suspension SET to_at = 1 WHERE id = 1",
        "Suspension 1 is not what its last event says; it was changed outside the program.",
    ),
    (
        "DELETE FROM event WHERE action = 'import'",
        "Import B-000002 is not what its last event says; it was changed outside the program.",
    ),
]
"""Changes of rows by hand, and what is said of each."""


def change(session: Session, statement: str) -> None:
    """Change rows by hand; somebody who cuts events out chains what is left anew."""
    for part in statement.split(";"):
        session.execute(text(part))
    if statement.startswith("DELETE FROM event WHERE"):
        chain_anew(session)


@pytest.mark.promise("P6")
def test_what_no_event_explains_is_found(terminal: Terminal, desk: Desk) -> None:
    worked(terminal, desk)
    with terminal.site.tampering() as session:
        assert list(log_faults(session)) == []
        for statement, sentence in UNEXPLAINED:
            point = session.begin_nested()
            change(session, statement)
            session.expire_all()
            found = list(log_faults(session))
            assert any(told.startswith(sentence) for told in found), (statement, found)
            point.rollback()


@pytest.mark.promise("P6")
def test_audit_verify_and_doctor_tell_what_no_event_explains(terminal: Terminal, desk: Desk) -> None:
    worked(terminal, desk)
    statement, sentence = UNEXPLAINED[0]
    with terminal.site.tampering() as session:
        change(session, statement)

    result = terminal.as_person("admin", "audit", "verify")
    assert result.exit_code == 74
    assert sentence in result.stderr
    assert any(ill.startswith(sentence) for ill in ills(terminal))


def test_receipts_of_an_import_that_runs_are_explained_by_its_event(
    terminal: Terminal, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_no_documents_of_individuals(terminal.site)
    terminal.site.plant()
    terminal.document("a", "next")
    terminal.document("a", "decide", "C-1", "pass", "--reason", "OK")
    publish, codes = ImportRun._publish, []

    def verified(run: ImportRun, *arguments: Any) -> None:
        codes.append(terminal.as_person("audit", "audit", "verify").exit_code)
        publish(run, *arguments)

    monkeypatch.setattr(ImportRun, "_publish", verified)
    desk.applications(application(**PERSON))

    assert desk.count("notice") == 2
    assert [*codes, terminal.as_person("audit", "audit", "verify").exit_code] == [0, 0]


@pytest.mark.promise("P6")
def test_an_anchor_tells_that_the_whole_log_was_replaced(terminal: Terminal, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    terminal.document("audit", "audit", "head", "--append", str(anchors))
    anchors.write_text(anchors.read_text().rstrip("\n"))
    terminal.run("--as", "admin", "reviewers", "add", "other")
    terminal.document("audit", "audit", "head", "--append", str(anchors))
    assert len(anchors.read_text().splitlines()) == 2
    assert terminal.as_person("audit", "audit", "verify", "--head", str(anchors)).exit_code == 0
    with terminal.site.tampering() as session:
        session.execute(text("UPDATE event SET at = at - 60000000 WHERE seq > 1"))
        chain_anew(session)
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0

    result = terminal.as_person("audit", "audit", "verify", "--head", str(anchors))

    assert result.exit_code == 74
    assert "differs from its anchor: the log was truncated or replaced." in result.stderr


def test_a_file_that_has_no_anchors_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    for words, content, sentence in (
        (("verify", "--head"), "", "has no anchor"),
        (("verify", "--head"), "1 x", "line 1: this is not an anchor"),
        (("head", "--append"), "[reasons]\n", "line 1: this is not an anchor"),
    ):
        anchors = tmp_path / "anchors"
        anchors.write_text(content)

        assert sentence in refused(terminal.as_person("audit", "audit", *words, str(anchors)), 65)
        assert anchors.read_text() == content


@pytest.mark.promise("A9", "S2")
@pytest.mark.sqlite("the lock file")
def test_a_lock_file_that_cannot_be_opened_is_named(terminal: Terminal) -> None:
    terminal.site.close()
    lock = terminal.site.path.with_name("w.db.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir(mode=0o700)

    assert ills(terminal) == [
        f"{lock} cannot be opened (Is a directory), so nothing can be written; remove it, or correct its rights."
    ]
    assert f"{lock} cannot be opened by this user" in refused(terminal.as_person("audit", "tick"), 77)


@pytest.mark.promise("S7")
def test_a_clock_before_the_newest_event_is_named(terminal: Terminal) -> None:
    terminal.site.services("admin")
    terminal.site.clock.advance(minutes=-4)
    assert ills(terminal) == []

    terminal.site.clock.advance(minutes=-4)

    [ill] = ills(terminal)
    assert ill.startswith("The clock of this machine says 2026-")
    assert "; set the clock." in ill


@pytest.mark.promise("A9")
def test_little_room_on_the_disk_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 0))

    [ill] = ills(terminal)

    assert ill.startswith("There is little room on the disk: 0.0 GB;")
    assert ill.endswith("Make room.")


def test_logins_of_an_older_version_that_look_alike_are_noted_and_still_work(terminal: Terminal) -> None:
    terminal.run("--as", "admin", "reviewers", "add", "other")
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE reviewer SET login = 'ѕup ' WHERE login = 'other'"))

    report = json.loads(terminal.run("doctor", "--json").stdout)

    assert "The logins sup and ѕup  look alike; check who is meant." in [line["text"] for line in report["lines"]]
    assert [line["ok"] for line in report["lines"] if line["text"].startswith("Overdue: letters to send: 0;")] == [True]
    assert terminal.as_person("ѕup ", "queue").exit_code == 0


@pytest.mark.promise("A9")
def test_a_store_folder_that_is_a_link_is_refused(terminal: Terminal) -> None:
    for name in ("documents/ab", "batches", "calls", "documents", ""):
        folder = Path(f"{terminal.site.path}.store", name)
        folder.mkdir(mode=0o700, exist_ok=True)
        elsewhere = folder.rename(folder.with_name("elsewhere"))
        folder.symlink_to("elsewhere")

        for command in ("queue", "doctor"):
            message = terminal.run(command, "--json").output
            assert f"{folder} is a link or no folder, so the store is not opened" in message
        folder.unlink()
        elsewhere.rename(folder)


@pytest.mark.promise("A9")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_a_store_folder_of_somebody_else_is_refused(terminal: Terminal) -> None:
    folder = Path(f"{terminal.site.path}.store", "documents")
    for owner, mode, remedy in (
        (12_345, 0o700, "sudo chown 0 "),
        (0, 0o750, "sudo chmod 700 "),
        (0, 0o707, "chmod 700"),
    ):
        os.chown(folder, owner, -1)
        folder.chmod(mode)

        message = refused(terminal.run("queue", "--json"), 78)
        assert f"{folder} has mode " in message
        assert remedy in message
