"""Hostile text on every screen in a terminal: every byte written is safe text or a known sequence."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Role
from tests.fork_server import TIMEOUT_S
from tests.sites import Site
from tests.sizes import sample
from tests.terminal.hang_up_session import HangUpSession
from tests.terminal.hostile_site import FILE_NAME, HostileSite
from tests.terminal.payloads import IMPORTABLE, MARK, PAYLOADS, importable, naughty
from tests.terminal.recording_session import RecordingSession
from tests.terminal.visits import visit_all_places, visit_main_places

LITERALS = ("-close[/b][/foo]", "-click[@click=app.exit]here[/]", "[bold red on blue]x", "␛]52;c;")
"""Parts of texts that stay as they are on the screen; a long walk may press the next key before they are drawn."""

ALL_PAYLOADS = "\n".join(PAYLOADS)


@pytest.fixture
def hostile(site: Site, tmp_path: Path) -> HostileSite:
    site.services("admin").roles.change("a", (Role.SUPERVISOR,), ())
    filled = HostileSite(site, tmp_path).fill()
    filled.type()
    return filled


def opened(hostile: HostileSite, *more: str, module: str = "workbench", **options: Any) -> RecordingSession:
    arguments = ["--database", str(hostile.site.path), "--as", "a", *more]
    return RecordingSession(arguments, hostile.folder, module=module, **options)


def held(site: Site) -> int | None:
    with site.services("a").context.read() as session:
        return session.execute(text('SELECT id FROM "case" WHERE held_by_id IS NOT NULL')).scalar_one_or_none()


def look_at_each(terminal: RecordingSession, hostile: HostileSite, keys: str) -> list[int]:
    """Show every available case and skip it; return the cases in order."""
    seen: list[int] = []
    terminal.await_words(r"C-\d{6}", "n")
    while (case := held(hostile.site)) is not None:
        seen.append(case)
        for key in keys:
            terminal.settle(key)
        assert terminal.process.poll() is None, "the program ended"
        hostile.site.services("a").claims.skip(case, "seen")
        for _time in range(3):
            terminal.settle("n")
            if held(hostile.site) is not None:
                break
            # A second n too soon counts as the same press; or the machine is slow.
            time.sleep(1.0)
    return seen


def test_there_are_32_hostile_texts() -> None:
    assert len(PAYLOADS) == 32
    assert all(MARK in text for text in PAYLOADS)


def nothing_acts(
    hostile: HostileSite,
    walk: Callable[[RecordingSession, str], None],
    *options: str,
    literals: tuple[str, ...] = (),
) -> None:
    with opened(hostile, *options, rows=60, columns=160) as terminal:
        terminal.draws = False
        walk(terminal, ALL_PAYLOADS)

        assert terminal.leaks() == []
        assert terminal.process.poll() is None, "the program ended"
        for literal in literals:
            terminal.await_written(literal)


def test_no_hostile_text_reaches_the_terminal(hostile: HostileSite) -> None:
    nothing_acts(hostile, visit_main_places, literals=LITERALS)


def test_the_error_about_a_database_with_a_hostile_name_is_safe(tmp_path: Path) -> None:
    nowhere = tmp_path / FILE_NAME
    with HangUpSession(["--database", str(nowhere), "--as", f"{MARK}\x1b[2J[/b]"], tmp_path) as terminal:
        terminal.draws = False
        # The long path is wrapped at an unknown position, so only the mark is awaited.
        terminal.await_words(MARK)
        terminal.settle("?")
        terminal.settle("\x1b")
        terminal.press("q")
        terminal.ended(TIMEOUT_S)

        assert terminal.process.returncode == 66
        assert terminal.leaks() == []


@pytest.mark.long(50)
@pytest.mark.promise("P7", "T1")
@pytest.mark.proof
def test_no_hostile_text_reaches_the_terminal_on_any_screen(hostile: HostileSite) -> None:
    nothing_acts(hostile, visit_all_places, "--lang", "zh")


@pytest.mark.promise("T1")
def test_without_the_protection_the_leak_check_fails(hostile: HostileSite) -> None:
    with opened(hostile, module="tests.terminal.unsafe_workbench", rows=60, columns=200) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        terminal.await_words(r"C-\d{6}", "n")
        terminal.settle("1")
        until = time.monotonic() + TIMEOUT_S
        while not terminal.leaks() and time.monotonic() < until:
            terminal.read(0.3)

        assert terminal.leaks() != []


@pytest.mark.promise("T1", "I1")
@pytest.mark.proof
def test_all_485_naughty_strings_in_every_text_field_have_no_effect(site: Site, tmp_path: Path) -> None:
    assert len(naughty()) == 485
    texts = [importable(text) for text in sample(naughty(), ci=25)]
    hostile = HostileSite(site, tmp_path, (*IMPORTABLE, *texts)).fill()

    with opened(hostile, rows=60, columns=200) as terminal:
        terminal.draws = False
        terminal.await_words("takes the next")
        assert sorted(look_at_each(terminal, hostile, "+")) == hostile.cases

        assert terminal.leaks() == []
