"""One process at a time writes a batch, creates a database or upgrades it, whatever host it is on."""

from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from db import dialect, schema
from db.dialects import server_address, sqlite_lock
from db.errors import DatabaseRefused, LockTimeout, Refusal
from tests import servers
from tests.sites import Site


def test_a_batch_that_one_process_writes_is_not_locked_by_another(site: Site) -> None:
    lock = site.store / "batches" / "7.lock"
    with dialect.try_lock(site.path, lock) as is_mine, dialect.try_lock(site.path, lock) as is_anothers:
        assert (is_mine, is_anothers) == (True, False)
        with dialect.try_lock(site.path, lock.with_stem("8")) as is_free:
            assert is_free
    with dialect.try_lock(site.path, lock) as is_mine:
        assert is_mine


def test_while_one_process_upgrades_another_waits_and_gives_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sqlite_lock
    if Site.uses_server:
        from db.dialects.postgresql import engine as module  # type: ignore[no-redef]
    monkeypatch.setattr(module, "_LOCK_WAIT_S", 0.1)
    with dialect.upgrade_lock(site.path), pytest.raises(LockTimeout), dialect.upgrade_lock(site.path):
        pass
    with dialect.upgrade_lock(site.path):
        pass


def test_of_two_processes_that_create_one_database_at_once_one_is_refused(tmp_path: Path) -> None:
    paths = [tmp_path / "w.db"] * 2
    if Site.uses_server:
        paths = [tmp_path / host / "w.postgresql" for host in ("one", "two")]
        server_address.remember_address(paths[1], servers.create_database(paths[0]))
    together, refusals = Barrier(2), list[DatabaseRefused]()

    def create(path: Path) -> None:
        together.wait()
        try:
            schema.create(path).close()
        except DatabaseRefused as error:
            refusals.append(error)

    threads = [Thread(target=create, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [refused] = refusals
    assert refused.refusal is (Refusal.NOT_EMPTY if Site.uses_server else Refusal.EXISTS)
    [made] = {path for path in paths if path.exists()}
    with closing(schema.open_database(made)) as database, database.read() as session:
        assert dialect.schema_version(session.connection(), made) == schema.VERSION
