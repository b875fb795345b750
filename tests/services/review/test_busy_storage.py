"""A write that cannot get the lock fails with StorageBusy after one attempt."""

from contextlib import AbstractContextManager, closing

import pytest
from sqlmodel import Session

from db.dialect import is_server
from db.engine import Database
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from workbench.errors import Busy, ExitCode, StorageBusy


def test_a_lock_timeout_is_not_followed_by_a_second_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = site.plant()
    take(site)
    before = site.actions(case)
    waits_in = "postgresql.engine" if is_server(site.path) else "sqlite_lock"
    monkeypatch.setattr(f"db.dialects.{waits_in}._LOCK_WAIT_S", 0.05)
    tries: list[Database] = []
    write = Database.write

    def counted(self: Database, **how: bool) -> AbstractContextManager[Session]:
        tries.append(self)
        return write(self, **how)

    with closing(site.elsewhere()) as other, other.services("admin").context.database.write():
        monkeypatch.setattr(Database, "write", counted)
        with pytest.raises(StorageBusy, match="The database is busy") as caught:
            decide(site, passing(case))

    assert len(tries) == 1
    assert caught.value.exit_code is ExitCode.BUSY
    assert not isinstance(caught.value, Busy)
    assert site.actions(case) == before
