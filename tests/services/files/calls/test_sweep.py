"""What goes when a batch is taken back or its import died, and what stays."""

from pathlib import Path

from tests.services.files.calls.samples import CARD, SHANGHAI, a_store, call, discard, stage, write
from workbench.services.files.calls.parquet import CallFiles

FIRST = call("2026-03-02T09:00")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "calls").iterdir())


def test_every_file_of_a_batch_goes_and_no_other(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for batch_id in (1, 2):
        write(store, batch_id, [FIRST])
    others = ["calls-1.parquet", "calls-00000001.parquet.bak", "notes.txt", "calls-00000003.parquet.part"]
    for name in [*others, "calls-00000001.csv.part", "calls-00000001.parquet.part"]:
        (tmp_path / "calls" / name).touch()

    discard(tmp_path, 1)

    assert names(tmp_path) == sorted([*others, "calls-00000002.parquet"])


def test_a_spill_folder_in_use_stays_and_a_dead_one_goes(tmp_path: Path) -> None:
    store, files = a_store(tmp_path), CallFiles(tmp_path / "calls", {})
    dead = tmp_path / "calls" / "spill-dead"
    with store.staging() as staged:
        stage(staged, [FIRST])
        dead.mkdir()
        (dead / "block.tmp").touch()
        files.sweep_spills()
        assert not dead.exists()
        staged.publish(1)

    assert names(tmp_path) == ["calls-00000001.parquet"]
    with store.survey([1], [CARD], 30, SHANGHAI) as survey:
        files.sweep_spills()
        assert [facts.calls for facts in survey.facts()] == [1]


def test_a_store_without_a_folder_has_nothing_to_remove(tmp_path: Path) -> None:
    files = CallFiles(tmp_path / "calls", {})

    files.sweep_spills()
    files.discard(1)

    assert not (tmp_path / "calls").exists()
