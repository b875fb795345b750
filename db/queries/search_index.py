"""The full-text index of cases, from the module of the dialect in use. The caller updates it in its transaction."""

from db.dialects.search import index_cases, index_rows, remove_cases, terms_of

__all__ = ["index_cases", "index_rows", "remove_cases", "terms_of"]
