"""Lets all databases of a test process share compiled SQL, which took half the time of a test to compile."""

from collections import defaultdict
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STATEMENTS = 2_000


def share(patched: pytest.MonkeyPatch) -> None:
    """Give all engines of one kind the same cache. Dialects of one class are equal, as they are part of its keys."""
    statements: dict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(_STATEMENTS))
    types: dict[str, WeakKeyDictionary[Any, Any]] = defaultdict(WeakKeyDictionary)
    begin = Engine.__init__

    def begun(engine: Engine, *arguments: Any, **options: Any) -> None:
        begin(engine, *arguments, **options)
        engine._compiled_cache = statements[engine.dialect.name]
        engine.dialect._type_memos = types[engine.dialect.name]

    patched.setattr(Engine, "__init__", begun)
    patched.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
    patched.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
