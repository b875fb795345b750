"""Replaces the call file of a batch with one without the calls of some numbers."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from db.access import sync
from workbench.services.files.calls.engine import open_engine, translated_failures
from workbench.services.files.calls.parquet import CallFileCheck, CallFiles, check_values_of, create_restricted_file

if TYPE_CHECKING:
    from workbench.services.encryption.data_keys import DataKeys

_SELECT_KEPT_CALLS = "SELECT * EXCLUDE (place) FROM call ANTI JOIN erased USING (msisdn) ORDER BY msisdn, start_us"
"""The calls that stay, in the columns and the order of a call file; only the view `call` has the column `place`."""


def replacement_path(files: CallFiles, batch_id: int) -> Path:
    """Return the path of the replacement for the call file of a batch."""
    path = files.path(batch_id)
    return path.with_name(f"{path.name}.erasing.part")


def write_without(files: CallFiles, batch_id: int, numbers: Collection[str], keys: "DataKeys | None") -> CallFileCheck:
    """Write the remaining calls of a batch to its replacement file, and return the check values of that file.

    Raises:
        StorageFailed: If the file is missing or damaged, or the disk is full.
        BadConfiguration: If the file was changed.
    """
    [path] = files.paths([batch_id])  # checks the file
    replacement = replacement_path(files, batch_id)
    with open_engine(files.folder, keys) as duck, translated_failures(files.folder):
        os.close(create_restricted_file(replacement))
        duck.open_calls([path])
        duck.load("erased", {"msisdn": "VARCHAR"}, ((number,) for number in numbers))
        duck.write_calls(_SELECT_KEPT_CALLS, replacement, part=(0, 1))
        sync(replacement)
    return check_values_of(replacement)


def replace_call_file(files: CallFiles, batch_id: int) -> None:
    """Replace the call file of a batch; processes that have opened the old file can still read it."""
    with translated_failures(files.folder):
        replacement_path(files, batch_id).rename(files.path(batch_id))
        sync(files.folder)


def has_check_values(path: Path, check: CallFileCheck) -> bool:
    """Say whether a file exists and has these check values."""
    return path.exists() and check_values_of(path) == check
