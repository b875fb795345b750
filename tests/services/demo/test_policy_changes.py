"""A policy with other rules on the demo: what is said before it is applied is what happens."""

from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, copy_few_cases
from tests.sites import Site
from workbench.services.demo.building import build

CASES = tuple(f"DEMO-{number:03}" for number in (38, 46, 54, 64, 68, 69, 108))
"""Cases that are open when the demo opens, in every state that it has."""

FIGURES = ("open_cases_touched", "verdicts_returned", "due_dates_moved", "letters")
THRESHOLDS = (("ID-CAPITAL", "50_000_000", "500_000"), ("ID-LICENCE-EXPIRING", "60", "366"), ("ACT-HANDSETS", "3", "2"))
SETTINGS = (
    ("standard = 3", "standard = 4"),
    ('"USE_STATEMENT", ', ""),
    ('"AUTH_LETTER",', '"AUTH_LETTER", "AGENT_HANDHELD",'),
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Commands on a demo of a few open cases."""
    site = Site(tmp_path / "demo" / "demo.db")
    site.path.parent.mkdir()
    build(site.path, NOW, copy_few_cases(tmp_path / "data", CASES), lambda _done, _steps: None)
    site.clock.at = NOW
    return Terminal(site)


@pytest.mark.proof
def test_the_figures_of_the_differences_are_what_applying_then_changes(terminal: Terminal, tmp_path: Path) -> None:
    text = terminal.as_person("admin", "policy", "show", "--toml").stdout
    for rule, old, new in THRESHOLDS:
        before, header, rest = text.partition(f"[[rules.{rule}.limits]]")
        assert f"value = {old}\n" in rest
        text = before + header + rest.replace(f"value = {old}\n", f"value = {new}\n", 1)
    for old, new in SETTINGS:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "other.toml"
    path.write_text(text, encoding="utf-8")
    letters = len(terminal.document("audit", "notices")["notices"])
    said = terminal.document("audit", "policy", "diff", str(path))

    applied = terminal.document("admin", "policy", "apply", str(path), "--open-cases", "--yes")

    assert said["open_cases"] == applied["open_cases_changed"] == len(CASES)
    figures = [said[name] for name in FIGURES]
    assert figures == [applied[name] for name in FIGURES]
    assert said["touched_cases"] == applied["touched_cases"]
    assert len(said["touched_cases"]) == said["open_cases_touched"]
    assert all(0 < figure <= len(CASES) for figure in figures)
    assert len(terminal.document("audit", "notices")["notices"]) == letters + said["letters"]
    after = terminal.document("audit", "policy", "diff", str(path))
    assert (after["changes"], *(after[name] for name in FIGURES)) == ([], 0, 0, 0, 0)
