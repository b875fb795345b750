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
"""The start in a plain terminal: the ordinary suite runs it as well."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs the program in a terminal; `.ci/run` runs it after the ordinary suite."""
    here = Path(__file__).parent
    for item in items:
        name = item.name.partition("[")[0]
        if item.path.parent == here and item.path.name != "test_stream.py" and name not in _SMOKE:
            item.add_marker(pytest.mark.terminal)
