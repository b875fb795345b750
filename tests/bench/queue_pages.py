"""Measures how fast the queue is with many cases: `python -m tests.bench.queue_pages [rows] [folder]`.

Inserts made-up cases into the tables, and times pages, jumps, filters and searches, each beside a plain statement with
ORDER BY; then the orders that a person can choose, and the frequency tables. A folder keeps the database for
another run.
"""

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, text

from db.engine import Database
from db.models import ApplicationRow, CaseRow, DecisionReasonRow, DecisionRow
from db.queries.search_index import index_cases, terms_of
from tests.sites import TUESDAY, ManualClock, Site, microseconds
from workbench.domain.filter.ordering import ORDER_WORDS
from workbench.services.database.opening import open_services
from workbench.services.queue.breakdowns import BREAKDOWNS
from workbench.services.wiring import Services

CITIES = ("成都", "重庆", "上海", "北京", "广州", "深圳", "杭州", "武汉", "西安", "长沙", "南京", "苏州")
TRADES = ("科技", "信息技术", "商务咨询", "网络", "贸易", "文化传媒", "教育", "保险代理", "房地产经纪", "汽车服务")
CHARACTERS = "宏远鑫盛恒泰嘉禾瑞丰天成永信金石云帆海纳百川星辰启航卓越华夏东方新世纪联创智汇优品易达诚通博雅正大同𠮷"
STATES = (
    *("queued",) * 800,
    *("pending",) * 90,
    *("rectifying",) * 60,
    *("incomplete",) * 20,
    *("passed",) * 29,
    "awaiting_check",
)
PRIORITIES = (*("normal",) * 70, *("low",) * 20, *("high",) * 8, *("urgent",) * 2)
RANKS = {"low": 0, "normal": 1, "high": 2, "urgent": 3}
ONE_IN_A_THOUSAND = 1_000
REASONS = {
    "pending": ("pending", "WAIT-CARRIER"),
    "rectifying": ("fail", "ID-LICENCE-EXPIRED"),
    "passed": ("pass", "OK"),
    "awaiting_check": ("fail", "CRD-DISHONEST"),
}
"""The verdict and the common reason of the cases in each state."""
_BATCH_ROWS = 20_000

PEER = """SELECT c.id FROM "case" c JOIN import_batch b ON b.id = c.batch_id
WHERE b.published_at IS NOT NULL AND c.state NOT IN ('passed', 'failed', 'lapsed', 'withdrawn') AND {where}
ORDER BY CASE c.state WHEN 'queued' THEN 0 WHEN 'in_review' THEN 0 WHEN 'awaiting_check' THEN 1 WHEN 'pending' THEN 2
                      WHEN 'rectifying' THEN 3 WHEN 'appealed' THEN 4 ELSE 5 END,
         CASE WHEN c.due_at <= :now THEN 0 WHEN c.due_at <= :day_end THEN 1 ELSE 2 END,
         c.priority_rank DESC, c.due_at, c.id
LIMIT 100 OFFSET :skip"""


def company(rng: Random, number: int) -> str:
    """Return a made-up company name; one in a thousand contains the rare characters 龘 and 靐."""
    own = "".join(rng.choices(CHARACTERS, k=3))
    rare = "龘靐" if number % ONE_IN_A_THOUSAND == 0 else ""
    return f"{rng.choice(CITIES)}虚构{own}{rare}{rng.choice(TRADES)}有限公司"


_APPLICATION = {name: value for name, value in ApplicationRow(batch_id=0).model_dump().items() if name != "id"}
_DECISION = {name: value for name, value in DecisionRow(case_id=0, maker_id=1).model_dump().items() if name != "id"}
_CASE = CaseRow(batch_id=0, application_id=0, policy_version_id=0).model_dump()


def rows(count: int, phone: Callable[[int], str]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield applications with their cases."""
    rng = Random(20261124)
    for number in range(1, count + 1):
        name, key = company(rng, number), {"agent": f"虚构代理{number % 40}", "application_no": f"SN-2026-{number:07}"}
        state, priority = rng.choice(STATES), rng.choice(PRIORITIES)
        due = TUESDAY + timedelta(seconds=rng.randrange(-3 * 86_400, 30 * 86_400))
        application = {
            **_APPLICATION,
            **key,
            "id": number,
            "batch_id": 1,
            "submitted_at": TUESDAY,
            "received_at": TUESDAY,
            "applicant_kind": "individual" if number % ONE_IN_A_THOUSAND == 7 else "enterprise",
            "applicant_name": name,
            "handler_name": f"宁某{number}",
            "province": "西藏" if number % ONE_IN_A_THOUSAND == 3 else rng.choice(("四川", "湖北", "广东", "上海")),
            "contact_phone_hash": phone(number),
            "language": "zh",
        }
        case = {
            **_CASE,
            **key,
            "id": number,
            "batch_id": 1,
            "application_id": number,
            "applicant_name": name,
            "trigger": "first_use",
            "state": state,
            "priority": priority,
            "priority_rank": RANKS[priority],
            "service_class": "standard",
            "risk": "high" if number % ONE_IN_A_THOUSAND == 5 else "low",
            "opened_at": TUESDAY,
            "received_at": TUESDAY,
            "due_at": None if state == "incomplete" else due,
            "policy_version_id": 1,
            "evidence_seq": 1,
            "is_listed": True,
        }
        yield application, case


def batches(all_rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in batches of some thousands."""
    batch: list[Any] = []
    for row in all_rows:
        batch.append(row)
        if len(batch) == _BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def create_site(path: Path, count: int) -> Path:
    """Create a site with the given number of cases."""
    site = Site(path).create()
    hashed = site.services("admin").context.store.hashed
    site.close()
    database = Database(path)
    with database.writer.connect() as connection:
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")
        connection.execute(
            text(
                """INSERT INTO import_batch (id, kind, started_at, started_by_id, published_at, published_seq,
                   applied_at, row_count, created_count, updated_count, unchanged_count, rejected_count)
                   VALUES (1, 'applications', :at, 1, :at, 1, :at, 0, 0, 0, 0, 0)"""
            ),
            {"at": microseconds(TUESDAY)},
        )
        connection.commit()
        for batch in batches(rows(count, lambda number: hashed(f"139{number:08}"))):
            connection.execute(insert(ApplicationRow), [application for application, _case in batch])
            connection.execute(insert(CaseRow), [case for _application, case in batch])
            findings = [
                {"case_id": case["id"], "rule": rule} for _application, case in batch for rule in rules_of(case["id"])
            ]
            connection.execute(
                text(
                    """INSERT INTO finding (case_id, position, rule, leg, severity, observed, op, limit_value, unit,
                       subject, source, observes)
                       VALUES (:case_id, 0, :rule, 'activity', 'warn', '1', '>', '0', '', '', '', '')"""
                ),
                findings,
            )
            decided = [case for _application, case in batch if case["state"] in REASONS]
            connection.execute(insert(DecisionRow), [decision_of(case) for case in decided])
            connection.execute(
                insert(DecisionReasonRow),
                [{"decision_id": case["id"], "position": 0, "code": reason_of(case)} for case in decided],
            )
            index_cases(
                connection,
                [
                    {**terms_of(case["applicant_name"], case["application_no"]), "id": case["id"]}
                    for _application, case in batch
                ],
            )
            connection.commit()
    database.close()
    return path


def rules_of(number: int) -> list[str]:
    """Return the findings of a case: a common one in a third of the cases, a rare one in one of a thousand."""
    return (
        ["ACT-OUT-SHARE"] * (number % 3 == 0) + ["ACT-PEAK-HOUR"] * (number % ONE_IN_A_THOUSAND == 11) + ["ID-REGION"]
    )


def decision_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the decision of a case, which has the number of the case."""
    return {
        **_DECISION,
        "id": case["id"],
        "case_id": case["id"],
        "verdict": REASONS[case["state"]][0],
        "status": "applied",
        "decided_at": TUESDAY,
    }


def reason_of(case: dict[str, Any]) -> str:
    """Return the reason of a decision: the common one of its state, or in one of a thousand cases a rare one."""
    return "WAIT-COURT" if case["id"] % ONE_IN_A_THOUSAND == 13 else REASONS[case["state"]][1]


def resident_mb() -> int:
    """Return the memory of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def timed(act: Callable[..., object], *arguments: Any, times: int = 7, **named: Any) -> tuple[float, float]:
    """Return the minimum and the median of several calls in milliseconds."""
    spent = []
    for _time in range(times):
        began = time.perf_counter()
        act(*arguments, **named)
        spent.append((time.perf_counter() - began) * 1000)
    return min(spent), statistics.median(spent)


LIKE = "c.applicant_name LIKE '%{part}%'"
FILTERS: tuple[tuple[str, str, str], ...] = (
    ("search, two common characters", "成都", LIKE.format(part="成都")),
    ("search, in every name", "公司", LIKE.format(part="公司")),
    ("search, two rare characters", "龘靐", LIKE.format(part="龘靐")),
    ("search, one character", "𠮷", LIKE.format(part="𠮷")),
    ("search, two words", "成都 龘靐", f"{LIKE.format(part='成都')} AND {LIKE.format(part='龘靐')}"),
    ("search, in no name", "都成都", LIKE.format(part="都成都")),
    ("search, initials of many", "yxgs", ""),
    ("search, initials of few", "hyhyhykj", ""),
    ("search, application number", "SN-2026-0500000", "c.application_no = 'SN-2026-0500000'"),
    ("search, beginning of many numbers", "SN-2026", "c.application_no LIKE 'SN-2026%'"),
    ("search, phone number", "13900050000", ""),
    ("search, case number", "C-500000", "c.id = 500000"),
    ("search, case number without prefix", "50000", ""),
    ("search, handler's name", "宁某50000", ""),
    ("filter, state of most", "state:queued", "c.state = 'queued'"),
    ("filter, state of few", "state:awaiting_check", "c.state = 'awaiting_check'"),
    ("filter, priority", "priority:urgent", "c.priority = 'urgent'"),
    ("filter, due today", "due:today", ""),
    ("filter, rare risk", "risk:high", "c.risk = 'high'"),
    ("filter, risk of nobody", "risk:medium", "c.risk = 'medium'"),
    ("filter, common rule", "rule:ACT-OUT-SHARE", ""),
    ("filter, rare rule", "rule:ACT-PEAK-HOUR", ""),
    ("filter, common reason", "reason:WAIT-CARRIER", ""),
    ("filter, rare reason", "reason:WAIT-COURT", ""),
    ("filter, reason of closed cases", "reason:OK state:closed", ""),
    ("filter, rare province", "province:西藏", ""),
    ("filter, common province", "province:四川", ""),
    ("filter, rare kind", "kind:individual", ""),
    ("filter, agent", "agent:代理7", "c.agent LIKE '%代理7%'"),
    ("filter, mine", "who:me", "c.assignee_id = 1"),
    ("filter, without a word", "-成都", f"NOT {LIKE.format(part='成都')}"),
    ("filter, all at once", "state:queued priority>=high due<2026-12-20 applicant:成都 rule:ACT-OUT-SHARE 科技", ""),
    ("filter, common and rare rule", "rule:ACT-OUT-SHARE province:西藏 科技", ""),
)


def time_peer(services: Services, where: str, skip: int) -> tuple[float, float]:
    """Time a plain SQL statement with ORDER BY."""
    values = {"now": microseconds(TUESDAY), "day_end": microseconds(TUESDAY + timedelta(hours=14)), "skip": skip}

    def ask() -> None:
        with services.context.read() as session:
            session.execute(text(PEER.format(where=where)), values).all()

    return timed(ask, times=3)


def report(services: Services) -> None:
    """Print the time of each operation."""
    queue = services.queue
    total = queue.count()
    print(f"{total} open cases; counting {timed(queue.count, times=3)[1]:.0f} ms; memory {resident_mb()} MB")  # noqa: T201 - the report
    print(f"{'':36}{'least':>8}{'median':>8}{'peer':>8}{'count':>9}{'ms':>7}{'end':>8}")  # noqa: T201 - the report
    for name, start in (("first page", 0), ("middle", total // 2), ("quarter", total // 4), ("end", total - 100)):
        least, median = timed(queue.page, start=start, total=total)
        peer = time_peer(services, "1 = 1", start)[0]
        print(f"{name:36}{least:8.1f}{median:8.1f}{peer:8.0f}")  # noqa: T201 - the report
    for name, wanted, where in FILTERS:
        least, median = timed(queue.page, wanted)
        began = time.perf_counter()
        count = queue.count(wanted)
        counting = (time.perf_counter() - began) * 1000
        end = timed(queue.page, wanted, start=max(count - 100, 0), total=count, times=5)
        beside = f"{time_peer(services, where, 0)[0]:8.0f}" if where else f"{'-':>8}"
        print(  # noqa: T201 - the report
            f"{name:36}{least:8.1f}{median:8.1f}{beside}{count:9}{counting:7.0f}{end[0]:8.1f}{end[1]:8.1f}"
        )
    for order in ORDER_WORDS:
        first, middle, last = (
            timed(queue.page, order=order, start=start, total=total, times=3)[0]
            for start in (0, total // 2, total - 100)
        )
        print(f"{f'order {order}: first, middle, last':36}{first:8.1f}{middle:8.1f}{last:8.1f}")  # noqa: T201 - the report
    for by in BREAKDOWNS:
        print(f"{f'counts by {by}':36}{timed(services.breakdowns.count, '', by, times=3)[0]:8.0f}")  # noqa: T201 - the report
    before = resident_mb()
    rng = Random(7)
    for _page in range(300):
        queue.page(start=rng.randrange(total), total=total)
    gc.collect()
    print(f"memory before 300 pages {before} MB, after {resident_mb()} MB")  # noqa: T201 - the report


def main() -> None:
    """Create the database, upgrade it and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="queue-") as folder:
        path = Path(sys.argv[2] if len(sys.argv) > 2 else folder) / f"queue-{count}.db"
        if not path.exists():
            began = time.monotonic()
            create_site(path, count)
            print(f"planted in {time.monotonic() - began:.0f} s")  # noqa: T201 - the report
        began = time.monotonic()
        services = open_services(path, "admin", ManualClock())
        print(f"opened in {time.monotonic() - began:.1f} s, {path.stat().st_size >> 20} MB")  # noqa: T201 - the report
        report(services)
        services.close()


if __name__ == "__main__":
    main()
