"""The random examples of the ordinary runs repeat, so that chance refuses no change."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizes import sized


@pytest.mark.skipif(sized(ci=0, full=1) == 1, reason="the full size draws other examples in each run")
def test_random_examples_do_not_depend_on_the_modules_that_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings().derandomize
    before = drawn()
    module, file = ModuleType("loaded_later"), tmp_path / "loaded_later.py"
    file.write_text("\n".join(f"_{number} = {number}" for number in range(1_000, 2_000)), encoding="utf-8")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "loaded_later", module)
    assert drawn() == before


def drawn() -> list[int]:
    """Return the integers that a property test gets as examples."""
    found: list[int] = []

    @settings(max_examples=100)
    @given(st.integers())
    def collect(number: int) -> None:
        found.append(number)

    collect()
    return found
