"""The conditions of case lists on the newest verdict of a case, in SQL."""

import json

from db.queries.listing.case_list import CaseCondition

NEWEST_VERDICT = """(SELECT max(e.id) FROM decision e
    WHERE e.case_id = c.id AND e.status IN ('applied', 'approved', 'staged'))"""
"""SQL for the id of the newest verdict of the case `c` that was not undone, returned or voided."""


def verdict_has(column: str, value: int | None, prefix: str) -> CaseCondition:
    """Return the condition that the newest verdict of the case has a value in a column; None means no verdict."""
    if value is None:
        return CaseCondition(check=f"{NEWEST_VERDICT} IS NULL")
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM decision d WHERE d.id = {NEWEST_VERDICT} AND d.{column} = :{prefix})",
        values={prefix: value},
        hits=f"SELECT case_id AS id FROM decision WHERE {column} = :{prefix}",
    )


def verdict_within(column: str, after: int, until: int, prefix: str) -> CaseCondition:
    """Return the condition that an instant of the newest verdict of the case is after one and up to another."""
    span = f"{column} > :{prefix}_after AND {column} <= :{prefix}_until"
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM decision d WHERE d.id = {NEWEST_VERDICT} AND d.{span})",
        values={f"{prefix}_after": after, f"{prefix}_until": until},
        hits=f"SELECT case_id AS id FROM decision WHERE {span}",
    )


def has_reason(codes: list[str], prefix: str) -> CaseCondition:
    """Return the condition that the newest verdict of the case has one of the reasons."""
    is_named = f"r.code IN (SELECT CAST(value AS TEXT) FROM json_each(:{prefix}))"
    return CaseCondition(
        check=f"EXISTS (SELECT 1 FROM decision_reason r WHERE r.decision_id = {NEWEST_VERDICT} AND {is_named})",
        values={prefix: json.dumps(codes)},
        hits="SELECT d.case_id AS id FROM decision_reason AS r CROSS JOIN decision AS d"
        f" WHERE {is_named} AND d.id = r.decision_id",
    )
