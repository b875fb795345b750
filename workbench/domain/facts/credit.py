"""The facts about credit records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from db.enums import CreditList, CreditMatch
from workbench.domain.evidence.evidence import CreditFacts
from workbench.domain.facts.fact import NUMBER, TEXT, Facts, FactType

_NO_CREDIT_FACTS: Facts = {
    "credit_records": 0,
    "lists_checked": 0,
    "credit_age_days": None,
    "arrears_fen": None,
    "overdue_days": None,
    "overdue_since": "",
    "name_only_records": 0,
    "name_only_lists": "",
    "disputed_records": 0,
    **{f"{name}_exact": 0 for name in CreditList},
    **{f"{name}_disputed": 0 for name in CreditList},
}

CREDIT_FACTS: Mapping[str, FactType] = {
    **dict.fromkeys(_NO_CREDIT_FACTS, NUMBER),
    "name_only_lists": TEXT,
    "overdue_since": TEXT,
}


def uncleared_hits(records: Sequence[CreditFacts]) -> tuple[CreditFacts, ...]:
    """Return the hits that no later check of the same list has cleared for the same subject.

    Arrears of 0 yuan do not count, however long they are overdue. If a hit and a clear check are from the same day, the
    hit counts, because their order is unknown.
    """
    cleared: dict[tuple[str, CreditList], date] = {}
    for record in records:
        if record.match is CreditMatch.NONE and record.checked_on is not None:
            key = (record.subject_no, record.list)
            cleared[key] = max(cleared.get(key, date.min), record.checked_on)
    return tuple(
        record
        for record in records
        if record.match is not CreditMatch.NONE
        and not (record.list is CreditList.ARREARS and record.amount_fen == 0)
        and (record.checked_on is None or record.checked_on >= cleared.get((record.subject_no, record.list), date.min))
    )


def _age_days(records: Sequence[CreditFacts], today: date) -> int | None:
    """Return the age of the credit data: the most days since the latest check of any list."""
    newest: dict[CreditList, date] = {}
    for record in records:
        if record.checked_on is not None:
            newest[record.list] = max(newest.get(record.list, date.min), record.checked_on)
    return (today - min(newest.values())).days if newest else None


def _overdue_days(record: CreditFacts, today: date) -> int | None:
    """Return for how many days arrears are overdue, at least since their listing; None if both are unknown."""
    if record.overdue_days is not None:
        return record.overdue_days
    return None if record.listed_on is None else max(0, (today - record.listed_on).days)


def _arrears_facts(records: Sequence[CreditFacts], exact: Sequence[CreditFacts], today: date) -> Facts:
    """Return the facts about arrears: the total, the days overdue, and whether a start day is unknown.

    The result is empty if that list was never checked.
    """
    if not any(record.list is CreditList.ARREARS for record in records):
        return {}
    arrears = [record for record in exact if record.list is CreditList.ARREARS]
    overdue = [_overdue_days(record, today) for record in arrears]
    is_undated = None in overdue
    return {
        "arrears_fen": sum(record.amount_fen or 0 for record in arrears),
        "overdue_days": max((days for days in overdue if days is not None), default=None if is_undated else 0),
        "overdue_since": "unknown" if is_undated else "",
    }


def credit_facts(records: Sequence[CreditFacts], today: date) -> Facts:
    """Return the facts of the lists that were checked.

    A disputed exact hit counts in full until the operator of the list removes it. Disputed hits are also counted
    separately, for policies that treat them differently. A hit by name only may be another person, so it counts only in
    the `name_only` facts.
    """
    if not records:
        return _NO_CREDIT_FACTS
    uncleared = uncleared_hits(records)
    exact = [record for record in uncleared if record.match is CreditMatch.EXACT]
    name_only = [record for record in uncleared if record.match is CreditMatch.NAME_ONLY]
    return {
        **_NO_CREDIT_FACTS,
        **Counter(f"{record.list}_exact" for record in exact),
        **Counter(f"{record.list}_disputed" for record in exact if record.disputed),
        "credit_records": len(records),
        "lists_checked": len({record.list for record in records}),
        "credit_age_days": _age_days(records, today),
        "name_only_records": len(name_only),
        "name_only_lists": ";".join(dict.fromkeys(record.list.value for record in name_only)),
        "disputed_records": sum(record.disputed for record in uncleared),
        **_arrears_facts(records, exact, today),
    }
