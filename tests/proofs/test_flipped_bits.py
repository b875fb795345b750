"""One flipped bit in any file of an encrypted database is an error, wherever it is."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.dialects import sqlite
from db.enums import ImportKind
from db.queries.published import call_file_checks
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.services.intake.importing.files import PDF, Desk, application
from tests.services.intake.importing.test_calls import call
from tests.sites import Site
from tests.sizes import sized
from workbench.errors import WorkbenchError
from workbench.services.encryption.key_settings import unlock
from workbench.services.files.calls import parquet
from workbench.services.files.calls.store import CallStore
from workbench.services.foundation.file_store import Store

pytestmark = [pytest.mark.proof, pytest.mark.promise("S4", "S9")]

_THROUGH_COMMANDS = sized(ci=2, full=6)


@dataclass
class Flipped:
    """A kind of file, and what reads all of it: returns its content, or raises an error."""

    name: str
    read: Callable[[], object]
    file: Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk at an encrypted database with documents and calls, which is closed."""
    site = Site(tmp_path / "w.db", is_encrypted=True).create()
    (tmp_path / "files").mkdir()
    desk = Desk(site, tmp_path / "files")
    _fill(desk)
    site.close()
    yield desk
    site.close()


@prepared
def _fill(desk: Desk) -> None:
    desk.applications(application())
    (desk.folder / "licence.pdf").write_bytes(PDF * 100)
    desk.run(ImportKind.DOCUMENTS, [{"application_no": "A-1", "kind": "BIZ_LICENSE", "path": "licence.pdf"}])
    desk.run(ImportKind.CALLS, [call(minute) for minute in range(400)])


def kinds_of(desk: Desk) -> list[Flipped]:
    """Return each kind of file with its reader."""
    path = desk.site.path
    store = Store.unlocked(path)
    key = store.database_key
    assert key is not None
    with desk.site.services("admin").context.read() as session:
        calls = CallStore(store.calls, store.hash_key, call_file_checks(session), store.keys)
        [batch_id] = call_file_checks(session)
    desk.site.close()
    desk.site.services_by_login.clear()
    document = next(file for file in sorted(store.documents.rglob("*")) if file.is_file())

    def read_database() -> None:
        if sqlite.encryption_faults(path, key):
            raise ValueError

    def read_document() -> object:
        with store.open_document(document.name) as file:
            return file.read()

    def read_calls() -> None:
        # It compares a file again only once its time has changed, which two changes within a tick do not show.
        parquet._cached_values.clear()
        calls.read_all(batch_id)

    return [
        Flipped("database", read_database, path),
        Flipped("document", read_document, document),
        Flipped("call file", read_calls, next(store.calls.glob("*.parquet"))),
        Flipped("key settings", lambda: unlock(store.folder), store.folder / "encryption.toml"),
        Flipped("hash key", lambda: Store.unlocked(path).hash_key, store.hash_key_file),
    ]


def test_every_flipped_bit_of_every_kind_of_file_is_an_error(desk: Desk) -> None:
    count, dice = sized(ci=40, full=1_000), random.Random(8)
    unseen: list[tuple[str, int]] = []
    tried: dict[str, int] = {}
    for kind in kinds_of(desk):
        kind.read()
        content = kind.file.read_bytes()
        places = dice.sample(range(len(content) * 8), min(count, len(content) * 8))
        tried[kind.name] = len(places)
        for place in places:
            changed = bytearray(content)
            changed[place // 8] ^= 1 << place % 8
            with closing(kind.file.open("r+b")) as file:
                file.write(changed)
            try:
                kind.read()
            except (WorkbenchError, ValueError, sqlite.driver().DatabaseError):
                continue
            unseen.append((kind.name, place))
        kind.file.write_bytes(content)
        kind.read()
    assert unseen == []
    # The hash key is short: all of its bits.
    assert tried == {**dict.fromkeys(tried, count), "hash key": min(count, 60 * 8)}


def test_the_doctor_finds_a_flipped_bit_in_every_kind_of_file(desk: Desk) -> None:
    terminal, dice = Terminal(desk.site), random.Random(9)
    for kind in kinds_of(desk):
        content = kind.file.read_bytes()
        for _time in range(_THROUGH_COMMANDS):
            place = dice.randrange(len(content) * 8)
            changed = bytearray(content)
            changed[place // 8] ^= 1 << place % 8
            kind.file.write_bytes(changed)
            parquet._cached_values.clear()
            assert terminal.run("doctor", "--deep").exit_code == 78, (kind.name, place)
        kind.file.write_bytes(content)
        parquet._cached_values.clear()
    assert terminal.run("doctor", "--deep").exit_code == 0
