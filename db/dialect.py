"""Everything that differs between databases. Services import it from here, and never name a dialect."""

from db.dialects.sqlite import (
    disable_fsync,
    encryption_faults,
    files_of,
    is_damage,
    is_full,
    is_plain,
    is_vulnerable,
    library_version,
    quick_check,
    remove_file,
    table_with_broken_reference,
)
from db.dialects.sqlite_backup import copy_in_use, copy_with_key
from db.dialects.sqlite_bulk import BulkRows, bulk_rows, insert_bulk, insert_rows
from db.dialects.sqlite_changes import NOTED_COLUMNS, RECEIPT, noted_rows, receipts_of, take_changes
from db.dialects.sqlite_journal import added_rows, clear_journals, end_journal, restore_rows, start_journal
from db.dialects.sqlite_lists import is_in_list, list_parameter
from db.dialects.sqlite_lock import write_lock

__all__ = ["BulkRows", "bulk_rows", "insert_bulk", "insert_rows", "is_in_list", "list_parameter", "write_lock"]
__all__ += ["NOTED_COLUMNS", "RECEIPT", "noted_rows", "receipts_of", "take_changes"]
__all__ += ["copy_in_use", "copy_with_key", "disable_fsync", "files_of", "remove_file"]
__all__ += ["encryption_faults", "is_damage", "is_full", "is_plain", "is_vulnerable", "library_version"]
__all__ += ["quick_check", "table_with_broken_reference"]
__all__ += ["added_rows", "clear_journals", "end_journal", "restore_rows", "start_journal"]
