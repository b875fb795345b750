"""What one person does in a terminal shows in the terminal of another person without a key."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.sites import Site
from tests.terminal.pty_session import PtySession

_DOWN = "\x1b[B"


@contextmanager
def terminals(site: Site, home: Path, *logins: str) -> Iterator[list[PtySession]]:
    """Open the workbench of some people, each in a terminal."""
    with ExitStack() as opened:
        found = [opened.enter_context(PtySession(["--database", str(site.path), "--as", who], home)) for who in logins]
        for terminal in found:
            terminal.wait_for("takes the next")
        yield found


def press(terminal: PtySession, keys: Iterable[str], shows: str) -> str:
    """Press keys one by one, wait for what they show, and return its last group, or all of it."""
    for key in keys:
        terminal.press(key)
        terminal.rest(0.3)
    found = re.search(shows, terminal.wait_for(shows))
    assert found is not None
    return found[found.lastindex or 0]


@pytest.mark.proof
def test_who_held_a_case_sees_in_another_terminal_that_it_was_given_away(tmp_path: Path, site: Site) -> None:
    site.plant(2)
    people = [one.login for one in site.services("sup").assigning.candidates()]
    with terminals(site, tmp_path, "a", "sup") as (holder, supervisor):
        press(supervisor, "gq", r"C-000001.*\n.*C-000002")
        press(holder, "n", r"Desk\s+C-000001")
        supervisor.wait_for(r"C-000001.* a ")
        press(holder, "c", "Comment on")
        press(holder, "half a sen", "half a sen")

        press(supervisor, "a", "held by a")
        press(supervisor, str(people.index("b") + 1), "assign 1 case to b")
        press(supervisor, "ill", "ill")
        supervisor.press("\r")
        holder.wait_for("C-000001 was given to b by sup")
        assert "half a sen" in holder.text
        press(holder, "\x1b", r"Desk\s+C-000001[\s\S]*hold lost")
        assert "虚构公司1" in holder.text

        press(holder, "n", r"Desk\s+C-000002")
        supervisor.wait_for(r"C-000002.* a ")


@pytest.mark.proof
def test_the_late_cases_of_an_absent_reviewer_are_moved_by_nine_keys_and_a_reason(demo_home: Path) -> None:
    opened = (PtySession(["demo", "--as", login], demo_home) for login in ("rev4", "sup"))
    with next(opened) as holder, next(opened) as sup:
        holder.wait_for("takes the next")
        held = press(holder, "n", r"Desk\s+(C-\d+)")
        press(holder, "c", "Comment on")
        press(holder, "half a sen", "half a sen")
        sup.wait_for("takes the next")
        press(sup, "gb", r"rev4 .*\n")
        sup.wait_for(r"likely late \d")
        press(sup, (_DOWN,) * 4, "rev4")
        # How many are late changes when the working day ends.
        assert int(press(sup, "a", r"Move (\d+) cases: likely late of rev4")) > 1
        press(sup, "\r", "Reason")
        press(sup, "ill", "ill")

        sup.press("\r")
        holder.wait_for(rf"{held} was given to \w+ by sup")
        assert "half a sen" in holder.text
        press(holder, "\x1b", rf"Desk\s+{held}[\s\S]*hold lost")
        sup.wait_for(r"rev4 .*–")
