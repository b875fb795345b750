"""The demo database, created once per test run; a test that changes it works on a copy."""

import csv
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.__main__ import now as program_clock
from workbench.services.database.opening import open_services
from workbench.services.demo.building import build
from workbench.services.demo.preparing import DATA, NAME, prepare
from workbench.services.wiring import Services

NOW = datetime(2026, 11, 25, 2, 15, tzinfo=UTC)
"""Wednesday, 25 November 2026, 10:15 in Shanghai."""


FEW_CASES = ("DEMO-003", "DEMO-004", "DEMO-005")
"""The earliest cases of the demo; a demo of these alone is created in a second."""


def clock() -> datetime:
    """Return the time at which `made_demo` is used."""
    return NOW


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of NOW, read-only."""
    return prepare(_shared_folder(tmp_path_factory) / "demo-of-now", clock)


@pytest.fixture
def first_cases(tmp_path: Path) -> Path:
    """The first cases of a demo of NOW."""
    folder = tmp_path / "first"
    folder.mkdir()
    build(folder / NAME, NOW, DATA, lambda _done, _total: None, is_first=True)
    return folder / NAME


@pytest.fixture(scope="session")
def demo_of_today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of today, to be copied into a home folder."""
    return prepare(_shared_folder(tmp_path_factory) / "demo-of-today", program_clock).parent


@pytest.fixture
def fresh_demo(made_demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo of NOW that may be changed."""
    # Other tests may read the demo at the same time; its SQLite side files hold no data and may disappear.
    passing = shutil.ignore_patterns("*-wal", "*-shm")
    return shutil.copytree(made_demo.parent, tmp_path / "demo", ignore=passing) / NAME


@pytest.fixture
def demo_home(demo_of_today: Path, tmp_path: Path) -> Path:
    """A home folder with an existing demo, for `workbench demo` in a terminal."""
    passing = shutil.ignore_patterns("*-wal", "*-shm")
    shutil.copytree(demo_of_today, tmp_path / "data" / "workbench" / "demo", ignore=passing)
    return tmp_path


@contextmanager
def services(database: Path, login: str = "rev1") -> Iterator[Services]:
    """Open the services of a person on a demo of NOW."""
    opened = open_services(database, login, clock)
    try:
        yield opened
    finally:
        opened.close()


def copy_few_cases(folder: Path, numbers: Sequence[str] = FEW_CASES) -> Path:
    """Copy only the demo data of a few cases to a folder, without lists about other subjects, and return the folder."""
    shutil.copytree(DATA, folder, dirs_exist_ok=True)
    for path in (folder / "replay").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        key = next((names.index(name) for name in ("application_no", "case") if name in names), None)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *(row for row in rows if key is not None and row[key] in numbers)])
    return folder
