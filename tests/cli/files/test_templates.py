"""The columns of each kind can be listed, and the example of each kind imports as it is."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.kinds import COLUMN_TYPES

SUFFIX = {ImportKind.WORKBOOK: ".xlsx", ImportKind.FOLDER: "", ImportKind.CALENDAR: ".json"}


@pytest.mark.proof
@pytest.mark.parametrize(
    ("language", "kinds", "rows"),
    [
        ("zh", [*COLUMN_TYPES, ImportKind.CALENDAR], 1),
        ("en", [ImportKind.FOLDER, ImportKind.WORKBOOK], len(COLUMN_TYPES) - 1),
    ],
)
def test_the_example_of_every_kind_imports_as_it_is(
    terminal: Terminal, tmp_path: Path, language: str, kinds: list[ImportKind], rows: int
) -> None:
    with speaking(language):
        for kind in kinds:
            path = tmp_path / f"{kind}{SUFFIX.get(kind, '.csv')}"
            terminal.document("a", "template", kind, "-o", str(path))
            more = []
            if kind is ImportKind.APPEALS:
                # An appeal is written only if its case has a verdict, which is more than its row needs to be valid.
                more = ["--dry-run"]
                with terminal.site.services("admin").context.write() as session:
                    session.execute(text("""UPDATE "case" SET state = 'failed'"""))

            report = terminal.document("admin", "import", kind, str(path), *more)

            assert (report["error_count"], report["rejected"], report["rows"]) == (0, 0, rows), report["errors"]


def test_the_columns_of_every_kind_are_listed_in_both_languages(terminal: Terminal) -> None:
    listed = terminal.document("a", "import", "workbook", "--columns")["kinds"]
    listed += terminal.document("a", "import", "appeals", "--columns")["kinds"]
    shown = terminal.run("import", "folder", "--columns").stdout + terminal.run("import", "appeals", "--columns").stdout

    assert {one["kind"] for one in listed} == set(COLUMN_TYPES)
    for one in listed:
        names = [column["name"] + "*" * (column["required"] == [column["name"]]) for column in one["columns"]]
        assert names == list(COLUMN_TYPES[one["kind"]])
        for column in one["columns"]:
            assert column["chinese"] == column_names(ImportKind(one["kind"])).chinese[column["name"]]
            words = (column["name"], column["chinese"], *(f"{code} {word}" for code, word in column["choices"].items()))
            assert all(word in shown for word in words)


def test_an_example_replaces_only_a_file_that_was_named_and_import_points_to_it(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert terminal.document("a", "template", "cards") == {"file": "cards.csv", "kind": "cards"}

    assert "cards.csv is there already" in refused(terminal.as_person("a", "template", "cards"), 73)
    told = refused(terminal.as_person("a", "template", "folder", "-o", "."), 73)
    assert "cards.csv is there already; name another folder" in told
    assert [file.name for file in tmp_path.glob("*.csv")] == ["cards.csv"]
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "licence.png").write_bytes(b"own")
    terminal.document("a", "template", "documents")
    assert (tmp_path / "documents" / "licence.png").read_bytes() == b"own"
    refused(terminal.as_person("a", "template", "cards", "-o", "cards.txt"), 2)
    refused(terminal.as_person("a", "template", "cards", "--kind", "enterprise", "-o", "cards.xlsx"), 2)
    assert "`template` writes a file" in terminal.run("import", "--help").stdout
