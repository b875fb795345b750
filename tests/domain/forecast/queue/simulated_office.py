"""Simulates an office, so that its forecast can be compared with what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay, WorkingCalendar
from workbench.domain.forecast.assumptions import PolicyAssumptions
from workbench.domain.forecast.case_history import CaseHistory, HistoryStep
from workbench.domain.forecast.queue.capacity import GivenVerdicts
from workbench.domain.forecast.queue.model import QueueHistory
from workbench.domain.forecast.working_time import WorkingTime

FIRST_DAY = date(2026, 3, 2)
HOURS = ((time(9), time(12)), (time(13), time(18)))
ASSUMED = PolicyAssumptions(reviewers=4, per_reviewer=8, sent_back=0.33, rectify_days=5)
_CLASS_DAYS = {"expedited": 1, "standard": 3, "complex": 5}
_RANKS = {"low": 1, "high": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The parameters of an office: rates per working day; `drift` is the relative speed at the end.

    The share `incomplete` of the cases is received without a document; the finding raises their priority, which stays.
    A suspension stops all work after the day `suspended_after`; what arrives in it waits on the next day.
    """

    seed: int
    cases: int = 2_750
    arrivals: float = 40.0
    reviewers: int = 8
    speed: float = 8.2
    drift: float = 0.9
    leaves_after: float = 0.55
    holiday_after_days: int = 40
    incomplete: float = 0.0
    suspended_after: int | None = None
    suspended_days: int = 3
    horizon_days: int = 400
    first_day: date = FIRST_DAY

    @property
    def arriving_days(self) -> float:
        return self.cases / self.arrivals


@dataclass
class _Case:
    number: int
    attributes: Mapping[str, str]
    rank: int
    class_days: int
    sent_back_rate: float
    steps: list[HistoryStep] = field(default_factory=list)
    due: float = 0.0


def working_time(plan: Plan) -> WorkingTime:
    """Return the working days: Monday to Friday without one week of holidays."""
    days = [plan.first_day + timedelta(days=number) for number in range(900)]
    workdays = [day for day in days if day.weekday() < 5]
    holiday = set(workdays[plan.holiday_after_days : plan.holiday_after_days + 5])
    table = [
        CalendarDay(
            on=day,
            working=day.weekday() < 5 and day not in holiday,
            kind="holiday" if day in holiday else "workday",
            name="",
            status=DayStatus.OFFICIAL,
        )
        for day in days
    ]
    return WorkingTime(WorkingCalendar(table, hours=HOURS, zone="Asia/Shanghai"), days[0], days[-1])


def instant_of(working: WorkingTime, at: float) -> datetime:
    """Return the instant of a time in working days. The end of a day is its closing."""
    cell = max(int(np.searchsorted(working._passed_days, at - 1e-9)) - 1, 0)
    share = min(max((at - working._passed_days[cell]) / working._shares[cell], 0.0), 1.0)
    seconds = working._starts_s[cell] + share * (working._ends_s[cell] - working._starts_s[cell])
    return datetime.fromtimestamp(float(seconds), UTC)


class SimulatedOffice:
    """One run: cases arrive, reviewers decide in the order of `next`, applicants rectify, and checkers check."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.time = working_time(plan)
        self._random = np.random.default_rng(plan.seed)
        self._agents = self._random.beta(2, 4, size=12)
        self._queue: list[_Case] = []
        self._scheduled: list[tuple[float, int, _Case]] = []
        self._verdicts: list[tuple[float, int]] = []
        self.incomplete: set[int] = set()
        self._cases = [self._random_case(number) for number in range(plan.cases)]
        self._run()

    @property
    def history(self) -> QueueHistory:
        """Everything that happened."""
        at, maker = zip(*self._verdicts, strict=True)
        histories = [
            CaseHistory(
                case=case.number,
                steps=tuple(case.steps),
                attributes=case.attributes,
                rank=case.rank,
                class_days=case.class_days,
            )
            for case in self._cases
        ]
        return QueueHistory(cases=histories, verdicts=GivenVerdicts(np.array(at), np.array(maker)))

    def _random_case(self, number: int) -> _Case:
        random, agent = self._random, int(self._random.integers(len(self._agents)))
        kind = str(random.choice(["enterprise", "sole_proprietor", "individual"], p=[0.6, 0.2, 0.2]))
        service = str(random.choice(list(_CLASS_DAYS), p=[0.1, 0.7, 0.2]))
        findings = str(random.choice(["none", "warn", "block"], p=[0.5, 0.3, 0.2]))
        sent_back_rate = self._agents[agent] * {"none": 0.5, "warn": 1.2, "block": 2.0}[findings]
        attributes: dict[str, str] = {
            "applicant_kind": kind,
            "service_class": service,
            "agent": f"agent {agent}",
            "province": str(random.choice(["Sichuan", "Hubei", "Beijing"])),
            "card_type": "voice",
            "findings": findings,
        }
        rank = _RANKS["high" if findings == "block" else "low"]
        return _Case(number, attributes, rank, _CLASS_DAYS[service], min(float(sent_back_rate), 0.85))

    def _run(self) -> None:
        plan, random = self.plan, self._random
        gaps = random.exponential(1 / plan.arrivals, plan.cases)
        for case, received_at in zip(self._cases, np.cumsum(gaps), strict=True):
            at = self._at_work(float(received_at))
            if plan.incomplete and random.random() < plan.incomplete:
                self.incomplete.add(case.number)
                case.rank = _RANKS["high"]
                at = self._after_calendar_days(at, float(random.lognormal(np.log(2), 0.8)))
            self._schedule(case, at)
        for day in range(plan.horizon_days):
            if not self._scheduled and not self._queue:
                break
            for at, maker in self._decision_times(day):
                self._arrive_until(at)
                if self._queue:
                    self._decide(at, maker)
            self._arrive_until(day + 1)

    def _at_work(self, at: float) -> float:
        """Return a time of arrival without the days of the suspension."""
        begin = self.plan.suspended_after
        if begin is None or at < begin:
            return at
        return max(at - self.plan.suspended_days, begin + (at - begin) * 1e-3)

    def _decision_times(self, day: int) -> list[tuple[float, int]]:
        """Return when each reviewer is free to decide a case, in order of time."""
        plan, random = self.plan, self._random
        progress = min(day / plan.arriving_days, 1.0)
        speed = plan.speed * (1 + (plan.drift - 1) * progress) * random.gamma(25, 1 / 25)
        found = []
        for maker in range(plan.reviewers):
            is_gone = maker == 0 and progress > plan.leaves_after
            is_ill = random.random() < 0.05
            if not is_gone and not is_ill:
                found += [(day + float(at), maker) for at in random.random(random.poisson(speed))]
        return sorted(found)

    def _schedule(self, case: _Case, at: float) -> None:
        self._scheduled.append((at, case.number, case))

    def _arrive_until(self, at: float) -> None:
        self._scheduled.sort(key=lambda each: each[:2])
        while self._scheduled and self._scheduled[0][0] < at:
            came_at, _number, case = self._scheduled.pop(0)
            if case.steps:
                case.due += came_at - case.steps[-1].at if case.steps[-1].what != "awaiting_check" else 0
            else:
                case.due = int(came_at) + 1 + case.class_days
            case.steps.append(HistoryStep("queued", came_at))
            self._queue.append(case)

    def _decide(self, at: float, maker: int) -> None:
        def turn(case: _Case) -> tuple[int, int, float, int]:
            urgency = 0 if case.due <= at else 1 if case.due <= int(at) + 1 else 2
            return urgency, -case.rank, case.due, case.number

        case = min(self._queue, key=turn)
        self._queue.remove(case)
        self._verdicts.append((at, maker))
        case.steps.append(HistoryStep("verdict", at))
        random = self._random
        rounds = sum(step.what == "verdict" for step in case.steps)
        drawn = random.random()
        if drawn < 0.04:
            case.steps.append(HistoryStep("failed", at))
        elif drawn < 0.04 + case.sent_back_rate / rounds:
            what = "rectifying" if random.random() < 0.8 else "pending"
            case.steps.append(HistoryStep(what, at))
            back_at = self._after_calendar_days(at, float(random.lognormal(np.log(3), 0.8)))
            if random.random() < 0.04:
                case.steps.append(HistoryStep("lapsed", self._after_calendar_days(at, 10)))
            else:
                self._schedule(case, back_at)
        elif case.attributes["findings"] == "block" and random.random() < 0.5:
            case.steps.append(HistoryStep("awaiting_check", at))
            case.steps.append(HistoryStep("passed", at + float(random.gamma(2, 0.5))))
        else:
            case.steps.append(HistoryStep("passed", at))

    def _after_calendar_days(self, at: float, days: float) -> float:
        """Return the time a number of calendar days later; applicants also work at weekends."""
        return max(float(self.time.from_instants([instant_of(self.time, at).timestamp() + days * 86_400])[0]), at)
