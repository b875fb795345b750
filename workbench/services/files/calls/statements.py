"""The SQL statements of call windows: they select the calls of each window, and compute figures from them.

A `period` is the key of a service period: the number itself, or the number on the days of one holder.
"""

# A service period that includes all records of its number has the same figures as the number, so only other periods are
# kept. A later file can only add such periods, never remove one.
CREATE_WANTED = """
CREATE TABLE wanted AS
WITH reach AS (
    SELECT msisdn, min(start_us) AS first_us, max(start_us) AS last_us
    FROM call SEMI JOIN asked USING (msisdn) GROUP BY msisdn
)
SELECT asked.* FROM asked LEFT JOIN reach USING (msisdn)
WHERE period = msisdn OR first_us < from_us OR last_us >= ended_us
"""

# A window ends with the last outgoing call, at the latest on the day of the import. If a number has only incoming
# calls, its window ends with the last of them. Records that are too old for every window are left out first, so that
# years of calls need not be merged. The comparisons use differences, because DuckDB 1.3.0 finds no row if it compares a
# plain column of several files with a column of a joined table.
CREATE_LAST_RECORD = """
CREATE TABLE last_record AS
SELECT row_number() OVER ()::INTEGER AS id, *
FROM (
    SELECT period, msisdn, from_us, until_us,
           coalesce(max(start_us) FILTER (direction = 'out'), max(start_us)) AS last_us
    FROM call JOIN (SELECT *, least(ended_us, $until_us::BIGINT) AS until_us FROM wanted) USING (msisdn)
    WHERE start_us - from_us >= 0 AND until_us - start_us > 0
    GROUP BY ALL
)
"""

# The upper bound is a day later, because incoming calls may follow the last outgoing call on its day.
SELECT_BOUNDS = "SELECT min(last_us) - $reach_us::BIGINT, max(last_us) + 86400000000 FROM last_record"

# Integer ids replace the texts of periods, because they are grouped and sorted much faster.
_RECENT = """
    SELECT id, callee, start_us, direction = 'out' AS outgoing, {local_us} AS local_us,
           ({local_last_us}) // 86400000000 AS last_day, last_record.msisdn AS msisdn, duration_s, answered, imei,
           place
    FROM call JOIN last_record ON call.msisdn = last_record.msisdn
    WHERE last_us - start_us < {reach_us} AND start_us - from_us >= 0 AND until_us - start_us > 0
"""

# A call that is in several files is one call, and the newest file has its values.
_MERGED = """
    SELECT id, callee, start_us, outgoing, local_us, last_day, msisdn,
           arg_max(duration_s, place) AS duration_s, arg_max(answered, place) AS answered, arg_max(imei, place) AS imei
    FROM ({recent}) GROUP BY ALL
"""

_WINDOWED = """
CREATE {kind} windowed AS
WITH dated AS (
    SELECT *, (local_us // 86400000000)::INTEGER AS day, (local_us // 1800000000 % 48)::UTINYINT AS half
    FROM ({records})
), own AS (
    SELECT callee, msisdn, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NOT NULL
    GROUP BY callee, msisdn
), general AS (
    SELECT callee, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NULL GROUP BY callee
)
SELECT id, dated.callee AS callee, start_us, outgoing, duration_s, answered, imei, day, half, last_day,
       -- The 15th digit of an IMEI checks the others, and the 15th and 16th of an IMEISV name the software.
       CASE WHEN imei = '' THEN '' ELSE left(regexp_replace(imei, '[^0-9A-Za-z]', '', 'g'), 14) END AS handset,
       coalesce(start_us >= own.since_us, false) OR coalesce(start_us >= general.since_us, false) AS opted_out
FROM dated
LEFT JOIN own ON own.callee = dated.callee AND own.msisdn = dated.msisdn
LEFT JOIN general ON general.callee = dated.callee
WHERE day > last_day - {window_days} AND day <= last_day
"""


def create_windowed(*, local_us: str, local_last_us: str, reach_us: int, window_days: int, from_one_file: bool) -> str:
    """Return the statement that creates the relation of calls within their windows, with local day and half hour.

    Args:
        local_us: The SQL of the local time of `start_us`, in microseconds since the day with ordinal 0.
        local_last_us: The SQL of the local time of `last_us`, in the same unit.
        reach_us: The longest time from the start of a window to its last record, in microseconds.
        window_days: The days of a window.
        from_one_file: Whether all calls are in one file. It has each call only once, and reading it again is cheaper
            than storing the relation.
    """
    recent = _RECENT.format(local_us=local_us, local_last_us=local_last_us, reach_us=reach_us)
    return _WINDOWED.format(
        kind="VIEW" if from_one_file else "TABLE",
        records=recent if from_one_file else _MERGED.format(recent=recent),
        window_days=window_days,
    )


SELECT_WITHOUT_CALLS = (
    "SELECT period FROM wanted ANTI JOIN last_record USING (period) WHERE period <> msisdn ORDER BY period"
)
"""Selects the service periods without records whose number has records on other days."""

CREATE_SLOT = """
CREATE TABLE slot AS
SELECT id, day, half, any_value(last_day) AS last_day,
       count(*) FILTER (outgoing) AS calls,
       count(*) FILTER (NOT outgoing) AS calls_in,
       count(*) FILTER (outgoing AND answered) AS answered,
       sum(duration_s) FILTER (outgoing AND answered) AS duration_s,
       count(*) FILTER (outgoing AND answered AND duration_s <= 6) AS short_calls,
       count(*) FILTER (outgoing AND opted_out) AS opt_out_calls
FROM windowed GROUP BY id, day, half
"""
"""Creates the totals of each half hour. A short call is an answered call of at most 6 s (Telnyx penalty rule)."""

CREATE_PAIR = """
CREATE TABLE pair AS
SELECT id, callee, count(*) AS calls FROM windowed WHERE outgoing GROUP BY id, callee
"""

# Most callees are called only once. The repeated calls are those to the other callees.
CREATE_REPEATED = """
CREATE TABLE repeated AS
SELECT id, callee, day, start_us FROM windowed SEMI JOIN (FROM pair WHERE calls > 1) USING (id, callee) WHERE outgoing
"""

FACT_NAMES = (
    "msisdn",
    "last_day",
    "calls",
    "calls_in",
    "answered",
    "total_duration_s",
    "short_calls",
    "opt_out_calls",
    "handsets",
    "half_hours",
    "peak_hour_calls",
    "peak_day_calls",
    "distinct_callees",
    "max_same_callee_window",
    "max_same_callee_day",
    "max_same_callee_5min",
)
"""The columns of `SELECT_FACTS`, under their names in `CallFacts` where it has such a field."""

# The five minutes are counted from start to start, and 300 s are included (Tencent Cloud rule of call frequency).
SELECT_FACTS = """
WITH totals AS (
    SELECT id, any_value(last_day) AS last_day, sum(calls)::BIGINT AS calls, sum(calls_in)::BIGINT AS calls_in,
           sum(answered)::BIGINT AS answered, coalesce(sum(duration_s), 0)::BIGINT AS total_duration_s,
           sum(short_calls)::BIGINT AS short_calls, sum(opt_out_calls)::BIGINT AS opt_out_calls
    FROM slot GROUP BY id
), phones AS (
    SELECT id, count(*) AS handsets
    FROM (SELECT DISTINCT id, handset FROM windowed WHERE outgoing AND imei <> '' AND handset <> '') GROUP BY id
), halves AS (
    SELECT id, map(list(half), list(n)) AS half_hours
    FROM (SELECT id, half, sum(calls)::BIGINT AS n FROM slot GROUP BY id, half) GROUP BY id
), hours AS (
    SELECT id, max(n) AS most
    FROM (SELECT id, sum(calls)::BIGINT AS n FROM slot GROUP BY id, day, half // 2) GROUP BY id
), days AS (
    SELECT id, max(n) AS most FROM (SELECT id, sum(calls)::BIGINT AS n FROM slot GROUP BY id, day) GROUP BY id
), callees AS (
    SELECT id, count(*) AS distinct_callees, max(calls) AS most, 1 AS once FROM pair GROUP BY id
), same_day AS (
    SELECT id, max(n) AS most FROM (SELECT id, count(*) AS n FROM repeated GROUP BY id, callee, day) GROUP BY id
), same_5min AS (
    SELECT id, max(n) AS most FROM (
        SELECT id, count(*) OVER (
            PARTITION BY id, callee ORDER BY start_us RANGE BETWEEN 300000000 PRECEDING AND CURRENT ROW
        ) AS n FROM repeated
    ) GROUP BY id
)
SELECT period, totals.* EXCLUDE (id), coalesce(handsets, 0), half_hours,
       coalesce(hours.most, 0), coalesce(days.most, 0), coalesce(distinct_callees, 0), coalesce(callees.most, 0),
       coalesce(same_day.most, once, 0), coalesce(same_5min.most, once, 0)
FROM last_record
JOIN totals USING (id)
LEFT JOIN phones USING (id)
LEFT JOIN halves USING (id)
LEFT JOIN hours USING (id)
LEFT JOIN days USING (id)
LEFT JOIN callees USING (id)
LEFT JOIN same_day USING (id)
LEFT JOIN same_5min USING (id)
ORDER BY period
"""

SELECT_UNIONS = """
SELECT grouped.id, count(DISTINCT callee) FILTER (outgoing),
       count(DISTINCT handset) FILTER (outgoing AND handset <> '')
FROM windowed JOIN last_record USING (id) JOIN grouped USING (period) GROUP BY grouped.id
"""

SELECT_DAYS = """
SELECT period, day, sum(calls)::BIGINT, sum(answered)::BIGINT
FROM slot JOIN last_record USING (id) WHERE calls > 0 GROUP BY period, day ORDER BY period, day
"""

# Day 1 of the ordinals is a Monday.
SELECT_HOURS = """
SELECT period, (day + 6) % 7 AS weekday, half // 2 AS hour, sum(calls)::BIGINT
FROM slot JOIN last_record USING (id) WHERE calls > 0 GROUP BY period, weekday, hour ORDER BY period, weekday, hour
"""

READ_ALL_VALUES = "SELECT max(hash(COLUMNS(*))) FROM call"

COUNT_BY_NUMBER = "SELECT msisdn, count(*) FROM call GROUP BY msisdn ORDER BY msisdn"

SELECT_CALLERS = "SELECT DISTINCT msisdn FROM call SEMI JOIN wanted USING (callee) WHERE direction = 'out'"
