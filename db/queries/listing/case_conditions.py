"""The conditions of case lists in SQL.

Functions that bind values take a `prefix` for the names of these values.
"""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from db.dialects import search
from db.dialects.sqlite import CASES_TO_REOPEN
from db.queries.listing.case_list import PENDING_ON_OTHERS, CaseCondition

_ORDER_INDEX_COLUMNS = frozenset({"risk", "service_class", "round", "assignee_id"})
_LAST_CHARACTER = "\U0010ffff"
_FEWEST_INITIALS = 2
_MOST_VALUES = 2_000
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_FULL_WIDTH_LOWER = {code + 0xFEE0: code + 0xFF00 for code in range(ord("A"), ord("Z") + 1)}
_FULL_WIDTH_UPPER = {small: capital for capital, small in _FULL_WIDTH_LOWER.items()}
_PUBLISHED = "EXISTS (SELECT 1 FROM import_batch b WHERE b.id = k.batch_id AND b.published_at IS NOT NULL)"
_HELD = "c.state = 'in_review' AND c.held_until > :now"
_NO_HITS = 'SELECT id FROM "case" WHERE 1 = 0'

NO_RECHECK = ""
"""The `recheck` of a condition whose hits all satisfy it; None asks for a recheck of the whole condition."""

NO_CASE = CaseCondition(check="1 = 0", hits=_NO_HITS, recheck=NO_RECHECK, is_indexed=True)
"""The condition that no case satisfies."""


def any_condition(conditions: Sequence[CaseCondition]) -> CaseCondition:
    """Return the condition that at least one of several conditions is true."""
    if len(conditions) == 1:
        return conditions[0]
    have_hits = all(condition.hits for condition in conditions)
    have_match = all(condition.match for condition in conditions)
    return CaseCondition(
        check=" OR ".join(f"({condition.check})" for condition in conditions),
        values={name: value for condition in conditions for name, value in condition.values.items()},
        hits=" UNION ALL ".join(condition.hits for condition in conditions) if have_hits else "",
        match=search.any_of(condition.match for condition in conditions) if have_match else "",
        # A hit does not show which condition it satisfies, so all conditions must be exact to skip the recheck.
        recheck=NO_RECHECK if all(condition.recheck == NO_RECHECK for condition in conditions) else None,
        is_indexed=all(condition.is_indexed for condition in conditions),
        is_slow=any(condition.is_slow for condition in conditions),
    )


def negate(condition: CaseCondition) -> CaseCondition:
    """Return the negation of a condition."""
    check = f"c.id NOT IN ({condition.hits})" if condition.is_slow else f"({condition.check}) IS NOT TRUE"
    return CaseCondition(check=check, values=condition.values, is_indexed=condition.is_indexed)


def _bound(prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """Return placeholders for IN, and their values."""
    named = {f"{prefix}_{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{parameter}" for parameter in named), named


def is_running(states: Iterable[str]) -> CaseCondition:
    """Return the condition that the clock of the case runs; `states` are those in which it can run."""
    listed = ", ".join(f"'{state}'" for state in sorted(states) if state != "pending")
    return CaseCondition(check=f"c.state IN ({listed}) OR ({PENDING_ON_OTHERS})", is_indexed=True)


NOT_SUSPENDED_BEFORE_DUE = CaseCondition(check="c.suspended_from IS NULL OR c.due_at <= c.suspended_from")
"""The condition that no open suspension stopped the clock of a case before it was due."""


HOLDS = {
    "aside": CaseCondition(check=f"{_HELD} AND coalesce(c.aside_until, 0) > :now"),
    "returned": CaseCondition(check="c.returned_to_id IS NOT NULL AND c.state IN ('queued', 'in_review')"),
}
"""The conditions that a case is put aside, or was returned to its maker by a check."""


def has_one_of(column: str, values: Iterable[Any], prefix: str) -> CaseCondition:
    """Return the condition that a column of the case has one of `values`."""
    listed, named = _bound(prefix, values)
    return CaseCondition(check=f"c.{column} IN ({listed})", values=named, is_indexed=column in _ORDER_INDEX_COLUMNS)


def waits_for_one_of(parties: Iterable[str], prefix: str) -> CaseCondition:
    """Return the condition that the case is pending and waits for one of `parties`."""
    listed, named = _bound(prefix, parties)
    return CaseCondition(check=f"c.state = 'pending' AND c.waits_for IN ({listed})", values=named)


def compares(column: str, op: str, value: int, prefix: str) -> CaseCondition:
    """Return the comparison of a numeric column with a value; `op` is one of = < <= > >=."""
    return CaseCondition(
        check=f"c.{column} {op} :{prefix}", values={prefix: value}, is_indexed=column in _ORDER_INDEX_COLUMNS
    )


def is_one_of(case_ids: Iterable[int], prefix: str) -> CaseCondition:
    """Return the condition that the case is one of `case_ids`."""
    # As JSON, because there may be more than a statement has variables.
    return CaseCondition(
        check=f"c.id IN (SELECT value FROM json_each(:{prefix}))",
        values={prefix: json.dumps(list(case_ids))},
        hits=f'SELECT id FROM "case" WHERE id IN (SELECT value FROM json_each(:{prefix}))',
        recheck=NO_RECHECK,
        is_indexed=True,
    )


def assigned_to(reviewer_id: int | None, prefix: str) -> CaseCondition:
    """Return the condition that the case is assigned to a person; None means that it is not assigned."""
    if reviewer_id is None:
        return CaseCondition(check="c.assignee_id IS NULL", is_indexed=True)
    return CaseCondition(
        # For a case without an assignee this is false and not NULL, so that it can be negated.
        check=f"coalesce(c.assignee_id, 0) = :{prefix}",
        values={prefix: reviewer_id},
        hits=f'SELECT id FROM "case" WHERE assignee_id = :{prefix}',
        is_indexed=True,
    )


def held_by(reviewer_id: int | None, prefix: str) -> CaseCondition:
    """Return the condition that a person holds the case now; None means that it is not held."""
    if reviewer_id is None:
        return CaseCondition(check=f"NOT ({_HELD})")
    return CaseCondition(
        check=f"({_HELD} AND c.held_by_id = :{prefix})",
        values={prefix: reviewer_id},
        hits=f"SELECT id FROM \"case\" WHERE state = 'in_review' AND held_by_id = :{prefix}",
    )


_IS_REPLACED = """EXISTS (
    SELECT 1 FROM "case" AS o JOIN import_batch AS b ON b.id = o.batch_id
    WHERE o.agent = c.agent AND o.application_no = c.application_no AND o.id <> c.id AND b.published_at IS NOT NULL
        AND (o.state NOT IN ('passed', 'failed', 'lapsed', 'withdrawn') OR (o.id > c.id AND o.state <> 'withdrawn')))"""

_MUST_REOPEN = f"c.reopen_for <> '' AND c.state IN ('passed', 'failed', 'lapsed') AND NOT {_IS_REPLACED}"

MUST_REOPEN = CaseCondition(
    check=_MUST_REOPEN,
    hits=f"SELECT c.id AS id FROM {CASES_TO_REOPEN} WHERE {_MUST_REOPEN}",
    recheck=NO_RECHECK,
)
"""The condition that the case has block findings that are newer than its verdict, and can be opened again.

A case cannot be opened again while it is open, such as after a staged verdict became void. Nor can it if another case
of its application is open or has a later result.
"""


def has_finding(rule: str, prefix: str) -> CaseCondition:
    """Return the condition that the case has a finding of a rule."""
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM finding f WHERE f.rule = :{prefix} AND f.case_id = c.id)",
        values={prefix: rule},
        hits=f"SELECT case_id AS id FROM finding WHERE rule = :{prefix}",
        recheck=NO_RECHECK,
    )


def instant_within(column: str, after: int, until: int, prefix: str) -> CaseCondition:
    """Return the condition that an instant of the case is after one and up to another."""
    return CaseCondition(
        check=f"c.{column} > :{prefix}_after AND c.{column} <= :{prefix}_until",
        values={f"{prefix}_after": after, f"{prefix}_until": until},
    )


def agent_is_one_of(agents: Iterable[str], prefix: str) -> CaseCondition:
    """Return the condition that the agent of the case is one of `agents`."""
    listed, named = _bound(prefix, agents)
    hits = f'SELECT id FROM "case" WHERE agent IN ({listed})'
    return CaseCondition(check=f"c.agent IN ({listed})", values=named, hits=hits, recheck=NO_RECHECK)


def application_has(column: str, values: Iterable[str], prefix: str) -> CaseCondition:
    """Return the condition that an indexed column of the case's application has one of `values`."""
    listed, named = _bound(prefix, values)
    if not named:
        return NO_CASE
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM application a WHERE a.id = c.application_id AND a.{column} IN ({listed}))",
        values=named,
        hits=f'SELECT k.id AS id FROM application AS a CROSS JOIN "case" AS k'
        f" WHERE a.{column} IN ({listed}) AND k.application_id = a.id",
        recheck=NO_RECHECK,
    )


def has_card(msisdn_hash: str, prefix: str) -> CaseCondition:
    """Return the condition that the case's application has a card with this number."""
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM card k WHERE k.msisdn_hash = :{prefix} AND k.agent = c.agent"
        f" AND k.application_no = c.application_no AND {_PUBLISHED})",
        values={prefix: msisdn_hash},
        hits=f'SELECT o.id AS id FROM card AS k CROSS JOIN "case" AS o WHERE k.msisdn_hash = :{prefix}'
        f" AND o.agent = k.agent AND o.application_no = k.application_no AND {_PUBLISHED}",
        recheck=NO_RECHECK,
    )


def agent_contains(session: Session, part: str, prefix: str) -> CaseCondition:
    """Return the condition that the agent's name contains `part`."""
    likes, named = _likes("c.agent", part, prefix)
    agents = distinct_values(session, '"case"', "agent", part)
    if len(agents) > _MOST_VALUES:
        return CaseCondition(check=likes, values=named)
    listed, agent_values = _bound(f"{prefix}_is", agents)
    hits = f'SELECT id FROM "case" WHERE agent IN ({listed})' if agents else _NO_HITS
    return CaseCondition(check=likes, values={**named, **agent_values}, hits=hits, recheck=NO_RECHECK)


def province_contains(session: Session, parts: Iterable[str], prefix: str) -> CaseCondition:
    """Return the condition that the province's name contains one of `parts`."""
    found = (value for part in parts for value in distinct_values(session, "application", "province", part))
    return application_has("province", list(dict.fromkeys(found))[:_MOST_VALUES], prefix)


def distinct_values(session: Session, table: str, column: str, part: str = "") -> list[str]:
    """Return the distinct values of an indexed column that contain `part`, by skipping through the index."""
    likes, named = _likes("value", part, "part")
    values = session.execute(
        text(f"""WITH RECURSIVE seen (value) AS (
            SELECT min({column}) FROM {table}
            UNION ALL
            SELECT (SELECT min(t.{column}) FROM {table} AS t WHERE t.{column} > seen.value)
            FROM seen WHERE seen.value IS NOT NULL)
            SELECT value FROM seen WHERE value IS NOT NULL AND ({likes})"""),
        named,
    )
    return list(values.scalars())


def width_variants(part: str) -> list[str]:
    """Return a text as typed, in half width and in full width, since input methods produce either."""
    half = unicodedata.normalize("NFKC", part)
    full = half.translate(_FULL_WIDTH)
    return list(dict.fromkeys([part, half, full, full.translate(_FULL_WIDTH_LOWER), full.translate(_FULL_WIDTH_UPPER)]))


def _likes(column: str, part: str, prefix: str) -> tuple[str, dict[str, str]]:
    """Return the condition that a column contains a text in one of its spellings, by LIKE."""
    named = {f"{prefix}_like{number}": f"%{_escaped(text_)}%" for number, text_ in enumerate(width_variants(part))}
    return " OR ".join(f"{column} LIKE :{parameter} ESCAPE '\\'" for parameter in named), named


def _escaped(part: str) -> str:
    return part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _fulltext(match: str, check: str, prefix: str, values: dict[str, Any]) -> CaseCondition:
    """Return a condition that the full-text index answers exactly, so that hits need no recheck."""
    return CaseCondition(
        check=check,
        values={**values, f"{prefix}_match": match},
        hits=search.HITS.format(match=f"{prefix}_match"),
        match=match,
        recheck=NO_RECHECK,
    )


def name_matches(part: str, prefix: str) -> CaseCondition:
    """Return the condition that the applicant's name contains `part`, as text or as pinyin initials."""
    likes, named = _likes("c.applicant_name", part, prefix)
    # LIKE and the full-text query use the same spellings, so they find the same names.
    match = search.any_of(search.name_hits(spelling) for spelling in width_variants(part))
    by_name = _fulltext(match, likes, f"{prefix}_name", named)
    letters = unicodedata.normalize("NFKC", part).lower()
    if letters.isascii() and letters.isalnum() and len(letters) >= _FEWEST_INITIALS:
        check = search.HAS_INITIALS.format(letters=f"{prefix}_letters")
        by_initials = _fulltext(
            search.initials_hits(letters), check, f"{prefix}_initials", {f"{prefix}_letters": letters}
        )
        return any_condition([by_name, replace(by_initials, is_slow=True)])
    # Hits are rechecked by LIKE, which is fast.
    return replace(by_name, recheck=None)


def number_matches(number: str, prefix: str) -> CaseCondition:
    """Return the condition that the application number begins with `number`, or has it as one of its parts."""
    typed = unicodedata.normalize("NFKC", number).strip()
    beginning = CaseCondition(
        check=search.NUMBER_BEGINS.format(case="c", bound=prefix),
        values={prefix: typed, f"{prefix}_end": typed + _LAST_CHARACTER},
        recheck=NO_RECHECK,
        hits=f'SELECT k.id AS id FROM "case" AS k WHERE {search.NUMBER_BEGINS.format(case="k", bound=prefix)}',
    )
    parts = search.parts(typed)
    if len(parts) != 1 or parts[0] != search.lower(typed):
        return beginning
    check = search.HAS_PART.format(part=f"{prefix}_part")
    by_part = _fulltext(search.part_hits(typed), check, f"{prefix}_parts", {f"{prefix}_part": parts[0]})
    return any_condition([beginning, by_part])
