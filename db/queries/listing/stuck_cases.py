"""Open cases on which nothing will happen unless somebody does something about it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlmodel import Session

from db.queries.listing.case_list import CaseCondition

_LOST_HOLDS = 3
_WITH_ROLE = "SELECT 1 FROM reviewer r JOIN reviewer_role p ON p.reviewer_id = r.id WHERE r.is_active AND p.role IN"
_REVIEWERS, _CHECKERS = f"{_WITH_ROLE} ('reviewer')", f"{_WITH_ROLE} ('reviewer', 'supervisor')"

_CHECKS: Mapping[str, str] = {
    "check": f"""c.state = 'awaiting_check' AND NOT EXISTS ({_CHECKERS}
        AND r.id IS DISTINCT FROM (SELECT d.maker_id FROM decision d WHERE d.case_id = c.id ORDER BY d.id DESC LIMIT 1)
        AND r.id IS DISTINCT FROM
            (SELECT p.decided_by_id FROM appeal p WHERE p.case_id = c.id AND p.status = 'staged'))""",
    "expired": f"""c.fence >= {_LOST_HOLDS} AND (c.state = 'queued' OR c.state = 'in_review' AND c.held_until <= :now)
        AND {_LOST_HOLDS} <= (SELECT count(*) FROM event e WHERE e.case_id = c.id AND e.action IN ('next', 'take')
            AND NOT e.is_refused AND e.seq > (SELECT coalesce(max(l.seq), 0) FROM event l WHERE l.case_id = c.id
                AND l.action IN ('decide', 'skip', 'release', 'assign', 'undo') AND NOT l.is_refused))""",
    "skipped": f"""c.state = 'queued' AND c.assignee_id IS NULL AND EXISTS ({_REVIEWERS})
        AND EXISTS (SELECT 1 FROM skip s WHERE s.case_id = c.id AND s.evidence_no >= c.evidence_no)
        AND NOT EXISTS ({_REVIEWERS} AND NOT EXISTS (SELECT 1 FROM skip s WHERE s.case_id = c.id
            AND s.reviewer_id = r.id AND s.evidence_no >= c.evidence_no))""",
    "undated": "c.state = 'pending' AND c.next_action_on IS NULL",
    # The appeal was assigned when it was filed, if a supervisor could take it.
    "appeal": "c.state = 'appealed' AND c.assignee_id IS NULL",
}
"""The conditions by cause.

* check: nobody may check its verdict.
* expired: the last three holds ended without an act.
* skipped: everybody skipped it.
* undated: it is pending, and has no day on which it returns.
* appeal: every supervisor has a part in the appealed verdict.
"""

_CAUSES = text(
    f"""SELECT c.id, CASE {" ".join(f"WHEN {check} THEN '{cause}'" for cause, check in _CHECKS.items())} END AS cause
    FROM "case" c WHERE c.id IN :ids"""
).bindparams(bindparam("ids", expanding=True))


def stuck_for(causes: Iterable[str]) -> list[CaseCondition]:
    """Return the conditions of some causes; `any` stands for all of them."""
    return [CaseCondition(check=check) for cause, check in _CHECKS.items() if cause in causes or "any" in causes]


def stuck_causes(session: Session, case_ids: Sequence[int], now_us: int) -> dict[int, str]:
    """Return why each of some cases is stuck; others are left out."""
    rows = session.execute(_CAUSES, {"ids": list(case_ids), "now": now_us})
    return {row.id: row.cause for row in rows if row.cause is not None}
