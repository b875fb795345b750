"""How long it will take: one answer for every screen, command and letter."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.enums import CaseState, Role, ServiceClass
from db.models import CaseRow, ReviewerRoleRow, ReviewerRow
from db.queries import case_histories
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import OPEN_STATES, STATE_WORDS, Action
from workbench.domain.forecast.assumptions import PolicyAssumptions
from workbench.domain.forecast.case_history import QUEUED, CaseHistory, Step
from workbench.domain.forecast.closed_days import closed_days, is_all_work_suspended
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.queue.position import position_of
from workbench.domain.forecast.result import CaseForecast, QueueForecast
from workbench.domain.forecast.working_time import WorkingTime
from workbench.domain.policy.policy import Policy
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.clock.case_clocks import suspensions
from workbench.services.forecast import history_reader
from workbench.services.forecast.incomplete_cases import Coming
from workbench.services.forecast.presenter import ForecastPresenter
from workbench.services.forecast.queue_snapshot import read_line
from workbench.services.foundation.calendar_days import edition
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context

_DAYS_BACK = 500
_DAYS_ON = 1_500
_ASSUMED_SENT_BACK = 1 / 3
_FEW = 20
"""So many cases are read one by one sooner than all that are open."""

MOST_REVIEWERS = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A case that is about to be queued, behind so many others; None: behind those that are there now.

    `attributes` are what is known of it beside its class, by the names of `forecast_reading.attributes_of`.
    `stopped_until` is until when work on it is suspended now, None if it is not.
    """

    service_class: ServiceClass
    priority_rank: int
    due_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
    ahead: int | None = None
    stopped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    """The open cases as they were after an event, in a minute."""

    key: tuple[int, datetime]
    cases: dict[int, OpenCase]


class Forecasts:
    """Forecasts of open cases.

    What is learnt is learnt once a day, from all that was known when the day began, so that all tell the same; what is
    open is read again when something happened.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._open: _Open | None = None
        self._lock = Lock()

    def of_case(self, case_id: int, reviewers: int | None = None) -> CaseForecast:
        """Return what is expected of a case.

        Args:
            case_id: The case.
            reviewers: How many would decide; None: those who are there.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If it is over, or the person may not ask.
        """
        with self._asking() as session:
            case = visible_case(session, case_id)
            state = CaseState(case.state)
            if state not in OPEN_STATES:
                raise NotAllowed(_over(state, case_id))
            now = self.context.now()
            queue_model = self._queue_model(session, now)
            open_case = self._case(session, queue_model, now, case_id)
            presenter = ForecastPresenter(queue_model, self.context.calendar(session), now, reviewers)
            return presenter.cases([open_case], {case_id: state})[0]

    def of_all(self, reviewers: int | None = None) -> tuple[CaseForecast, ...]:
        """Return what is expected of every open case, in the order of `next`.

        Raises:
            NotAllowed: If the person may not ask.
        """
        with self._asking() as session:
            now = self.context.now()
            queue_model = self._queue_model(session, now)
            cases = list(self._cases(session, queue_model, now).values())
            presenter = ForecastPresenter(queue_model, self.context.calendar(session), now, reviewers)
            return tuple(presenter.cases(cases, _states(session)))

    def of_queue(self, reviewers: int | None = None) -> QueueForecast:
        """Return how the queue goes, with those who are there or with so many.

        Raises:
            NotAllowed: If the person may not ask.
        """
        with self._asking() as session:
            now = self.context.now()
            queue_model = self._queue_model(session, now)
            presenter = ForecastPresenter(queue_model, self.context.calendar(session), now, reviewers)
            return presenter.queue(list(self._cases(session, queue_model, now).values()))

    def of_arrivals(self, arrivals: Sequence[Arrival]) -> list[CaseForecast]:
        """Return what is expected of cases that are about to be queued, none of which is ahead of another."""
        with self._lock, self.context.read() as session:
            now = self.context.now()
            queue_model = self._queue_model(session, now)
            policy = self.context.policy(session)
            at = queue_model.time.of_instant(now)
            cases = [
                OpenCase(
                    history=CaseHistory(
                        case=number,
                        steps=(Step(QUEUED, at),),
                        attributes={**each.attributes, "service_class": each.service_class.value},
                        rank=each.priority_rank,
                        class_days=policy.classes.days[each.service_class],
                    ),
                    ahead=_ahead(session, policy, now, each) if each.ahead is None else each.ahead,
                    due=queue_model.time.of_instant(each.due_at),
                    stopped_until=0.0
                    if each.stopped_until is None
                    else queue_model.time.of_instant(each.stopped_until),
                )
                for number, each in enumerate(arrivals)
            ]
            presenter = ForecastPresenter(queue_model, self.context.calendar(session), now)
            return presenter.cases(cases, dict.fromkeys(range(len(cases)), CaseState.QUEUED))

    def of_cases(self, case_ids: Sequence[int]) -> dict[int, CaseForecast]:
        """Return what is expected of some cases, for letters that say they are late; without those that are over."""
        with self._lock, self.context.read() as session:
            now = self.context.now()
            queue_model = self._queue_model(session, now)
            states = _states(session, case_ids if len(case_ids) <= _FEW else None)
            if len(case_ids) > _FEW:
                known = self._cases(session, queue_model, now)
                cases = [known[case_id] for case_id in case_ids if case_id in known]
            else:
                cases = [self._case(session, queue_model, now, case_id) for case_id in case_ids if case_id in states]
            presenter = ForecastPresenter(queue_model, self.context.calendar(session), now)
            return {each.case_id: each for each in presenter.cases(cases, states)}

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        with self._lock, self.context.acting(Action.FORECAST), self.context.read() as session:
            yield session

    def _queue_model(self, session: Session, now: datetime) -> QueueModel:
        """Return what was learnt up to the beginning of today."""
        policy_id = self.context.policy_id(session)
        policy = self.context.policy(session, policy_id)
        today = now.astimezone(ZoneInfo(policy.zone)).date()
        calendar = self.context.calendar(session, policy_id)
        first, last = today - timedelta(days=_DAYS_BACK), today + timedelta(days=_DAYS_ON)
        stops = suspensions(session)
        closed = closed_days(stops, calendar, now, first, last)
        assumptions = _assumed(session, policy)
        learnt, key = self.context.cache.learnt, (today, policy_id, edition(session), closed, assumptions)
        if key not in learnt:
            time_ = WorkingTime(calendar, first, last, closed)
            midnight = datetime.combine(today, time.min, tzinfo=calendar.zone).astimezone(UTC)
            history = history_reader.read_history(session, time_, policy, midnight)
            until = time_.of_instant(midnight)
            queue_model = QueueModel.fit(history, until, time_, assumptions)
            learnt.clear()
            learnt[key] = queue_model
        queue_model = learnt[key]
        absences = history_reader.read_away(session, queue_model.time)
        return replace(queue_model, absences=absences, is_suspended=is_all_work_suspended(stops, now))

    def _case(self, session: Session, queue_model: QueueModel, now: datetime, case_id: int) -> OpenCase:
        """Return one open case; where all are not read, only it is, for all take longer."""
        if self._open is not None and self._open.key == _moment(session, now):
            return self._open.cases[case_id]
        policy = self.context.policy(session)
        return history_reader.read_one(queue_model.time, policy, self._coming(session, now), case_id)

    def _cases(self, session: Session, queue_model: QueueModel, now: datetime) -> dict[int, OpenCase]:
        key = _moment(session, now)
        if self._open is None or self._open.key != key:
            policy = self.context.policy(session)
            self._open = _Open(key, history_reader.read_open(queue_model.time, policy, self._coming(session, now)))
        return self._open.cases

    def _coming(self, session: Session, now: datetime) -> Coming:
        return Coming(session, self.context.calendar(session), suspensions(session), now)


def _ahead(session: Session, policy: Policy, now: datetime, arrival: Arrival) -> int:
    """Return how many go before who comes now."""
    zone = ZoneInfo(policy.zone)
    return read_line(session, zone, now).ahead(position_of(arrival.due_at, arrival.priority_rank, now, zone))


def _over(state: CaseState, case_id: int) -> str:
    """Say why there is nothing to expect of a case."""
    if state in {CaseState.PASSED, CaseState.FAILED}:
        words = _("{case} is decided already ({state}); there is nothing to expect of it.")
    else:
        words = _("{case} is over ({state}); there is nothing to expect of it.")
    return words.format(case=format_case(case_id), state=_(STATE_WORDS[state]))


def _states(session: Session, case_ids: Sequence[int] | None = None) -> dict[int, CaseState]:
    """Return the states of the open cases, of some or of all."""
    found = select(CaseRow.id, CaseRow.state).where(col(CaseRow.state).in_(list(OPEN_STATES)))
    if case_ids is not None:
        found = found.where(col(CaseRow.id).in_(case_ids))
    return {int(case_id): CaseState(state) for case_id, state in session.execute(found)}


def _moment(session: Session, now: datetime) -> tuple[int, datetime]:
    """Return what the open cases depend on."""
    return case_histories.last_event(session), now.replace(second=0, microsecond=0)


def _assumed(session: Session, policy: Policy) -> PolicyAssumptions:
    makers = session.exec(
        select(col(ReviewerRow.id))
        .join(ReviewerRoleRow, col(ReviewerRoleRow.reviewer_id) == col(ReviewerRow.id))
        .where(col(ReviewerRow.is_active), ReviewerRoleRow.role == Role.REVIEWER.value)
        .distinct()
    ).all()
    return PolicyAssumptions(
        reviewers=max(1, len(makers)),
        per_reviewer=float(policy.forecast.per_reviewer),
        sent_back=_ASSUMED_SENT_BACK,
        rectify_days=policy.rectify.default_days,
        makers=tuple(int(maker) for maker in makers if maker is not None),
    )
