"""Updates the full-text index of cases; the only module that knows which dialect implements it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

from db.dialects import sqlite_search
from db.dialects.sqlite_search import terms_of

__all__ = ["forget", "make_findable", "terms_of"]


def make_findable(session: Session, cases: Sequence[dict[str, Any]]) -> None:
    """Index cases, in the caller's write transaction; each is a result of `terms_of` with the case's `id`."""
    sqlite_search.put(session.connection(), cases)


def forget(session: Session, case_ids: Select[tuple[int]]) -> None:
    """Remove cases from the index, in the caller's write transaction."""
    sqlite_search.forget(session.connection(), case_ids)
