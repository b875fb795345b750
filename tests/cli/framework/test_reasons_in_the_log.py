"""No personal number gets into an event by a reason, or into a list by the name of a file."""

from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal
from tests.services.intake.importing.files import Desk, application

PHONE, IDENTITY = "13800138000", "110101199003070011"
SPELLINGS = ("138 0013 8000", "1380013 8000", "138.0013.8000", "１３８－００１３－８０００", "1 3 8 0 0 1 3 8 0 0 0")
WHY = f"Zhang San, {PHONE}, {', '.join(SPELLINGS)}, ID {IDENTITY}, called"


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(terminal.site, folder)


@pytest.mark.promise("N6")
def test_no_event_has_a_number_that_was_written_in_a_reason(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    for number in ("A-1", "A-2"):
        desk.queued(number)
    case = f"C-{desk.case('A-1').id}"
    acts = [
        ("a", "take", case),
        ("a", "skip", case),
        ("sup", "assign", case, "--to", "b"),
        ("sup", "priority", case, "urgent"),
        ("sup", "class", case, "complex"),
        ("sup", "extend", case, "--until", "2026-12-18"),
        ("sup", "calendar", "suspend", "2026-12-01", "2026-12-02"),
        ("admin", "calendar", "set", "2026-12-08", "off"),
        ("admin", "reviewers", "away", "c", "--from", "2026-12-01"),
        ("admin", "export", "applications", "--output", str(tmp_path / "out.csv"), "--reveal"),
        ("sup", "dossier", case, "--output", str(tmp_path / "dossier"), "--reveal"),
        ("sup", "hold", case),
        ("sup", "unhold", case),
        ("sup", "withdraw", case),
    ]

    for login, *words in acts:
        result = terminal.as_person(login, *words, "--reason", WHY)
        assert result.exit_code == 0, (words, result.output)

    events = desk.sql("SELECT * FROM event")
    assert len(events) > len(acts)
    assert [event for event in events if any(one in str(event) for one in (PHONE, IDENTITY, *SPELLINGS))] == []


@pytest.mark.promise("N6")
def test_a_number_in_the_name_of_a_file_is_masked_wherever_the_file_is_named(terminal: Terminal, desk: Desk) -> None:
    bad = desk.write([application("A-1", submitted_at="x")])
    path = bad.with_name(f"20261124 {PHONE}.csv")
    bad.rename(path)
    refusal = terminal.as_person("admin", "import", "applications", str(path))
    assert "20261124 138" in refusal.output
    assert PHONE not in refusal.output

    good = desk.write([application("A-2")]).rename(path)
    terminal.document("admin", "import", "applications", str(good))
    again = terminal.as_person("admin", "import", "applications", str(good))
    listed = terminal.as_person("admin", "imports")

    sent = terminal.as_person("admin", "notices", "sent", str(good))
    for result in (again, listed, sent):
        assert "20261124 138" in result.output
        assert PHONE not in result.output
