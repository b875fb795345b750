"""The stylesheet parses each of its sources once."""

from itertools import count
from typing import Any

import pytest
from textual.css.parse import parse

from screens.widgets.stylesheet import CachedStylesheet

_NUMBERS = count()


class Variables(dict[str, str]):
    """Variables that look new each time, so that no test before this one has parsed a sheet with them."""

    def __repr__(self) -> str:
        return f"Variables {next(_NUMBERS)}"


def test_only_new_sources_are_parsed_until_a_variable_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def noted(scope: str, css: str, *arguments: Any, **options: Any) -> Any:
        parsed.append(css)
        return parse(scope, css, *arguments, **options)

    monkeypatch.setattr("textual.css.stylesheet.parse", noted)
    first, second = "Label { color: $ink; }", "Button { color: white; }"
    sheet = CachedStylesheet(variables=Variables(ink="red"))
    sheet.add_source(first, ("first", ""))
    sheet.reparse()

    sheet.add_source(second, ("second", ""))
    sheet.set_variables(Variables(ink="red"))
    sheet.reparse()
    assert parsed == [first, second]

    sheet.set_variables(Variables(ink="blue"))
    sheet.reparse()
    assert parsed == [first, second, first, second]
    assert "color: #0000FF" in sheet.css
