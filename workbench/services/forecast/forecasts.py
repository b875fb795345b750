"""The forecasts of cases and of the queue, the same for every screen, command and letter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.enums import CaseState
from db.models import CaseRow
from db.queries import forecast_cases
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import OPEN_STATES, STATE_WORDS, Action
from workbench.domain.clock.late_risk import LateChance
from workbench.domain.findings.evaluate import worst_severity_if_answered
from workbench.domain.forecast.assumptions import PolicyAssumptions
from workbench.domain.forecast.case_history import QUEUED, CaseHistory, HistoryStep
from workbench.domain.forecast.closed_days import closed_days, is_all_work_suspended
from workbench.domain.forecast.history_from_log import IN_THE_QUEUE
from workbench.domain.forecast.queue.late_cases import chances_to_be_late
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.result import CaseForecast, QueueForecast
from workbench.domain.forecast.working_time import WorkingTime
from workbench.domain.policy.policy import Policy
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.case.assessment import findings_of_case
from workbench.services.forecast import history_reader
from workbench.services.forecast.incomplete_cases import Assessments, NewCase, PresentQueue
from workbench.services.forecast.presenter import ForecastPresenter
from workbench.services.foundation.calendar_days import all_suspensions, calendar_edition
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context, Service

_DAYS_BACK = 500
_DAYS_AHEAD = 1_500
"""How many days before and after today the working time of the model covers."""

_LATE_CHANCES_LIFETIME = timedelta(minutes=1)
_ASSUMED_SENT_BACK = 1 / 3
"""The assumed share of cases that are sent back to the applicant."""

_COMPLETE_STATES = OPEN_STATES - {CaseState.INCOMPLETE}
_MAX_SINGLE_READS = 20
"""Up to this number of cases, reading them one by one is faster than reading all open cases."""


class Forecasts(Service):
    """Forecasts of open cases.

    The model is fitted once a day, to the events before that day, so that all forecasts of a day agree. The open cases
    are read again after each event.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._queue_version: tuple[int, datetime] | None = None
        self._queue_cases: list[OpenCase] = []
        self._assessments: Assessments = {}
        self._lock = Lock()

    def of_case(self, case_id: int, reviewers: int | None = None) -> CaseForecast:
        """Return the forecast of a case, with the reviewers who are present or with a number of reviewers.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the case is closed, or the person may not see forecasts.
        """
        with self._reading() as session:
            row = visible_case(session, case_id)
            state, policy = CaseState(row.state), self.context.policy(session, row.policy_version_id)
            if state not in OPEN_STATES:
                raise NotAllowed(_closed_message(state, case_id))
            presenter = self._presenter(session, reviewers)
            answered = worst_severity_if_answered(findings_of_case(session, case_id), policy)
            case = replace(self._case(session, presenter, case_id), findings_if_answered=answered)
            return presenter.cases([case], {case_id: state})[0]

    def of_all(self, reviewers: int | None = None) -> tuple[CaseForecast, ...]:
        """Return the forecasts of all open cases, in the order of `next`.

        Raises:
            NotAllowed: If the person may not see forecasts.
        """
        with self._reading() as session:
            presenter = self._presenter(session, reviewers)
            return tuple(presenter.cases(self._open_cases(session, presenter), _states(session)))

    def of_queue(self, reviewers: int | None = None) -> QueueForecast:
        """Return the forecast of the queue, with the reviewers who are present or with a number of reviewers.

        Raises:
            NotAllowed: If the person may not see forecasts.
        """
        with self._reading() as session:
            presenter = self._presenter(session, reviewers)
            version = forecast_cases.last_event(session), presenter.now.replace(second=0, microsecond=0)
            # Each event and each minute may change the queue.
            if self._queue_version != version:
                self._queue_cases = self._open_cases(session, presenter, IN_THE_QUEUE)
                self._queue_version = version
            working_time, policy = presenter.queue_model.time, self.context.policy(session)
            departments = tuple(history_reader.department_times(session, working_time, policy, presenter.now))
            return replace(presenter.queue(self._queue_cases), departments=departments)

    def late_chances(self, session: Session) -> tuple[datetime, Mapping[int, LateChance]]:
        """Return a time at most a minute ago, and the chances that cases open at that time get a late first result.

        See `chances_to_be_late`. All screens and filters of a process share these chances.
        """
        now = self.context.now()
        with self._lock:
            cached = self.context.cache.late_chances
            if cached is None or not cached[0] <= now < cached[0] + _LATE_CHANCES_LIFETIME:
                presenter = self._presenter(session)
                cases = self._open_cases(session, presenter)
                at = presenter.queue_model.time.from_instant(now)
                cached = now, chances_to_be_late(presenter.queue_model, cases, at)
                self.context.cache.late_chances = cached
        return cached

    def of_arrivals(self, arrivals: Sequence[NewCase]) -> list[CaseForecast]:
        """Return the forecasts of cases that are about to be queued; each says itself how many are ahead of it."""
        with self._lock, self.context.read() as session:
            presenter, policy = self._presenter(session), self.context.policy(session)
            in_working_days = presenter.queue_model.time.from_instant
            cases = [
                OpenCase(
                    history=CaseHistory(
                        case=number,
                        steps=(HistoryStep(QUEUED, in_working_days(presenter.now)),),
                        attributes=arrival.attributes,
                        rank=arrival.priority_rank,
                        class_days=policy.classes.days[arrival.service_class],
                    ),
                    ahead=arrival.ahead,
                    findings_if_answered=arrival.findings_if_answered,
                    due=in_working_days(arrival.due_at),
                    stopped_until=0.0 if arrival.stopped_until is None else in_working_days(arrival.stopped_until),
                )
                for number, arrival in enumerate(arrivals)
            ]
            return presenter.cases(cases, dict.fromkeys(range(len(cases)), CaseState.QUEUED))

    def of_cases(self, case_ids: Sequence[int]) -> dict[int, CaseForecast]:
        """Return the forecasts of some cases by id, for delay notices; closed and incomplete ones are left out."""
        with self._lock, self.context.read() as session:
            presenter, are_few = self._presenter(session), len(case_ids) <= _MAX_SINGLE_READS
            states = _states(session, case_ids if are_few else None, _COMPLETE_STATES)
            if are_few:
                cases = [self._case(session, presenter, case_id) for case_id in case_ids if case_id in states]
            else:
                known = {case.history.case: case for case in self._open_cases(session, presenter, _COMPLETE_STATES)}
                cases = [known[case_id] for case_id in case_ids if case_id in known]
            return {each.case_id: each for each in presenter.cases(cases, states)}

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._lock, self.context.acting(Action.FORECAST), self.context.read() as session:
            yield session

    def _presenter(self, session: Session, reviewers: int | None = None) -> ForecastPresenter:
        now = self.context.now()
        return ForecastPresenter(self._queue_model(session, now), self.context.calendar(session), now, reviewers)

    def _queue_model(self, session: Session, now: datetime) -> QueueModel:
        """Return the model fitted to the events before today, with the present absences."""
        policy_id = self.context.policy_id(session)
        policy = self.context.policy(session, policy_id)
        today = now.astimezone(ZoneInfo(policy.zone)).date()
        calendar = self.context.calendar(session, policy_id)
        first, last = today - timedelta(days=_DAYS_BACK), today + timedelta(days=_DAYS_AHEAD)
        suspensions = all_suspensions(session)
        closed = closed_days(suspensions, calendar, now, first, last)
        assumptions = _assumptions(session, policy)
        model_by_key = self.context.cache.models
        key = (today, policy_id, calendar_edition(session), closed, assumptions)
        if key not in model_by_key:
            working_time = WorkingTime(calendar, first, last, closed)
            midnight = datetime.combine(today, time.min, tzinfo=calendar.zone).astimezone(UTC)
            history = history_reader.read_history(session, working_time, policy, midnight)
            until = working_time.from_instant(midnight)
            queue_model = QueueModel.fit(history, until, working_time, assumptions)
            model_by_key.clear()
            model_by_key[key] = queue_model
        queue_model = model_by_key[key]
        absences = history_reader.read_absences(session, queue_model.time, policy)
        return replace(queue_model, absences=absences, is_suspended=is_all_work_suspended(suspensions, now))

    def _case(self, session: Session, presenter: ForecastPresenter, case_id: int) -> OpenCase:
        queue = self._present_queue(session, presenter)
        return history_reader.read_open_case(presenter.queue_model.time, queue, case_id)

    def _open_cases(
        self, session: Session, presenter: ForecastPresenter, states: Iterable[CaseState] = OPEN_STATES
    ) -> list[OpenCase]:
        queue = self._present_queue(session, presenter)
        return history_reader.read_open_cases(presenter.queue_model.time, queue, states)

    def _present_queue(self, session: Session, presenter: ForecastPresenter) -> PresentQueue:
        basis = presenter.calendar, all_suspensions(session), presenter.now
        return PresentQueue(session, self.context, *basis, self._assessments)


def _closed_message(state: CaseState, case_id: int) -> str:
    """Return why there is no forecast of a case."""
    if state in {CaseState.PASSED, CaseState.FAILED}:
        words = _("{case} is decided already ({state}); there is nothing to expect of it.")
    else:
        words = _("{case} is over ({state}); there is nothing to expect of it.")
    return words.format(case=format_case(case_id), state=_(STATE_WORDS[state]))


def _states(
    session: Session, case_ids: Sequence[int] | None = None, states: Iterable[CaseState] = OPEN_STATES
) -> dict[int, CaseState]:
    """Return the states of the cases in some states, by default of all open cases."""
    statement = select(CaseRow.id, CaseRow.state).where(col(CaseRow.state).in_(list(states)))
    if case_ids is not None:
        statement = statement.where(col(CaseRow.id).in_(case_ids))
    return {int(case_id): CaseState(state) for case_id, state in session.execute(statement)}


def _assumptions(session: Session, policy: Policy) -> PolicyAssumptions:
    """Return what the model assumes before it has enough history.

    The reviewers are the people who have decided, or whom a limit, an absence or an assignment names. If there are
    none, they are the people with the role who are not admins, because the first admin has every role.
    """
    reviewer_ids = [int(reviewer_id) for reviewer_id in forecast_cases.working_reviewers(session)]
    return PolicyAssumptions(
        reviewers=max(1, len(reviewer_ids)),
        per_reviewer=float(policy.forecast.per_reviewer),
        sent_back=_ASSUMED_SENT_BACK,
        rectify_days=policy.rectify.default_days,
        makers=tuple(reviewer_ids),
    )
