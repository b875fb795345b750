"""Who reads a case that somebody else holds, or nobody, is in the log once a day, and nothing else changes."""

from contextlib import closing

import pytest

from db.engine import Database
from tests.cli.framework.terminal import Terminal
from tests.cli.test_permissions import content
from tests.screens.driver import site_workbench
from tests.services.review.verdict_acts import staged, take
from tests.sites import Site
from workbench.errors import ExitCode

SHOWING = (
    ("show", "C-1"),
    ("explain", "C-1"),
    ("clock", "C-1"),
    ("forecast", "C-1"),
    ("notices", "list", "C-1"),
)
"""The commands that show one case."""


def readers(site: Site, case: int = 1) -> list[str]:
    """Return who read a case, in the order of the log."""
    history = site.services("admin").casefiles.show(case).history
    return [line.who for line in reversed(history) if line.action == "read"]


@pytest.mark.parametrize("words", SHOWING, ids=lambda words: words[0])
def test_a_command_that_shows_a_case_logs_who_read_it_once_a_day_of_the_office(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    site = terminal.site
    site.plant(1)
    before, _events = content(terminal)
    for login in ("b", "sup", "b"):
        assert terminal.as_person(login, *words).exit_code == 0
    assert readers(site) == ["b", "sup"]
    # It is ten o'clock in Shanghai; the day of the office ends fourteen hours later, that of UTC later.
    site.clock.advance(hours=13, minutes=59)
    terminal.as_person("b", *words)
    site.clock.advance(minutes=1)
    terminal.as_person("b", *words)
    assert readers(site) == ["b", "sup", "b"]
    assert content(terminal)[0] == before
    assert terminal.as_person("audit", "audit").exit_code == 0


def test_the_holder_is_not_logged_and_whoever_held_the_case_before_is(terminal: Terminal) -> None:
    site = terminal.site
    site.plant(1)
    take(site)
    terminal.as_person("a", "show", "C-1")
    assert readers(site) == []
    terminal.as_person("a", "release", "C-1", "--json")
    assert readers(site) == []
    terminal.as_person("a", "show", "C-1")
    assert readers(site) == ["a"]
    listed = terminal.document("audit", "events", "--by", "a", "--since", "2026-11-01")["events"]
    assert [(event["action"], event["case"]) for event in listed][-1] == ("read", "C-000001")


def test_a_case_is_shown_although_a_busy_log_cannot_note_its_reading(terminal: Terminal) -> None:
    site = terminal.site
    site.plant(1)
    with closing(Database(site.path, key=site.services("a").context.database.key)) as other, other.write() as busy:
        busy.connection()
        result = terminal.as_person("b", "show", "C-1", "--json")
    assert (result.exit_code, '"case": "C-000001"' in result.stdout) == (ExitCode.OK, True)
    assert "cannot note now that you read it" in result.stderr
    assert readers(site) == []
    assert terminal.as_person("b", "show", "C-1").stderr == ""
    assert readers(site) == ["b"]


async def test_a_case_opened_from_the_queue_or_shown_among_the_checks_is_a_reading(site: Site) -> None:
    (waiting, other) = staged(site, severity="warn"), *site.plant(1)
    async with site_workbench(site, "sup", size=(100, 30)) as desk:
        await desk.go("c")
        await desk.until(f"C-00000{waiting}")
        await desk.go("q")
        assert readers(site, other) == []
        await desk.press("enter")
        await desk.until("Read only")
    assert (readers(site, waiting), readers(site, other)) == (["sup"], ["sup"])
    assert site.services("sup").casefiles.changed_since(site.services("sup").casefiles.show(other)) is None
