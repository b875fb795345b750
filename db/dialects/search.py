"""The full-text index of cases by parts of names and numbers: FTS5 on SQLite, a `tsvector` on PostgreSQL.

Hits include all matching cases and few others, so callers check each hit again, with LIKE. PostgreSQL has the same
terms and reads the same queries; see its functions `search_terms` and `search_query`.

The index contains terms, not text. For a name: its character bigrams in order (an FTS phrase query of bigrams then
finds any substring), its single characters, and the bigrams of its pinyin initials. For an application number: its
parts. Like LIKE, the index ignores the case of ASCII letters only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add
from typing import Any

from sqlalchemy import Connection, Integer, Select, column, delete, table, text
from sqlalchemy.orm import Session

from db.dialects.bulk import BulkRows
from db.initials import initials

CREATE = """CREATE VIRTUAL TABLE search_term USING fts5(
    name, single, initials, part, content='', contentless_delete=1, tokenize='ascii')"""

_TABLE = table("search_term", column("rowid", Integer))
_INDEX = text(
    """INSERT OR REPLACE INTO search_term (rowid, name, single, initials, part)
       VALUES (:id, :name, :single, :initials, :part)"""
)

# The tokenizer drops ASCII punctuation and keeps every other character, so punctuation is mapped to private use
# characters. Names that contain those private use characters get U+F8FF instead, so that the two are not confused.
_PUNCTUATION_MAP = {
    **{0xE000 + code: 0xF8FF for code in range(128)},
    **{code: 0xE000 + code for code in range(128) if not chr(code).isalnum()},
}
# All columns share one list of terms. A prefix keeps the frequent terms of one column from slowing down another.
_INITIALS, _PART = "\ue0fe", "\ue0ff"
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_TERM_MAP = {**_PUNCTUATION_MAP, **_LOWER}
_BETWEEN_PARTS = re.compile(r"[-/_. ]+")


def terms_of(name: str, application_no: str) -> dict[str, Any]:
    """Return the index row of a case without its id. This takes some µs, so do it before taking the write lock."""
    folded = _term(name)
    return {
        "name": " ".join(_bigrams(folded)),
        "single": " ".join(dict.fromkeys(folded)),
        "initials": _prefixed(_INITIALS, _bigrams(initials(name))),
        "part": _prefixed(_PART, map(_term, parts(application_no))),
    }


def lower(text_: str) -> str:
    """Return a text as LIKE compares it: with ASCII letters in lower case."""
    return text_.translate(_LOWER)


def parts(application_no: str) -> list[str]:
    """Return the parts of an application number."""
    return [part for part in _BETWEEN_PARTS.split(lower(application_no)) if part]


def _term(text_: str) -> str:
    return text_.translate(_TERM_MAP)


def _prefixed(prefix: str, terms: Iterable[str]) -> str:
    """Return terms with a prefix before each."""
    joined = f" {prefix}".join(terms)
    return prefix + joined if joined else ""


def _bigrams(characters: str) -> Iterator[str]:
    return map(add, characters, characters[1:])


def register(connection: Any) -> None:
    """Define the SQL functions that the conditions below use, on a connection of the driver."""
    connection.create_function("pinyin_initials", 1, initials, deterministic=True)
    connection.create_function("has_part", 2, _has_part, deterministic=True)


def _has_part(application_no: str, part: str) -> bool:
    return part in parts(application_no)


def index_cases(connection: Connection | Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Index cases; each row is a result of `terms_of` with the `id` of the case added."""
    if rows:
        connection.execute(_INDEX, rows)


def index_rows(cases: Iterable[tuple[int, str, str]]) -> BulkRows:
    """Return the rows of the index for new cases, each with its id, the applicant's name and the number."""
    rows = [(case_id, *terms_of(name, number).values()) for case_id, name, number in cases]
    return BulkRows(_TABLE.name, ("rowid", "name", "single", "initials", "part"), rows)


def remove_cases(connection: Connection | Session, case_ids: Select[tuple[int]]) -> None:
    """Remove cases from the index."""
    connection.execute(delete(_TABLE).where(_TABLE.c.rowid.in_(case_ids)))


def name_hits(part: str) -> str:
    """Return the query for names that contain `part`."""
    term = _term(part)
    if len(term) == 1:
        return f'single : "{term}"'
    return f'name : "{" ".join(_bigrams(term))}"'


def initials_hits(letters: str) -> str:
    """Return the query for names that contain these adjacent pinyin initials, at least two."""
    return f'initials : "{" ".join(_INITIALS + bigram for bigram in _bigrams(letters))}"'


def part_hits(part: str) -> str:
    """Return the query for application numbers of which `part` is one part."""
    return f'part : "{_PART}{_term(part)}"'


def any_of(queries: Iterable[str]) -> str:
    """Return the query for the hits of any of several queries."""
    return " OR ".join(f"({query})" for query in queries)


def all_of(queries: Iterable[str]) -> str:
    """Return the query for the common hits of several queries."""
    return " AND ".join(f"({query})" for query in queries)


HITS = "SELECT rowid AS id FROM search_term WHERE search_term MATCH :{match}"
"""SQL for the ids of the cases that a query finds; `{match}` is the name of its bound parameter."""

INITIALS = "pinyin_initials({text})"
"""SQL: the pinyin initials of a text. It takes up to 40 µs."""

HAS_INITIALS = "instr(pinyin_initials(c.applicant_name), :{letters}) > 0"
"""SQL: whether the name of the case `c` contains the pinyin initials. It takes about 40 µs."""

HAS_PART = "has_part(c.application_no, :{part})"
"""SQL: whether the application number of the case `c` has a part."""

NUMBER_IS = "{case}.application_no COLLATE NOCASE = :{bound}"
"""SQL: whether the application number of the case `{case}` is a text; `{bound}` is the name of its parameter."""

HANDLER_NAME = "handler_name COLLATE NOCASE"
"""SQL: the handler's name of an application, for a comparison that ignores case."""

NUMBER_BEGINS = (
    "({case}.application_no COLLATE NOCASE >= :{bound} AND {case}.application_no COLLATE NOCASE < :{bound}_end)"
)
"""SQL: whether the application number of the case `{case}` begins with a text.

`{bound}` is the name of the bound parameter for the text; the parameter `{bound}_end` must be the text followed by the
greatest character.
"""
