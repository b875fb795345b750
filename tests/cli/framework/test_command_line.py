"""The commands of the workbench: their options, help, output and failures."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.cli.framework.terminal import Terminal, refused
from workbench.domain.text.cells import cells
from workbench.errors import ExitCode
from workbench.settings.symbols import use_symbols

ROOT = Path(__file__).parents[3]


def test_without_a_command_the_workbench_opens_and_its_exit_code_is_passed_on(terminal: Terminal) -> None:
    assert terminal.run("--as", "a", "--symbols", "ascii").exit_code == 0

    assert terminal.opened == [(terminal.site.path, "a", "ascii")]
    terminal.open = lambda *_words: 74  # type: ignore[method-assign]  # the injected function is the test's
    assert terminal.run().exit_code == 74


def test_the_demo_prints_its_path_and_says_if_an_early_quit_keeps_the_earlier_one(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = Event()

    def prepare(folder: Path, _now: object, *, reset: bool, progress: object = None) -> Path:
        assert goes_on.wait(60 if reset and progress else 0) or not reset
        return folder / "demo.db"

    monkeypatch.setattr("platformdirs.user_data_dir", lambda _name: str(tmp_path))
    monkeypatch.setattr("workbench.services.demo.preparing.prepare", prepare)
    shown: list[str] = []

    def open_workbench(_find: Any, _login: str | None, _symbols: str, opening: str) -> int:
        shown.append(opening)
        return 0

    terminal.open = open_workbench  # type: ignore[method-assign,assignment]  # the injected function is the test's
    database = tmp_path / "demo" / "demo.db"

    assert terminal.run_bare("demo", "--path").stdout == f"{database}\n"

    assert terminal.run_bare("demo", "--reset").stderr == ""
    database.parent.mkdir()
    database.touch()
    assert "the earlier stays" in terminal.run_bare("demo", "--reset").stderr
    terminal.run_bare("demo")
    made = "Creating sample data … The first cases appear in about 10 seconds."
    assert shown == [made, made, ""], "it is said only while the demo is made"
    terminal.open = lambda *_words: ExitCode.UNAVAILABLE  # type: ignore[method-assign]  # as without a terminal
    told = terminal.run_bare("demo", "--reset").stderr
    assert "demo --reset --path` replaces the sample data" in told
    assert "earlier" not in told
    goes_on.set()


def test_the_version_names_the_program_and_its_databases(terminal: Terminal) -> None:
    assert re.fullmatch(r"workbench \d+\.\d+\.\d+, schema \d+\n", terminal.run_bare("--version").stdout)


@pytest.mark.parametrize(
    ("words", "completed"), [("workbench calendar su", "suspend"), ("workbench queue --filt", "--filter")]
)
def test_a_shell_completes_commands_and_options(words: str, completed: str) -> None:
    asked = {"_WORKBENCH_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    program = Path(sys.executable).with_name("workbench")

    assert subprocess.check_output([program], cwd=ROOT, env=os.environ | asked, text=True).split() == [completed]


BEYOND_64_BITS = "99999999999999999999"


def test_shared_options_are_accepted_before_and_after_the_command(terminal: Terminal) -> None:
    for words in (
        ("--database", "{path}", "--as", "a", "queue", "--json"),
        ("queue", "--database", "{path}", "--as", "a", "--json"),
        ("queue", "--json", "--as=a", "--database={path}", "--lang", "en"),
        ("--as", "nobody", "queue", "--json", "--database", "{path}", "--as", "a"),
        ("--database", "{path}", "reviewers", "--as", "admin", "limit", "a", "5", "--json"),
        ("--database", "{path}", "reviewers", "--as", "a", "--json"),
    ):
        result = terminal.run_bare(*(word.format(path=terminal.site.path) for word in words))

        assert result.exit_code == 0, result.output


@pytest.mark.promise("D10", "D11")
def test_wrong_usage_is_one_sentence_and_exit_code_2(terminal: Terminal) -> None:
    for words, message in (
        (("nexxt",), "did you mean next"),
        (("imports", "undoo"), "did you mean undo"),
        (("next", "--jsn"), "--json"),
        (("show",), "Missing CASE"),
        (("contact", "C-1", "pigeon", "x"), "CHANNEL must be one of: phone, sms,"),
        (("contact", "C-1"), "Missing CHANNEL (phone|sms|"),
        (("inquiries", "answer", "I-1"), "Missing OUTCOME (confirmed|contradicted|cannot-say)."),
        (("show", "C-1", "C-2"), "C-2"),
        (("queue", "--limit", "many"), "whole number"),
        (("queue", "--limit", "0"), "from 1 to 10000"),
        (("policy", "show", "--version", BEYOND_64_BITS), "from 0 to 999999999"),
        (("policy", "campaign", "stop", BEYOND_64_BITS), "from 0 to 999999999"),
        (("notices", "send", "--limit", BEYOND_64_BITS), "from 1 to 999999999"),
        (("reviewers", "limit", "a", BEYOND_64_BITS), "from 1 to 999999999"),
        (("decide", "C-1", "maybe"), "pass, fail, pending"),
        (("decide", "C-1", "pass", "--final"), "--final"),
        (("decide", "C-1", "fail", "--until", "soon"), "--until"),
        (("skip", "C-1"), "--reason"),
        (("skip", "C-1", "--reason", " "), "--reason"),
        (("import", "sheep", "x.csv"), "applications"),
        (("export", "events", "--output", "x.doc"), "--format"),
        (("reviewers", "role", "a"), "--add"),
        (("--lang", "xx"), "en, zh"),
        (("queue", "--as"), "--as"),
    ):
        assert message in refused(terminal.run("--as", "admin", *words), 2)


def test_the_help_fits_into_a_hundred_columns_and_needs_no_database(terminal: Terminal) -> None:
    for words in ((), ("decide",), ("imports",), ("import",), ("export",), ("reviewers", "away")):
        result = terminal.run_bare(*words, "--help")
        assert (result.exit_code, result.stderr) == (0, "")
        assert "Usage: workbench" in result.stdout
        assert [line for line in result.stdout.splitlines() if cells(line) > 100] == []


@pytest.mark.promise("S2")
def test_a_missing_database_is_not_created_and_an_existing_one_not_replaced(terminal: Terminal, tmp_path: Path) -> None:
    missing = tmp_path / "none.db"

    sentence = refused(terminal.run_bare("--database", str(missing), "queue", "--json"), 66)

    assert "workbench init" in sentence
    assert not missing.exists()
    before = terminal.site.path.read_bytes()
    refused(terminal.run("init", "--json"), 73)
    assert terminal.site.path.read_bytes() == before


@pytest.mark.promise("A5")
def test_as_is_refused_in_an_os_identity_database(terminal: Terminal, tmp_path: Path) -> None:
    path = str(tmp_path / "os.db")
    sentence = refused(terminal.run_bare("--database", path, "init", "--as", "zhou"), 77)
    assert "--as names the first admin only with --identity named" in sentence
    assert terminal.run_bare("--database", path, "init").exit_code == 0

    assert "--as" in refused(terminal.run_bare("--database", path, "queue", "--as", "a"), 77)
    assert terminal.run_bare("--database", path, "queue").exit_code == 0


@pytest.mark.promise("N5")
def test_an_unexpected_failure_shows_no_value_and_no_traceback(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object, **_named: object) -> None:
        raise ZeroDivisionError("11010519491231002X")

    monkeypatch.setattr("workbench.services.queue.listing.Queue.page", fail)

    sentence = refused(terminal.as_person("a", "queue"), 74)

    assert "ZeroDivisionError" in sentence
    assert "110105" not in sentence

    def end(*_words: object, **_named: object) -> None:
        raise EOFError

    monkeypatch.setattr("workbench.services.site.doctor.examine", end)
    assert "(EOFError)" in terminal.run("--as", "admin", "doctor").stderr


_IMPORTED = """
import sys
from workbench.cli.app import build_app
try:
    build_app(lambda *words: 0, None)(["--help"], prog_name="workbench")
except SystemExit:
    pass
heavy = {"textual", "screens", "sqlmodel", "sqlalchemy", "duckdb", "alembic", "rich", "xlsxwriter"}
commands = {name for name in sys.modules if name.startswith("workbench.cli.") and name.count(".") > 2}
print("LOADED", sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
print("COMMANDS", sorted(name for name in commands if ".framework." not in name and not name.endswith(".entries")))
"""


def test_help_loads_neither_the_interface_nor_the_database_nor_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )

    assert "Usage: workbench" in done.stdout
    assert done.stdout.splitlines()[-2:] == ["LOADED []", "COMMANDS []"]


@pytest.fixture
def terminal_with_case(terminal: Terminal) -> Iterator[Terminal]:
    """A site with a case."""
    terminal.site.plant(1)
    yield terminal
    use_symbols("auto")


def test_without_ascii_symbols_masks_are_dots_and_json_is_the_same(terminal_with_case: Terminal) -> None:
    assert "•" in terminal_with_case.as_person("a", "show", "C-1").stdout
    ascii_too = terminal_with_case.as_person("a", "show", "C-1", "--json", "--symbols", "ascii").stdout
    assert "•" in ascii_too


TEXT = """theme = "light"

[keys]
desk.undo = "z"
go.board = "x"

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
    (folder / "site.toml").touch()

    shown = terminal.run_bare("--site", f"{folder}/site.toml", "settings")
    assert f"Site file: {folder}/site.toml" in shown.stdout
    assert shown.exit_code == 78
    for line in (
        ("theme", "light", "line 1"),
        ("desk.undo", "z F3 (usually u F3)", "line 4"),
        ("go.board", "g x (usually g b)", "line 5"),
        ("views.1", "Late 139••••••00: due:overdue phone:138••••••00", "line 7"),
        ("texts.talk", "Dear {applicant}, please send what we asked for, each page …", "line 17"),
    ):
        assert any(all(part in each for part in line) for each in shown.output.splitlines()), line
    assert "line 14: The view 2 is left out" in shown.output
    assert "13800138000" not in shown.output

    document = json.loads(terminal.run_bare("--site", f"{folder}/site.toml", "settings", "--json").stdout)
    assert document["site"] == f"{folder}/site.toml"
    views = {each["name"]: each["value"] for each in document["settings"] if each["name"].startswith("views")}
    assert views == {
        "views.1": {"name": "Late 13900139000", "filter": "due:overdue phone:13800138000", "order": "-due"}
    }


def test_the_settings_name_the_database_that_commands_use(
    terminal: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKBENCH_DATABASE", raising=False)

    def named(*options: str) -> list[str]:
        rows = terminal.run_bare(*options, "settings").stdout.splitlines()
        return next(row.split() for row in rows if row.startswith("database"))

    assert named()[-1] == "usual"
    assert "Create its folder" not in (shown := terminal.run_bare("settings").stderr)
    assert f"There is no file {folder}/settings.toml yet" in shown
    folder.rmdir()
    assert f"mkdir -p {folder}" in terminal.run_bare("settings").stderr
    folder.mkdir()
    (folder / "settings.toml").write_text('database = "own.db"\n', encoding="utf-8")
    assert named() == ["database", "own.db", "line", "1"]
    monkeypatch.setenv("WORKBENCH_DATABASE", "env.db")
    assert named() == ["database", "env.db", "$WORKBENCH_DATABASE"]
    assert named("--database", "given.db") == ["database", "given.db", "--database"]
    document = json.loads(terminal.run_bare("settings", "--json").stdout)
    assert document["database"] == {"path": "env.db", "origin": "$WORKBENCH_DATABASE"}


def test_a_file_that_is_no_toml_is_told_by_its_line_and_a_command_works(terminal: Terminal, folder: Path) -> None:
    (folder / "settings.toml").write_text('theme = "light"\nauto_next = yes\n', encoding="utf-8")

    for shown, code in ((terminal.run_bare("settings"), 78), (terminal.as_person("a", "queue"), 0)):
        assert (shown.exit_code, shown.output.count("line 2: this is not TOML")) == (code, 1), shown.output
