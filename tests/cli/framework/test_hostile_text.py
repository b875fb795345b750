"""Hostile text in every command: all output and error messages are safe to print."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.cli.framework.terminal import Terminal
from tests.sites import Site
from tests.sizes import sample
from tests.terminal.hostile_site import FILE_NAME, HostileSite
from tests.terminal.payloads import IMPORTABLE, MARK, PAYLOADS, importable, naughty
from tests.terminal.stream import leaks
from workbench.cli.app import build_app
from workbench.errors import ExitCode

LIKE_AN_OPTION = "--reason=\x1b]0;hXq7-option\x07[b]"
WORDS = (PAYLOADS[0], PAYLOADS[21], PAYLOADS[22], PAYLOADS[29], FILE_NAME)
OF_THE_PROGRAM = frozenset(map(int, ExitCode))
LEFT_OUT = frozenset({"demo"})
"""Skipped: `demo` creates a database in the user's data folder and has no text argument."""


@pytest.fixture
def hostile(site: Site, tmp_path: Path) -> HostileSite:
    filled = HostileSite(site, tmp_path).fill()
    filled.type()
    return filled


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command of the program as a list of words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        yield (*path, name)


def all_commands(site: Site) -> list[tuple[str, ...]]:
    root = typer.main.get_command(build_app(lambda *_found: 0, site.clock))
    return [path for path in commands(root) if path[0] not in LEFT_OUT]


def said_safely(terminal: Terminal, login: str, *words: str) -> str:
    """Run a command; check that it printed no control characters and exited with a code of the program."""
    result = terminal.as_person(login, *words)
    output = result.stdout_bytes + result.stderr_bytes
    assert list(leaks(output)) == [], words
    assert result.exit_code in OF_THE_PROGRAM, (words, result.output)
    assert "unexpectedly" not in result.output, words
    return result.stdout


@pytest.mark.promise("P7", "T2")
@pytest.mark.parametrize("is_short", [True, pytest.param(False, marks=pytest.mark.proof)])
def test_no_command_prints_control_characters_for_hostile_arguments(
    hostile: HostileSite, monkeypatch: pytest.MonkeyPatch, is_short: bool
) -> None:
    terminal = Terminal(hostile.site)
    monkeypatch.chdir(hostile.folder)
    case = f"C-{hostile.cases[0]:06d}"
    found = all_commands(hostile.site)
    assert len(found) > 20

    for path in found if is_short else sample(found, ci=25):
        said_safely(terminal, "admin", *path, case, WORDS[4])
        if is_short:
            continue
        said_safely(terminal, "a", *path, "--help")
        said_safely(terminal, "a", *path)
        said_safely(terminal, "a", *path, *WORDS[:1])
        said_safely(terminal, "admin", *path, LIKE_AN_OPTION, WORDS[-1])
        said_safely(terminal, "admin", *path, case, *WORDS[1:3])
        said_safely(terminal, "admin", *path, "--json", WORDS[3])


@pytest.mark.promise("T2")
@pytest.mark.proof
def test_stored_hostile_text_is_printed_safely_and_json_stays_valid(hostile: HostileSite) -> None:
    terminal = Terminal(hostile.site)
    cases = [f"C-{case:06d}" for case in hostile.cases]

    for words in (
        ["queue", "--limit", "200"],
        ["imports"],
        ["notices"],
        ["reviewers"],
        *(["show", case] for case in cases),
    ):
        assert said_safely(terminal, "sup", *words) != ""
        assert json.loads(said_safely(terminal, "sup", *words, "--json"))
    shown = said_safely(terminal, "sup", "show", cases[0])
    assert f"{MARK}-clipboard" in shown
    assert "␛]52;c;" in shown
    document = json.loads(said_safely(terminal, "sup", "show", cases[0], "--json"))
    assert any(text in json.dumps(document, ensure_ascii=False) for text in (f"{MARK}-clipboard",))


def test_an_argument_with_invalid_bytes_is_wrong_usage(hostile: HostileSite) -> None:
    result = Terminal(hostile.site).as_person("a", "comment", f"C-{hostile.cases[0]:06d}", "\udcff")

    assert result.exit_code == 2
    assert "not text" in result.stderr
    assert list(leaks(result.stderr_bytes)) == []


@pytest.mark.promise("T2", "I1")
@pytest.mark.proof
def test_all_485_naughty_strings_are_shown_and_refused_safely(site: Site, tmp_path: Path) -> None:
    tested = sample(naughty(), ci=12)
    hostile = HostileSite(site, tmp_path, (*IMPORTABLE, *map(importable, tested))).fill()
    terminal = Terminal(site)

    for case in hostile.cases:
        assert said_safely(terminal, "sup", "show", f"C-{case:06d}") != ""
        json.loads(said_safely(terminal, "sup", "show", f"C-{case:06d}", "--json"))
    said_safely(terminal, "sup", "queue", "--limit", "1000")
    for text in tested:
        # A plain word that is no case number is refused in the same way.
        if not (text.isascii() and text.isprintable()):
            said_safely(terminal, "sup", "show", text)
