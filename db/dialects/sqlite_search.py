"""What makes cases findable by a part of a name: FTS5 on SQLite.

Another database offers the same names: CREATE, `put`, `fill`, `forget`; `name_hits`, `initials_hits`, `part_hits` with
`any_of` and `all_of`, which say what is looked for; HITS, which finds it, and HAS_INITIALS, HAS_PART and
NUMBER_BEGINS, which check a case. Hits are all cases that match and
few others: whoever asks checks each again, with LIKE.

The index holds no text, only terms: of a name each pair of neighbouring characters in their order, so that a phrase
of pairs is a part of the name whatever its length; each single character; each pair of its pinyin initials; and the
parts of an application number. Letters are compared as LIKE compares them: only ASCII has no capitals.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Select, column, delete, table, text

from db.initials import initials

CREATE = """CREATE VIRTUAL TABLE search_term USING fts5(
    name, single, initials, part, content='', contentless_delete=1, tokenize='ascii')"""

_TABLE = table("search_term", column("rowid", Integer))
_PUT = text(
    """INSERT OR REPLACE INTO search_term (rowid, name, single, initials, part)
       VALUES (:id, :name, :single, :initials, :part)"""
)
_CASES = text('SELECT id, applicant_name, application_no FROM "case" WHERE id > :last ORDER BY id LIMIT :limit')
_FILLED_TOGETHER = 5_000

# The tokenizer takes every character beyond ASCII as part of a term; ASCII that is no letter or digit moves there.
# The private characters there make room; what is looked for is not.
_MOVED = {
    **{0xE000 + code: 0xF8FF for code in range(128)},
    **{code: 0xE000 + code for code in range(128) if not chr(code).isalnum()},
}
# The columns share one list of terms, and a term that is common in one must not slow down another.
_INITIALS, _PART = "\ue0fe", "\ue0ff"
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_BETWEEN_PARTS = re.compile(r"[-/_. ]+")


def terms_of(name: str, application_no: str) -> dict[str, Any]:
    """Return the row of the index without its id; it takes some 50 µs, so it is better made before a lock is taken."""
    written = _term(name)
    return {
        "name": " ".join(_pairs(written)),
        "single": " ".join(dict.fromkeys(written)),
        "initials": " ".join(_INITIALS + pair for pair in _pairs(initials(name))),
        "part": " ".join(_PART + _term(part) for part in parts(application_no)),
    }


def lower(written: str) -> str:
    """Return a text as LIKE compares it: only the letters of ASCII have no capitals."""
    return written.translate(_LOWER)


def parts(application_no: str) -> list[str]:
    """Return the parts of an application number."""
    return [part for part in _BETWEEN_PARTS.split(lower(application_no)) if part]


def _term(written: str) -> str:
    return lower(written).translate(_MOVED)


def _pairs(characters: str) -> Iterator[str]:
    return (characters[place : place + 2] for place in range(len(characters) - 1))


def register(connection: Any) -> None:
    """Let SQL on a connection of the driver ask for what the terms are made of."""
    connection.create_function("pinyin_initials", 1, initials, deterministic=True)
    connection.create_function("has_part", 2, _has_part, deterministic=True)


def _has_part(application_no: str, part: str) -> bool:
    return part in parts(application_no)


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make cases findable by what they are called now; `rows` are those of `terms_of`, each with its `id`."""
    if rows:
        connection.execute(_PUT, rows)


def forget(connection: Connection, case_ids: Select[tuple[int]]) -> None:
    """Let cases be found no more."""
    connection.execute(delete(_TABLE).where(_TABLE.c.rowid.in_(case_ids)))


def fill(connection: Connection) -> None:
    """Make every case findable that is there."""
    last = 0
    while True:
        cases = connection.execute(_CASES, {"last": last, "limit": _FILLED_TOGETHER}).all()
        if not cases:
            return
        put(
            connection,
            [{**terms_of(name, number), "id": case_id} for case_id, name, number in cases],
        )
        last = cases[-1][0]


def name_hits(part: str) -> str:
    """Return what finds the names with this part; the value of `hits`."""
    term = _term(part)
    if len(term) == 1:
        return f'single : "{term}"'
    return f'name : "{" ".join(_pairs(term))}"'


def initials_hits(letters: str) -> str:
    """Return what finds the names with these pinyin initials one after the other; at least two."""
    return f'initials : "{" ".join(_INITIALS + pair for pair in _pairs(letters))}"'


def part_hits(part: str) -> str:
    """Return what finds the application numbers with this part."""
    return f'part : "{_PART}{_term(part)}"'


def any_of(matches: Iterable[str]) -> str:
    """Return what finds the hits of each of several."""
    return " OR ".join(f"({match})" for match in matches)


def all_of(matches: Iterable[str]) -> str:
    """Return what finds the hits that several have in common."""
    return " AND ".join(f"({match})" for match in matches)


HITS = "SELECT rowid AS id FROM search_term WHERE search_term MATCH :{match}"
"""The ids of the cases that a match finds; `match` is the name of the value that holds it."""

HAS_INITIALS = "instr(pinyin_initials(c.applicant_name), :{letters}) > 0"
"""Whether the name of the case `c` has these pinyin initials; it takes some 40 µs."""

HAS_PART = "has_part(c.application_no, :{part})"
"""Whether the application number of the case `c` has a part."""

NUMBER_BEGINS = (
    "({case}.application_no COLLATE NOCASE >= :{name} AND {case}.application_no COLLATE NOCASE < :{name}_end)"
)
"""Whether the number of `case` begins with the value `name`; `{name}_end` is that and the last character there is."""
