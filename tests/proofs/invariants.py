"""What must hold in any database, checked by plain SQL without the program's services, models and constants."""

import hashlib
import json
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from tests import tables

HOLD_US = 30 * 60 * 10**6
_LONGER_THAN_ANY_WAIT_US = 12 * 3600 * 10**6
OPEN_STATES = "('incomplete','queued','in_review','awaiting_check','pending','rectifying','appealed')"
_TRUTHS = ("is_refused", "is_clock_running")

Row = dict[str, Any]


class Rows:
    """The rows of a database that no program has open."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with closing(tables.connect(database)) as connection:
            connection.row_factory = lambda cursor, row: dict(
                zip((column[0] for column in cursor.description), row, strict=True)
            )
            self._connection = connection
            self.events = self.select("SELECT * FROM event ORDER BY seq")
            self.facts = {name: self.select(statement) for name, statement in _STATEMENTS.items()}
        for event in self.events:
            event["body"] = json.loads(event["body"]) if event["body"].startswith("{") else {}

    def select(self, statement: str) -> list[Row]:
        """Return the rows of a query."""
        return [dict(row) for row in self._connection.execute(statement).fetchall()]

    @property
    def acts(self) -> list[Row]:
        """The events that are no refusals."""
        return [event for event in self.events if not event["is_refused"]]

    def acts_of_cases(self) -> dict[int, list[Row]]:
        """Return the events with a state, by case."""
        found: dict[int, list[Row]] = defaultdict(list)
        for event in self.acts:
            if event["case_id"] and event["state"]:
                found[event["case_id"]].append(event)
        return found


_STATEMENTS = {
    "broken reference": "PRAGMA foreign_key_check",
    "damage": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "raw events": "SELECT * FROM event ORDER BY seq",
    "cases": 'SELECT c.* FROM "case" c',
    "decisions": "SELECT * FROM decision ORDER BY id",
    "notices": "SELECT * FROM notice ORDER BY id",
    "batches": "SELECT * FROM import_batch ORDER BY id",
    "two open cases": f"""SELECT agent, application_no, count(*) AS n FROM "case"
        WHERE state IN {OPEN_STATES} GROUP BY agent, application_no HAVING n > 1""",
    "held without a holder": """SELECT id FROM "case" WHERE state = 'in_review'
        AND (held_by_id IS NULL OR held_until IS NULL OR fence = 0)""",
    "holder of a closed case": """SELECT id FROM "case" WHERE state <> 'in_review' AND held_by_id IS NOT NULL""",
    "row of an unpublished batch": """
        SELECT 'application' AS t, count(*) AS n FROM application a JOIN import_batch b ON b.id = a.batch_id
            WHERE b.published_at IS NULL HAVING n > 0
        UNION ALL SELECT 'case', count(*) AS n FROM "case" c JOIN import_batch b ON b.id = c.batch_id
            WHERE b.published_at IS NULL HAVING n > 0
        UNION ALL SELECT 'batch', count(*) AS n FROM import_batch WHERE published_at IS NULL HAVING n > 0""",
    "batch that was not applied": "SELECT id FROM import_batch WHERE applied_at IS NULL",
    "unlisted case": """SELECT id FROM "case" WHERE is_listed = 0""",
    "open rectification of another state": """SELECT r.id FROM rectification r JOIN "case" c ON c.id = r.case_id
        WHERE r.is_open AND c.state IN ('passed', 'failed', 'withdrawn')""",
    "two open rectifications": """SELECT case_id, count(*) AS n FROM rectification WHERE is_open
        GROUP BY case_id HAVING n > 1""",
    "rectifying without an open rectification": """SELECT c.id FROM "case" c WHERE c.state = 'rectifying'
        AND NOT EXISTS (SELECT 1 FROM rectification r WHERE r.case_id = c.id AND r.is_open)""",
    "file of two batches": "SELECT sha256, count(*) AS n FROM import_file GROUP BY sha256 HAVING n > 1",
    "applications": "SELECT batch_id, count(*) AS n FROM application GROUP BY batch_id",
    "windows": """SELECT msisdn, calls, calls_in FROM call_window w WHERE msisdn <> '' AND application_no = ''
        AND batch_id = (SELECT max(x.batch_id) FROM call_window x WHERE x.msisdn_hash = w.msisdn_hash)""",
    "reviewers": "SELECT id, login FROM reviewer",
}
_EMPTY = (
    *("broken reference", "damage", "two open cases", "held without a holder", "holder of a closed case"),
    *("row of an unpublished batch", "batch that was not applied", "unlisted case", "two open rectifications"),
    *("open rectification of another state", "rectifying without an open rectification", "file of two batches"),
)
"""The queries that find a violation in each row."""


def violations(database: Path) -> list[str]:
    """Return a sentence for each violation in a database that no program has open."""
    rows = Rows(database)
    found = [f"{name}: {row}" for name in _EMPTY for row in rows.facts[name]]
    for check in (_chain, _states, _holders, _decisions, _letters, _undone, _sent, _batches, _calls):
        found += check(rows)
    return found


def _chain(rows: Rows) -> Iterator[str]:
    """Recompute the hashes of the log from its rows."""
    before = "0" * 64
    for number, row in enumerate(rows.facts["raw events"], start=1):
        values = {name: value for name, value in row.items() if name not in {"prev_hash", "hash"}}
        values |= {name: None if row[name] is None else bool(row[name]) for name in _TRUTHS}
        text = before + json.dumps(values, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        if (row["seq"], row["prev_hash"], row["hash"]) != (number, before, digest):
            yield f"event {row['seq']} breaks the chain"
        before = row["hash"]


def _states(rows: Rows) -> Iterator[str]:
    """Compare each case with its last event that has a state."""
    acts = rows.acts_of_cases()
    for case in rows.facts["cases"]:
        expected = {acts[case["id"]][-1]["state"]} if case["id"] in acts else {"incomplete", "queued"}
        if case["state"] not in expected:
            yield f"case {case['id']} is {case['state']}, but its last event says {expected}"


def _holders(rows: Rows) -> Iterator[str]:
    """Follow the holds of each case: nobody claims what somebody else holds, and each claim has a new fence.

    A hold that began while the clock skipped a day is not followed: it may count from before the skip, its event from
    after it.
    """
    after_skip = {
        event["seq"] for before, event in pairwise(rows.events) if event["at"] - before["at"] > _LONGER_THAN_ANY_WAIT_US
    }
    for case_id, acts in rows.acts_of_cases().items():
        holder, until, fence = 0, 0, 0
        for act in acts:
            if act["action"] in {"next", "take"}:
                if holder and holder != act["actor_id"] and act["at"] < until:
                    yield f"case {case_id}: event {act['seq']} claims what {holder} holds"
                if act["body"]["fence"] <= fence:
                    yield f"case {case_id}: event {act['seq']} claims with the old fence {fence}"
                fence = act["body"]["fence"]
                holder, until = 0 if act["seq"] in after_skip else act["actor_id"], act["at"] + HOLD_US
            elif act["state"] != "in_review":
                holder = 0
            elif act["action"] == "aside":
                until = act["body"]["until"] + HOLD_US


def _numbered(rows: Rows, action: str) -> Counter[int]:
    return Counter(act["body"].get("decision", 0) for act in rows.acts if act["action"] == action)


def _decisions(rows: Rows) -> Iterator[str]:
    """Compare each decision with its events, and the newest one with the state of its case."""
    decided, states = _numbered(rows, "decide"), {case["id"]: case["state"] for case in rows.facts["cases"]}
    last = {case_id: acts[-1] for case_id, acts in rows.acts_of_cases().items()}
    for decision in rows.facts["decisions"]:
        number = decision["id"]
        if decided.pop(number, 0) != 1:
            yield f"decision {number} has not one event"
        act = last[decision["case_id"]]
        if act["action"] not in {"decide", "approve"} or act["body"].get("decision") != number:
            continue
        kind = decision["verdict"] if decision["verdict"] != "fail" else decision["fail_kind"]
        expected = {"pass": "passed", "pending": "pending", "final": "failed", "fixable": "rectifying"}[kind]
        expected = "awaiting_check" if decision["status"] == "staged" else expected
        if states[decision["case_id"]] != expected:
            yield f"decision {number} is {decision['status']} {kind}, but its case {states[decision['case_id']]}"
    yield from (f"event without the decision {number}" for number in decided)


def _letters(rows: Rows) -> Iterator[str]:
    """Each verdict in force has one letter, one that waits or was undone has none."""
    all_letters: Counter[int] = Counter()
    valid: Counter[int] = Counter()
    for notice in rows.facts["notices"]:
        if notice["decision_id"] and notice["kind"] in {"pass", "fail", "pending"}:
            all_letters[notice["decision_id"]] += 1
            valid[notice["decision_id"]] += notice["cancelled_at"] is None
    in_force = Counter(
        act["body"]["decision"]
        for act in rows.acts
        if (act["action"] == "decide" and not act["body"].get("check_for"))
        or (act["action"] == "approve" and "decision" in act["body"] and "appeal" not in act["body"])
    )
    last = {case_id: acts[-1] for case_id, acts in rows.acts_of_cases().items()}
    for decision in rows.facts["decisions"]:
        number, status = decision["id"], decision["status"]
        if all_letters[number] != in_force[number]:
            yield f"decision {number} came into force {in_force[number]} times, with {all_letters[number]} letters"
        if status in {"staged", "undone", "returned", "void"} and valid[number]:
            yield f"decision {number} is {status}, but a letter tells it"
        act = last[decision["case_id"]]
        is_last = act["action"] in {"decide", "approve"} and act["body"].get("decision") == number
        if is_last and status in {"applied", "approved"} and valid[number] != 1:
            yield f"decision {number} is in force with {valid[number]} letters"


def _undone(rows: Rows) -> Iterator[str]:
    """Each undo restores the state before the act that it undoes."""
    for case_id, acts in rows.acts_of_cases().items():
        for at, act in enumerate(acts):
            if act["action"] != "undo":
                continue
            number, undone = act["body"].get("decision"), act["body"].get("act", "")
            wanted = {"decide", "approve", "return"} if number else {undone}
            before = next(
                (
                    position
                    for position in range(at - 1, -1, -1)
                    if acts[position]["action"] in wanted and acts[position]["body"].get("decision") == number
                ),
                None,
            )
            if before is None:
                yield f"case {case_id}: event {act['seq']} undoes nothing"
            elif before and acts[before - 1]["state"] != act["state"]:
                yield f"case {case_id}: event {act['seq']} restores {act['state']}, not {acts[before - 1]['state']}"


def _sent(rows: Rows) -> Iterator[str]:
    """Each letter is marked as sent by one event, and no other is."""
    told = Counter(act["body"].get("notice") for act in rows.acts if act["action"] == "notice-sent")
    for notice in rows.facts["notices"]:
        if told.pop(notice["id"], 0) != (notice["sent_at"] is not None):
            yield f"notice {notice['id']} and its events disagree whether it was sent"
    yield from (f"event without the notice {number}" for number in told)


def _batches(rows: Rows) -> Iterator[str]:
    """Each batch has one event of its publication, with the counts of its rows."""
    published = {act["batch_id"]: act["body"] for act in rows.acts if act["action"] == "import"}
    undone = {act["batch_id"] for act in rows.acts if act["action"] == "import-undone"}
    applications = {row["batch_id"]: row["n"] for row in rows.facts["applications"]}
    known = set()
    for batch in rows.facts["batches"]:
        known.add(batch["id"])
        body = published.get(batch["id"])
        if body is None:
            yield f"batch {batch['id']} has no event"
            continue
        counts = tuple(batch[f"{name}_count"] for name in ("created", "updated", "unchanged"))
        if counts != tuple(body[name] for name in ("created", "updated", "unchanged")):
            yield f"batch {batch['id']} has other counts than its event"
        if batch["kind"] == "applications" and applications.get(batch["id"], 0) != counts[0] + counts[1]:
            yield f"batch {batch['id']} has {applications.get(batch['id'], 0)} applications of {counts}"
    yield from (f"batch {number} is gone without an event" for number in set(published) - known - undone)


def _calls(rows: Rows) -> Iterator[str]:
    """Count the calls in the files of the store, and compare with what the tables have."""
    folder = rows.database.with_name(f"{rows.database.name}.store") / "calls"
    batches = [batch for batch in rows.facts["batches"] if batch["kind"] == "calls"]
    files = {batch["id"]: sorted(folder.glob(f"calls-{batch['id']:08}.parquet")) for batch in batches}
    strays = {path for path in folder.rglob("*") if path.is_file()} - {path for some in files.values() for path in some}
    yield from (f"{path.name} belongs to no batch" for path in sorted(strays))
    for batch in batches:
        if len(files[batch["id"]]) != 1:
            yield f"batch {batch['id']} has {len(files[batch['id']])} files of calls"
            return
        path = str(files[batch["id"]][0])
        [(count,)] = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchall()
        if count != batch["row_count"]:
            yield f"batch {batch['id']} has {count} calls in its file and {batch['row_count']} in its row"
    if not batches:
        return
    paths = [str(path) for some in files.values() for path in some]
    counted = dict(
        duckdb.execute(
            "SELECT msisdn, count(DISTINCT (callee, start_us, direction)) FROM read_parquet(?) GROUP BY msisdn", [paths]
        ).fetchall()
    )
    for window in rows.facts["windows"]:
        if window["calls"] + window["calls_in"] != counted.get(window["msisdn"], 0):
            yield f"{window['msisdn']} has {window['calls']} calls and {counted.get(window['msisdn'], 0)} in the files"


_ACTIONS = {
    **dict.fromkeys(("release", "aside", "skip", "comment", "verify", "answer", "resubmit", "withdraw", "undo"), ""),
    **dict.fromkeys(("decide", "assign", "priority", "class", "reopen", "extend", "appeal", "appeal-decide"), ""),
}


def lost_acts(database: Path, acknowledged: Iterable[Row]) -> list[str]:
    """Return a sentence for each act that was acknowledged by exit code 0 but is not in the database."""
    rows = Rows(database)
    logins = {row["id"]: row["login"] for row in rows.facts["reviewers"]}
    logged = Counter((logins.get(act["actor_id"], ""), act["action"], act["case_id"]) for act in rows.acts)
    wanted: Counter[tuple[str, str, int]] = Counter()
    found = []
    known = {batch["id"] for batch in rows.facts["batches"]} | {
        act["batch_id"] for act in rows.acts if act["action"] == "import-undone"
    }
    decided = {decision["id"] for decision in rows.facts["decisions"]}
    sent = {notice["id"] for notice in rows.facts["notices"] if notice["sent_at"] is not None}
    for act in acknowledged:
        verb, *rest = act["words"]
        printed = act["printed"] or {}
        if verb in _ACTIONS:
            wanted[act["login"], verb, int(rest[0].removeprefix("C-"))] += 1
        elif verb == "check":
            wanted[act["login"], rest[1], int(rest[0].removeprefix("C-"))] += 1
        if verb == "decide" and int(printed["decision"].removeprefix("D-")) not in decided:
            found.append(f"decision {printed['decision']} was acknowledged and is lost")
        if verb == "import" and int(printed["batch"].removeprefix("B-")) not in known:
            found.append(f"batch {printed['batch']} was acknowledged and is lost")
        if verb == "notices" and rest[0] == "sent":
            numbers = [int(line) for line in Path(rest[1]).read_text(encoding="utf-8").split()[1:]]
            found += [f"notice {number} was marked and is not" for number in numbers if number not in sent]
        if verb == "backup" and not tarfile.is_tarfile(rest[0]):
            found.append(f"{rest[0]} was acknowledged and is no backup")
        if verb == "export" and printed["rows"] != _lines(Path(rest[2])):
            found.append(f"{rest[2]} has not its {printed['rows']} rows")
    missing = wanted - logged
    return found + [f"{login} was told that {verb} on case {case} was done" for login, verb, case in missing]


def _lines(path: Path) -> int:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as opened:
        return sum(1 for _row in csv.reader(opened)) - 1
