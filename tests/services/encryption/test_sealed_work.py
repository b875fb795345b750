"""What an encrypted store leaves on the disk while it works, and that no key is used twice in the same way."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.files.calls.samples import CALLEE, KEY, call, write
from tests.services.intake.importing.test_spill import _LARGE
from workbench.errors import StorageFailed
from workbench.services.encryption.data_keys import DataKeys, SealBroken
from workbench.services.files.calls.engine import open_engine
from workbench.services.files.calls.parquet import CallFiles
from workbench.services.files.calls.store import CallStore
from workbench.services.intake.importing.plan import PlannedPortion, Spill

pytestmark = pytest.mark.proof

_SECRET = "SECRETNUMBER"


def nonces(content: bytes) -> Iterator[bytes]:
    """Yield the nonces of an encrypted Parquet file: each part is its length, a nonce, and what is encrypted."""
    place = 4
    while place + 16 < len(content) - 8:
        [length] = struct.unpack_from("<I", content, place)
        if not 28 <= length <= len(content) - place:
            return
        yield content[place + 4 : place + 16]
        place += 4 + length


def test_a_content_is_unsealed_only_under_its_name_and_by_its_database() -> None:
    keys, other = DataKeys.new(), DataKeys.new()
    sealed = keys.sealed("a", b"content")
    assert keys.unsealed("a", sealed) == b"content"
    assert len(sealed) == len(b"content") + keys.SEAL_BYTES
    for wrong_keys, name, content in [
        (keys, "b", sealed),
        (other, "a", sealed),
        (keys, "a", sealed[:20]),
        (keys, "a", b""),
    ]:
        with pytest.raises(SealBroken):
            wrong_keys.unsealed(name, content)
    assert keys.sealed("a", b"content") != sealed
    assert keys.of_database not in {keys.secret, other.of_database}
    assert repr(keys) == "DataKeys()"


def test_the_portions_of_a_plan_are_sealed_on_disk(tmp_path: Path) -> None:
    spill = Spill(tmp_path, DataKeys.new())
    for number in range(3):
        spill.add(PlannedPortion(file=number, appeals=[_SECRET, _LARGE[: 4 << 20]]))
    assert [portion.file for portion in spill] == [portion.file for portion in spill] == [0, 1, 2]
    file = spill._file
    file.seek(0)
    assert _SECRET.encode() not in file.read()
    spill.close()
    spill.add(PlannedPortion(file=7))
    assert [portion.file for portion in spill] == [7]
    spill.close()


@pytest.mark.usefixtures("own_duckdb")
def test_what_does_not_fit_into_memory_is_encrypted_on_disk(tmp_path: Path) -> None:
    with open_engine(tmp_path, DataKeys.new()) as duck:
        duck.run("SET memory_limit = '60MB'")
        duck.load("loaded", {"number": "VARCHAR"}, [(f"{_SECRET}{number}",) for number in range(1_000)])
        duck.run(f"CREATE TABLE t AS SELECT '{_SECRET}' || hash(range) AS number FROM range(3000000)")
        spilled = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert len(spilled) > 10 << 20
        assert _SECRET.encode() not in spilled
        assert list(duck.rows("SELECT count(*) FROM t UNION ALL SELECT count(*) FROM loaded")) == [
            (3_000_000,),
            (1_000,),
        ]


def test_each_call_file_has_a_key_of_its_own_and_no_nonce_twice(tmp_path: Path) -> None:
    keys = DataKeys.new()
    store = CallStore(tmp_path / "calls", KEY, keys=keys)
    for batch_id in (1, 2):
        write(
            store, batch_id, (call(f"2026-03-02T{hour:02}:{minute:02}") for hour in range(24) for minute in range(60))
        )
    one, other = (CallFiles(tmp_path / "calls", {}).path(batch_id) for batch_id in (1, 2))
    found = [nonce for path in (one, other) for nonce in nonces(path.read_bytes())]
    assert len(found) >= 2 * 14
    assert len(set(found)) == len(found)
    assert CALLEE.encode() not in one.read_bytes()
    store.read_all(1)
    one.write_bytes(other.read_bytes())
    with pytest.raises(StorageFailed):
        store.read_all(1)
