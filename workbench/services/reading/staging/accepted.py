"""The SQL that accepts and converts single values: only such as are written in the usual form.

What SQL accepts means the same to the parser of the column; all other values go to the parser, which accepts
it or words the error. A test compares both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from db.columns import to_us
from workbench.domain.values import moments, values
from workbench.services.calls.engine import quoted
from workbench.services.calls.local_time import DAY_US, shift_sql, zone_shifts
from workbench.services.reading.headers import value_names
from workbench.services.reading.kinds import FLAG, INSTANT, NUMBER, PHONE, QUANTITY, Sort

_INSTANT = (
    "20[0-9]{2}(-[0-9]{1,2}-|/[0-9]{1,2}/)[0-9]{1,2}[ T]([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]{1,6})?)?"
)
_FIRST_US, _LAST_US = to_us(datetime(2000, 1, 1, tzinfo=UTC)), to_us(datetime(2099, 12, 31, tzinfo=UTC))

# Numbers that are too short for zeros that a spreadsheet may have put for digits; telephones also with a country code.
_FORMS = {PHONE: "[0-9]{1,12}|([+]|00)?861[0-9]{10}", NUMBER: "[0-9]{1,17}", QUANTITY: "[0-9]{1,9}"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The condition that accepts a value, and what it then is: a VARCHAR, BIGINT (instants in µs UTC) or BOOLEAN."""

    condition: str
    value: str


def accepted(sort: Sort, cell: str, zone: ZoneInfo, now: datetime | None) -> Accepted:
    """Return the SQL that accepts a cell of some sort: a number, quantity, instant, flag or choice.

    Args:
        sort: The sort of value.
        cell: The SQL of the cell's text.
        zone: Where instants are local.
        now: When the file is read; instants must not be later. None allows any time.
    """
    if sort is INSTANT:
        return _accepted_instant(cell, zone, now)
    if sort is FLAG:
        return _accepted_word(cell, {word: str(is_yes) for word, is_yes in values.FLAGS.items()})
    if sort.words is not None:
        names = value_names(sort.section, sort.words)
        return _accepted_word(cell, {word: f"'{code.value}'" for word, code in names.items()})
    condition = f"regexp_full_match({cell}, '{_FORMS[sort]}')"
    if sort is PHONE:
        return Accepted(condition, f"CASE WHEN length({cell}) > 12 THEN right({cell}, 11) ELSE {cell} END")
    return Accepted(condition, f"try_cast({cell} AS BIGINT)" if sort is QUANTITY else cell)


def _accepted_word(cell: str, meanings: Mapping[str, str]) -> Accepted:
    """Return the SQL for words, each with the SQL of its meaning."""
    by_meaning: dict[str, list[str]] = {}
    for word, meaning in meanings.items():
        by_meaning.setdefault(meaning, []).append(quoted(word))
    cases = " ".join(f"WHEN {cell} IN ({', '.join(words)}) THEN {meaning}" for meaning, words in by_meaning.items())
    value = f"CASE {cases} END"
    return Accepted(f"({value}) IS NOT NULL", value)


def _accepted_instant(cell: str, zone: ZoneInfo, now: datetime | None) -> Accepted:
    """Return the SQL for dates with a time to the second."""
    last_us = _LAST_US if now is None else to_us(now + moments.FUTURE_TOLERANCE)
    local_us = f"epoch_us(try_cast({cell} AS TIMESTAMP))"
    shifts = zone_shifts(zone, _FIRST_US, last_us + DAY_US)
    # A local time that a change of the clocks skips or repeats is what it was before the change.
    local_shifts = [shifts[0]]
    for (_from, before), (from_us, after) in pairwise(shifts):
        local_shifts.append((from_us + max(before, after), after))
    value = f"{local_us} - {shift_sql(local_us, local_shifts)}"
    # The first days are left out, as their shift may be another.
    in_time = f"coalesce({local_us} >= {_FIRST_US + 2 * DAY_US} AND {value} <= {last_us}, false)"
    return Accepted(f"regexp_full_match({cell}, '{_INSTANT}') AND {in_time}", value)
