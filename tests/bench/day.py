"""Measures a day at the desk: decides mixed cases by keys in a terminal, and records keys, times and memory."""

import csv
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import text

from db.enums import CreditList, ImportKind
from tests.bench.first_frame import COLD_START, memory_mb, seconds_until
from tests.bench.generated_files import company_code, resident_number
from tests.bench.keys import NAMES, painted_s, percentile, warm_up
from tests.bench.results import BenchmarkResult, WrongResult
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, PDF, application
from tests.sites import ManualClock, Site
from tests.terminal.pty_session import PtySession
from workbench.services.intake.importing.plan import ImportRequest

_BEFORE_CONFIRMING_S = 0.4
"""The pause before each confirmation, because a dialog refuses a confirmation that comes too soon."""

_SETTLED_CASES = 20
_MOST_GROWTH = 1.10
_CALLS = 60
_LISTS = tuple(CreditList)
_F2 = "\x1b[12~"
_F6 = "\x1b[17~"
_F8 = "\x1b[19~"
_CONFIRMS = frozenset({"y", _F8})
_SHOWS = {
    "p": "Pass C-",
    "f": "Fail C-",
    "w": "Pending C-",
    "n": r"Desk {2,4}C-\d+|Nothing",
    **dict.fromkeys(_CONFIRMS, r"Desk {9}"),
}
"""The pattern that the screen shows, by key, once the database has answered."""

_MARK = "mark the second reason"
_SECOND = "picture blurred or incomplete"
_SEARCH = ("/", "b", "l", "u", "\r")
"""The keys that search the second reason, which has a number only after its first use."""


@dataclass(frozen=True)
class CaseKind:
    """A kind of case: its share of the day, the values of its application, its keys, and its state at the end."""

    share: float
    changes: Mapping[str, str]
    keys: Sequence[str]
    most_keys: int
    state: str


KINDS = {
    "clean": CaseKind(0.70, {}, ("p", "y", "n"), 3, "passed"),
    # A found reason, a second one with its document, and a date of its own.
    "fixable": CaseKind(
        0.15,
        {"handler_id_valid_to": "2020-01-01"},
        ("f", _MARK, "6", "\r", "r", _F2, "+", "5", _F8, "n"),
        12,
        "rectifying",
    ),
    # Waits for the applicant, who has to send a document, until a date.
    "pending": CaseKind(0.10, {"stated_use": ""}, ("w", "1", "3", "\r", "r", "+", "3", _F8, "n"), 9, "pending"),
    "final": CaseKind(0.05, {"business_scope": "贷款催收"}, ("f", _F6, "y", "n"), 10, "awaiting_check"),
}


def day(folder: Path, count: int, _turns: int) -> Iterator[BenchmarkResult]:
    """Decide mixed cases by a fixed script of keys, each key in turn with a key of a bare app."""
    now = datetime.now(UTC)  # noqa: TID251 - the program reads the clock of the machine
    plan = [name for name, kind in KINDS.items() for _case in range(round(kind.share * count))]
    Random(1).shuffle(plan)
    site = Site(folder / "day.db", ManualClock(now)).create()
    _import_all(site, folder, plan)
    measured = _decide_all(site, folder, plan)
    states = Counter(state for (state,) in _rows(site, 'SELECT state FROM "case"'))
    refused = [action for (action,) in _rows(site, "SELECT action FROM event WHERE is_refused")]
    site.close()
    wanted = Counter(KINDS[name].state for name in plan)
    if states != wanted or refused:
        raise WrongResult(f"the cases are {dict(states)} instead of {dict(wanted)}; refused: {refused[:3]}")
    yield measured.figure(len(plan))


@dataclass
class _DayMeasurements:
    """The measurements of a day: the times of its keys and of a bare app's, and the memory at two times."""

    keys: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    ours_s: list[float] = field(default_factory=list)
    bare_s: list[float] = field(default_factory=list)
    by_key: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    settled_mb: float = 0.0
    end_mb: float = 0.0

    def figure(self, count: int) -> BenchmarkResult:
        """Return the figure of the day.

        Raises:
            WrongResult: If a kind of case took more keys than it may.
        """
        medians = {name: statistics.median(self.keys[name]) for name in KINDS if self.keys[name]}
        too_many = {name: keys for name, keys in medians.items() if keys > KINDS[name].most_keys}
        if too_many:
            raise WrongResult(f"too many keys: {too_many}")
        percents = {
            f"{who}_p{percent}_ms": round(percentile(times, percent) * 1000, 1)
            for who, times in (("ours", self.ours_s), ("bare", self.bare_s))
            for percent in (50, 95)
        }
        return BenchmarkResult(
            name=f"key to painted in a day of {count} cases, 95th percentile of {len(self.ours_s)} keys",
            peer="a key of a bare Textual app",
            ours_s=[percentile(self.ours_s, 95)],
            peer_s=[percentile(self.bare_s, 95)],
            most=2.5,
            most_mb=self.end_mb,
            most_mb_allowed=_MOST_GROWTH * self.settled_mb,
            more={
                **percents,
                **{f"keys_{name}": keys for name, keys in medians.items()},
                **{f"{key}_ms": round(statistics.median(times) * 1000, 1) for key, times in self.by_key.items()},
            },
        )


def _decide_all(site: Site, folder: Path, plan: Sequence[str]) -> _DayMeasurements:
    """Take and decide the cases one after the other."""
    measured = _DayMeasurements()
    kinds = {row[0]: str(row[1]) for row in _rows(site, 'SELECT id, application_no FROM "case"')}
    with ExitStack() as sessions:
        arguments = ["--database", str(site.path), "--as", "a", "--lang", "en"]
        ours = sessions.enter_context(PtySession(arguments, folder, more=COLD_START))
        bare = sessions.enter_context(PtySession([], folder, module="tests.bench.bare_app", more=COLD_START))
        seconds_until(ours, f"{len(plan)} queued")
        seconds_until(bare, "a text")
        warm_up(ours)
        warm_up(bare)
        ours.press("n")
        warm_up(ours)
        for number in range(1, len(plan) + 1):
            name = kinds[_case_on_desk(ours)].split("-")[0]
            before = len(measured.ours_s)
            for key in KINDS[name].keys:
                for pressed in _mark_keys(ours) if key == _MARK else (key,):
                    _press(ours, bare, pressed, measured)
            measured.keys[name].append(len(measured.ours_s) - before)
            if number == min(_SETTLED_CASES, len(plan)):
                measured.settled_mb = memory_mb(ours)
        measured.end_mb = memory_mb(ours)
    return measured


def _mark_keys(terminal: PtySession) -> Sequence[str]:
    """Return the keys that mark the second reason: its number, or a search."""
    found = re.search(rf"\[ \] (\d) {_SECOND}", terminal.text)
    return found[1] if found else _SEARCH


def _press(ours: PtySession, bare: PtySession, key: str, measured: _DayMeasurements) -> None:
    """Press a key in both apps, and record its times."""
    if key in _CONFIRMS:
        time.sleep(_BEFORE_CONFIRMING_S)
    seconds = painted_s(ours, key, _SHOWS.get(key, ""))
    measured.ours_s.append(seconds)
    measured.by_key[NAMES.get(key, key)].append(seconds)
    measured.bare_s.append(painted_s(bare, "x"))


def _case_on_desk(terminal: PtySession) -> int:
    """Return the number of the case on the desk.

    Raises:
        WrongResult: If there is none.
    """
    found = re.search(r"Desk {2,4}C-(\d+)", terminal.text)
    if found is None:
        raise WrongResult(f"no case is on the desk:\n{terminal.text}")
    return int(found[1])


def _rows(site: Site, statement: str) -> list[tuple[object, ...]]:
    with site.services("admin").context.read() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def _import_all(site: Site, folder: Path, plan: Sequence[str]) -> None:
    """Import the applications with their documents, cards, calls and credit records."""
    now, rng = site.clock.at, Random(2)
    day_ago, today = now - timedelta(days=1), f"{now:%Y-%m-%d}"
    files: dict[ImportKind, list[Mapping[str, str]]] = defaultdict(list)
    document = folder / "document.pdf"
    document.write_bytes(PDF)
    for number, name in enumerate(plan, 1):
        no, uscc, msisdn = f"{name}-{number:03}", company_code(number), f"1620000{number:04}"
        values = {
            "applicant_name": f"虚构{number:03}号信息服务有限公司",
            "uscc": uscc,
            "handler_id_no": resident_number(rng, 1),
            "handler_id_issued_on": "",
            "submitted_at": f"{day_ago:%Y-%m-%d %H:%M}",
            "msisdns": msisdn,
        }
        files[ImportKind.APPLICATIONS].append(application(no, **{**values, **KINDS[name].changes}))
        files[ImportKind.CARDS].append(
            {"application_no": no, "msisdn": msisdn, "carrier": "telecom", "actual_user_name": "丁某某"}
        )
        files[ImportKind.DOCUMENTS] += [
            {"application_no": no, "kind": kind.value, "path": document.name, "sealed": "yes", "quality": "ok"}
            for kind in ENTERPRISE_DOCUMENTS
        ]
        files[ImportKind.CREDIT] += [
            {"subject_no": uscc, "list": credit_list, "match": "none", "checked_on": today} for credit_list in _LISTS
        ]
        files[ImportKind.CALLS] += [
            {
                "caller": msisdn,
                "callee": f"1390000{call:04}",
                "start_at": f"{day_ago - timedelta(days=call // 20):%Y-%m-%d} {9 + call % 9:02}:{rng.randrange(60):02}",
                "duration_s": str(rng.choice((0, 45, 80, 120, 190))),
            }
            for call in range(_CALLS)
        ]
    for kind, rows in files.items():
        path = folder / f"{kind.value}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        site.services("admin").imports.run(ImportRequest(kind=kind, paths=(path,)))
