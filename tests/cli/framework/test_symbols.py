"""Output with ASCII symbols: no character of ambiguous width."""

import unicodedata
from collections.abc import Iterator

import pytest

from tests.cli.framework.terminal import Terminal
from workbench import signs


@pytest.fixture
def at_work(terminal: Terminal) -> Iterator[Terminal]:
    """A site with a case."""
    terminal.site.plant(1)
    yield terminal
    signs.use("auto")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_ascii_symbols_nothing_of_ambiguous_width_is_printed(at_work: Terminal, language: str) -> None:
    shown = at_work.as_person("a", "show", "C-1", "--symbols", "ascii", "--lang", language).stdout

    assert "*" in shown
    assert {char for char in shown if unicodedata.east_asian_width(char) == "A"} == set()


def test_without_ascii_symbols_masks_are_dots_and_json_is_the_same(at_work: Terminal) -> None:
    assert "•" in at_work.as_person("a", "show", "C-1").stdout
    ascii_too = at_work.as_person("a", "show", "C-1", "--json", "--symbols", "ascii").stdout
    assert "•" in ascii_too
