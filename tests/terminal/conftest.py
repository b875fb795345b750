"""Marks the tests that run in a terminal, and offers a home folder with a demo that is created once per run."""

from pathlib import Path

import pytest

from tests.demos import demo_home, demo_of_today

__all__ = ["demo_home", "demo_of_today"]

_SMOKE = frozenset(
    {
        "test_the_workbench_starts_and_shows_a_case",
    }
)
"""Tests that the ordinary suite runs as well: the start in a plain terminal."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run the program in a terminal; `.ci/run` runs them after the ordinary suite."""
    here = Path(__file__).parent
    for item in items:
        name = item.name.partition("[")[0]
        if item.path.parent == here and item.path.name != "test_stream.py" and name not in _SMOKE:
            item.add_marker(pytest.mark.terminal)
