"""Output with ASCII symbols: no character of ambiguous width."""

import unicodedata
from collections.abc import Iterator

import pytest

from tests.cli.framework.terminal import Terminal
from workbench.settings.symbols import use_symbols


@pytest.fixture
def terminal_with_case(terminal: Terminal) -> Iterator[Terminal]:
    """A site with a case."""
    terminal.site.plant(1)
    yield terminal
    use_symbols("auto")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_ascii_symbols_no_character_of_ambiguous_width_is_printed(
    terminal_with_case: Terminal, language: str
) -> None:
    shown = terminal_with_case.as_person("a", "show", "C-1", "--symbols", "ascii", "--lang", language).stdout

    assert "*" in shown
    assert {char for char in shown if unicodedata.east_asian_width(char) == "A"} == set()


def test_without_ascii_symbols_masks_are_dots_and_json_is_the_same(terminal_with_case: Terminal) -> None:
    assert "•" in terminal_with_case.as_person("a", "show", "C-1").stdout
    ascii_too = terminal_with_case.as_person("a", "show", "C-1", "--json", "--symbols", "ascii").stdout
    assert "•" in ascii_too
