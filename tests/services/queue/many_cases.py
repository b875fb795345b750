"""A few thousand made-up cases of every kind, and a plain Python implementation of filters on them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, text

from db.enums import FINAL_STATES, CaseState
from db.models import ApplicationRow, CardRow, CaseRow, FindingRow
from db.queries.search_index import index_cases, terms_of
from tests.sites import RANKS, Site

STATES = tuple(CaseState)
GROUP = {
    "queued": 0,
    "in_review": 0,
    "awaiting_check": 1,
    "pending": 2,
    "rectifying": 3,
    "appealed": 4,
    "incomplete": 5,
    "passed": 6,
    "failed": 6,
    "lapsed": 6,
    "withdrawn": 6,
}
NAMES = (
    "成都虚构科技",
    "重庆虚构银行",
    "虚构%商贸",
    "Fiction_虚构",
    "虚构𠮷星",
    "长沙虚构网络",
    "上海虚构科技有限公司",
)
RULES = ("ACT-PEAK-HOUR", "ID-REGION", "CR-NO-DATA")
PROVINCES = ("四川", "重庆", "上海", "内蒙古")
AGENTS = ("", "虚构代理一", "虚构代理二")
KINDS = ("enterprise", "sole_proprietor", "individual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The properties of a case that filters test; `state` is the state that is shown."""

    id: int
    state: str
    priority: str
    due_at: datetime | None
    name: str
    agent: str
    number: str
    province: str
    kind: str
    risk: str
    service_class: str
    round: int
    rules: tuple[str, ...]
    assignee: int | None
    holder: int | None
    phone: str
    card: str
    waits_for: str

    @property
    def handler(self) -> str:
        """The name of the handler."""
        return f"宁某{self.id % 20}Ning"


Test = Callable[[Known], bool]

_APPLICATION = ApplicationRow(batch_id=0).model_dump()
_CASE = CaseRow(batch_id=0, application_id=0, policy_version_id=0).model_dump()
_CARD = CardRow(batch_id=0).model_dump(exclude={"id"})
_FINDING = FindingRow(case_id=0).model_dump(exclude={"id"})


@dataclass(slots=True)
class _Rows:
    """The rows of all cases, which are written together."""

    applications: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    terms: list[dict[str, Any]] = field(default_factory=list)


def plant_many(site: Site, count: int, seed: int) -> list[Known]:
    """Write cases of every kind, and return those of published batches."""
    rng, at = Random(seed), site.clock.at
    services = site.services("admin")
    hashed = services.context.store.hashed
    known: list[Known] = []
    with services.context.write() as session:
        for batch_id, published in ((1, True), (2, False)):
            session.execute(
                text(
                    """INSERT INTO import_batch (id, kind, started_at, started_by_id, published_at, published_seq,
                       applied_at, row_count, created_count, updated_count, unchanged_count, rejected_count)
                       VALUES (:id, 'applications', 1, 1, :published, :seq, :published, 0, 0, 0, 0, 0)"""
                ),
                {"id": batch_id, "published": 1 if published else None, "seq": 1 if published else None},
            )
        rows = _Rows()
        for number in range(1, count + 1):
            case = _known(rng, number, at)
            batch_id = 2 if rng.random() < 0.1 else 1
            _add(rows, case, batch_id, at, hashed)
            if batch_id == 1:
                known.append(case)
        session.execute(insert(ApplicationRow), rows.applications)
        session.execute(insert(CaseRow), rows.cases)
        session.execute(insert(CardRow), rows.cards)
        session.execute(insert(FindingRow), rows.findings)
        index_cases(session, rows.terms)
    return known


def _known(rng: Random, number: int, at: datetime) -> Known:
    state = rng.choice(STATES).value
    holder, until = None, rng.choice((-1, 1))
    if state == "in_review":
        holder = rng.choice((2, 3)) if until > 0 else None
        state = state if holder else "queued"
    day = rng.choice((-5, -1, 0, 0, 1, 2, 9))
    due = at + timedelta(days=day, hours=rng.choice((-1, 0, 1, 13, 14)))
    return Known(
        id=number,
        state=state,
        priority=rng.choice(tuple(RANKS)),
        due_at=None if state == "incomplete" or rng.random() < 0.03 else due,
        name=f"{rng.choice(NAMES)}{rng.choice(('', '甲', '乙', str(number)))}",
        agent=rng.choice(AGENTS),
        number=f"SN-2026/{number:05}.{rng.choice('ab')}",
        province=rng.choice(PROVINCES),
        kind=rng.choice(KINDS),
        risk=rng.choice(("low", "medium", "high")),
        service_class=rng.choice(("standard", "complex")),
        round=rng.choice((1, 1, 2, 3)),
        rules=tuple(rule for rule in RULES if rng.random() < 0.3),
        assignee=rng.choice((None, None, 2, 3)),
        holder=holder,
        phone=f"139{rng.randrange(40):08}",
        card=f"138{rng.randrange(40):08}",
        waits_for=rng.choice(("applicant", "carrier")) if state == "pending" else "",
    )


def _add(rows: _Rows, case: Known, batch_id: int, at: datetime, hashed: Callable[[str], str]) -> None:
    key = {"agent": case.agent, "application_no": case.number, "batch_id": batch_id}
    # An expired hold is stored as in review and shown as queued.
    is_expired = case.state == "queued" and case.id % 5 == 0
    application = {
        **_APPLICATION,
        **key,
        "id": case.id,
        "submitted_at": at,
        "received_at": at,
        "applicant_kind": case.kind,
        "applicant_name": case.name,
        "handler_name": case.handler,
        "province": case.province,
        "contact_phone_hash": hashed(case.phone),
        "language": "zh",
    }
    held = case.state == "in_review" or is_expired
    row = {
        **_CASE,
        **key,
        "id": case.id,
        "application_id": case.id,
        "applicant_name": case.name,
        "trigger": "first_use",
        "state": "in_review" if is_expired else case.state,
        "waits_for": case.waits_for,
        "priority": case.priority,
        "priority_rank": RANKS[case.priority],
        "service_class": case.service_class,
        "risk": case.risk,
        "round": case.round,
        "opened_at": at,
        "received_at": at,
        "due_at": case.due_at,
        "policy_version_id": 1,
        "assignee_id": case.assignee,
        "held_by_id": (case.holder or 2) if held else None,
        "held_until": (at + timedelta(minutes=-1 if is_expired else 5)) if held else None,
        "findings_on": at.date(),
        "is_listed": batch_id == 1,
    }
    card = {
        **_CARD,
        **key,
        "msisdn": case.card,
        "msisdn_hash": hashed(case.card),
    }
    rows.applications.append(application)
    rows.cases.append(row)
    rows.cards.append(card)
    finding = {**_FINDING, "case_id": case.id, "leg": "activity", "severity": "warn"}
    rows.findings += [{**finding, "rule": rule} for rule in case.rules]
    rows.terms.append({**terms_of(case.name, case.number), "id": case.id})


def in_order(known: list[Known], at: datetime, test: Test) -> list[int]:
    """Return the cases that pass a test, in the order of `next`."""
    day_end = at.replace(hour=15, minute=59, second=59, microsecond=999_999)

    def place(case: Known) -> tuple[object, ...]:
        due = case.due_at
        urgency = 2 if due is None or due > day_end else (0 if due <= at else 1)
        return (GROUP[case.state], urgency, -RANKS[case.priority], due is not None, due or at, case.id)

    return [case.id for case in sorted(known, key=place) if test(case)]


def is_open(case: Known) -> bool:
    """Return whether a filter without a state lists a case."""
    return CaseState(case.state) not in FINAL_STATES
