"""Fills a database with random lives of cases, also such as nobody would cause, for a report to count."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from db.enums import AppealStatus, CaseState, ServiceClass
from db.models import (
    AppealRow,
    ApplicationRow,
    CalendarOverrideRow,
    CardRow,
    CaseRow,
    ComplaintRow,
    DecisionReasonRow,
    DecisionRow,
    EventRow,
    ImportBatchRow,
    InquiryRow,
    MeasureOrderRow,
    NoticeRow,
    OpinionRow,
    SampledDecisionRow,
    SampleRow,
    SuspensionRow,
)
from tests.sites import TUESDAY, Site
from workbench.services.foundation.calendar_days import renew_edition

FIRST = datetime(2026, 9, 20, tzinfo=UTC)
MIDNIGHTS = tuple(datetime(2026, month, 1, tzinfo=UTC) - timedelta(hours=8) for month in (10, 11))
"""The starts of months in Shanghai."""

AGENTS = ("", "north", "south", "north south")
PROVINCES = ("", "湖北", "河南", "湖南省")
REASONS = ("DOC-MISSING", "ID-RIC", "CR-ARREARS", "OK")
WAITS_FOR = ("applicant", "carrier", "registry", "department", "department")
DEPARTMENTS = ("numbers", "fraud")
FORECASTS = (
    ("", ""),
    (
        "Expected by Tuesday, 27 October 2026; usually by Friday, 13 November 2026.",
        "2026-10-27..2026-11-13",
    ),
    ("预计2026年9月28日（周一）作出审核结论；一般不晚于2026年10月14日（周三）。", "2026-09-28..2026-10-14"),
    ("As things stand: decided on Friday, 30 October 2026.", "2026-10-30..2026-10-30"),
    ("At present we cannot say when your application will be decided.", ""),
)
"""What letters say, and the days that they keep."""

STRATA = {"a, pass": (600, 50), "b, fail": (90, 40), "golden": (0, 0)}
STATUSES = ("applied", "applied", "approved", "staged", "returned", "void", "undone")
NUMBERS = 40


class RandomOffice:
    """Draws the rows of an office until TUESDAY."""

    def __init__(self, seed: int, lives: int) -> None:
        self._random, self._lives, self._decisions = Random(seed), lives, 0

    def live(self, site: Site) -> None:
        """Write the office into a new site."""
        lives = [row for number in range(1, self._lives + 1) for row in self._life(number)]
        events = sorted((row for row in lives if isinstance(row, EventRow)), key=lambda event: event.at)
        for seq, event in enumerate(events, start=1_000):
            event.seq = seq
        rows = [*self._site(), *lives, *(self._complaint() for _ in range(self._lives)), *self._sample()]
        tables: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            tables[type(row)].append({name: value for name, value in row.model_dump().items() if name != "id" or value})
        with site.tampering() as session:
            renew_edition(session)
            for table, values in tables.items():
                session.execute(insert(table), values)

    def _site(self) -> Iterator[SQLModel]:
        for number in range(1, 7):
            at = None if number == 1 else self._at(FIRST)
            counts: dict[str, Any] = {
                f"{kind}_count": self._random.randrange(9) for kind in ("row", "created", "updated", "rejected")
            }
            yield ImportBatchRow(
                id=number,
                kind="applications",
                started_at=at or FIRST,
                started_by_id=1,
                published_at=at,
                published_seq=number if at else None,
                applied_at=at,
                **counts,
            )
        for number in range(8):
            begin = self._at(FIRST)
            yield SuspensionRow(
                from_at=begin,
                to_at=begin + timedelta(hours=self._random.uniform(0, 90)) if number else None,
                province=self._random.choice((None, "湖北", "河南", "湖南")),
                agent=self._random.choice((None, *AGENTS[1:])),
                entered_at=begin,
                entered_by_id=1,
                resumed_at=begin,
                settled_at=begin,
            )
        # Two at once for every case.
        for day in (20, 21):
            begin = FIRST + timedelta(days=day)
            end = begin + timedelta(days=2)
            yield SuspensionRow(
                from_at=begin, to_at=end, entered_at=begin, entered_by_id=1, resumed_at=begin, settled_at=begin
            )
        for day, hours in (13, "09:00-12:00"), (24, ""), (26, None):
            yield CalendarOverrideRow(
                on_date=date(2026, 10, day),
                is_working=hours is not None,
                hours=hours or "",
                reason="x",
                set_by_id=1,
                set_at=FIRST,
            )

    def _life(self, number: int) -> Iterator[SQLModel]:
        random = self._random
        opened = self._at(FIRST)
        key: dict[str, Any] = {
            "batch_id": random.randint(1, 6),
            "agent": random.choice(AGENTS),
            "application_no": f"R-{number}",
        }
        yield ApplicationRow(
            id=number,
            **key,
            submitted_at=opened,
            received_at=opened,
            province=random.choice(PROVINCES),
            applicant_kind="enterprise",
        )
        received = opened + timedelta(days=random.uniform(-3, 3))
        states = [random.choice(("", *CaseState)) for _ in range(random.randrange(12))]
        yield CaseRow(
            id=number,
            application_id=number,
            **key,
            trigger="first_use",
            state=next((state for state in reversed(states) if state), "queued"),
            priority="normal",
            risk="low",
            service_class=random.choice(list(ServiceClass)),
            opened_at=opened,
            received_at=received,
            complete_at=random.choice((None, received + timedelta(days=random.uniform(-1, 5)))),
            due_at=random.choice((None, *(received + timedelta(days=random.uniform(1, 30)) for _ in range(5)))),
            policy_version_id=1,
        )
        for _ in range(random.randrange(3)):
            yield CardRow(**key | {"batch_id": random.randint(1, 6)}, **self._number())
        at = begun = self._later(opened)
        for state in states:
            yield EventRow(
                seq=0,
                at=at,
                action="x",
                case_id=number,
                state=state,
                is_clock_running=random.random() < 0.7,
                is_refused=random.random() < 0.1,
            )
            at = self._later(at)
        # The first decision takes effect before all events, so that each pending state and each closing has one.
        yield from self._decision(number, opened, begun, is_first=True)
        turns = sorted(self._at(begun) for _ in range(random.randrange(4)))
        for at, until in pairwise([*turns, TUESDAY]):
            yield from self._decision(number, at, until)
        for _ in range(random.randrange(3)):
            yield from self._parts(number, opened)

    def _decision(self, case: int, at: datetime, until: datetime, *, is_first: bool = False) -> Iterator[SQLModel]:
        random = self._random
        self._decisions += 1
        verdict = "pending" if is_first else random.choice(("pass", "fail", "pending"))
        status = "approved" if is_first else random.choice(STATUSES)
        is_checked = status in {"approved", "returned"}
        yield DecisionRow(
            id=self._decisions,
            case_id=case,
            round=random.randint(1, 3),
            verdict=verdict,
            fail_kind=random.choice(("fixable", "final")) if verdict == "fail" else "",
            measure="none",
            waits_for=random.choice(WAITS_FOR) if verdict == "pending" else "",
            status=status,
            maker_id=2,
            decided_at=at,
            checker_id=3 if is_checked else None,
            checked_at=at + (until - at) * random.random() if is_checked else None,
        )
        for position in range(random.randint(1, 3)):
            yield DecisionReasonRow(decision_id=self._decisions, position=position, code=random.choice(REASONS))

    def _parts(self, case: int, opened: datetime) -> Iterator[SQLModel]:
        """Yield letters, orders and appeals of a case, and inquiries about it."""
        random = self._random
        own: dict[str, Any] = {"case_id": case}
        at, (sentence, days) = random.choice((opened, self._at(opened))), random.choice(FORECASTS)
        told = {"forecast_days": days} if days else {}
        yield NoticeRow(
            **own,
            kind=random.choice(("receipt", "pass", "fail")),
            facts=json.dumps({"forecast_sentence": sentence} | told, separators=(",", ":")),
            created_at=at,
            release_at=at,
            sent_at=self._maybe(at),
            cancelled_at=self._maybe(at, 0.1),
        )
        yield MeasureOrderRow(
            **own,
            msisdn="",
            measure=random.choice(("bar-out", "bar-both", "restore")),
            ordered_at=at,
            release_at=at,
            due_at=at + timedelta(days=3),
            done_at=self._maybe(at),
            cancelled_at=self._maybe(at, 0.1),
        )
        status = random.choice([one for one in AppealStatus if one not in {"open", "staged"}])
        yield AppealRow(
            **own,
            state_before="failed",
            received_at=at - timedelta(days=3),
            filed_at=at,
            filed_by_id=2,
            due_at=at,
            status=status,
            outcome=random.choice(("stands", "overturned")) if status == "closed" else "",
        )
        ended = self._maybe(at)
        yield InquiryRow(
            **own,
            department=random.choice(DEPARTMENTS),
            asked_at=at,
            asked_by_id=2,
            due_at=at,
            remind_at=at,
            status="answered" if ended else "withdrawn",
            ended_at=ended,
        )

    def _sample(self) -> Iterator[SQLModel]:
        """Yield samples with second opinions on some decisions; the second one is the newest of October."""
        random = self._random
        for sample in (1, 2, 3):
            yield SampleRow(
                id=sample,
                from_on=date(2026, 9 if sample == 3 else 10, 1),
                to_on=date(2026, 10, 31),
                size=99,
                seed=1,
                by="verdict",
                strata=json.dumps(STRATA),
                drawn_at=TUESDAY,
                drawn_by_id=1,
            )
        for number, decision in enumerate(random.sample(range(1, self._decisions + 1), 150), start=1):
            stratum = random.choice(list(STRATA))
            yield SampledDecisionRow(
                id=number, case_id=1, sample_id=number % 2 + 1, decision_id=decision, stratum=stratum
            )
            yield OpinionRow(
                case_id=1,
                sampled_id=number,
                reviewer_id=3,
                opened_at=TUESDAY,
                given_at=TUESDAY if number > 1 else None,
                verdict=random.choice(("pass", "pass", "fail", "pending")),
            )

    def _complaint(self) -> ComplaintRow:
        at = FIRST + timedelta(days=self._random.randrange(65))
        batch = self._random.randint(1, 6)
        return ComplaintRow(batch_id=batch, **self._number(), received_at=at, source=self._random.choice("xy"))

    def _number(self) -> dict[str, Any]:
        number = f"1670000{self._random.randrange(NUMBERS):04}"
        return {"msisdn": number, "msisdn_hash": number}

    def _at(self, after: datetime) -> datetime:
        """Return an instant before TUESDAY, sometimes the start of a month."""
        midnights = [at for at in MIDNIGHTS if at > after]
        if midnights and self._random.random() < 0.03:
            return midnights[0]
        return after + (TUESDAY - after) * self._random.random()

    def _later(self, at: datetime) -> datetime:
        return self._random.choice((at, self._at(at), at + (TUESDAY - at) * (self._random.random() / 20)))

    def _maybe(self, at: datetime, share: float = 0.8) -> datetime | None:
        return self._later(at) if self._random.random() < share else None
