"""The SQL that accepts and converts single values, if they are written in a usual form.

A value that SQL accepts has the same meaning for the parser of the column. All other values go to the parser, which
accepts them or words the error. A test compares both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from db.columns import to_us
from workbench.domain.values import moments, values
from workbench.services.files.calls.engine import quoted
from workbench.services.files.calls.local_time import DAY_US, utc_offset_sql, utc_offsets
from workbench.services.files.reading.headers import value_names
from workbench.services.files.reading.kinds import FLAG, IDENTIFIER, INSTANT, PHONE, QUANTITY, ColumnType

_INSTANT = (
    "20[0-9]{2}(-[0-9]{1,2}-|/[0-9]{1,2}/)[0-9]{1,2}[ T]([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]{1,6})?)?"
)
_FIRST_US, _LAST_US = to_us(datetime(2000, 1, 1, tzinfo=UTC)), to_us(datetime(2099, 12, 31, tzinfo=UTC))

# Forms that are accepted besides numbers that a cast does not change.
_OTHER_FORMS = {PHONE: "([+]|00)?861[0-9]{10}", QUANTITY: "[0-9]{1,9}"}
# Longer numbers go to the parser, because a spreadsheet may have replaced their last digits by zeros.
_MOST_DIGITS = {PHONE: 12, IDENTIFIER: 17}


@dataclass(frozen=True, slots=True)
class AcceptedValue:
    """The SQL of a value: the condition that accepts it, and its conversion to BIGINT, INTEGER, BOOLEAN or VARCHAR.

    Instants become µs UTC. Phone and other numbers become a code: their digits after a leading 1. The condition and the
    value use the column of the `cast`, so that the cast is computed once.
    """

    cast: str
    condition: str
    value: str


def accepted_value(column: ColumnType, cell: str, cast: str, zone: ZoneInfo, now: datetime | None) -> AcceptedValue:
    """Return the SQL for a cell of a column type: a number, quantity, instant, flag or choice.

    Args:
        column: The type of the column.
        cell: The SQL of the cell's text.
        cast: The name of the column that will hold the cast.
        zone: The time zone of local times.
        now: When the file is read; instants must not be later. None allows any time.
    """
    if column is INSTANT:
        return _accepted_instant(cell, cast, zone, now)
    if column is FLAG:
        return _accepted_word(cell, cast, {word: str(is_yes) for word, is_yes in values.FLAGS.items()})
    if column.codes is not None:
        names = value_names(column.section, column.codes)
        return _accepted_word(cell, cast, {word: f"'{code.value}'" for word, code in names.items()})
    if column is QUANTITY:
        usual = f"{cast}::VARCHAR = {cell} AND {cast} >= 0"
        condition = _usual_or_matching(usual, cell, _OTHER_FORMS[column])
        return AcceptedValue(f"try_cast({cell} AS INTEGER)", condition, cast)
    code = f"try_cast('1' || {cell} AS BIGINT)"
    usual = f"{cast}::VARCHAR = '1' || {cell} AND length({cell}) BETWEEN 1 AND {_MOST_DIGITS[column]}"
    if column is IDENTIFIER:
        return AcceptedValue(code, f"coalesce({usual}, false)", cast)
    without_country = f"CASE WHEN length({cell}) > 12 THEN try_cast('1' || right({cell}, 11) AS BIGINT) ELSE {cast} END"
    return AcceptedValue(code, _usual_or_matching(usual, cell, _OTHER_FORMS[column]), without_country)


def _usual_or_matching(usual: str, cell: str, form: str) -> str:
    """Return the condition that a cell is as usual or else matches a form, which is slower to check."""
    return f"CASE WHEN {usual} THEN true ELSE regexp_full_match({cell}, '{form}') END"


def _accepted_word(cell: str, cast: str, meanings: Mapping[str, str]) -> AcceptedValue:
    """Return the SQL for words, each with the SQL of its meaning."""
    by_meaning: dict[str, list[str]] = {}
    for word, meaning in meanings.items():
        by_meaning.setdefault(meaning, []).append(quoted(word))
    cases = " ".join(f"WHEN {cell} IN ({', '.join(words)}) THEN {meaning}" for meaning, words in by_meaning.items())
    return AcceptedValue(f"CASE {cases} END", f"{cast} IS NOT NULL", cast)


def _accepted_instant(cell: str, cast: str, zone: ZoneInfo, now: datetime | None) -> AcceptedValue:
    """Return the SQL for dates with a time to the second."""
    last_us = _LAST_US if now is None else to_us(now + moments.FUTURE_TOLERANCE)
    local_us = f"epoch_us({cast})"
    offsets = utc_offsets(zone, _FIRST_US, last_us + DAY_US)
    # A local time that a change of the clocks skips or repeats has the offset before the change.
    local_offsets = [offsets[0]]
    for (_from, before), (from_us, after) in pairwise(offsets):
        local_offsets.append((from_us + max(before, after), after))
    value = f"{local_us} - {utc_offset_sql(local_us, local_offsets)}"
    # The first days are not accepted, because their offset is not known.
    in_time = f"coalesce({local_us} >= {_FIRST_US + 2 * DAY_US} AND {value} <= {last_us}, false)"
    usual = _usual_or_matching(f"{cast}::VARCHAR = {cell}", cell, _INSTANT)
    return AcceptedValue(f"try_cast({cell} AS TIMESTAMP)", f"{usual} AND {in_time}", value)
