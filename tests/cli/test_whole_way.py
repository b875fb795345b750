"""The whole workflow by commands, each in its own process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.cases.lent import ASKING, lending

pytestmark = pytest.mark.terminal

SCRIPT = Path(__file__).with_name("whole_way.sh")
ROOT = Path(__file__).parents[2]


def test_the_whole_workflow_from_a_new_database_to_the_exports(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH", "LC_", "LANG", "SUDO"))
    }
    asking, door, folder = tmp_path / "asking.py", tmp_path / "door", tmp_path / "folder"
    asking.write_text(ASKING, encoding="utf-8")
    folder.mkdir()

    with lending(door):
        done = subprocess.run(
            ["/bin/sh", str(SCRIPT), sys.executable],
            cwd=folder,
            env={**environment, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "RUN": f"-IS {asking} {door}"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "the whole way"
