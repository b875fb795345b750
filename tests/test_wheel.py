"""A wheel and an sdist are made from the checkout, and the wheel works with what it declares and nothing else."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Collection
from importlib.metadata import distribution, files, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


@pytest.mark.terminal
@pytest.mark.long(10)
def test_the_wheel_does_a_round_of_work_with_only_what_it_declares(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WORKBENCH_", "XDG_"))}
    env["HOME"] = str(tmp_path / "home")

    def run(*words: str | Path) -> str:
        return _run(*words, cwd=tmp_path, env=env)

    # Without isolation, because the environment of the tests has what builds it already.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path / "dist", ROOT)
    name = f"telesales_review_workbench-{version('telesales-review-workbench')}"
    wheel = tmp_path / "dist" / f"{name}-py3-none-any.whl"
    venv.create(tmp_path / "env")
    python, workbench = (tmp_path / "env" / "bin" / each for each in ("python", "workbench"))
    [packages] = (tmp_path / "env" / "lib").glob("python*/site-packages")
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", wheel)
    _link_declared("telesales-review-workbench", packages)
    run(*pip, "check")
    shutil.copytree(ROOT / "fixtures" / "demo", tmp_path / "files", ignore=shutil.ignore_patterns("replay"))

    run(workbench, "init", "--supplier", (tmp_path / "files" / "supplier.toml").rename(tmp_path / "supplier.toml"))
    run(workbench, "import", "folder", "files")
    case = json.loads(run(workbench, "next", "--json"))["case"]
    run(workbench, "decide", case, "pending", "--reason", "WAIT-CARRIER", "--until", "+5")
    run(workbench, "export", "decisions", "--output", "decisions.csv")

    assert case in (tmp_path / "decisions.csv").read_text(encoding="utf-8-sig")
    assert "审核员的一天" in run(workbench, "--lang", "zh", "manual")
    assert str(tmp_path) in run(python, "-c", "import workbench; print(workbench.__file__)")
    with tarfile.open(tmp_path / "dist" / f"{name}.tar.gz") as sdist:
        assert {f"{name}/LICENSE", f"{name}/tests/test_wheel.py", f"{name}/.ci/run"} <= set(sdist.getnames())


def _link_declared(name: str, packages: Path, extras: Collection[str] = ()) -> None:
    """Put all that a distribution declares into an environment.

    Links to what the tests have take a second; an installation takes ten, and gives the same.
    """
    for requirement in map(Requirement, requires(name) or ()):
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in ("", *extras)):
            for top in {file.parts[0] for file in files(requirement.name) or ()} - {"..", "__pycache__"}:
                if not (packages / top).exists():
                    (packages / top).symlink_to(str(distribution(requirement.name).locate_file(top)))
            _link_declared(requirement.name, packages, requirement.extras)


def _run(*words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed."""
    result = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{words}: {result.stderr}"
    return result.stdout
