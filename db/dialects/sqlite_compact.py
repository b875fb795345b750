"""Rewrites a SQLite file so that no deleted data is left in it.

`secure_delete` overwrites most deleted data. But when SQLite splits or merges pages, a copy of a row can stay on its
earlier page. And the full-text index keeps the terms of removed rows until its segments are merged.
"""

from typing import Any

_MERGE_TERMS = "INSERT INTO search_term (search_term) VALUES ('optimize')"


def compact(connection: Any) -> bool:
    """Merge the full-text index, rewrite all pages, and empty the WAL file.

    The caller has the write lock, and a connection of the driver that is in no transaction. Returns whether the WAL
    file was emptied; readers of an older state prevent that.
    """
    connection.execute(_MERGE_TERMS)
    connection.execute("VACUUM")
    is_busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
