"""A new database is created completely or not at all, and no other file is touched."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from db import schema
from db.enums import IdentityMode
from tests.sites import ManualClock
from workbench.errors import CannotCreate
from workbench.services.database import opening
from workbench.services.database.opening import NewDatabase, make_database, make_shared_database
from workbench.services.foundation.group_sharing import Sharing

pytestmark = pytest.mark.proof

NEIGHBOURS = ("w.db.schema-1.backup", "w.db.bak", "w.db2", "w1.db", "w.db-mine")
Break = Callable[[pytest.MonkeyPatch], type[BaseException]]


def _creation_fails(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.dialects.sqlite.stamp", full)
    return OSError


def _store_fails(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    monkeypatch.setattr("workbench.services.foundation.file_store.Store.hash_key_file", Path("/nowhere/hash.key"))
    return CannotCreate


def _is_interrupted(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "_write_first_rows", interrupted)
    return KeyboardInterrupt


ways = pytest.mark.parametrize("break_it", [_creation_fails, _store_fails, _is_interrupted])


def everything_in(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@ways
def test_a_failure_removes_only_its_own_files_and_folders_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, break_it: Break
) -> None:
    name = "[w]*.db"
    for neighbour in (*NEIGHBOURS, f"{name}.schema-1.backup", f"{name}.bak"):
        (tmp_path / neighbour).write_text("somebody's", encoding="utf-8")
    before = everything_in(tmp_path)

    for place in (tmp_path / name, tmp_path / "deep" / "deeper" / "w.db"):
        with monkeypatch.context() as broken, pytest.raises(break_it(broken)):
            make_database(place, NewDatabase(login="a"), ManualClock())
        assert everything_in(tmp_path) == before

    make_database(tmp_path / name, NewDatabase(login="a"), ManualClock())
    assert before.items() <= everything_in(tmp_path).items()


@pytest.fixture
def enterable() -> Iterator[Path]:
    """Return a folder that any group can enter, unlike those above `tmp_path`, which each run of pytest closes."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.mark.parametrize(("break_it", "is_there"), [(_store_fails, False), (_is_interrupted, True)])
def test_a_shared_folder_is_removed_after_a_failure_only_if_it_was_created(
    enterable: Path, monkeypatch: pytest.MonkeyPatch, break_it: Break, is_there: bool
) -> None:
    place = enterable / "office" / "w.db"
    if is_there:
        place.parent.mkdir()
        place.parent.chmod(0o700)
    before = everything_in(enterable)
    sharing = Sharing(group=str(os.getegid()), group_id=os.getegid())

    def share() -> None:
        make_shared_database(place, NewDatabase(login="a"), sharing, enterable / "etc" / "site.toml", ManualClock())

    with monkeypatch.context() as broken, pytest.raises(break_it(broken)):
        share()
    assert everything_in(enterable) == before
    assert not is_there or stat.S_IMODE(place.parent.stat().st_mode) == 0o700

    share()
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o2770


def test_the_first_of_two_databases_created_at_one_path_stays_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "w.db"
    real = schema.create

    def late(*arguments: object) -> object:
        monkeypatch.setattr(schema, "create", real)
        make_database(place, NewDatabase(login="first", identity=IdentityMode.NAMED), ManualClock())
        return real(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(schema, "create", late)
    with pytest.raises(CannotCreate, match="already exists"):
        make_database(place, NewDatabase(login="second", identity=IdentityMode.NAMED), ManualClock())

    services = opening.open_services(place, "first", ManualClock())
    services.close()
