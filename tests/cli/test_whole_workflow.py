"""The whole workflow by commands, each in its own process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_server import CLIENT, command_server
from tests.sizes import sample

pytestmark = pytest.mark.terminal

SCRIPT = Path(__file__).with_name("whole_workflow.sh")
ROOT = Path(__file__).parents[2]
OPTIONS = [
    pytest.param("", id="plain"),
    pytest.param("--encrypt --key-file database.key", id="encrypted"),
]


@pytest.mark.long(15)
@pytest.mark.parametrize("options", sample(OPTIONS, ci=1))
def test_the_whole_workflow_from_a_new_database_to_the_exports(tmp_path: Path, options: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH", "LC_", "LANG", "SUDO"))
    }
    client, address, folder = tmp_path / "client.py", tmp_path / "socket", tmp_path / "folder"
    client.write_text(CLIENT, encoding="utf-8")
    folder.mkdir()
    with command_server(address):
        done = subprocess.run(
            ["/bin/sh", str(SCRIPT), sys.executable],
            cwd=folder,
            env={
                **environment,
                "HOME": str(tmp_path),
                "PYTHONPATH": str(ROOT),
                "RUN": f"-IS {client} {address}",
                "INIT": options,
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "the whole workflow"
