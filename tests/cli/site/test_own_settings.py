"""`workbench settings`: what is in force, where it comes from, and what is wrong."""

import json
from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal

TEXT = """theme = "light"

[keys]
desk.undo = "z"

[views.1]
name = "Late 13900139000"
filter = "due:overdue phone:13800138000"
order = "-due"

[views.2]
name = "Wrong"
filter = "due:late"

[texts]
talk = "Dear {applicant},\\nplease send what we asked for, each page with the seal, by {deadline}."
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "workbench").mkdir()
    return tmp_path / "workbench"


def test_the_settings_are_listed_with_their_lines_and_mistakes(terminal: Terminal, folder: Path) -> None:
    (folder / "settings.toml").write_text(TEXT, encoding="utf-8")

    shown = terminal.run_bare("settings")
    assert shown.exit_code == 78
    for line in (
        ("theme", "light", "line 1"),
        ("desk.undo", "z F3 (usually u F3)", "line 4"),
        ("views.1", "Late 139••••••00: due:overdue phone:138••••••00", "line 6"),
        ("texts.talk", "Dear {applicant}, please send what we asked for, each page …", "line 16"),
    ):
        assert any(all(part in each for part in line) for each in shown.output.splitlines()), line
    assert "line 13: The view 2 is left out" in shown.output
    assert "13800138000" not in shown.output

    document = json.loads(terminal.run_bare("settings", "--json").stdout)
    views = {each["name"]: each["value"] for each in document["settings"] if each["name"].startswith("views")}
    assert views == {
        "views.1": {"name": "Late 13900139000", "filter": "due:overdue phone:13800138000", "order": "-due"}
    }


def test_a_file_that_is_no_toml_is_told_by_its_line_and_a_command_works(terminal: Terminal, folder: Path) -> None:
    (folder / "settings.toml").write_text('theme = "light"\nauto_next = yes\n', encoding="utf-8")

    for shown, code in ((terminal.run_bare("settings"), 78), (terminal.as_person("a", "queue"), 0)):
        assert (shown.exit_code, shown.output.count("line 2: this is not TOML")) == (code, 1), shown.output


def test_without_a_file_all_is_as_usual(terminal: Terminal, folder: Path) -> None:
    shown = terminal.run_bare("settings")
    assert (shown.exit_code, "line" in shown.output, str(folder) in shown.output) == (0, False, True)
