"""Writes the file of a batch again without the calls of some numbers."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from db.access import sync
from workbench.services.calls.engine import engine, translated_failures
from workbench.services.calls.parquet import CallFileCheck, CallFiles, check_of, create_private

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys

_KEPT = "SELECT * FROM call ANTI JOIN gone USING (msisdn) ORDER BY msisdn, start_us"


def erasing_part(files: CallFiles, batch_id: int) -> Path:
    """Return where the file lies that replaces the one of a batch."""
    path = files.path(batch_id)
    return path.with_name(f"{path.name}.erasing.part")


def write_without(files: CallFiles, batch_id: int, numbers: Collection[str], keys: "DataKeys | None") -> CallFileCheck:
    """Write what stays of a batch into its part, and return the check values of that.

    Raises:
        StorageFailed: If the file is missing or damaged, or the disk is full.
        BadConfiguration: If the file was changed.
    """
    [path], part = files.paths([batch_id]), erasing_part(files, batch_id)
    with engine(files.folder, keys) as duck, translated_failures(files.folder):
        os.close(create_private(part))
        duck.open_calls([path])
        duck.load("gone", {"msisdn": "VARCHAR"}, ((number,) for number in numbers))
        duck.write_calls(_KEPT, part, (0, 1))
        sync(part)
    return check_of(part)


def put_in_place(files: CallFiles, batch_id: int) -> None:
    """Replace the file of a batch by its part; a file that is opened already stays readable."""
    with translated_failures(files.folder):
        erasing_part(files, batch_id).rename(files.path(batch_id))
        sync(files.folder)


def has_check(path: Path, check: CallFileCheck) -> bool:
    """Say whether a file is there with these check values."""
    return path.exists() and check_of(path) == check
