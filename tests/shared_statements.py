"""Lets all databases of a test process share compiled SQL: each test opens its own, and compiling took half its time."""

from typing import Any
from weakref import WeakKeyDictionary

from pytest import MonkeyPatch
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_STATEMENTS = 2_000


def share(patched: MonkeyPatch) -> None:
    """Give every SQLite engine the same cache, and let dialects of one class be equal, for they are part of its keys."""
    statements: LRUCache[Any, Any] = LRUCache(_STATEMENTS)
    types: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
    begin = Engine.__init__

    def begun(engine: Engine, *arguments: Any, **options: Any) -> None:
        begin(engine, *arguments, **options)
        if isinstance(engine.dialect, SQLiteDialect_pysqlite):
            engine._compiled_cache = statements
            engine.dialect._type_memos = types  # type: ignore[misc]  # a read-only property by its annotation alone

    patched.setattr(Engine, "__init__", begun)
    patched.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
    patched.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))
