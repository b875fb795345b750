"""The rules of call activity at their limits, one below and one above."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.services.intake.importing.rule_sample import (
    DAY,
    TODAY,
    Sample,
    burst,
    calls,
    incoming,
    night,
    of_calls,
    same,
    verified,
)

ACTIVITY = [
    *of_calls(
        "ACT-PEAK-HOUR",
        "in an hour",
        *(
            (str(count), burst(count), severity)
            for count, severity in ((39, None), (40, None), (41, "warn"), (60, "warn"), (61, "block"))
        ),
    ),
    *of_calls(
        "ACT-PEAK-DAY",
        "on a day",
        *(
            (str(count), burst(count, gap_s=100), severity)
            for count, severity in ((199, None), (200, None), (201, "warn"), (300, "warn"), (301, "block"))
        ),
    ),
    *(
        Sample(
            name=f"{count} calls of 50",
            rule="ACT-PEAK-DAY",
            severity=severity,
            cards=[{"daily_quota_calls": "50"}],
            calls=burst(count, gap_s=100),
        )
        for count, severity in ((49, None), (50, None), (51, "warn"))
    ),
    *of_calls(
        "ACT-SAME-CALLEE",
        "on a day",
        *(
            (str(count), same([count]), severity)
            for count, severity in ((2, None), (3, None), (4, "warn"), (5, "warn"), (6, "block"))
        ),
    ),
    *of_calls(
        "ACT-SAME-CALLEE",
        "in five minutes",
        *(
            (f"{count} by {gap_s} s", same([count], gap_s=gap_s), severity)
            for count, gap_s, severity in ((3, 99, None), (4, 99, "block"), (4, 101, "warn"))
        ),
    ),
    *of_calls(
        "ACT-SAME-CALLEE",
        "in the window",
        *(
            (str(sum(counts)), same(counts), severity)
            for counts, severity in (((3, 3, 3), None), ((3, 3, 3, 1), None), ((3, 3, 3, 2), "warn"))
        ),
    ),
    *of_calls(
        "ACT-OFF-HOURS",
        "at night",
        *(
            (str(count), [*calls(10), *night(count)], severity)
            for count, severity in ((0, None), (1, "warn"), (4, "warn"), (5, "block"))
        ),
    ),
    *of_calls(
        "ACT-OFF-HOURS",
        "ratio",
        ("1 of 99", [*calls(98), *night(1)], "block"),
        ("1 of 100", [*calls(99), *night(1)], "block"),
        ("1 of 101", [*calls(100), *night(1)], "warn"),
        ("1 of 19", [*calls(18), *night(1)], "warn"),
        ("1 of 20", [*calls(19), *night(1)], "block"),
    ),
    *of_calls(
        "ACT-SHORT-CALLS",
        "of 20",
        *(
            (str(count), calls(20, durations=[6] * count + [60] * (20 - count)), severity)
            for count, severity in ((2, None), (3, None), (4, "warn"), (5, "warn"), (6, "warn"), (7, "block"))
        ),
    ),
    *of_calls(
        "ACT-SHORT-CALLS",
        "of few",
        ("19 of 19", calls(19, durations=[6]), None),
        ("7 s are long", calls(20, durations=[7]), None),
    ),
    *of_calls(
        "ACT-MEAN-DURATION",
        "mean",
        *(
            (f"{total} s of 20", calls(20, durations=[total - 19 * (total // 20), *([total // 20] * 19)]), severity)
            for total, severity in (
                (601, None),
                (600, None),
                (599, "warn"),
                (301, "warn"),
                (300, "warn"),
                (299, "block"),
            )
        ),
    ),
    *of_calls("ACT-MEAN-DURATION", "mean", ("of 19 answered", calls(19, durations=[7]), None)),
    *of_calls(
        "ACT-ANSWER-RATE",
        "answered",
        *(
            (f"{answered} of {count}", calls(count, answered=answered), severity)
            for answered, count, severity in (
                (9, 20, None),
                (8, 20, None),
                (7, 20, "warn"),
                (5, 20, "warn"),
                (4, 20, "warn"),
                (3, 20, "block"),
                (0, 19, None),
            )
        ),
    ),
    *of_calls(
        "ACT-HANDSETS",
        "handsets",
        *(
            (str(count), calls(8, handsets=count), severity)
            for count, severity in ((2, None), (3, "warn"), (4, "block"), (5, "block"))
        ),
    ),
    *of_calls(
        "ACT-HANDSETS",
        "forms of one IMEI",
        (
            "with and without its check digit",
            [
                replace(one, imei=imei)
                for one, imei in zip(
                    calls(6),
                    (
                        "35686800004141",
                        "356868000041418",
                        "35-686800-004141-8",
                        "35 686800 004141 8",
                        "3568680000414101",
                        "3568680000414102",
                    ),
                    strict=True,
                )
            ],
            None,
        ),
    ),
    *(
        Sample(
            name=f"activated {activated}, ended {ended}",
            rule="ACT-PEAK-HOUR",
            severity=severity,
            cards=[{"actual_user_name": "丁某某", "activated_on": activated, "service_ended_on": ended}],
            calls=burst(61),
        )
        for activated, ended, severity in (
            ("2026-11-20", "", "block"),
            ("2026-11-21", "", None),
            ("", "2026-11-20", "block"),
            ("", "2026-11-19", None),
            ("2026-11-20", "2026-11-20", "block"),
            ("2026-11-01", "2026-10-01", "block"),
        )
    ),
    *(
        Sample(
            name=f"complaints, activated {activated}, ended {ended}",
            rule="ACT-COMPLAINTS",
            severity=severity,
            cards=[{"actual_user_name": "丁某某", "activated_on": activated, "service_ended_on": ended}],
            complaints=verified(3),
        )
        for activated, ended, severity in (
            ("2026-11-20", "2026-11-20", "block"),
            ("2026-11-21", "", None),
            ("", "2026-11-19", None),
        )
    ),
    *(
        Sample(name=f"{count} complaints", rule="ACT-COMPLAINTS", severity=severity, complaints=verified(count))
        for count, severity in ((0, None), (1, "warn"), (2, "warn"), (3, "block"))
    ),
    Sample(name="not verified", rule="ACT-COMPLAINTS", severity=None, complaints=[{"received_at": "2026-11-20"}]),
    *(
        Sample(
            name=f"3 complaints {(TODAY - first).days} days ago",
            rule="ACT-COMPLAINTS",
            severity=severity,
            complaints=verified(3, on=first),
        )
        for first, severity in ((TODAY - timedelta(days=29), "block"), (TODAY - timedelta(days=30), None))
    ),
    Sample(
        name="complaints about calls that are shown",
        rule="ACT-COMPLAINTS",
        severity="block",
        calls=burst(1, start=DAY - timedelta(days=20)),
        complaints=verified(3, on=TODAY - timedelta(days=50)),
    ),
    # A single verified complaint warns by itself, so the ratio's own warning at 0.003 never shows alone.
    *(
        Sample(
            name=f"2 complaints on {count} calls",
            rule="ACT-COMPLAINTS",
            severity=severity,
            complaints=verified(2),
            calls=calls(count),
        )
        for count, severity in ((401, "warn"), (400, "warn"), (399, "block"), (200, "block"), (199, "warn"))
    ),
    *(
        Sample(name=f"opted out {since}", rule="ACT-OPT-OUT", severity=severity, calls=calls(1), opt_out=since)
        for since, severity in ((None, None), (date(2026, 11, 20), "block"), (date(2026, 11, 21), None))
    ),
    *of_calls(
        "ACT-OUT-SHARE",
        "out",
        *(
            (f"{out} of {out + into}", [*calls(out), *incoming(into)], severity)
            for out, into, severity in ((20, 4, "info"), (20, 5, "info"), (20, 6, None), (19, 0, None))
        ),
    ),
    *of_calls(
        "ACT-DISTINCT",
        "distinct",
        *(
            (f"{distinct} of {count}", calls(count, distinct=distinct), severity)
            for distinct, count, severity in ((13, 20, "info"), (12, 20, "info"), (11, 20, None), (19, 19, None))
        ),
    ),
    *of_calls("ACT-NO-DATA", "calls", ("0", [], "info"), ("1", calls(1), None)),
    *of_calls(
        "ACT-STALE",
        "ended",
        *(
            (f"{days} days ago", burst(1, start=datetime.combine(TODAY - timedelta(days=days), DAY.time())), severity)
            for days, severity in ((29, None), (30, None), (31, "info"))
        ),
    ),
]
