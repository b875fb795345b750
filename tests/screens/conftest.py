"""Fixtures for the tests of screens."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode


@pytest.fixture(autouse=True, scope="session")
def rules_narrowed_once() -> Iterator[None]:
    """Find the rules with the names of a widget once in a process; otherwise each styled widget looks through all."""
    real, whole = Stylesheet.apply, Stylesheet.rules
    known: dict[tuple[int, ...], dict[frozenset[str], list[RuleSet]]] = {}
    narrowed: dict[Stylesheet, list[RuleSet]] = {}

    def apply(sheet: Stylesheet, node: DOMNode, **options: Any) -> None:
        rules_by_name = sheet.rules_map
        names = frozenset(rules_by_name.keys() & node._selector_names)
        of_sheet = known.setdefault(tuple(map(id, sheet.rules)), {})
        if names not in of_sheet:
            named = {id(rule) for name in names for rule in rules_by_name[name]}
            of_sheet[names] = [rule for rule in sheet.rules if id(rule) in named]
        narrowed[sheet] = of_sheet[names]
        real(sheet, node, **options)

    def rules(sheet: Stylesheet) -> list[RuleSet]:
        # Only `apply` reads them after it was called, and first of all.
        return narrowed.pop(sheet, None) or whole.__get__(sheet)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "apply", apply)
        patched.setattr(Stylesheet, "rules", property(rules))
        yield
