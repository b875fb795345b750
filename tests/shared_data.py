"""Finds third-party test data, which is not part of the repository; tests that need it are skipped without it."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """Return a path in `$WORKBENCH_TEST_DATA`, else in `../shared/data`; skip the test if it is not there."""
    root = Path(os.environ.get("WORKBENCH_TEST_DATA") or _BESIDE_THE_REPOSITORY)
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the shared test data {'/'.join(parts)}: set WORKBENCH_TEST_DATA to its folder")
    return path
