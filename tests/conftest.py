"""Fixtures for all tests."""

import gc
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet

from db.dialects import sqlite
from tests import idle, servers, shared_duckdb, shared_statements, sizes
from tests.cached_results import results_cached
from tests.languages import speaking
from tests.longest_first import longest_first
from tests.sites import Site
from workbench.services.site import machine_clock


class _Forgetful(dict[Path, float]):
    """A dictionary that stays empty."""

    def __setitem__(self, _key: Path, _value: float) -> None:
        """Forget the value."""


_OBJECTS_BETWEEN_COLLECTIONS = 50_000

# Keep compiled modules even if the environment disables them: compiling all tests takes each worker five seconds.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that run the proofs in full size, and the tests on encrypted databases."""
    parser.addoption("--full", action="store_true", help="run the proofs in full size")
    parser.addoption("--encrypted", action="store_true", help="encrypt the databases of the tests")
    parser.addoption("--postgresql", action="store_true", help="keep the databases of the tests on a PostgreSQL server")
    parser.addoption("--logins", action="store_true", help="with --postgresql, let each person work with their login")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the size of the proofs and of the property tests before they are collected."""
    is_full = config.getoption("full")
    Site.encrypts, Site.uses_server = config.getoption("encrypted"), config.getoption("postgresql")
    if Site.uses_server:
        servers.start()
        # Some tests forget services, as if their process had ended; only this driver reports its open connections.
        config.addinivalue_line("filterwarnings", "ignore:<.*Connection:ResourceWarning")
    sizes.use_full_size(is_full)
    # Only the runs before a release use random examples that differ from run to run, and print how to repeat a failure.
    settings.register_profile("ci", max_examples=30, deadline=None, derandomize=True, database=None)
    settings.register_profile("full", max_examples=300, deadline=None, print_blob=True)
    settings.load_profile("full" if is_full else "ci")
    if not is_full:
        # Hypothesis draws the constants of our modules too, but which ones are loaded depends on what ran before.
        providers._get_local_constants = lambda: providers._local_constants


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors, because some tests wait; each needs seconds to start."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the longest of the selected tests first."""
    if Site.uses_server:
        for item in items:
            for mark in item.iter_markers("sqlite"):
                item.add_marker(pytest.mark.skip(reason=f"only SQLite: {mark.args[0]}"))
    items[:] = longest_first(items, getattr(config, "workerinput", {"workercount": 1})["workercount"])


def pytest_collection_finish() -> None:
    """Collect garbage rarely and skip imported modules: scanning them took a quarter of the test time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)


def pytest_unconfigure() -> None:
    """Leave pytest nothing to scan; it collects garbage five times at the end of each process."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def results_of_pure_functions_cached() -> Iterator[None]:
    """Cache the results of pure functions in each process."""
    with results_cached():
        yield


@pytest.fixture(autouse=True, scope="session")
def sheets_parsed_once() -> Iterator[None]:
    """Parse each style sheet of the screens once in a process; otherwise every opened workbench parses all of them."""
    real, known = Stylesheet._parse_rules, {}

    def parsed(sheet: Stylesheet, css: str, *arguments: Any, **options: Any) -> Any:
        key = (tuple(sheet._variables.items()), css, arguments, tuple(options.items()))
        if key not in known:
            known[key] = real(sheet, css, *arguments, **options)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", parsed)
        yield


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """Compile each SQL statement once in a process."""
    with pytest.MonkeyPatch.context() as patched:
        shared_statements.share(patched)
        yield


@pytest.fixture(autouse=True, scope="session")
def duckdb_opened_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Open DuckDB once in a process."""
    with pytest.MonkeyPatch.context() as patched:
        shared_duckdb.share(patched, tmp_path_factory.mktemp("duckdb"))
        yield


@pytest.fixture(autouse=True, scope="session")
def disk_not_waited_for() -> Iterator[None]:
    """Commit and write files without waiting for the disk, because no test cuts the power."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _handle: None)
        patched.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "synchronous=OFF"))
        yield


@pytest.fixture(autouse=True, scope="session")
def clock_of_the_server_unknown() -> Iterator[None]:
    """Let acts on a server have the times that tests set, not those of its clock."""
    with pytest.MonkeyPatch.context() as patched:
        if Site.uses_server:
            from db.dialects.postgresql import engine

            patched.setattr(engine, "_ahead_s", _Forgetful())
        yield


@pytest.fixture(autouse=True, scope="session")
def people_work_with_their_logins(pytestconfig: pytest.Config) -> Iterator[None]:
    """Let the server refuse what the login of a person may not do, if the run has the option for that."""
    with pytest.MonkeyPatch.context() as patched:
        if Site.uses_server and pytestconfig.getoption("logins"):
            from tests import acting_logins

            acting_logins.install(patched)
        yield


@pytest.fixture(autouse=True, scope="session")
def keys_wait_for_the_event_loop() -> Iterator[None]:
    """Treat a key press as finished when the event loop is idle."""
    with pytest.MonkeyPatch.context() as patched:
        idle.install(patched)
        yield


@pytest.fixture(autouse=True, scope="session")
def only_frames_that_are_read() -> Iterator[None]:
    """Render only the frames that a test reads; a headless app discards all others."""
    real = Compositor.render_update

    def rendered(compositor: Compositor, full: bool = False, **options: Any) -> RenderableType | None:
        if full:
            return real(compositor, full=True, **options)
        compositor._dirty_regions.clear()
        return None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Compositor, "render_update", rendered)
        yield


@pytest.fixture(autouse=True, scope="session")
def uptime_unknown() -> Iterator[None]:
    """Let the clocks of tests move without the machine: nothing is known of how long it runs."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(machine_clock, "uptime", lambda: None)
        patched.setattr(machine_clock, "MAY_BE_QUIET", timedelta(days=40_000))
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Use English, whatever the locale of the machine."""
    with speaking("en"):
        yield


@pytest.fixture
def own_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open a DuckDB for each call engine, as the program does, with a folder of its own for what it spills."""
    monkeypatch.setattr(duckdb, "connect", shared_duckdb.UNSHARED)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A database of the test's own, with people and an injected clock."""
    made = Site(tmp_path / "w.db").create()
    yield made
    made.close()
    if Site.uses_server:
        servers.drop_database(made.path)
