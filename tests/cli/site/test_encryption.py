"""An encrypted database: every command works with its key, nothing works without it, and no file tells anything."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.filled_desk import filled_desk, read_again
from tests.services.intake.importing.files import APPLICATION, PDF, Desk
from tests.services.intake.importing.test_calls import call
from tests.sites import Site
from workbench.errors import StorageGone
from workbench.services.encryption import key_source
from workbench.services.encryption.key_settings import KeySettings

pytestmark = pytest.mark.proof

_PERSONAL = [APPLICATION[name].encode() for name in ("applicant_name", "handler_name", "handler_id_no", "msisdns")]
PASSPHRASE = "correct horse battery"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An encrypted database."""
    made = Site(tmp_path / "w.db", is_encrypted=True).create()
    yield made
    made.close()


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    """A desk at an encrypted database with an application, its documents and its calls."""
    return filled_desk(terminal, tmp_path / "files")


def forget(site: Site) -> None:
    """Close the database, as at the end of a process."""
    site.close()
    site.services_by_login.clear()


def settings_file(site: Site) -> Path:
    return Path(f"{site.path}.store") / "encryption.toml"


def files_of(site: Site) -> dict[Path, bytes]:
    """Return the files of a database and its store but for locks."""
    beside = [*site.path.parent.glob(f"{site.path.name}*"), *Path(f"{site.path}.store").rglob("*")]
    return {path: path.read_bytes() for path in beside if path.is_file() and path.suffix != ".lock"}


def own_key(terminal: Terminal, tmp_path: Path) -> Path:
    """Give the database a key file of the test's own, since sites share the one that they were made with."""
    file = tmp_path / "own.key"
    terminal.document("admin", "rekey", "--key-file", str(file))
    forget(terminal.site)
    return file


class Keyboard:
    """Types passphrases."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[str] = []
        monkeypatch.setattr("workbench.cli.framework.questions.is_terminal", lambda: True)
        monkeypatch.setattr("getpass.getpass", lambda _question, **_options: self.answers.pop(0))


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(monkeypatch)


def made(terminal: Terminal, path: Path, *words: str) -> Any:
    """Create a database of one's own with `init`."""
    return terminal.run_bare(
        "--database", str(path), "init", "--identity", "named", "--solo", "alone", "--json", *words
    )


@pytest.mark.promise("S9", "P8")
def test_a_whole_day_on_an_encrypted_database_leaves_nothing_readable(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    case = terminal.document("a", "next")["case"]
    terminal.document("a", "documents", case, "--to", str(tmp_path / "papers"))
    decided = terminal.document("a", "decide", case, "fail", "--reason", "CR-ARREARS", "--reason", "ID-NAME")
    terminal.site.clock.advance(minutes=5)
    terminal.document("sup", "tick")
    exported = [
        terminal.document("admin", "export", what, "--output", str(tmp_path / f"{what}.csv"))["rows"]
        for what in ("applications", "calls", "decisions", "notices")
    ]
    terminal.document("sup", "dossier", case, "--output", str(tmp_path / "dossier"))
    before = read_again(terminal, case)
    terminal.document("admin", "backup", str(tmp_path / "b.tar"))
    more = desk.run(ImportKind.CALLS, [call(minute, callee="02187654321") for minute in range(5)])
    terminal.document("admin", "imports", "undo", "B-4")
    report = json.loads(terminal.run("doctor", "--deep", "--json").stdout)
    kept = {**files_of(terminal.site), tmp_path: (tmp_path / "b.tar").read_bytes()}
    forget(terminal.site)
    restored = Terminal(Site(tmp_path / "r" / "w.db"))
    restored.document("admin", "restore", str(tmp_path / "b.tar"))

    assert len(before["documents"]) == 8
    assert decided["state"] == "rectifying"
    assert exported == [1, 30, 1, 2]
    assert more.created == 5
    assert report["ok"], report
    assert "Every page of the database can be decrypted." in [line["text"] for line in report["lines"]]
    after = restored.document("a", "show", case)
    assert all(after[name] == before[name] for name in ("identity", "activity", "credit", "documents", "history"))
    assert json.loads(restored.run("doctor", "--deep", "--json").stdout)["ok"]
    assert (tmp_path / "papers").exists()
    for path, content in kept.items():
        assert not [word for word in (*_PERSONAL, PDF) if word in content], path
    assert terminal.document("audit", "audit", "verify")["events"] > 0


def test_init_makes_a_key_file_for_its_owner_and_says_that_all_depends_on_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    result = made(terminal, tmp_path / "n" / "n.db", "--encrypt", "--key-file", str(tmp_path / "new.key"))
    assert result.exit_code == 0, result.output
    assert "keep a copy of it elsewhere" in result.stderr
    assert (tmp_path / "new.key").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "new.key").read_text(encoding="ascii").strip()) == 64
    # An existing database stays as it is, and so does its key; a key file that was made in vain is removed.
    again = made(terminal, tmp_path / "n" / "n.db", "--encrypt", "--key-file", str(tmp_path / "other.key"))
    assert "n.db already exists" in refused(again, 73)
    assert not (tmp_path / "other.key").exists()
    nowhere = made(terminal, tmp_path / "m" / "m.db", "--encrypt", "--key-file", str(tmp_path / "no" / "new.key"))
    assert "its folder does not exist" in refused(nowhere, 73)
    words = ["init", "--encrypt", "--key-file", "a", "--key-command", "b"]
    refused(terminal.run_bare("--database", str(tmp_path / "m.db"), *words), 2)
    refused(terminal.run_bare("--database", str(tmp_path / "m.db"), "init", "--key-file", "a"), 2)


HARMS: tuple[tuple[Callable[[Path], object], str], ...] = (
    (lambda key: key.unlink(), "is missing; put it back"),
    (lambda key: key.write_text("0" * 64), "is wrong; give the right one"),
    (lambda key: key.write_text("a passphrase"), "is wrong; give the right one"),
    (lambda key: key.write_bytes(b""), "is empty"),
    (lambda key: key.write_bytes(b"\xff" * 64), "not text"),
    (lambda key: key.chmod(0o640), "Other users can open the key file"),
    (lambda key: os.mkfifo(key.rename(key.with_name("former")).with_name("own.key")), "is not a regular file"),
)
"""What can happen to a key file, and what is said of it."""


@pytest.mark.promise("S5")
def test_without_its_key_a_database_is_refused_in_one_sentence_and_stays_as_it_is(
    terminal: Terminal, tmp_path: Path
) -> None:
    key = own_key(terminal, tmp_path)
    before, content = files_of(terminal.site), key.read_bytes()
    for harm, said in HARMS:
        harm(key)
        for words in (("queue", "--json"), ("next", "--json"), ("backup", str(tmp_path / "b.tar"))):
            assert said in refused(terminal.as_person("admin", *words), 78)
        report = terminal.run("doctor", "--json")
        assert (report.exit_code, said in report.stdout) == (78, True), report.stdout
        assert files_of(terminal.site) == before
        key.unlink(missing_ok=True)
        key.write_bytes(content)
        key.chmod(0o600)
    assert not (tmp_path / "b.tar").exists()


def test_a_key_file_of_any_name_is_found_again_or_refused(terminal: Terminal, tmp_path: Path) -> None:
    for name in ("密钥 😀.key", 'a"b\\c\n.key', "\x7f.key", "\udcff.key"):
        result = terminal.as_person("admin", "rekey", "--key-file", str(tmp_path / name))
        forget(terminal.site)
        assert terminal.document("a", "queue")["total"] == 0
        if result.exit_code:
            assert "choose a simpler one" in refused(result, 73)
        assert (tmp_path / name).exists() == (result.exit_code == 0)


def test_files_that_do_not_belong_together_are_told(terminal: Terminal, tmp_path: Path) -> None:
    forget(terminal.site)
    settings, plain = settings_file(terminal.site), Site(tmp_path / "p" / "w.db", is_encrypted=False)
    plain.path.parent.mkdir()
    plain.create()
    forget(plain)
    away = settings.rename(tmp_path / "away")
    assert "its key settings" in refused(terminal.as_person("a", "queue"), 78)
    away.rename(settings)
    shutil.copy(settings, settings_file(plain))
    assert "is not encrypted, but its store has key settings" in refused(Terminal(plain).as_person("a", "queue"), 78)
    made(terminal, tmp_path / "o" / "w.db", "--encrypt", "--key-file", str(tmp_path / "other.key"))
    shutil.copy(tmp_path / "o" / "w.db", terminal.site.path)
    assert "was encrypted with another key" in refused(terminal.as_person("a", "queue"), 78)
    settings.write_bytes(settings.read_bytes().replace(b"random", b"rendom"))
    assert "was changed" in refused(terminal.as_person("a", "queue"), 78)


def test_a_key_comes_from_a_command_which_only_its_owner_or_root_can_have_written(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = own_key(terminal, tmp_path)
    terminal.document("admin", "rekey", "--key-command", f"cat '{key}'")
    forget(terminal.site)
    assert terminal.document("a", "queue")["total"] == 0
    [event] = Desk(terminal.site, tmp_path).sql("SELECT action, body FROM event ORDER BY seq DESC LIMIT 1")
    assert (event[0], json.loads(event[1])) == ("rekey", {"from": "file", "to": "command"})
    forget(terminal.site)
    monkeypatch.setattr("workbench.services.encryption.key_settings.os.geteuid", lambda: 4321)
    owner = settings_file(terminal.site)
    os.chown(owner, 1234, -1)
    assert "Another user owns" in refused(terminal.as_person("a", "queue"), 78)
    os.chown(owner, 0, -1)
    monkeypatch.undo()
    key.unlink()
    assert "exit code 1" in refused(terminal.as_person("a", "queue"), 78)
    refused(made(terminal, tmp_path / "n.db", "--encrypt", "--key-command", "no-such-program"), 78)
    assert not (tmp_path / "n.db").exists()


def test_a_passphrase_is_typed_twice_for_a_new_database_and_once_for_each_command(
    terminal: Terminal, tmp_path: Path, keyboard: Keyboard
) -> None:
    path = tmp_path / "n.db"
    for answers, said in [(["short"], "at least 12"), ([PASSPHRASE, PASSPHRASE + "!"], "differ")]:
        keyboard.answers = answers * 3
        asked = made(terminal, path, "--encrypt")
        assert (asked.exit_code, asked.stderr.count(said)) == (78, 3)
        assert (keyboard.answers, path.exists()) == ([], False)
    keyboard.answers = ["short", PASSPHRASE, "a slip of the hand", PASSPHRASE, PASSPHRASE]
    created = made(terminal, path, "--encrypt")
    assert (created.exit_code, "Without the passphrase everything" in created.stderr) == (0, True)
    keyboard.answers = [PASSPHRASE]
    assert terminal.run_bare("--database", str(path), "queue", "--json").exit_code == 0
    keyboard.answers = [PASSPHRASE + "!"]
    assert "the passphrase is wrong; run the command again and type it" in refused(
        terminal.run_bare("--database", str(path), "queue"), 78
    )
    assert PASSPHRASE.encode() not in b"".join(files_of(Site(path)).values())


def test_a_passphrase_that_nobody_can_type_is_refused(terminal: Terminal, tmp_path: Path, keyboard: Keyboard) -> None:
    keyboard.answers = [PASSPHRASE, PASSPHRASE]
    made(terminal, tmp_path / "n.db", "--encrypt")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("workbench.cli.framework.questions.is_terminal", lambda: False)
        assert "run this command in one" in refused(
            terminal.run_bare("--database", str(tmp_path / "n.db"), "queue"), 78
        )
        assert "new passphrase is typed" in refused(made(terminal, tmp_path / "m.db", "--encrypt"), 78)


def test_another_key_opens_the_same_data_and_the_former_one_no_longer_does(
    terminal: Terminal, desk: Desk, tmp_path: Path, keyboard: Keyboard
) -> None:
    shown, former = read_again(terminal, "C-1"), own_key(terminal, tmp_path)
    before = files_of(terminal.site)
    backed_up = tmp_path / "b.tar"
    terminal.document("admin", "backup", str(backed_up))
    for login in ("a", "sup", "audit"):
        refused(terminal.as_person(login, "rekey", "--key-file", str(tmp_path / "no.key")), 77)
    assert not (tmp_path / "no.key").exists()
    assert "has this key already" in refused(terminal.as_person("admin", "rekey", "--key-file", str(former)), 78)
    beside = former.parent / ".." / former.parent.name / former.name
    assert "has this key already" in refused(terminal.as_person("admin", "rekey", "--key-file", str(beside)), 78)

    keyboard.answers = [PASSPHRASE, PASSPHRASE]
    assert terminal.document("admin", "rekey") == {"source": "prompt"}
    forget(terminal.site)
    keyboard.answers = [PASSPHRASE]

    assert terminal.document("a", "show", "C-1") == shown
    changed = {path for path, content in files_of(terminal.site).items() if content != before.get(path)}
    assert changed <= {settings_file(terminal.site), terminal.site.path, *terminal.site.path.parent.glob("w.db-*")}
    former.rename(tmp_path / "moved.key")
    place = Terminal(Site(tmp_path / "r" / "w.db"))
    assert "is missing" in refused(place.as_person("admin", "restore", str(backed_up)), 78)
    assert not place.site.path.exists()
    keyboard.answers = []
    restored = ("restore", str(backed_up), "--key-file", str(tmp_path / "moved.key"))
    place.document("admin", *restored)
    assert place.document("a", "show", "C-1") == shown


def test_a_command_that_a_backup_names_is_not_run(terminal: Terminal, tmp_path: Path) -> None:
    key = own_key(terminal, tmp_path)
    command = f"sh -c 'touch {tmp_path}/was-run; cat {key}'"
    terminal.document("admin", "rekey", "--key-command", command)
    forget(terminal.site)
    terminal.document("admin", "backup", str(tmp_path / "b.tar"))
    (tmp_path / "was-run").unlink()
    place = Terminal(Site(tmp_path / "r" / "w.db"))
    assert "--key-command" in refused(place.as_person("admin", "restore", str(tmp_path / "b.tar")), 78)
    assert not (tmp_path / "was-run").exists()
    place.document("admin", "restore", str(tmp_path / "b.tar"), "--key-command", command)
    assert place.document("a", "queue")["total"] == 0


@pytest.mark.promise("S10")
@pytest.mark.parametrize(
    ("fails_at", "is_new_file"), [("new_file", True), ("Path.replace", True), ("Path.replace", False), ("sync", True)]
)
def test_a_rekey_that_breaks_off_leaves_the_former_key_or_the_new_one(
    terminal: Terminal, tmp_path: Path, fails_at: str, is_new_file: bool
) -> None:
    key = own_key(terminal, tmp_path)
    other = tmp_path / "new.key"
    if not is_new_file:
        key_source.new_key_file(other, None)

    class Killed(BaseException):
        pass

    def kill(*_given: Any, **_named: Any) -> Any:
        raise Killed

    patched = pytest.MonkeyPatch()
    patched.setattr(f"workbench.services.encryption.key_settings.{fails_at}", kill)
    with pytest.raises(Killed):
        terminal.document("admin", "rekey", "--key-file", str(other))
    patched.undo()
    forget(terminal.site)
    settings = KeySettings.read(Path(f"{terminal.site.path}.store"))
    assert settings is not None
    is_written = fails_at == "sync"
    assert settings.source.where == str(other if is_written else key)
    # A key file that the database needs is never removed.
    assert other.exists() == (is_written or not is_new_file)
    assert terminal.document("a", "queue")["total"] == 0


@pytest.mark.promise("S9")
def test_a_changed_page_is_told_as_damage_of_the_database(terminal: Terminal, site: Site, tmp_path: Path) -> None:
    with site.services("a").context.read() as session:
        page = session.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'event'")).scalar_one()
    forget(site)
    content = bytearray(site.path.read_bytes())
    content[(page - 1) * 4096 + 1000] ^= 1
    site.path.write_bytes(content)

    told = refused(terminal.as_person("admin", "backup", str(tmp_path / "b.tar"), "--json"), 74)
    assert f"{site.path} is damaged" in told
    for more in ([], ["--deep"]):
        report = json.loads(terminal.run("doctor", "--json", *more).stdout)
        assert any("restore a backup" in line["text"] for line in report["lines"] if line["ok"] is False)


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_a_backup_is_encrypted_anew_with_a_new_secret_where_it_is_restored(tmp_path: Path, is_encrypted: bool) -> None:
    terminal = Terminal(Site(tmp_path / "w.db", is_encrypted=is_encrypted).create())
    filled_desk(terminal, tmp_path / "files")
    shown = read_again(terminal, "C-1")
    terminal.document("admin", "backup", str(tmp_path / "b.tar"))
    place = Terminal(Site(tmp_path / "r" / "w.db"))

    restored = ("restore", str(tmp_path / "b.tar"), "--encrypt", "--key-file", str(tmp_path / "fresh.key"))
    place.document("admin", *restored)

    assert place.document("a", "show", "C-1") == shown
    assert json.loads(place.run("doctor", "--deep", "--json").stdout)["ok"]
    found = files_of(place.site)
    assert {path.name for path in found} >= {"encryption.toml", "hash.key", "w.db", "calls-00000003.parquet"}
    assert not [path for path, content in found.items() if any(word in content for word in (*_PERSONAL, PDF))]
    before = {path.relative_to(tmp_path): content for path, content in files_of(terminal.site).items()}
    after = {path.relative_to(tmp_path / "r"): content for path, content in found.items()}
    assert not [path for path in before.keys() & after if before[path] == after[path]]
    more = Desk(place.site, tmp_path / "files", files=9)
    report = more.run(ImportKind.CALLS, [call(minute) for minute in range(20, 40)])
    assert (report.created, report.unchanged) == (10, 10)
    terminal.site.close()
    place.site.close()


def test_a_draft_of_a_database_that_is_gone_is_not_written_in_clear(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    site.plant(1)
    services = site.services("a")
    services.claims.next()
    services.drafts.save(1, {"comment": "called back"})
    site.path.unlink()
    with pytest.raises(StorageGone, match="only on the screen"):
        services.drafts.save(1, {"comment": "called back twice"})
    assert not (tmp_path / "state").exists()
