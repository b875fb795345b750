"""The width of text in terminal cells."""

from itertools import chain

import pytest
from rich.cells import cell_len

from workbench.domain.text.cells import cells
from workbench.domain.text.safe import safe


def test_the_width_of_a_text_is_its_number_of_cells() -> None:
    for text, width in [
        ("", 0),
        ("4,812", 5),
        ("审核单", 6),
        ("é", 1),
        ("e\u0301", 1),
        ("👍", 2),
        ("🇨🇳", 2),
        ("한글", 4),
        ("한", 2),
        ("\U00031350", 2),
        ("…•·", 3),
        ("\t", 8),
        ("a\nb", 2),
    ]:
        assert cells(text) == width


@pytest.mark.proof
def test_the_width_of_every_visible_character_is_that_of_the_screen_library() -> None:
    # All of the first plane, the scripts and symbols of the second, and samples of the rare ideographs.
    codes = chain(range(0x10000), range(0x16F00, 0x17000), range(0x1AFF0, 0x20000), range(0x20000, 0x32400, 97))
    differing = [
        hex(code)
        for code in codes
        if safe("a" + chr(code)) == "a" + chr(code) and cells("a" + chr(code)) != cell_len("a" + chr(code))
    ]

    assert differing == []
