"""Versions of the policy that begin on a day, and their differences."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.clock_site import local
from tests.services.intake.importing.files import Desk
from tests.sites import SUPPLIER

CAPITAL = ("value = 50_000_000", "value = 500_000_000")
PHONE = (SUPPLIER.phone, "400-555-0199")


@pytest.fixture
def changed(terminal: Terminal, tmp_path: Path) -> Callable[..., str]:
    """Writes the first policy with some changes to a file, and returns its path."""

    def written(*changes: tuple[str, str], name: str = "new.toml") -> str:
        text = terminal.as_person("admin", "policy", "show", "--toml", "--version", "1").stdout
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def apply(terminal: Terminal, *words: str) -> Any:
    return terminal.document("admin", "policy", "apply", *words)


def listed(terminal: Terminal) -> dict[int, Any]:
    return {one["policy"]: one for one in terminal.document("audit", "policy", "list")["versions"]}


def states(terminal: Terminal) -> list[str]:
    return [one["state"] for _number, one in sorted(listed(terminal).items())]


def test_a_later_version_that_begins_earlier_replaces_one_to_come(
    terminal: Terminal, changed: Callable[..., str]
) -> None:
    first, second = changed(CAPITAL), changed(PHONE, name="second.toml")
    apply(terminal, first, "--from", "2026-12-01", "--open-cases", "--yes")

    report = terminal.as_person("admin", "policy", "apply", second, "--from", "2026-11-30")

    assert "Policy 2, planned from 2026-12-01, is replaced by it and will not come into force." in report.stderr
    assert states(terminal) == ["in-force", "replaced", "to-come"]
    terminal.site.clock.at = local("2026-12-02 10:00")
    assert states(terminal) == ["earlier", "replaced", "in-force"]
    assert terminal.document("a", "policy")["supplier"]["phone"] == PHONE[1]


def test_the_file_in_force_applies_to_open_cases_from_the_day_given(
    terminal: Terminal, desk: Desk, changed: Callable[..., str]
) -> None:
    desk.queued()
    path = changed(CAPITAL)
    apply(terminal, path)
    words = (path, "--from", "2026-11-26", "--open-cases", "--yes")

    planned, again = apply(terminal, *words), apply(terminal, *words)

    assert (planned["policy"], planned["state"], planned["open_cases_changed"]) == (3, "to-come", 0)
    assert (again["policy"], again["changed"]) == (3, False)
    assert terminal.document("a", "show", "C-1")["policy_version"] == 1
    # The local day has begun, but that of UTC has not.
    terminal.site.clock.at = local("2026-11-26 00:00")
    assert terminal.document("a", "show", "C-1")["policy_version"] == 3


def test_a_day_that_is_past_far_or_none_is_refused(terminal: Terminal, changed: Callable[..., str]) -> None:
    for day, cause in (
        ("2026-11-23", "in the past"),
        ("2027-11-26", "366 days"),
        ("soon", "--from"),
    ):
        message = refused(terminal.as_person("admin", "policy", "apply", changed(CAPITAL), "--from", day), 2)

        assert cause in message
        assert len(listed(terminal)) == 1


def test_an_unknown_version_is_refused(terminal: Terminal) -> None:
    for words in (("show", "--version", "7"), ("diff", "7"), ("diff", "7", "1")):
        assert "`workbench policy list`" in refused(terminal.as_person("a", "policy", *words), 66)
    refused(terminal.as_person("a", "policy", "diff", "9" * 20), 66)


def test_the_differences_of_files_and_versions_are_listed_by_key(
    terminal: Terminal, changed: Callable[..., str]
) -> None:
    path = changed(CAPITAL, PHONE)

    of_file = terminal.document("audit", "policy", "diff", path)
    apply(terminal, path)
    back = terminal.document("audit", "policy", "diff", "2", "1")

    capital = {"key": "rules.ID-CAPITAL.limits[1].value", "old": 50_000_000, "new": 500_000_000, "kind": "threshold"}
    phone = {"key": "supplier.phone", "old": PHONE[0], "new": PHONE[1], "kind": "setting"}
    assert of_file["changes"] == [capital, phone]
    assert [(one["old"], one["new"]) for one in back["changes"]] == [(500_000_000, 50_000_000), PHONE[::-1]]
    shown = terminal.as_person("audit", "policy", "diff", "1").stdout
    assert shown.index("Rules and thresholds") < shown.index("CNY 5,000,000") < shown.index("Settings")
    assert "max_held" not in shown
    assert terminal.as_person("audit", "policy", "diff", path).stdout == "The two policies say the same.\n"


def test_all_errors_of_a_file_are_told_with_line_and_key_and_nothing_changes(
    terminal: Terminal, changed: Callable[..., str]
) -> None:
    path = changed(("max_held = 3", "max_held = 0"), ("\nop = ", "\nopp = "), ('zh = "营业执照副本"', 'zh = ""'))

    for command in ("check", "apply", "diff"):
        result = terminal.as_person("admin", "policy", command, path)
        assert result.exit_code == 78
        assert result.stdout == ""
        told = result.stderr.splitlines()
        assert [line.split(": ")[2] for line in told] == [
            "desk.max_held", "documents.names.BIZ_LICENSE.zh", "rules.ID-RIC.limits[1].opp"
        ]  # fmt: skip
        assert all(line.startswith("workbench: new.toml, line ") for line in told)
    assert len(listed(terminal)) == 1
