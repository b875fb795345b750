"""How calls get into the store: once each, whole or not at all, and no callee in clear."""

import os
import resource
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.enums import Direction
from tests.services.files.calls.samples import (
    CARD,
    KEY,
    OTHER_CALLEE,
    OTHER_CARD,
    SECOND_US,
    Call,
    a_store,
    at,
    call,
    discard,
    rows,
    stage,
    windows,
    write,
)
from workbench.errors import StorageFailed
from workbench.services.files.calls.hashing import callee_hash
from workbench.services.files.spill import spill_folders
from workbench.services.foundation.file_store import Store

FIRST = call("2026-03-02T09:00")
SECOND = call("2026-03-02T09:05", callee=OTHER_CALLEE)
THIRD = call("2026-03-02T09:09", msisdn=OTHER_CARD)


def test_a_batch_becomes_one_file_of_its_owner_and_what_is_staged_is_its_owners_too(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    before = os.umask(0)
    try:
        with store.staging() as staged:
            stage(staged, [FIRST])
            modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "calls").iterdir()}
        written = write(store, 7, [FIRST, SECOND])
    finally:
        os.umask(before)

    assert modes == {0o700}
    assert written.path == tmp_path / "calls" / "calls-00000007.parquet"
    assert list((tmp_path / "calls").iterdir()) == [written.path]
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "calls").stat().st_mode) == 0o700
    assert (written.rows, written.created, written.unchanged) == (2, 2, 0)
    empty = write(store, 8, [])
    assert (empty.rows, empty.created, empty.unchanged) == (0, 0, 0)
    assert windows(store, [8], None) == []


def names(folder: Path) -> list[str]:
    """Return what is in the store, but for what was spilled."""
    return sorted(path.name for path in {*(folder / "calls").iterdir()}.difference(spill_folders(Store(folder))))


def test_a_call_counts_once_in_a_file_and_over_files_until_its_first_batch_is_undone(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    a_second_later = Call(start_at_us=FIRST.start_at_us + SECOND_US)
    others = [a_second_later, call("2026-03-02T09:00", direction=Direction.IN), SECOND]

    written = write(store, 1, [FIRST, *others, FIRST])

    # Another second, the other direction and another callee are other calls.
    assert (written.rows, written.created, written.unchanged) == (5, 4, 1)
    assert store.numbers_of(1) == [(CARD, 4)]
    assert [facts.calls for facts in windows(store, [1], None)] == [3]

    written = write(store, 2, [SECOND, THIRD, SECOND], [1])

    assert (written.rows, written.created, written.unchanged) == (3, 1, 2)
    assert [facts.calls for facts in windows(store, [1, 2], None)] == [3, 1]
    assert len(rows(tmp_path, 1, 2)) == 5

    discard(tmp_path, 1)

    assert [facts.calls for facts in windows(store, [2], None)] == [1, 1]


def test_rows_come_back_as_they_went_in_whatever_their_characters_and_those_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] *store?"
    odd = ['"', ",", "'", "\\", "a\r\nb", "\n", "\r", "NULL", "张", " ", "\t", "[1]*?"]

    write(a_store(folder), 1, [Call(msisdn=f"x{text}", start_at_us=at("2026-03-02T09:00"), imei=text) for text in odd])

    assert {(row.msisdn, row.imei) for row in rows(folder, 1)} == {(f"x{text}", text) for text in odd}


def test_no_callee_is_in_clear_anywhere_in_the_store(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    callees = [f"1990777{number:04}" for number in range(500)]

    def nowhere() -> bool:
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        return not any(b"1990777" in content for content in files)

    with store.staging() as staged:
        calls = enumerate(callees * 4)
        stage(staged, (Call(callee="+86 " + callee, start_at_us=number) for number, callee in calls))
        assert nowhere()
        staged.publish(1)
        assert nowhere()

    assert nowhere()
    assert rows(tmp_path, 1)[0].callee_hash == callee_hash(KEY, callees[0])


def test_an_import_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    def fail_halfway() -> None:
        with store.staging() as staged:
            stage(staged, [FIRST])
            raise KeyError

    with pytest.raises(KeyError):
        fail_halfway()

    assert list(tmp_path.iterdir()) == []


def test_a_missing_and_a_damaged_file_are_told(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    path = write(store, 1, [FIRST]).path
    path.write_bytes(path.read_bytes()[:100])

    with pytest.raises(StorageFailed, match="cannot be worked on"):
        windows(store, [1], None)
    with pytest.raises(StorageFailed, match=r"calls-00000002\.parquet is missing"):
        windows(store, [2], None)
    with pytest.raises(StorageFailed, match="cannot be worked on"):
        write(store, 3, [FIRST], [1])
    assert names(tmp_path) == ["calls-00000001.parquet"]


@pytest.mark.promise("S1")
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    for most_bytes in [0, 10_000]:
        store = a_store(tmp_path)
        calls = [Call(callee=str(number), start_at_us=number) for number in range(2_000)]
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        with store.staging() as staged:
            stage(staged, calls)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, limits[1]))
            try:
                with pytest.raises(StorageFailed, match="make room on the disk"):
                    staged.publish(1)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert list(tmp_path.iterdir()) == []


def test_an_export_that_fills_the_disk_is_told_as_the_failure_of_its_file(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, [Call(callee=str(number), start_at_us=number) for number in range(2_000)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with store.records([1], None, reveal=True) as records:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                records.write(tmp_path / ".调用'.abc12345.tmp")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_the_newest_file_corrects_a_call(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    long = replace(FIRST, duration_s=90, imei="490154203237518")
    changes: list[dict[str, Any]] = [{"duration_s": 5}, {"duration_s": 120}, {"answered": False}, {"imei": ""}]
    changes.append({"imei": "490154203237526"})
    told = [replace(long, msisdn=f"1990000010{place}") for place in range(len(changes))]
    corrected = [replace(one, **change) for one, change in zip(told, changes, strict=True)]
    write(store, 1, [*told, SECOND])
    before = windows(store, [1], None), rows(tmp_path, 1)
    write(store, 2, [THIRD], [1])
    written = write(store, 3, [SECOND, *corrected, *corrected], [1, 2])
    again = write(store, 4, [*corrected, SECOND], [1, 2, 3])
    assert (written.created, written.updated, written.unchanged) == (0, 5, 6)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 6)
    kept = {row.msisdn: (row.duration_s, row.answered, row.imei) for row in rows(tmp_path, 1, 2, 3)}
    assert {one.msisdn: kept[one.msisdn] for one in corrected} == {
        one.msisdn: (one.duration_s, one.answered, one.imei) for one in corrected
    }
    with store.records([1, 2, 3], None, reveal=True) as records:
        assert {row[0]: row[3:5] + row[6:] for row in records if row[2] == FIRST.start_at_us} == {
            one.msisdn: (one.duration_s, one.answered, one.imei or None) for one in corrected
        }
    assert windows(store, [1, 3], None) == windows(store, [3], None)
    assert (windows(store, [1], None), rows(tmp_path, 1)) == before
