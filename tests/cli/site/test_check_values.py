"""A changed hash key or call file is refused before anything is computed with it, and doctor names it."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.test_doctor import ills
from tests.services.intake.importing.files import Desk, application
from tests.services.intake.importing.test_calls import call
from workbench.services.files.calls import parquet


def flip(path: Path, place: int = 20) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def key_of(terminal: Terminal) -> Path:
    return terminal.site.store / "hash.key"


def call_file(terminal: Terminal) -> Path:
    [path] = (terminal.site.store / "calls").glob("*.parquet")
    return path


def restart(terminal: Terminal) -> None:
    """Forget what this process has opened and read, as a new process would not know it."""
    terminal.site.close()
    terminal.site.services_by_login.clear()
    parquet._cached_values.clear()


@pytest.mark.promise("S4")
def test_one_flipped_bit_of_the_hash_key_is_refused_at_start_and_named_by_doctor(terminal: Terminal) -> None:
    restart(terminal)
    flip(key_of(terminal))

    for login, command in (("a", "next"), ("admin", "imports"), ("audit", "queue")):
        sentence = refused(terminal.as_person(login, command, "--json"), 78)
        assert "is not the one that this database was made with" in sentence
    [ill] = ills(terminal)
    assert str(key_of(terminal)) in ill

    flip(key_of(terminal))
    assert ills(terminal) == []
    assert terminal.as_person("a", "queue", "--json").exit_code == 0


def test_a_database_without_the_check_value_of_its_key_is_refused(terminal: Terminal) -> None:
    with terminal.site.tampering() as session:
        session.execute(text("DELETE FROM setting WHERE name = 'hash_key_check'"))
    restart(terminal)

    assert "is not the one that this database was made with" in refused(terminal.as_person("a", "queue", "--json"), 78)


@pytest.mark.promise("S4")
def test_a_changed_call_file_is_refused_by_the_next_import_and_named_by_doctor(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application())
    desk.run(ImportKind.CALLS, [call(minute) for minute in range(30)])
    assert ills(terminal) == []
    path = call_file(terminal)
    restart(terminal)
    flip(path, path.stat().st_size // 2)

    more = desk.write([call(50)])
    sentence = refused(terminal.as_person("admin", "import", "calls", str(more), "--json"), 78)

    assert str(path) in sentence
    assert "was changed" in sentence
    assert [batch["kind"] for batch in terminal.document("admin", "imports")["batches"]] == ["calls", "applications"]
    assert ills(terminal) == [sentence]
    assert terminal.document("a", "show", "C-000001")["activity"]["calls"] == 30
