"""Reasons and texts that no event contains."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk, application

PHONE, IDENTITY = "13800138000", "110101199003070011"


SPELLINGS = ("138 0013 8000", "1380013 8000", "138.0013.8000", "１３８－００１３－８０００", "1 3 8 0 0 1 3 8 0 0 0")


WHY = f"Zhang San, {PHONE}, {', '.join(SPELLINGS)}, ID {IDENTITY}, called"


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


SECRET = "on behalf of 张三, see 13800138000"


def events(terminal: Terminal) -> str:
    with terminal.site.services("admin").context.read() as session:
        return "\n".join(session.execute(text("SELECT body FROM event")).scalars())


def revealed(terminal: Terminal, folder: Path) -> None:
    terminal.site.plant(1)
    output = str(folder / "a.csv")
    terminal.document("admin", "export", "applications", "--output", output, "--reveal", "--reason", SECRET)


def reasons(terminal: Terminal, folder: Path) -> list[str | None]:
    """Return the reasons that exported events of exports show."""
    output = folder / "events.jsonl"
    terminal.document("admin", "export", "events", "--output", str(output))
    found = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    return [row["reason"] for row in found if row["action"] == "export"]


@pytest.mark.promise("R1")
def test_the_reason_of_an_export_is_no_part_of_its_event(terminal: Terminal, tmp_path: Path) -> None:
    revealed(terminal, tmp_path)

    assert "张三" not in events(terminal)
    assert '"export_reason 1":[null,"' in events(terminal)
    assert reasons(terminal, tmp_path) == ["on behalf of 张三, see 138••••••00"]
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0
    with terminal.site.tampering() as session:
        session.execute(text("UPDATE export_reason SET reason = 'x'"))
    assert "Reason 1 of an export is not what its last event says" in refused(
        terminal.as_person("audit", "audit", "verify"), 74
    )


@pytest.mark.promise("R1")
def test_retention_erases_the_reason_of_an_export_and_the_log_explains_it(terminal: Terminal, tmp_path: Path) -> None:
    revealed(terminal, tmp_path)
    terminal.site.clock.advance(days=729)
    terminal.document("admin", "tick", "--clock-is-right")
    erase = ("retention", "apply", "--reason", "period over", "--yes")
    assert terminal.document("admin", *erase)["by_kind"] == {}
    terminal.site.clock.advance(days=2)

    assert terminal.document("admin", *erase)["by_kind"] == {"evidence": 1}

    assert reasons(terminal, tmp_path) == [None]
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


@pytest.mark.promise("R1")
def test_the_reasons_of_a_legal_hold_are_no_part_of_its_events(terminal: Terminal) -> None:
    terminal.site.plant(1)
    terminal.document("sup", "hold", "C-1", "--reason", SECRET)
    terminal.document("sup", "unhold", "C-1", "--reason", "张三 agreed")

    assert "张三" not in events(terminal)
    assert "legal_hold 1" in events(terminal)
    shown = terminal.as_person("audit", "show", "C-1").stdout
    assert "138••••••00" in shown
    assert shown.count("legal hold") == 2
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0
