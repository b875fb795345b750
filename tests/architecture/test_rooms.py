"""The folders of the program: few files at one level, imports in one direction, and few files on the way of a key."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.walks import MOST, walks
from tests.demos import fresh_demo, made_demo
from tests.sizes import sample

__all__ = ["fresh_demo", "made_demo"]

ROOT = Path(__file__).parents[2]
MOST_FILES = 14
# Every migration stays a file of its own.
STEPS = "db/migrations/versions"


def folders() -> list[Path]:
    """Return every folder that holds modules of the program."""
    found = {path.parent for top in ("workbench", "screens", "db") for path in (ROOT / top).rglob("*.py")}
    return sorted(folder for folder in found if str(folder.relative_to(ROOT)) != STEPS)


def test_a_folder_holds_at_most_fourteen_modules() -> None:
    modules = {folder: [path for path in folder.glob("*.py") if path.name != "__init__.py"] for folder in folders()}

    assert [folder for folder, files in modules.items() if len(files) > MOST_FILES] == []


CYCLES = (
    ("workbench/services/case/casefiles.py", "workbench.services.review.verdicts"),
    ("workbench/domain/clock/due.py", "workbench.domain.case.lifecycle"),
    ("screens/panels/panel.py", "screens.verdict.dialog"),
    ("screens/desk/case_screen.py", "screens.desk.key_map"),
    ("workbench/cli/framework/output.py", "workbench.cli.cases.cases"),
    ("db/queries/claim.py", "db.schema"),
)


@pytest.mark.proof
@pytest.mark.parametrize(("file", "planted"), sample(CYCLES, ci=2))
def test_an_added_import_cycle_between_folders_breaks_a_contract(tmp_path: Path, file: str, planted: str) -> None:
    for name in ("workbench", "screens", "db"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / file
    target.write_text(target.read_text(encoding="utf-8") + f"\nimport {planted}\n", encoding="utf-8")

    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 1, checked.stdout
    assert "BROKEN" in checked.stdout


@pytest.mark.proof
def test_a_key_and_a_tick_enter_few_files_of_services(fresh_demo: Path) -> None:
    assert {name: len(files) for name, files in walks(fresh_demo).items() if len(files) > MOST[name]} == {}
