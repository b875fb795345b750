"""Free texts of legal holds and exports are in rows that can be erased; events have their digests only."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal, refused

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
