"""What all tests may ask for."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import RenderableType
from textual import _wait
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet

from tests import shared_statements
from tests.offices import Site
from tests.pure import answers_kept
from workbench import i18n

_IDLE_S = 0.01
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def pytest_collection_finish() -> None:
    """Collect garbage seldom, and never what was imported: looking through it took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def answers_of_pure_functions_kept() -> Iterator[None]:
    """Work out the same things once in a process."""
    with answers_kept():
        yield


@pytest.fixture(autouse=True, scope="session")
def sheets_parsed_once() -> Iterator[None]:
    """Parse each style sheet of the screens once in a process: every test opens the workbench anew."""
    real, known = Stylesheet._parse_rules, {}

    def parsed(sheet: Stylesheet, css: str, *arguments: Any, **options: Any) -> Any:
        key = (repr(sheet._variables), css, arguments, tuple(options.items()))
        if key not in known:
            known[key] = real(sheet, css, *arguments, **options)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", parsed)
        yield


@pytest.fixture(autouse=True, scope="session")
def idle_soon() -> Iterator[None]:
    """Let a press of a key be over after a hundredth of a second without work: Textual waits for a fiftieth, twice."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_wait, "SLEEP_GRANULARITY", _IDLE_S)
        patched.setattr(_wait, "SLEEP_IDLE", _IDLE_S / 20)
        yield


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """Compile each SQL statement once in a process."""
    with pytest.MonkeyPatch.context() as patched:
        shared_statements.share(patched)
        yield


@pytest.fixture(autouse=True, scope="session")
def only_frames_that_are_read() -> Iterator[None]:
    """Render no frames between two looks: a headless app discards them, and tests render the screen when they read it."""
    real = Compositor.render_update

    def rendered(compositor: Compositor, full: bool = False, **options: Any) -> RenderableType | None:
        if full:
            return real(compositor, full=True, **options)
        compositor._dirty_regions.clear()
        return None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Compositor, "render_update", rendered)
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the machine's locale is."""
    with i18n.speaking("en"):
        yield


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A database of the test's own, with people and an injected clock."""
    made = Site(tmp_path / "w.db").create()
    yield made
    made.close()
