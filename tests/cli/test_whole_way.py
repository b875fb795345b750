"""The whole way by commands, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("whole_way.sh")
ROOT = Path(__file__).parents[2]


def test_the_whole_way_from_a_new_database_to_the_exports(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH", "LC_", "LANG", "SUDO"))
    }

    done = subprocess.run(
        ["/bin/sh", str(SCRIPT), sys.executable],
        cwd=tmp_path,
        env={**environment, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "the whole way"
