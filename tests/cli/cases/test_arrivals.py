"""The history and the dossier of a case begin with its arrival."""

from pathlib import Path

from sqlalchemy import text

from tests.cli.framework.terminal import Terminal
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application, csv_text


def arrival(terminal: Terminal, case: str, *words: str) -> tuple[str, str, str]:
    """Return the action, the person and the codes of the oldest line of a case's history."""
    line = terminal.document("audit", "show", case, *words)["history"][-1]
    return line["action"], line["who"], line["text"]


def test_a_history_begins_with_batch_file_line_importer_and_what_was_missing(
    terminal: Terminal, tmp_path: Path
) -> None:
    site, folder = terminal.site, tmp_path / "files"
    folder.mkdir()
    desk = Desk(site, folder)
    site.plant(1)
    first, second = folder / "first.csv", folder / "13800138000.csv"
    first.write_text(csv_text([application("A-1")]), encoding="utf-8")
    # A record may have several lines.
    rows = [application("A-2", stated_use="回访\n客户"), application("A-3")]
    second.write_text(csv_text(rows), encoding="utf-8")
    terminal.document("admin", "import", "applications", str(first), str(second))
    site.clock.advance(hours=1)
    desk.documents("A-3", ENTERPRISE_DOCUMENTS)
    # A later version of the application does not change how the case came.
    desk.applications(application("A-3", industry="保险"), application("A-1", industry="保险"))

    missing = " ".join(ENTERPRISE_DOCUMENTS)
    assert arrival(terminal, "C-2") == ("import", "admin", f"B-000002 first.csv line 2 {missing}")
    masked = "138••••••00.csv"
    assert arrival(terminal, "C-3") == ("import", "admin", f"B-000002 {masked} line 2 {missing}")
    assert arrival(terminal, "C-4") == ("import", "admin", f"B-000002 {masked} line 4 {missing}")
    assert arrival(terminal, "C-1") == ("import", "admin", "B-000001")
    shown = terminal.as_person("sup", "show", "C-4").stdout
    assert f"B-000002, {masked}, line 4; missing: business licence, " in shown
    assert terminal.document("sup", "dossier", "C-4", "--output", str(tmp_path / "out"))["files"]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.index("Arrival") < page.index(f"{masked}, line 4") < page.index("A-3")

    with site.tampering() as session:
        # As an earlier version of the program left it.
        session.execute(text("UPDATE application SET file_no = NULL, line = NULL"))
    assert arrival(terminal, "C-4") == ("import", "admin", f"B-000002 first.csv {masked} {missing}")
