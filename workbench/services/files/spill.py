"""The spill folders for data that does not fit into memory; each is locked while its process lives."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.access import access_of, make_folder
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import lock_folder

_PREFIX = "spill-"


def spill_folders(store: Store) -> Iterator[Path]:
    """Yield the spill folders of all processes, also of those that have ended."""
    for folder in (store.calls, store.documents):
        yield from folder.glob(f"{_PREFIX}*")


def make_store_folder(folder: Path) -> None:
    """Create a folder of the store if it is missing, with the access rights of its parent folder."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_folder(folder, access_of(folder.parent))


@contextmanager
def spill_folder(folder: Path) -> Iterator[Path]:
    """Create a locked spill folder and remove it afterwards, with the folder above it if that was created too."""
    is_new = not folder.exists()
    make_store_folder(folder)
    while True:
        spill = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        lock = lock_folder(spill)
        if lock is not None:
            break
    try:
        # After a killed import, another member of the group may have to remove the folder.
        spill.chmod(access_of(folder).folder_mode)
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)
        os.close(lock)
        if is_new:
            with suppress(OSError):
                folder.rmdir()
