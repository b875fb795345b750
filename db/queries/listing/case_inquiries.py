"""The conditions of case lists on inquiries to departments."""

from collections.abc import Iterable

from db.queries.listing.case_conditions import any_condition
from db.queries.listing.case_list import CaseCondition

_CHECKS = {
    "open": "q.status = 'open'",
    "overdue": "q.status = 'open' AND q.due_at < :now",
    "answered": "q.status = 'answered'",
}


def has_inquiry(values: Iterable[str]) -> CaseCondition:
    """Return the condition that an inquiry about the case is open, overdue or answered."""
    conditions = (f"EXISTS (SELECT 1 FROM inquiry q WHERE q.case_id = c.id AND {_CHECKS[value]})" for value in values)
    return any_condition([CaseCondition(check=condition) for condition in conditions])
