"""What a sweep takes and what it leaves."""

from pathlib import Path

from tests.services.calls.samples import CARD, SHANGHAI, a_store, call, stage, write

FIRST = call("2026-03-02T09:00")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "calls").iterdir())


def test_files_of_batches_that_nobody_keeps_are_taken(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for batch_id in (1, 2, 3):
        write(store, batch_id, [FIRST])

    removed = store.sweep({1}, {3})

    assert [path.name for path in removed] == ["calls-00000002.parquet"]
    assert store.batches() == {1, 3}


def test_parts_of_a_live_batch_stay_and_it_can_be_finished(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.staging() as staged:
        stage(staged, [FIRST])
        (tmp_path / "calls" / "calls-00000005.parquet.part").touch()

        assert store.sweep(set(), {5}) == []
        staged.publish(5)

    assert store.numbers_of(5) == [(CARD, 1)]


def test_parts_of_a_dead_batch_are_taken_even_if_the_batch_is_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 5, [FIRST])
    (tmp_path / "calls" / "calls-00000005.csv.part").touch()
    (tmp_path / "calls" / "calls-00000006.parquet.part").touch()

    store.sweep({5})

    assert names(tmp_path) == ["calls-00000005.parquet"]


def test_live_is_asked_at_the_last_moment(tmp_path: Path) -> None:
    class Locks:
        """Batches whose lock cannot be taken."""

        asked: list[object]

        def __init__(self) -> None:
            self.asked = []

        def __contains__(self, batch_id: object) -> bool:
            self.asked.append(batch_id)
            return batch_id == 2

    store, locks = a_store(tmp_path), Locks()
    for batch_id in (1, 2, 3):
        write(store, batch_id, [FIRST])

    store.sweep({1}, locks)

    assert locks.asked == [2, 3]
    assert store.batches() == {1, 2}


def test_files_that_are_not_ours_stay(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, [FIRST])
    others = ["calls-1.parquet", "calls-00000001.parquet.bak", "notes.txt", "calls-00000001.csv"]
    for name in others:
        (tmp_path / "calls" / name).touch()

    store.sweep(set())

    assert names(tmp_path) == sorted(others)


def test_a_spill_folder_in_use_stays_and_a_dead_one_goes(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, [FIRST])
    dead = tmp_path / "calls" / "spill-dead"
    dead.mkdir()
    (dead / "block.tmp").touch()

    with store.survey([1], None, 30, SHANGHAI) as survey:
        removed = store.sweep({1})
        assert [facts.calls for facts in survey.windows] == [1]

    assert removed == [dead]
    assert names(tmp_path) == ["calls-00000001.parquet"]


def test_a_store_without_a_folder_has_nothing_to_sweep(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    assert store.sweep(set()) == []
    assert store.batches() == set()
