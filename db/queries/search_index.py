"""The full-text index of cases, updated in the caller's write transaction, whichever dialect implements it."""

from db.dialects.sqlite_search import index_cases, remove_cases, terms_of

__all__ = ["index_cases", "remove_cases", "terms_of"]
