"""Doctor names what an operator would call broken, with what to do; what is well stays one line."""

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal
from tests.services.importing.files import Desk


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(terminal.site, folder)


def ills(terminal: Terminal, *options: str) -> list[str]:
    """Return what doctor says is not well."""
    result = terminal.run("doctor", "--json", *options)
    found = [line["text"] for line in json.loads(result.stdout)["lines"] if line["ok"] is False]
    assert result.exit_code == (78 if found else 0)
    return found


def stored(terminal: Terminal) -> list[Path]:
    folder = terminal.site.path.with_name("w.db.store") / "documents"
    return sorted(path for path in folder.rglob("*") if path.is_file())


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


def test_a_link_in_the_store_is_named_and_not_followed(terminal: Terminal, desk: Desk) -> None:
    desk.queued()
    document = stored(terminal)[0]
    document.unlink()
    document.symlink_to("/nowhere")

    found = ills(terminal)

    assert any(f"{document} is a link to /nowhere" in ill for ill in found)
    assert any(f"{document} is not a regular file." in ill for ill in found)


def test_a_changed_policy_text_is_named(terminal: Terminal) -> None:
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE policy_version SET body = body || '# '"))

    assert ills(terminal) == ["The text of policy version 1 was changed in the database; restore a backup."]


def test_a_clock_before_the_newest_event_is_named(terminal: Terminal) -> None:
    terminal.site.services("admin")
    terminal.site.clock.on(minutes=-4)
    assert ills(terminal) == []

    terminal.site.clock.on(minutes=-4)

    [ill] = ills(terminal)
    assert ill.startswith("The clock of this machine says 2026-")
    assert ill.endswith("set the clock.")


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
    assert terminal.as_person("ѕup ", "queue").exit_code == 0
