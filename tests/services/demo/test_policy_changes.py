"""A policy with other thresholds on the demo: what is said before it is applied is what happens."""

from pathlib import Path

from tests.cli.framework.terminal import Terminal
from tests.demos import NOW
from tests.offices import Site

THRESHOLDS = (("ACT-PEAK-HOUR", 40, 30), ("ID-LICENCE-EXPIRING", 60, 366), ("ACT-HANDSETS", 3, 2))


def test_the_figure_of_the_differences_is_what_applying_then_changes(fresh_demo: Path, tmp_path: Path) -> None:
    terminal = Terminal(Site(fresh_demo))
    terminal.site.clock.at = NOW
    text = terminal.as_person("admin", "policy", "show", "--toml").stdout
    for rule, old, new in THRESHOLDS:
        before, header, rest = text.partition(f"[[rules.{rule}.limits]]")
        assert f"value = {old}\n" in rest
        text = before + header + rest.replace(f"value = {old}\n", f"value = {new}\n", 1)
    path = tmp_path / "three.toml"
    path.write_text(text, encoding="utf-8")
    said = terminal.document("audit", "policy", "diff", str(path))

    applied = terminal.document("admin", "policy", "apply", str(path), "--open-cases")

    assert len(said["changes"]) == 3
    assert said["open_cases"] == applied["open_cases_changed"] > said["open_cases_touched"] > 0
    assert said["open_cases_touched"] == applied["open_cases_touched"]
    after = terminal.document("audit", "policy", "diff", str(path))
    assert (after["changes"], after["open_cases_touched"]) == ([], 0)
