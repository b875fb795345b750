"""A workbench whose database needs a passphrase asks for it in the terminal, without showing it."""

from pathlib import Path

from tests.sites import Site
from tests.terminal.pty_session import PtySession
from workbench.services.database.new_key import rekey
from workbench.services.encryption.key_source import Key, KeyKind, KeySource

PASSPHRASE = "correct horse battery"


def test_the_workbench_asks_for_the_passphrase_and_opens_with_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db", is_encrypted=True).create()
    site.plant(3)
    rekey(site.services("admin").context, Key(KeySource(kind=KeyKind.PROMPT), PASSPHRASE))
    site.close()
    arguments = ["--database", str(site.path), "--as", "a"]
    with PtySession(arguments, tmp_path) as terminal:
        terminal.wait_for("Passphrase: ")
        terminal.press(f"{PASSPHRASE}\r")
        terminal.wait_for("3 queued")
        terminal.press("n")
        assert PASSPHRASE not in terminal.wait_for(r"Desk +C-\d+")
    with PtySession(arguments, tmp_path) as terminal:
        terminal.wait_for("Passphrase: ")
        terminal.press("another one\r")
        terminal.wait_for("the passphrase is wrong")
