"""One process of the mixed storm: a person who runs random commands until somebody kills it."""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from typer.testing import CliRunner

from db.dialect import is_server
from db.dialects import sqlite
from db.dialects.server_address import url_of
from tests.services.intake.importing.files import PERSON, application
from tests.sites import TUESDAY
from workbench.cli.app import build_app

SPEED = 10
"""The clock of a storm runs as many times faster."""

CLOCK, ACTS, FILES = "clock", "acts.jsonl", "files"
"""The names of the files of a storm: when it began and how many days were skipped, what was run, what was written."""

JOBS = {
    "rev1": "review",
    "rev2": "review",
    "rev3": "review",
    "rev4": "review",
    "sup1": "supervise",
    "sup2": "check",
    "admin": "import",
    "admin2": "export",
}
"""The person of each process and what they do."""

_TOLD = ("case", "decision", "batch", "rows")
"""What is noted of the result of a command; a long line could be cut by a kill."""

_PROVINCES = ("湖北", "广东", "四川", "海南")
_ITEM = ("--reason", "USE-STATEMENT")
_VERDICTS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("pass", "--reason", "OK"), 8),
    (("pass", "--reason", "OK-OVERRIDE", "--note", "the user is known"), 4),
    (("fail", *_ITEM), 4),
    (("fail", "--final", *_ITEM), 3),
    (("pending", "--reason", "WAIT-APPLICANT", "--item", "USE-STATEMENT"), 2),
    (("pending", "--reason", "WAIT-CARRIER"), 2),
)


def database_of(folder: Path) -> Path:
    """Return the path of the database of a storm."""
    on_server = folder / "w.postgresql"
    return on_server if on_server.exists() else folder / "w.db"


def clock_of(folder: Path) -> Callable[[], datetime]:
    """Return the clock that all processes of a storm share."""

    def now() -> datetime:
        began, days = (folder / CLOCK).read_text(encoding="ascii").split()
        return TUESDAY + timedelta(days=int(days), seconds=(time.time() - float(began)) * SPEED)

    return now


class Person:
    """A person with a job, who runs one command after the other."""

    def __init__(self, folder: Path, login: str, seed: int) -> None:
        self.folder, self.login, self.dice = folder, login, Random(seed)
        self.database = database_of(folder)
        self.app = build_app(lambda *_wanted: 0, clock_of(folder))
        self.acts = os.open(folder / ACTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def work(self) -> None:
        """Run commands for ever."""
        job: Callable[[], None] = getattr(self, JOBS[self.login].replace("import", "import_"))
        while True:
            job()

    def run(self, *words: str) -> Any:
        """Run a command, note that it began and how it ended, and return the JSON that it prints; None if it failed."""
        self._note(words=words)
        arguments = ["--database", str(self.database), "--lang", "en", *words, "--as", self.login, "--json"]
        result = CliRunner().invoke(self.app, arguments, prog_name="workbench")
        printed = json.loads(result.stdout) if result.exit_code == 0 and result.stdout.startswith("{") else None
        problem = "" if result.exit_code == 0 else result.stderr[-600:]
        told = {name: printed[name] for name in _TOLD if name in printed} if printed else {}
        self._note(words=words, code=result.exit_code, printed=told, problem=problem)
        return printed

    def _note(self, **what: Any) -> None:
        os.write(self.acts, (json.dumps({"login": self.login, "pid": os.getpid(), **what}) + "\n").encode())

    def some(self, condition: str) -> str:
        """Return the number of a random case that meets a condition; one that does not exist if none meets it."""
        query = f'SELECT id FROM "case" WHERE {condition} ORDER BY random() LIMIT 1'
        found = self._on_server(query) if is_server(self.database) else self._in_file(query)
        return f"C-{found[0] if found else 999_999:06d}"

    def _in_file(self, query: str) -> Any:
        with closing(sqlite.driver().connect(str(self.database), timeout=10)) as connection:
            connection.execute("PRAGMA query_only=ON")
            return connection.execute(query).fetchone()

    def _on_server(self, query: str) -> Any:
        import psycopg

        while True:
            # The server may be restarting.
            with suppress(psycopg.Error), closing(psycopg.connect(url_of(self.database))) as connection:
                return connection.execute(query).fetchone()
            time.sleep(0.1)

    def one_of(self, acts: Mapping[Callable[[], Any], int]) -> None:
        """Do one of several acts, by their weights."""
        [act] = self.dice.choices(list(acts), list(acts.values()))
        act()

    def review(self) -> None:
        """Take a case and decide it, or do something else with it."""
        found = self.run("next")
        case = found["case"] if found and found["case"] else self.some("state = 'pending'")
        self.one_of(
            {
                lambda: self.decide(case): 30,
                lambda: self.run("release", case): 2,
                lambda: self.run("skip", case, "--reason", "not mine"): 2,
                lambda: self.run("aside", case, "--until", "2h"): 2,
                lambda: self.run("comment", case, "seen"): 3,
                lambda: self.run("verify", case, "phone", "--result", "confirmed"): 2,
                lambda: self.run("answer", self.some("state = 'pending'")): 4,
                lambda: self.run("resubmit", self.some("state = 'rectifying'")): 3,
                lambda: self.run("withdraw", self.some("state IN ('queued', 'pending')"), "--reason", "gone"): 1,
                lambda: self.run("take", self.some("state = 'queued'"), "--reason", "on the phone"): 2,
                lambda: self.run("appeal", self.some("state = 'failed'"), "--grounds", "it is in order"): 2,
            }
        )

    def decide(self, case: str) -> None:
        """Give a verdict, and undo some."""
        verdicts, weights = zip(*_VERDICTS, strict=True)
        [verdict] = self.dice.choices(verdicts, weights)
        if self.run("decide", case, *verdict) and self.dice.random() < 0.3:
            self.run("undo", case)

    def supervise(self) -> None:
        """Reassign, suspend and reschedule."""
        queued = self.some("state IN ('queued', 'in_review')")
        to = self.dice.choice([login for login, job in JOBS.items() if job == "review"])
        self.one_of(
            {
                lambda: self.run("assign", queued, "--to", to, "--reason", "even work"): 12,
                lambda: self.run("priority", queued, self.dice.choice(("low", "high", "urgent")), "--reason", "x"): 3,
                lambda: self.run("class", queued, self.dice.choice(("expedited", "complex")), "--reason", "x"): 2,
                lambda: self.run("calendar", "suspend", "now", "--province", "海南", "--reason", "flood"): 2,
                self.suspend_all: 1,
                lambda: self.run("calendar", "resume"): 3,
                lambda: self.run("reopen", self.some("state = 'passed'"), "--reason", "news"): 2,
                lambda: self.run("extend", queued, "--until", "+9", "--reason", "busy"): 2,
                lambda: self.run("undo", self.some("state = 'queued'")): 2,
            }
        )

    def suspend_all(self) -> None:
        """Suspend work for all now and then, because each applicant gets a letter."""
        if self.dice.random() < 0.1:
            self.run("calendar", "suspend", "now", "--reason", "no power")

    def check(self) -> None:
        """Check verdicts, decide appeals and tick."""
        waiting = self.some("state = 'awaiting_check'")
        self.one_of(
            {
                lambda: self.run("check", waiting, "approve", "--note", "agreed"): 8,
                lambda: self.run("check", waiting, "return", "--note", "look again"): 3,
                lambda: self.run("undo", self.some("state IN ('failed', 'passed', 'in_review')")): 3,
                lambda: self.run("appeal-decide", self.some("state = 'appealed'"), "stands", "--note", "no news"): 3,
                lambda: self.run("tick"): 6,
            }
        )

    def import_(self) -> None:
        """Import applications with calls of their numbers, and undo some imports."""
        number = self.dice.randrange(10**6)
        count = self.dice.choice((5, 10, 60))
        numbers = [f"138{number % 10**5:05}{at:03}" for at in range(count)]
        rows = [
            application(
                f"S-{number}-{at}",
                **PERSON,
                msisdns=msisdn,
                province=self.dice.choice(_PROVINCES),
            )
            for at, msisdn in enumerate(numbers)
        ]
        self.run("import", "applications", self.file(f"{number}.csv", rows))
        start = TUESDAY - timedelta(days=3)
        calls = [
            {
                "caller": self.dice.choice(numbers),
                "callee": f"139{self.dice.randrange(50):08}",
                "start_at": (start + timedelta(seconds=second * 97)).isoformat(),
                "duration_s": str(self.dice.randrange(90)),
            }
            for second in range(self.dice.choice((50, 900)))
        ]
        self.run("import", "calls", self.file(f"{number}-calls.csv", calls))
        # A part of the same calls, and others: what is there already counts nothing twice.
        self.run("import", "calls", self.file(f"{number}-more.csv", [*calls[::3], *self.later(calls[:20])]))
        if self.dice.random() < 0.3 and (batches := self.run("imports", "list")):
            self.run("imports", "undo", self.dice.choice(batches["batches"])["batch"])

    def later(self, calls: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return calls like these at other times."""
        shift = timedelta(hours=30, seconds=self.dice.randrange(3_600))
        return [{**call, "start_at": (datetime.fromisoformat(call["start_at"]) + shift).isoformat()} for call in calls]

    def file(self, name: str, rows: list[Any]) -> str:
        """Write rows into a file and return its path."""
        path = self.folder / FILES / f"{os.getpid()}-{name}"
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    def export(self) -> None:
        """Export, back up, verify and mark letters as sent."""
        target = self.folder / FILES / f"out-{os.getpid()}-{self.dice.randrange(10**9)}"
        kind = self.dice.choice(("applications", "decisions", "events", "calls"))
        self.one_of(
            {
                lambda: self.run("export", kind, "--output", f"{target}.csv"): 6,
                lambda: self.run("notices", "sent", self.letters()): 4,
                lambda: self.run("backup", f"{target}.tar"): 1,
                lambda: self.run("audit", "verify"): 2,
                lambda: self.run("queue", "--filter", "state:all"): 3,
                lambda: self.run("tick"): 3,
            }
        )

    def letters(self) -> str:
        """Return a file with the numbers of some released letters."""
        listed = (self.run("notices", "list", "--unsent") or {"notices": []})["notices"]
        some = [one["id"] for one in self.dice.sample(listed, min(len(listed), 8))]
        return self.file(f"sent{self.dice.randrange(10**9)}.csv", [{"notice": number} for number in some or [0]])


if __name__ == "__main__":
    Person(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])).work()
