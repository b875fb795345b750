"""Spells the SQL of this package, which is written for SQLite, for PostgreSQL.

Every statement is written once. What PostgreSQL writes differently is replaced here, in the finished text of a
statement, so that SQLite gets its text as it was written. Functions of SQLite that are missing in PostgreSQL are
created with the schema; see `db.dialects.postgresql.schema`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Connection

_BOUND = r"%\(\w+\)s(?:::\w+)?|__\[POSTCOMPILE_\w+\]"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Hints for the planner.
        (r" (?:INDEXED BY \w+|NOT INDEXED)\b", ""),
        (r"\bCROSS JOIN (\w+ \w+) ON\b", r"JOIN \1 ON"),
        # Schemas.
        (r"\bmain\.", ""),
        (r"\btemp\.", "pg_temp."),
        # Booleans are no numbers.
        (r"\b(is_\w+) = 1\b", r"\1 = true"),
        (r"\b(is_\w+) = 0\b", r"\1 = false"),
        # LIKE and NOCASE ignore the case of ASCII letters; so do ILIKE and `lower` with the collation of the columns.
        (r"\bLIKE\b", "ILIKE"),
        (rf"([\w.]+) COLLATE NOCASE (=|<|>=) ({_BOUND})", r"lower(\1) \2 lower(\3)"),
        (rf"([\w.]+) = ({_BOUND}) COLLATE NOCASE", r"lower(\1) = lower(\2)"),
        (rf"([\w.]+) COLLATE NOCASE IN \(((?:{_BOUND}|, )+)\)", r"lower(\1) = ANY(lower_all(ARRAY[\2]))"),
        (r"([\w.]+) COLLATE NOCASE", r"lower(\1)"),
        # Lists in JSON.
        (
            rf"SELECT value( AS id)? FROM json_each\(({_BOUND})\)",
            r"SELECT CAST(value AS bigint)\1 FROM jsonb_array_elements_text(CAST(\2 AS jsonb))",
        ),
        (rf"\bjson_each\(({_BOUND})\)", r"jsonb_array_elements_text(CAST(\1 AS jsonb))"),
        (r"\bjson_each\(json_array\((\w+), ('\w+')\)\)", r"unnest(ARRAY[\1, \2]) AS value"),
        (r"\bvalue ->> (\d)", r"CAST(value AS jsonb) ->> \1"),
        (r"\bAS INTEGER\)", "AS bigint)"),
        (r"\bjson_object\(", "json_build_object("),
        (
            r"json_group_array\(json_array\(name, id, json\(was\)\) ORDER BY rowid\)",
            "coalesce(json_agg(json_build_array(name, id, CAST(was AS json)) ORDER BY number), '[]')",
        ),
        # The index of terms.
        (rf"\bsearch_term MATCH ({_BOUND})", r"terms @@ search_query(\1)"),
        (r"\bpinyin_initials\(c\.applicant_name\)", "(SELECT s.letters FROM search_term AS s WHERE s.rowid = c.id)"),
        (
            r"INSERT OR REPLACE INTO search_term (\([^)]*\)\s+VALUES \((?:[^()]|\(\w+\))*\))",
            r"INSERT INTO search_term \1 ON CONFLICT (rowid) DO UPDATE SET name = excluded.name,"
            r" single = excluded.single, initials = excluded.initials, part = excluded.part",
        ),
        (r"\bORDER BY rowid\b", "ORDER BY number"),
    )
)
_ORDER_BY = re.compile(r"\bORDER BY\s+")
_TOKEN = re.compile(r"'(?:[^']|'')*'|[(),]|\b(?:LIMIT|OFFSET|UNION|RETURNING|ROWS)\b|$")
_NEVER_NULL = re.compile(r'\s*(?:[\w"]+\.)?(?:id|seq|number|rowid)(?: ASC| DESC)?\s*')


def spelled(connection: Connection, sql: str) -> str:
    """Return a statement for the driver of a connection, with the marks of its parameters."""
    return sql if connection.dialect.name == "sqlite" else spell(sql).replace("?", "%s")


@lru_cache(maxsize=2_000)
def spell(sql: str) -> str:
    """Return a statement as PostgreSQL writes it."""
    for pattern, replacement in _RULES:
        sql = pattern.sub(replacement, sql)
    for at, nulls in sorted(_places_of_nulls(sql), reverse=True):
        sql = sql[:at] + nulls + sql[at:]
    return sql


def nulls_of(term: str) -> str:
    """Return the words that sort NULL below all values, as SQLite does, for a term of an order or of an index."""
    if _NEVER_NULL.fullmatch(term) or " NULLS " in term:
        return ""
    return " NULLS LAST" if term.rstrip().endswith(" DESC") else " NULLS FIRST"


def _places_of_nulls(sql: str) -> Iterator[tuple[int, str]]:
    """Yield the end of each term of an ORDER BY, with the words to insert there."""
    for order in _ORDER_BY.finditer(sql):
        start, depth = order.end(), 0
        for token in _TOKEN.finditer(sql, start):
            word = token.group()
            if word == "(":
                depth += 1
            elif depth and word == ")":
                depth -= 1
            elif not depth and not word.startswith("'"):
                term = sql[start : token.start()].rstrip()
                if term:
                    yield start + len(term), nulls_of(term)
                if word != ",":
                    break
                start = token.end()
