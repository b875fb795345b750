"""The SQL of call windows: from records to dated calls, and from those to facts.

A `period` is the key of a service period: the number itself, or the number on the days of one holder.
"""

# A service period without a record outside has the figures of its number, so only the others are kept. What more
# files bring never drops one that was kept.
WANTED = """
CREATE TEMP TABLE wanted AS
WITH reach AS (
    SELECT msisdn, min(start_us) AS first_us, max(start_us) AS last_us
    FROM call SEMI JOIN asked USING (msisdn) GROUP BY msisdn
)
SELECT asked.* FROM asked LEFT JOIN reach USING (msisdn)
WHERE period = msisdn OR first_us < from_us OR last_us >= ended_us
"""

# A window ends with the last outgoing call, never after the day of the import. A number that was only called has the
# window of those calls.
# Records before the reach cannot lie in a window; leaving them out first spares merging years of calls.
# Columns are compared as differences, since DuckDB 1.3.0 finds no row when a bare column of several files is
# compared with one of a joined table.
LAST_RECORDS = """
CREATE TEMP TABLE last_record AS
SELECT period, msisdn, from_us, until_us,
       coalesce(max(start_us) FILTER (direction = 'out'), max(start_us)) AS last_us
FROM call JOIN (SELECT *, least(ended_us, $until_us::BIGINT) AS until_us FROM wanted) USING (msisdn)
WHERE start_us - from_us >= 0 AND until_us - start_us > 0
GROUP BY ALL
"""

# Incoming calls may follow the last outgoing one on its day.
RECENT_BOUNDS = "SELECT min(last_us) - $reach_us::BIGINT, max(last_us) + 86400000000 FROM last_record"

# A call that several files have is one call; records that differ become the fullest one, as within a file.
WINDOWED = """
CREATE TEMP TABLE windowed AS
WITH merged AS (
    SELECT period, msisdn, callee, start_us, direction, last_us,
           max(duration_s) AS duration_s, bool_or(answered) AS answered, max(imei) AS imei
    FROM call JOIN last_record USING (msisdn)
    WHERE last_us - start_us < $reach_us::BIGINT AND start_us - from_us >= 0 AND until_us - start_us > 0
    GROUP BY period, msisdn, callee, start_us, direction, last_us
), local AS (
    SELECT merged.*, start_us + shift_us + $epoch_us::BIGINT AS local_us
    FROM merged ASOF JOIN zone_shift ON start_us >= zone_shift.from_us
), dated AS (
    SELECT *, (local_us // 86400000000)::INTEGER AS day, (local_us // 1800000000 % 48)::INTEGER AS half
    FROM local
), ends AS (
    SELECT period, max(day) FILTER (start_us = last_us) AS last_day FROM dated GROUP BY period
), own AS (
    SELECT callee, msisdn, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NOT NULL
    GROUP BY callee, msisdn
), general AS (
    SELECT callee, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NULL GROUP BY callee
)
SELECT dated.period, dated.callee, start_us, direction = 'out' AS outgoing, duration_s, answered,
       -- The 15th digit of an IMEI checks the others, and the 15th and 16th of an IMEISV name the software.
       left(regexp_replace(imei, '[^0-9A-Za-z]', '', 'g'), 14) AS handset,
       day, half, last_day,
       coalesce(start_us >= own.since_us, false) OR coalesce(start_us >= general.since_us, false) AS opted_out
FROM dated
JOIN ends ON ends.period = dated.period
LEFT JOIN own ON own.callee = dated.callee AND own.msisdn = dated.msisdn
LEFT JOIN general ON general.callee = dated.callee
WHERE day > last_day - $window_days::INTEGER AND day <= last_day
"""

WITHOUT_CALLS = "SELECT period FROM wanted ANTI JOIN windowed USING (period) WHERE period <> msisdn ORDER BY period"
"""The service periods on whose days a number has no record, though it has some on others."""

FACT_NAMES = (
    "msisdn",
    "last_day",
    "calls",
    "calls_in",
    "answered",
    "distinct_callees",
    "total_duration_s",
    "short_calls",
    "handsets",
    "opt_out_calls",
    "half_hours",
    "peak_hour_calls",
    "peak_day_calls",
    "max_same_callee_day",
    "max_same_callee_5min",
    "max_same_callee_window",
)
"""The columns of FACTS, by their names in CallFacts where it has them."""

# A short call is an answered one of at most 6 s (Telnyx penalty rule). Five minutes are from start to start
# and include 300 s (Tencent Cloud rule of call frequency).
FACTS = """
WITH placed AS (
    SELECT * FROM windowed WHERE outgoing
), totals AS (
    SELECT period, any_value(last_day) AS last_day,
           count(*) FILTER (outgoing) AS calls,
           count(*) FILTER (NOT outgoing) AS calls_in,
           count(*) FILTER (outgoing AND answered) AS answered,
           count(DISTINCT callee) FILTER (outgoing) AS distinct_callees,
           coalesce(sum(duration_s) FILTER (outgoing AND answered), 0)::BIGINT AS total_duration_s,
           count(*) FILTER (outgoing AND answered AND duration_s <= 6) AS short_calls,
           count(DISTINCT handset) FILTER (outgoing AND handset <> '') AS handsets,
           count(*) FILTER (outgoing AND opted_out) AS opt_out_calls,
           histogram(half) FILTER (outgoing) AS half_hours
    FROM windowed GROUP BY period
), hours AS (
    SELECT period, max(n) AS most
    FROM (SELECT period, count(*) AS n FROM placed GROUP BY period, day, half // 2)
    GROUP BY period
), days AS (
    SELECT period, max(n) AS most FROM (SELECT period, count(*) AS n FROM placed GROUP BY period, day)
    GROUP BY period
), same_day AS (
    SELECT period, max(n) AS most FROM (SELECT period, count(*) AS n FROM placed GROUP BY period, callee, day)
    GROUP BY period
), same_5min AS (
    SELECT period, max(n) AS most FROM (
        SELECT period, count(*) OVER (
            PARTITION BY period, callee ORDER BY start_us RANGE BETWEEN 300000000 PRECEDING AND CURRENT ROW
        ) AS n FROM placed
    ) GROUP BY period
), same_window AS (
    SELECT period, max(n) AS most FROM (SELECT period, count(*) AS n FROM placed GROUP BY period, callee)
    GROUP BY period
)
SELECT totals.*, coalesce(hours.most, 0), coalesce(days.most, 0), coalesce(same_day.most, 0),
       coalesce(same_5min.most, 0), coalesce(same_window.most, 0)
FROM totals
LEFT JOIN hours USING (period)
LEFT JOIN days USING (period)
LEFT JOIN same_day USING (period)
LEFT JOIN same_5min USING (period)
LEFT JOIN same_window USING (period)
ORDER BY period
"""

UNIONS = """
SELECT id, count(DISTINCT callee) FILTER (outgoing), count(DISTINCT handset) FILTER (outgoing AND handset <> '')
FROM windowed JOIN grouped USING (period) GROUP BY id
"""

DAYS = """
SELECT period, day, count(*), count(*) FILTER (answered)
FROM windowed WHERE outgoing GROUP BY period, day ORDER BY period, day
"""

# Day 1 of the ordinals is a Monday.
HOURS = """
SELECT period, (day + 6) % 7 AS weekday, half // 2 AS hour, count(*)
FROM windowed WHERE outgoing GROUP BY period, weekday, hour ORDER BY period, weekday, hour
"""

ROWS = """
SELECT msisdn, callee, start_us, max(duration_s), bool_or(answered), direction, max(imei)
FROM call SEMI JOIN wanted USING (msisdn)
GROUP BY msisdn, callee, start_us, direction
ORDER BY msisdn, start_us, callee, direction
"""

NUMBERS = "SELECT msisdn, count(*) FROM call GROUP BY msisdn ORDER BY msisdn"

CALLERS = "SELECT DISTINCT msisdn FROM call SEMI JOIN wanted USING (callee) WHERE direction = 'out'"
