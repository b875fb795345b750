"""Copies the files of a store to another store, and compares each with its SHA-256."""

import shutil
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path

from db.access import FileAccess, make_folder, new_file, sync
from workbench.errors import BadConfiguration, BadData, NotFound
from workbench.i18n import _
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import cannot_write, open_regular

_PART = ".part"


def verify_store(store: Store, sums: Mapping[str, str]) -> None:
    """Compare all files of a store with their SHA-256, given by their paths in the store.

    Raises:
        BadConfiguration: If a file is missing or was changed.
    """
    for name, digest in sums.items():
        if _digest(store.folder / name) != digest:
            message = _("{file} is missing or was changed; nothing was moved. Put it back from a backup.")
            raise BadConfiguration(message.format(file=store.folder / name))


def copy_store(source: Store, target: Store, sums: Mapping[str, str], access: FileAccess) -> None:
    """Make a store equal to another one, whose files have the SHA-256 given by their paths in the store.

    Files that an interrupted copy wrote are kept if they are right.

    Raises:
        BadConfiguration: If a file is missing or was changed.
        CannotCreate: If a file cannot be written.
    """
    try:
        for folder in (target.folder, target.documents, target.calls, target.batches):
            make_folder(folder, access)
        for name, digest in sums.items():
            path = target.folder / name
            if _digest(path) != digest:
                make_folder(path.parent, access)
                _copy(source.folder / name, path, access)
        wanted = {target.folder / name for name in sums}
        for path in [path for path in target.folder.rglob("*") if path.is_file() and path not in wanted]:
            path.unlink()
        for folder in [target.folder, *filter(Path.is_dir, target.folder.rglob("*"))]:
            sync(folder)
    except OSError as error:
        raise cannot_write(target.folder, error) from error
    verify_store(target, sums)


def _copy(source: Path, path: Path, access: FileAccess) -> None:
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)
    with open_regular(source, follow_links=False) as read, new_file(part, access.file_mode) as written:
        shutil.copyfileobj(read, written)
    part.replace(path)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, "" if there is none that could be copied."""
    try:
        with open_regular(path, follow_links=False) as file:
            return file_digest(file, "sha256").hexdigest()
    except (NotFound, BadData):
        return ""
