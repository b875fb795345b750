"""The questions that imports and exports ask the call store."""

from pathlib import Path

import pytest

from db.enums import Direction
from tests.services.files.calls.samples import (
    CALLEE,
    CARD,
    KEY,
    OTHER_CALLEE,
    OTHER_CARD,
    a_store,
    call,
    rows,
    windows,
    write,
)
from workbench.services.files.calls.engine import open_engine
from workbench.services.files.calls.hashing import callee_hash
from workbench.services.files.calls.store import CallStore

THIRD_CARD = "19900000003"


@pytest.fixture
def store(tmp_path: Path) -> CallStore:
    store = a_store(tmp_path)
    write(store, 1, [call("2026-03-02T09:00"), call("2026-03-02T09:01", msisdn=OTHER_CARD, callee=OTHER_CALLEE)])
    write(
        store,
        2,
        [
            call("2026-03-02T09:00"),
            call("2026-03-02T09:02", msisdn=THIRD_CARD, direction=Direction.IN),
            call("2026-03-02T09:03", msisdn=THIRD_CARD, callee=OTHER_CALLEE),
        ],
        [1],
    )
    return store


def test_callers_are_those_who_dialled_a_callee_and_numbers_come_with_their_calls(store: CallStore) -> None:
    assert store.callers_of([1, 2], [callee_hash(KEY, CALLEE)]) == {CARD}
    assert store.callers_of([1, 2], [callee_hash(KEY, "+86" + OTHER_CALLEE)]) == {OTHER_CARD, THIRD_CARD}
    assert store.callers_of([1, 2], []) == set()
    assert store.numbers_of(1) == [(CARD, 1), (OTHER_CARD, 1)]
    assert store.numbers_of(2) == [(CARD, 1), (THIRD_CARD, 2)]


def test_a_file_of_an_earlier_version_has_its_callees_as_texts(store: CallStore, tmp_path: Path) -> None:
    expected = rows(tmp_path, 1, 2), windows(store, [1, 2], None)
    path = tmp_path / "calls" / "calls-00000001.parquet"
    with open_engine(tmp_path) as duck:
        texts = "SELECT * REPLACE (replace(callee::VARCHAR, '-', '') AS callee)"
        duck.run(f"COPY (FROM '{path}' {texts}) TO '{path}.old' (FORMAT parquet)")
    path.with_name(f"{path.name}.old").replace(path)

    assert (rows(tmp_path, 1, 2), windows(store, [1, 2], None)) == expected
    assert store.callers_of([1], [callee_hash(KEY, CALLEE)]) != set()


def test_the_engine_loads_no_extension_from_the_network(tmp_path: Path) -> None:
    with open_engine(tmp_path) as duck:
        settings = dict(
            duck.rows(
                "SELECT name, value FROM duckdb_settings() WHERE name IN "
                "('autoinstall_known_extensions', 'autoload_known_extensions', 'threads')"
            )
        )
        [(how,)] = duck.rows("SELECT install_mode FROM duckdb_extensions() WHERE extension_name = 'parquet'")

    assert settings == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": "2",
    }
    assert how == "STATICALLY_LINKED"


@pytest.mark.usefixtures("own_duckdb")
def test_what_does_not_fit_into_memory_spills_into_a_folder_of_its_owner(tmp_path: Path) -> None:
    with open_engine(tmp_path) as duck:
        [(folder,)] = duck.rows("SELECT current_setting('temp_directory')")
        spill = Path(folder).parent

        assert spill.parent == tmp_path
        assert spill.stat().st_mode & 0o777 == 0o700
    assert not spill.exists()
