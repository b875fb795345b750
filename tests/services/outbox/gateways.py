"""Gateways of tests: small shell scripts that note each letter that they read."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sites import Site
from workbench.services.outbox.gateway import Gateway
from workbench.services.outbox.sending import SendReport

PATIENCE_S = 20.0


@dataclass
class Script:
    """A shell script in a folder; it appends each letter to the file `letters` of the folder, then runs some lines."""

    folder: Path
    lines: str = ""
    timeout_s: float = PATIENCE_S

    @property
    def command(self) -> str:
        """The command line that runs the script."""
        path = self.folder / "gateway.sh"
        path.write_text(f"cat >> '{self.folder}/letters'\n{self.lines}\n", encoding="utf-8")
        return f"sh '{path}'"

    def gateway(self) -> Gateway:
        """Return the gateway that runs the script."""
        return Gateway(self.command, self.timeout_s)

    def letters(self) -> list[Any]:
        """Return the letters that it read, in order."""
        path = self.folder / "letters"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def keys(self) -> list[str]:
        """Return the idempotency keys that it read, in order."""
        return [letter["idempotency_key"] for letter in self.letters()]


def send(site: Site, script: Script, login: str = "sup", **more: Any) -> SendReport:
    """Hand the owed letters to a script, without pauses between the attempts."""
    return site.services(login).sending.send(script.gateway(), wait=lambda _seconds: None, **more)
