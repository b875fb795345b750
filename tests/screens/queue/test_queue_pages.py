"""A personal number in a filter is masked outside the input field."""

import pytest

from tests.screens.driver import WINDOWS, memory_workbench


@pytest.mark.parametrize("size", WINDOWS)
async def test_a_searched_number_is_masked_outside_the_input_field(size: tuple[int, int]) -> None:
    async with memory_workbench(size=size) as desk:
        await desk.go("q")
        await desk.press("slash", *"phone:13800138000")
        assert "phone:13800138000" in desk.text

        await desk.press("enter")
        assert "13800138000" not in desk.text
        head, *rest = desk.text.split("\n")
        assert "phone:138••••••00" in head
        assert any("No cases match" in line and "phone:138••••••00" in line for line in rest)

        await desk.press("slash")
        assert "phone:13800138000" in desk.text
