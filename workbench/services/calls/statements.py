"""The SQL of call windows: from records to dated calls, and from those to facts."""

# Records before the reach cannot lie in a window; leaving them out first spares merging years of calls.
LAST_RECORDS = """
CREATE TEMP TABLE last_record AS
SELECT msisdn, max(start_us) AS last_us FROM call SEMI JOIN wanted USING (msisdn) GROUP BY msisdn
"""

RECENT_BOUNDS = "SELECT min(last_us) - $reach_us::BIGINT, max(last_us) FROM last_record"

# The reach is compared as a difference, since DuckDB 1.3.0 finds no row when a bare column of several files is
# compared with one of a joined table.
# A call that several files have is one call; records that differ become the fullest one, as within a file.
WINDOWED = """
CREATE TEMP TABLE windowed AS
WITH merged AS (
    SELECT msisdn, callee, start_us, direction,
           max(duration_s) AS duration_s, bool_or(answered) AS answered, max(imei) AS imei
    FROM call JOIN last_record USING (msisdn)
    WHERE last_us - start_us < $reach_us::BIGINT
    GROUP BY msisdn, callee, start_us, direction
), local AS (
    SELECT merged.*, start_us + shift_us + $epoch_us::BIGINT AS local_us
    FROM merged ASOF JOIN zone_shift ON start_us >= from_us
), dated AS (
    SELECT *, (local_us // 86400000000)::INTEGER AS day, (local_us // 1800000000 % 48)::INTEGER AS half
    FROM local
), ends AS (
    SELECT msisdn, max(day) AS last_day FROM dated GROUP BY msisdn
), own AS (
    SELECT callee, msisdn, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NOT NULL
    GROUP BY callee, msisdn
), general AS (
    SELECT callee, min(since_us) AS since_us FROM opt_out WHERE msisdn IS NULL GROUP BY callee
)
SELECT dated.msisdn, dated.callee, start_us, direction = 'out' AS outgoing, duration_s, answered, imei,
       day, half, last_day,
       coalesce(start_us >= own.since_us, false) OR coalesce(start_us >= general.since_us, false) AS opted_out
FROM dated
JOIN ends ON ends.msisdn = dated.msisdn
LEFT JOIN own ON own.callee = dated.callee AND own.msisdn = dated.msisdn
LEFT JOIN general ON general.callee = dated.callee
WHERE day > last_day - $window_days::INTEGER
"""

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
    SELECT msisdn, any_value(last_day) AS last_day,
           count(*) FILTER (outgoing) AS calls,
           count(*) FILTER (NOT outgoing) AS calls_in,
           count(*) FILTER (outgoing AND answered) AS answered,
           count(DISTINCT callee) FILTER (outgoing) AS distinct_callees,
           coalesce(sum(duration_s) FILTER (outgoing AND answered), 0)::BIGINT AS total_duration_s,
           count(*) FILTER (outgoing AND answered AND duration_s <= 6) AS short_calls,
           count(DISTINCT imei) FILTER (outgoing AND imei <> '') AS handsets,
           count(*) FILTER (outgoing AND opted_out) AS opt_out_calls,
           histogram(half) FILTER (outgoing) AS half_hours
    FROM windowed GROUP BY msisdn
), hours AS (
    SELECT msisdn, max(n) AS most
    FROM (SELECT msisdn, count(*) AS n FROM placed GROUP BY msisdn, day, half // 2)
    GROUP BY msisdn
), days AS (
    SELECT msisdn, max(n) AS most FROM (SELECT msisdn, count(*) AS n FROM placed GROUP BY msisdn, day)
    GROUP BY msisdn
), same_day AS (
    SELECT msisdn, max(n) AS most FROM (SELECT msisdn, count(*) AS n FROM placed GROUP BY msisdn, callee, day)
    GROUP BY msisdn
), same_5min AS (
    SELECT msisdn, max(n) AS most FROM (
        SELECT msisdn, count(*) OVER (
            PARTITION BY msisdn, callee ORDER BY start_us RANGE BETWEEN 300000000 PRECEDING AND CURRENT ROW
        ) AS n FROM placed
    ) GROUP BY msisdn
), same_window AS (
    SELECT msisdn, max(n) AS most FROM (SELECT msisdn, count(*) AS n FROM placed GROUP BY msisdn, callee)
    GROUP BY msisdn
)
SELECT totals.*, coalesce(hours.most, 0), coalesce(days.most, 0), coalesce(same_day.most, 0),
       coalesce(same_5min.most, 0), coalesce(same_window.most, 0)
FROM totals
LEFT JOIN hours USING (msisdn)
LEFT JOIN days USING (msisdn)
LEFT JOIN same_day USING (msisdn)
LEFT JOIN same_5min USING (msisdn)
LEFT JOIN same_window USING (msisdn)
ORDER BY msisdn
"""

UNIONS = """
SELECT id, count(DISTINCT callee) FILTER (outgoing), count(DISTINCT imei) FILTER (outgoing AND imei <> '')
FROM windowed JOIN grouped USING (msisdn) GROUP BY id
"""

DAYS = """
SELECT msisdn, day, count(*), count(*) FILTER (answered)
FROM windowed WHERE outgoing GROUP BY msisdn, day ORDER BY msisdn, day
"""

# Day 1 of the ordinals is a Monday.
HOURS = """
SELECT msisdn, (day + 6) % 7 AS weekday, half // 2 AS hour, count(*)
FROM windowed WHERE outgoing GROUP BY msisdn, weekday, hour ORDER BY msisdn, weekday, hour
"""

ROWS = """
SELECT msisdn, callee, start_us, max(duration_s), bool_or(answered), direction, max(imei)
FROM call SEMI JOIN wanted USING (msisdn)
GROUP BY msisdn, callee, start_us, direction
ORDER BY msisdn, start_us, callee, direction
"""

NUMBERS = "SELECT msisdn, count(*) FROM call GROUP BY msisdn ORDER BY msisdn"

CALLERS = "SELECT DISTINCT msisdn FROM call SEMI JOIN wanted USING (callee) WHERE direction = 'out'"
