"""Counts the figures of a report again, from their definitions and the tables alone, slowly and row by row.

`Recount.figures` returns for each figure a dictionary from the part to the values that the command prints as JSON.
"""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import sqrt
from typing import Any

from tests.services.quality.recounted_lives import CLOSED, SECOND, Closing, Lives, instant_us

RESULTS = ("passed", "failed")
MONTHS = [date(2026, month, 1).strftime("%B") for month in range(1, 13)]
MONTH_US = 30 * 86_400 * SECOND

Values = dict[str, Any]
Figure = dict[str, Values]


class Recount(Lives):
    """Counts what a report on a database of SQLite says at an instant."""

    def figures(self, first: date, last: date) -> dict[str, Figure]:
        """Return the figures of a period of whole days."""
        self.start, self.end = self._midnight(first), self._midnight(last + timedelta(days=1))
        self.closings = [one for one in self.all_closings if self._within(one.at) and not self._ended(one, self.end)]
        self.results = [one for one in self.closings if one.state in RESULTS]
        took = sorted(self.db.execute("SELECT * FROM in_effect"), key=lambda row: (row["took_at"], row["id"]))
        self.decisions = [row for row in took if self._within(row["took_at"])]
        firsts: dict[int, sqlite3.Row] = {}
        for row in took:
            firsts.setdefault(row["case_id"], row)
        self.firsts = [row for row in firsts.values() if self._within(row["took_at"])]
        first_pairs = [(self.cases[row["case_id"]], row["took_at"]) for row in self.firsts]
        result_pairs = [(one.case, one.at) for one in self.results]
        return {
            "flow": self._flow(),
            "verdicts": _counts(f"{row['verdict']} {row['fail_kind']}".strip() for row in self.decisions),
            "first_from_receipt": self._turnaround(first_pairs, "received_at"),
            "first_from_complete": self._turnaround(first_pairs, "complete_at"),
            "result_from_receipt": self._turnaround(result_pairs, "received_at"),
            "result_from_complete": self._turnaround(result_pairs, "complete_at"),
            "in_time": self._in_time(),
            "time": self._time(),
            "reasons": _shares_of(self._reasons()),
            "rounds": _shares_of(Counter(str(self._round(one)) for one in self.results)),
            "appeals": _shares_of(self._appeals()),
            "agreement": self._agreement(first, last),
            "letters": self._letters(),
            "measures": self._measures(),
            "complaints": self._complaints(),
            "forecast": self._forecast(),
            "imports": self._imports(),
        }

    def _flow(self) -> Figure:
        n = Counter(one.state for one in self.closings)
        figures = {
            "open_start": self._open_at(self.start),
            "received": sum(self._within(case["opened_at"]) for case in self.cases.values()),
            "reopened": sum(one.at < self.start and self._within(one.ended_at) for one in self.all_closings),
            **{state: n[state] for state in CLOSED},
            "open_end": self._open_at(self.end),
        }
        return {part: {"n": count} for part, count in figures.items()}

    def _open_at(self, at: int) -> int:
        def is_open(case: sqlite3.Row) -> bool:
            states = [event["state"] for event in self.events[case["id"]] if event["at"] < at]
            return case["opened_at"] < at and (not states or states[-1] not in CLOSED)

        return sum(map(is_open, self.cases.values()))

    def _turnaround(self, pairs: Sequence[tuple[sqlite3.Row, int]], begin: str) -> Figure:
        def values(group: Sequence[tuple[sqlite3.Row, int]]) -> Values:
            days = sorted(self._working_days(case[begin] or case["received_at"], at) for case, at in group)
            return {"n": len(days), **{f"p{percent}": _percentile(days, percent) for percent in (50, 90, 95)}}

        return self._broken_down(pairs, values)

    def _in_time(self) -> Figure:
        pairs = [(one.case, one.at <= one.case["due_at"]) for one in self.results if one.case["due_at"] is not None]
        return self._broken_down(pairs, lambda group: _share(sum(hit for _case, hit in group), len(group)))

    def _broken_down(self, pairs: Sequence[tuple[sqlite3.Row, Any]], values: Callable[[Any], Values]) -> Figure:
        """Return the values of all, and of each class, province and agent."""
        groups = defaultdict(list)
        for pair in pairs:
            case = pair[0]
            groups[""].append(pair)
            for kind, name in ("class", "service_class"), ("province", "province"), ("agent", "agent"):
                groups[f"{kind} {case[name]}"].append(pair)
        return {part: values(group) for part, group in groups.items()}

    def _time(self) -> Figure:
        parts: Counter[str] = Counter()
        whole = 0
        for closing in self.closings:
            seconds, spent = self.time_parts(closing)
            assert sum(spent.values()) == seconds
            whole += seconds
            parts.update(spent)
        return {part: _ratio(n, whole) for part, n in parts.items()}

    def _reasons(self) -> Counter[str]:
        against = [row["id"] for row in self.decisions if row["verdict"] != "pass"]
        codes = self.db.execute("SELECT decision_id, code FROM decision_reason").fetchall()
        return Counter(code for number, code in codes if number in set(against))

    def _round(self, closing: Closing) -> int:
        sql = "SELECT max(round) FROM in_effect WHERE case_id = ? AND took_at <= ?"
        return int(self.db.execute(sql, (closing.case["id"], closing.at)).fetchone()[0])

    def _appeals(self) -> Counter[str]:
        rows = self.db.execute("SELECT * FROM appeal WHERE status <> 'undone'").fetchall()
        ends = {"open": "open", "staged": "open", "withdrawn": "withdrawn"}
        kept = [row for row in rows if row["case_id"] in self.cases and self._within(row["filed_at"])]
        return Counter(ends.get(row["status"], row["outcome"]) for row in kept)

    def _agreement(self, first: date, last: date) -> Figure:
        """Return raw agreement, kappa and AC1 of the newest sample within the days, without their intervals."""
        sql = "SELECT id, strata FROM quality_sample WHERE from_on >= ? AND to_on <= ? ORDER BY id DESC LIMIT 1"
        if (sample := self.db.execute(sql, (first.isoformat(), last.isoformat())).fetchone()) is None:
            return {}
        pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for stratum, *pair in self.db.execute(
            "SELECT s.stratum, d.verdict, o.verdict FROM sampled_decision s JOIN decision d ON d.id = s.decision_id"
            " JOIN opinion o ON o.sampled_id = s.id WHERE o.given_at IS NOT NULL AND s.stratum <> 'golden'"
            " AND s.sample_id = ?",
            (sample["id"],),
        ):
            pairs[stratum].append((pair[0], pair[1]))
        sizes = {stratum: json.loads(sample["strata"])[stratum][0] for stratum in pairs}
        weight: Counter[tuple[str, str]] = Counter()
        for stratum, some in pairs.items():
            for one in some:
                weight[one] += Fraction(sizes[stratum], sum(sizes.values()) * len(some))  # type: ignore[assignment]
        verdicts = "pass", "fail", "pending"
        sides = [[sum(weight[p] for p in weight if p[side] == v) for v in verdicts] for side in (0, 1)]
        raw = sum(weight[v, v] for v in verdicts)
        means = [Fraction(a + b) / 2 for a, b in zip(*sides, strict=True)]
        chance = {
            "raw": 0,
            "kappa": sum(a * b for a, b in zip(*sides, strict=True)),
            "ac1": sum(mean * (1 - mean) for mean in means) / (len(verdicts) - 1),
        }
        n = sum(map(len, pairs.values()))
        return {name: {"n": n, "ratio": float((raw - by) / (1 - by))} for name, by in chance.items()}

    def _letters(self) -> Figure:
        groups: dict[str, list[bool]] = defaultdict(list)
        allowed = self.policy.get("notices", {}).get("send_days", 1)
        for row in self.db.execute("SELECT * FROM notice WHERE cancelled_at IS NULL"):
            if row["case_id"] in self.cases and self._within(row["release_at"]):
                until = self.now if row["sent_at"] is None else row["sent_at"]
                is_within = self._working_days(row["release_at"], until) <= allowed
                if row["sent_at"] is not None or not is_within:
                    groups[row["kind"]].append(is_within)
        return {kind: _share(sum(hits), len(hits)) for kind, hits in groups.items()}

    def _measures(self) -> Figure:
        groups: dict[str, list[bool]] = defaultdict(list)
        for row in self.db.execute("SELECT * FROM measure_order WHERE cancelled_at IS NULL"):
            is_counted = row["done_at"] is not None or row["due_at"] < self.now
            if row["case_id"] in self.cases and self._within(row["due_at"]) and is_counted:
                part = "restore" if row["measure"] == "restore" else "bar"
                groups[part].append(row["done_at"] is not None and row["done_at"] <= row["due_at"])
        return {part: _share(sum(hits), len(hits)) for part, hits in groups.items()}

    def _complaints(self) -> Figure:
        groups: dict[str, Counter[str]] = defaultdict(Counter)
        published = "SELECT id FROM import_batch WHERE published_at IS NOT NULL"
        for closing in self.results:
            case = closing.case
            found = self.db.execute(
                f"SELECT DISTINCT msisdn_hash, received_at, source FROM complaint WHERE batch_id IN ({published})"
                " AND msisdn_hash IN (SELECT msisdn_hash FROM card WHERE agent = ? AND application_no = ?"
                f" AND batch_id IN ({published}))",
                (case["agent"], case["application_no"]),
            )
            times = [at for _number, at, _source in found if abs(at - closing.at) <= MONTH_US]
            group = groups[case["agent"]]
            group["n"] += sum(closing.at - MONTH_US <= at < closing.at for at in times)
            group["whole"] += sum(closing.at <= at < closing.at + MONTH_US for at in times)
        return {f"agent {agent}": dict(group) for agent, group in groups.items() if group.total()}

    def _forecast(self) -> Figure:
        hits = []
        for verdict in self.firsts:
            rows = self.db.execute(
                "SELECT facts FROM notice WHERE case_id = ? AND cancelled_at IS NULL AND release_at <= ? ORDER BY id",
                (verdict["case_id"], verdict["took_at"]),
            )
            told = [days for (facts,) in rows if (days := _told_days(json.loads(facts)))]
            if told:
                usual, last = told[0][0], told[0][-1]
                on = datetime.fromtimestamp(verdict["took_at"] // SECOND, self.zone).date()
                hits.append({"until_first": on <= usual, "until_last": on <= last, "inside": usual <= on <= last})
        return {part: _share(sum(hit[part] for hit in hits), len(hits)) for part in (hits[0] if hits else ())}

    def _imports(self) -> Figure:
        rows = [row for row in self.db.execute("SELECT * FROM import_batch") if self._within(row["published_at"])]
        kinds = "row", "created", "updated", "unchanged", "rejected"
        sums = {kind: sum(row[f"{kind}_count"] for row in rows) for kind in kinds}
        return {part: {"n": n} for part, n in {"batches": len(rows), **sums}.items()}

    def _within(self, at: int | None) -> bool:
        return at is not None and self.start <= at < self.end

    @staticmethod
    def _ended(closing: Closing, at: int) -> bool:
        return closing.ended_at is not None and closing.ended_at < at

    def _midnight(self, day: date) -> int:
        return instant_us(datetime.combine(day, time(), self.zone))


def _told_days(facts: Values) -> list[date]:
    """Return the days that the forecast of a letter gives."""
    sentence = facts.get("forecast_sentence", "")
    chinese = re.findall(r"(\d{4})年(\d+)月(\d+)日", sentence)
    english = re.findall(rf"(\d+) ({'|'.join(MONTHS)}) (\d{{4}})", sentence)
    return [date(int(y), int(m), int(d)) for y, m, d in chinese] + [
        date(int(y), MONTHS.index(m) + 1, int(d)) for d, m, y in english
    ]


def _percentile(values: Sequence[int], percent: int) -> int:
    return next(v for v in values if 100 * sum(one <= v for one in values) >= percent * len(values))


def _ratio(n: int, whole: int) -> Values:
    return {"n": n, "whole": whole, "ratio": float(Fraction(n, whole)) if whole else 0.0}


def _share(n: int, whole: int) -> Values:
    """Return a share with the Wilson interval of 95 %."""
    z, p = 1.959963984540054, n / whole
    middle, half = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    low, high = ((middle + sign * half) / (1 + z * z / whole) for sign in (-1, 1))
    return {**_ratio(n, whole), "low": low, "high": high}


def _counts(parts: Iterable[str]) -> Figure:
    return {part: {"n": n} for part, n in Counter(parts).items()}


def _shares_of(counts: Counter[str]) -> Figure:
    return {part: _ratio(n, counts.total()) for part, n in counts.items()}
