"""What a plan keeps until it is written."""

from pathlib import Path

import pytest

from workbench.errors import StorageFailed
from workbench.services.intake.importing.plan import PlannedPortion, Spill

_LARGE = "x" * (9 << 20)


def test_portions_come_back_in_their_order_from_memory_and_from_disk(tmp_path: Path) -> None:
    spill = Spill(tmp_path)
    for number in range(3):
        spill.add(PlannedPortion(file=number, appeals=[_LARGE[: 4 << 20]]))
    assert [portion.file for portion in spill] == [portion.file for portion in spill] == [0, 1, 2]
    # The file has no name, so that nothing is left of a process that is killed.
    assert list(tmp_path.iterdir()) == []
    spill.close()


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "gone")
    with pytest.raises(StorageFailed, match="make room"):
        spill.add(PlannedPortion(file=0, appeals=[_LARGE]))
    spill.close()
