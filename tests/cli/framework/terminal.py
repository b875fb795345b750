"""Runs commands in a test, on its own site and clock."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from tests.kept_databases import databases_kept, nothing_kept
from tests.sites import Site
from workbench import i18n
from workbench.cli.app import build_app

_IN_USE: list["Terminal"] = []
_REPLACING = frozenset({"init", "restore", "rekey"})
"""The commands that write database files themselves."""


@cache
def _built(language: str) -> typer.Typer:
    """Build the app once per language, because help texts are translated at that time; it uses the last terminal."""
    assert language == i18n.current_language()
    return build_app(_open, _now)


def _open(*wanted: Any) -> int:
    return _IN_USE[-1].open(*wanted)


def _now() -> datetime:
    return _IN_USE[-1].site.clock()


@dataclass
class Terminal:
    """A terminal at one site."""

    site: Site
    opened: list[tuple[Path, str | None, str]] = field(default_factory=list)

    def run(self, *words: str) -> Result:
        """Run a command on the site's database."""
        return self.run_bare("--database", str(self.site.path), *words)

    def run_bare(self, *words: str, answers: str | None = None) -> Result:
        """Run a command without adding options, with answers on stdin."""
        _IN_USE[:] = [self]
        with databases_kept() if _REPLACING.isdisjoint(words) else nothing_kept():
            return CliRunner().invoke(
                _built(i18n.current_language()), [*words], input=answers, prog_name="python -m workbench"
            )

    def open(self, find: Any, login: str | None, symbols: str, _opening: str) -> int:
        """Record that the workbench was opened."""
        self.opened.append((find(), login, symbols))
        return 0

    def as_person(self, login: str, *words: str) -> Result:
        """Run a command as somebody."""
        return self.run(*words, "--as", login)

    def document(self, login: str, *words: str) -> Any:
        """Run a command as somebody and return the JSON document that it prints."""
        result = self.as_person(login, *words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


def refused(result: Result, code: int, *, json_failure: bool = False) -> str:
    """Check that a command failed with the exit code and one sentence, and return the sentence."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if not json_failure:
        assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("workbench: ").strip()
