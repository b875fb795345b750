"""Rows whose changes every event records are what the last event about them says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal
from tests.demos import NOW
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.sites import ManualClock, Site

pytestmark = pytest.mark.proof

CHANGES = {
    "appeal": ["status = 'withdrawn'", "due_at = due_at + 1", "grounds = 'x'", "answer = 'x'", "received_at = 1"],
    "measure_order": ["due_at = 1", "done_at = 1", "cancelled_at = 1", "measure = 'restore'"],
    "export_reason": ["reason = 'x'", "exported_at = 1"],
    "legal_hold": ["ended_at = 1", "reason = 'x'"],
    "rectification": ["deadline_at = deadline_at + 1", "is_open = 1 - is_open"],
    "rectification_item": ["deadline_at = 1", "satisfied_at = 1", "waived_at = 1", "text = 'x'"],
    "notice": [
        "sent_at = 1",
        "cancelled_at = 1",
        "release_at = 1",
        "told_due_at = 1",
        "appeal_until_on = '2026-01-01'",
        "facts = '{}'",
    ],
    "decision": ["status = 'void'", "deadline_at = 1", "check_note = 'x'", "note = note || char(0) || 'x'"],
    "reviewer": ["login = 'x'", "max_held = 9"],
    "policy_version": ["body = body || '#'", "sha256 = 'x'", "settled_at = 1", "is_for_open_cases = ''"],
    "import_batch": ["published_seq = 99", "applied_at = 1", "created_count = 7"],
}
"""Changes of one row of each table that only the events about the row reveal."""


@pytest.fixture
def demo(fresh_demo: Path, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal on a demo with rows of all kinds; also under a legal hold, and exported with a reason."""
    site = Site(fresh_demo, ManualClock(NOW))
    terminal = Terminal(site)
    terminal.document("sup", "hold", "C-1", "--reason", "court")
    terminal.document("admin", "export", "calls", "--output", str(tmp_path / "c.csv"), "--reveal", "--reason", "court")
    yield terminal
    site.close()


@pytest.mark.promise("P6")
@pytest.mark.parametrize("table", CHANGES)
def test_a_row_change_that_no_event_explains_is_found_by_audit_verify(demo: Terminal, table: str) -> None:
    def verified() -> list[str]:
        result = demo.as_person("admin", "audit", "verify")
        assert result.exit_code == (74 if result.stderr.startswith("workbench: ") else 0)
        return result.stderr.splitlines()

    with demo.site.tampering() as session:
        last = session.execute(text(f"SELECT max(id) FROM {table}")).scalar_one()
        rows = list(session.execute(text(f"SELECT * FROM {table} WHERE id = {last}")).mappings())
    assert verified()[0].startswith("It is consistent in itself.")

    for change in CHANGES[table]:
        with demo.site.tampering() as session:
            session.execute(text(f"UPDATE {table} SET {change} WHERE id = {last}"))
        assert any("is not what its last event says; it was changed outside" in line for line in verified()), change
        with demo.site.tampering() as session:
            values = ", ".join(f'"{name}" = :{name}' for name in rows[0])
            session.execute(text(f"UPDATE {table} SET {values} WHERE id = {last}"), dict(rows[0]))
    assert verified()[0].startswith("It is consistent in itself.")
    with demo.site.tampering() as session:
        session.execute(text(f"UPDATE {table} SET id = id + 1000 WHERE id = {last}"))
    found = "".join(verified())
    assert "has no event in the log; it was added outside the program." in found
    assert "is missing, although the log has its event." in found


@pytest.mark.promise("P6")
def test_a_change_from_outside_stays_found_after_a_change_of_the_program(demo: Terminal) -> None:
    with demo.site.tampering() as session:
        session.execute(text("UPDATE legal_hold SET reason = 'none'"))
    demo.document("sup", "unhold", "C-1", "--reason", "over")

    assert "Legal hold 1 is not what its last event says" in demo.as_person("audit", "audit", "verify").stderr


@pytest.mark.promise("P6")
@pytest.mark.parametrize("column", ["name", "sha256", "encoding"])
def test_text_after_a_nul_in_a_column_of_an_import_file_is_found(demo: Terminal, column: str) -> None:
    with demo.site.tampering() as session:
        session.execute(text(f"UPDATE import_file SET {column} = {column} || char(0) || 'x' WHERE id = 1"))

    assert "Import B-000001 is not what its last event says" in demo.as_person("audit", "audit", "verify").stderr


@pytest.mark.promise("P6")
def test_a_document_that_is_marked_as_erased_without_an_event_is_found(demo: Terminal) -> None:
    with demo.site.tampering() as session:
        session.execute(text("UPDATE document SET erased_at = 1 WHERE id = 1"))

    sentence = "A document of C-000001 is marked as erased, but the log has no event for it."
    assert sentence in demo.as_person("audit", "audit", "verify").stderr


@pytest.mark.promise("P6")
def test_letters_that_go_with_the_undo_of_an_import_are_explained_also_if_later_ones_get_their_numbers(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    desk = Desk(terminal.site, tmp_path / "files")
    require_no_documents_of_individuals(terminal.site)
    desk.applications(application(**PERSON))
    terminal.document("sup", "calendar", "suspend", "2026-11-25", "2026-12-02", "--reason", "flood")
    written = desk.count("notice")
    batch = terminal.document("admin", "imports")["batches"][0]["batch"]

    terminal.document("admin", "imports", "undo", batch)
    assert '"changed_rows":{"notice 1-2":null}' in str(desk.sql("SELECT body FROM event WHERE action = 'recorded'"))
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0
    for number in ("A-2", "A-3"):
        desk.applications(application(number, **PERSON))

    assert (written, desk.count("notice")) == (2, 2)
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0
