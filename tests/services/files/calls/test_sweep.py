"""What goes when a batch is taken back or its import died, and what stays."""

from pathlib import Path

from tests.services.files.calls.samples import CARD, SHANGHAI, a_store, call, discard, stage, write
from workbench.services.files.spill import spill_folders
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import delete_unlocked

FIRST = call("2026-03-02T09:00")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "calls").iterdir())


def test_every_file_of_a_batch_goes_and_no_other(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    discard(tmp_path, 1)
    assert not (tmp_path / "calls").exists(), "without a folder there is nothing to remove"
    for batch_id in (1, 2):
        write(store, batch_id, [FIRST])
    others = ["calls-1.parquet", "calls-00000001.parquet.bak", "notes.txt", "calls-00000003.parquet.part"]
    for name in [*others, "calls-00000001.csv.part", "calls-00000001.parquet.part"]:
        (tmp_path / "calls" / name).touch()

    discard(tmp_path, 1)

    assert names(tmp_path) == sorted([*others, "calls-00000002.parquet"])


def test_a_spill_folder_in_use_stays_and_a_dead_one_goes(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    dead = tmp_path / "calls" / "spill-dead"
    with store.staging() as staged:
        stage(staged, [FIRST])
        dead.mkdir()
        (dead / "block.tmp").touch()
        delete_unlocked(spill_folders(Store(tmp_path)))
        assert not dead.exists()
        staged.publish(1)

    assert names(tmp_path) == ["calls-00000001.parquet"]
    with store.survey([1], [CARD], 30, SHANGHAI) as survey:
        delete_unlocked(spill_folders(Store(tmp_path)))
        assert [facts.calls for facts in survey.facts()] == [1]
