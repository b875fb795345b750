"""The command init: shared and private databases, the site file and its refusals."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.framework.terminal import Terminal, refused
from workbench.policies import COMMENT, default_policy_text
from workbench.services.foundation.os_identity import os_login

GROUP = str(os.getegid())


@pytest.fixture
def place() -> Iterator[Path]:
    """A file in a folder that every user of the host can enter, unlike pytest's own."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "office" / "w.db"


def init(terminal: Terminal, place: Path, *words: str) -> Result:
    site = ("--site", str(terminal.site.path.parent / "etc" / "site.toml")) if "--shared" in words else ()
    return terminal.run_bare("--database", str(place), *site, "init", *words)


def lines_of(result: Result) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = json.loads(result.stdout)["lines"]
    return lines


def test_the_site_file_names_the_shared_database(terminal: Terminal, place: Path) -> None:
    made = init(terminal, place, "--shared", GROUP, "--identity", "named", "--json")

    assert made.exit_code == 0, made.output
    site = terminal.site.path.parent / "etc" / "site.toml"
    assert json.loads(made.stdout)["site"] == str(site)
    assert stat.S_IMODE(site.stat().st_mode) == 0o644
    assert stat.S_IMODE(site.parent.stat().st_mode) == 0o755
    assert [path.name for path in site.parent.iterdir()] == ["site.toml"]
    assert terminal.run_bare("--site", str(site), "reviewers").exit_code == 0
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o2770


def test_the_group_that_shares_an_encrypted_database_may_read_its_key_file(terminal: Terminal, place: Path) -> None:
    key = place.parent.parent / "group.key"
    made = init(
        terminal, place, "--shared", GROUP, "--identity", "named", "--encrypt", "--key-file", str(key), "--json"
    )

    assert made.exit_code == 0, made.output
    assert (stat.S_IMODE(key.stat().st_mode), str(key.stat().st_gid)) == (0o640, GROUP)
    assert stat.S_IMODE(Path(f"{place}.store", "encryption.toml").stat().st_mode) == 0o660
    report = terminal.run_bare("--database", str(place), "doctor", "--json")
    assert report.exit_code == 0, report.output
    key.chmod(0o660)
    assert "`chmod 640`" in refused(terminal.run_bare("--database", str(place), "queue"), 78)


def test_a_site_that_names_another_database_keeps_it(terminal: Terminal, place: Path) -> None:
    assert init(terminal, place, "--shared", GROUP).exit_code == 0

    message = refused(init(terminal, place.with_name("other.db"), "--shared", GROUP, "--json"), 73)

    assert "--site" in message
    assert str(place) in (terminal.site.path.parent / "etc" / "site.toml").read_text(encoding="utf-8")
    assert not place.with_name("other.db").exists()


def test_an_unknown_group_or_unreachable_place_is_refused_and_nothing_is_created(
    terminal: Terminal, place: Path
) -> None:
    closed = place.parent.parent / "closed"
    closed.mkdir(mode=0o700)
    full = place.parent.parent / "full"
    full.mkdir(mode=0o755)
    (full / "mine").touch()

    assert "groupadd" in refused(init(terminal, place, "--shared", "no-such-group", "--json"), 66)
    assert "cannot enter" in refused(init(terminal, closed / "x" / "w.db", "--shared", "61999", "--json"), 73)
    assert "install -d -m 2770" in refused(init(terminal, full / "w.db", "--shared", GROUP, "--json"), 73)
    assert "There is no folder" in refused(init(terminal, place.parent / "deep" / "w.db", "--shared", GROUP), 73)
    assert not place.parent.exists()
    assert not (terminal.site.path.parent / "etc").exists()
    assert [path.name for path in full.iterdir()] == ["mine"]


def test_a_private_database_that_its_group_can_read_is_refused(terminal: Terminal, place: Path) -> None:
    assert init(terminal, place).exit_code == 0

    place.chmod(0o640)

    assert "chmod 600" in refused(terminal.run_bare("--database", str(place), "queue"), 78)


def test_doctor_states_the_trust_level_of_a_shared_database(terminal: Terminal, place: Path) -> None:
    assert init(terminal, place, "--shared", GROUP).exit_code == 0

    well = terminal.run_bare("--database", str(place), "doctor", "--json")
    (place.parent / "w.db.store" / "hash.key").chmod(0o600)
    ill = terminal.run_bare("--database", str(place), "doctor", "--json")

    assert well.exit_code == 0, well.output
    assert any(line["ok"] is None and "Level A" in line["text"] for line in lines_of(well))
    assert ill.exit_code == 78
    assert any(line["ok"] is False and "sudo chmod 660 " in line["text"] for line in lines_of(ill))


def test_a_store_folder_of_a_shared_database_is_only_for_its_group(terminal: Terminal, place: Path) -> None:
    assert init(terminal, place, "--shared", GROUP, "--identity", "named").exit_code == 0
    calls = place.parent / "w.db.store" / "calls"

    for mode in (0o2775, 0o770, 0o2750):
        calls.chmod(mode)
        message = refused(terminal.run_bare("--database", str(place), "queue"), 78)
        assert f"sudo chgrp {GROUP} {calls} && sudo chmod 2770 {calls}" in message
    calls.chmod(0o2770)
    assert terminal.run_bare("--database", str(place), "queue").exit_code == 0


def test_a_solo_reviewer_gives_a_reason_and_still_cannot_check_their_own_verdicts(
    terminal: Terminal, place: Path
) -> None:
    assert init(terminal, place, "--identity", "named", "--solo", "a shop of one person").exit_code == 0

    def run(*words: str) -> Result:
        return terminal.run_bare("--database", str(place), "--as", login, *words)

    login = os_login()
    alone = lines_of(run("doctor", "--json"))
    assert run("reviewers", "add", "second").exit_code == 0
    together = lines_of(run("doctor", "--json"))

    assert any("alone (a shop of one person)" in line["text"] for line in alone)
    assert not any("alone (" in line["text"] for line in together)
    refused(init(terminal, place.with_name("x.db"), "--solo", "  ", "--json"), 2)


def test_a_database_in_the_home_folder_of_an_unknown_user_exits_with_78(terminal: Terminal) -> None:
    for command in ("queue", "doctor", "init"):
        message = refused(terminal.run_bare("--database", "~nobody-of-this-host/w.db", command), 78)
        assert "home folder" in message


def test_the_first_admin_of_a_named_database_is_the_login_given(terminal: Terminal, place: Path) -> None:
    made = init(terminal, place, "--as", "alice", "--identity", "named", "--json")

    assert json.loads(made.stdout)["admin"] == "alice"
    listed = terminal.run_bare("--database", str(place), "--as", "alice", "reviewers", "--json")
    assert [person["login"] for person in json.loads(listed.stdout)["reviewers"]] == ["alice"]


def test_the_policy_of_a_database_made_in_chinese_has_chinese_comments(terminal: Terminal, place: Path) -> None:
    assert terminal.run_bare("--lang", "zh", "--database", str(place), "init").exit_code == 0

    shown = terminal.run_bare("--database", str(place), "policy", "show", "--toml").stdout
    assert tomllib.loads(shown) == tomllib.loads(default_policy_text())
    assert [text for text in COMMENT.findall(shown) if not re.search("[\u4e00-\u9fff]", text)] == []
