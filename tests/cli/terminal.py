"""The commands as a test gives them: at a site of its own, with its clock."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from tests.offices import Site
from workbench.cli.app import build_app


@dataclass
class Terminal:
    """A terminal at one site."""

    site: Site
    opened: list[tuple[Path, str | None, str]] = field(default_factory=list)

    def run(self, *words: str) -> Result:
        """Give a command at the site's database."""
        return self.run_bare("--database", str(self.site.path), *words)

    def run_bare(self, *words: str) -> Result:
        """Give a command as it stands."""
        app = build_app(self._open, self.site.clock)
        return CliRunner().invoke(app, list(words), prog_name="workbench")

    def _open(self, find: Any, login: str | None, symbols: str) -> int:
        self.opened.append((find(), login, symbols))
        return 0

    def as_person(self, login: str, *words: str) -> Result:
        """Give a command as somebody."""
        return self.run(*words, "--as", login)

    def document(self, login: str, *words: str) -> Any:
        """Give a command as somebody, and return the JSON document that it prints."""
        result = self.as_person(login, *words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


def refused(result: Result, code: int, *, json_failure: bool = False) -> str:
    """Check that a command failed as the contract says, and return its sentence."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if not json_failure:
        assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("workbench: ").strip()
