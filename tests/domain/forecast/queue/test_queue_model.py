"""The forecast of a simulated office is calibrated and uses only what was known at its time."""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.domain.forecast.forecasting_runs import at_completion, at_moments, open_at, share_in_time
from tests.domain.forecast.queue.simulated_office import ASSUMED, Plan, SimulatedOffice
from tests.sizes import sample, sized
from workbench.domain.forecast.case_history import CaseHistory, HistoryStep, QueueSpells
from workbench.domain.forecast.check_duration import CheckDurations
from workbench.domain.forecast.estimates import CaseEstimate
from workbench.domain.forecast.queue.capacity import Absence, GivenVerdicts
from workbench.domain.forecast.queue.model import FEWEST_FIRST_VERDICTS, OpenCase, QueueHistory, QueueModel

NOW = 22.4
FEW = Plan(seed=5, cases=1_000)
NOTHING = QueueHistory(cases=[], verdicts=GivenVerdicts(np.zeros(0), np.zeros(0, dtype=np.int64)))


@cache
def simulated() -> SimulatedOffice:
    """The simulated office that all tests share; they only read it."""
    return SimulatedOffice(FEW)


@cache
def learnt() -> QueueModel:
    """What is learnt from the simulated office; all tests share it."""
    return QueueModel.fit(simulated().history, int(NOW), simulated().time, ASSUMED)


def queued(count: int, due: float = np.inf) -> list[OpenCase]:
    """Return queued cases in order."""
    return [
        OpenCase(history=CaseHistory(case=n, steps=(HistoryStep("queued", NOW),), attributes={}), ahead=n, due=due)
        for n in range(count)
    ]


def forecast_now(history: QueueHistory, *, reviewers: int | None = None) -> dict[int, CaseEstimate]:
    """Return the forecasts of all open cases by case number."""
    queue_model = QueueModel.fit(history, int(NOW), simulated().time, ASSUMED)
    cases = open_at(history.cases, QueueSpells.of(history.cases), NOW)
    numbers = (case.history.case for case in cases)
    return dict(zip(numbers, queue_model.forecast(cases, NOW, reviewers), strict=True))


@pytest.mark.proof
def test_nine_of_ten_cases_pass_by_the_forecast_day_at_any_moment_and_for_other_drifts() -> None:
    plans = [Plan(seed=31), Plan(seed=32, drift=1.15, leaves_after=0.3), Plan(seed=33, drift=0.95, arrivals=36)]
    for plan in sample([*plans, *(Plan(seed=seed) for seed in range(1, 21))], ci=1):
        outcomes = at_moments(SimulatedOffice(plan), first_day=14, every_days=sized(ci=24, full=6))

        assert len(outcomes) > sized(ci=120, full=500)
        assert 0.82 <= share_in_time(outcomes) <= 0.97


@pytest.mark.proof
def test_nine_of_ten_incomplete_cases_are_decided_by_the_day_told_once_their_documents_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Sixty working days of offices of several sizes and loads; from the tenth day on, the model is fitted daily."""
    held: list[bool] = []
    for seed in range(1, 1 + sized(ci=1, full=20)):
        arrivals, reviewers = ((6, 1), (12, 2), (22, 3), (40, 8))[seed % 4]
        load = (0.85, 0.95, 1.05)[seed % 3]
        # About three of ten cases come back once.
        speed = 1.3 * arrivals / reviewers / load
        plan = Plan(
            seed=seed,
            cases=60 * arrivals,
            arrivals=arrivals,
            reviewers=reviewers,
            speed=speed,
            drift=1,
            leaves_after=2,
            incomplete=0.3,
        )
        outcomes = at_completion(SimulatedOffice(plan), first_day=10, every_days=sized(ci=16, full=1))
        of_office = [
            np.ceil(each.first_verdict_at - 1e-9) <= np.ceil(each.forecast.first_verdict.p90 - 1e-9)
            for each in outcomes
        ]
        held += of_office
        with capsys.disabled():
            sys.stdout.write(
                f"\nseed {seed}: {reviewers} reviewers, {arrivals} cases a day, load {load}:"
                f" {np.mean(of_office):.1%} of {len(of_office)} within the 90 % day"
            )
    with capsys.disabled():
        sys.stdout.write(f"\nall offices: {np.mean(held):.1%} of {len(held)}\n")

    assert len(held) > sized(ci=100, full=4_000)
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.proof
def test_nothing_is_learnt_from_later_events_and_the_same_past_gives_the_same_forecast() -> None:
    history = simulated().history
    known = [part for history in history.cases if (part := history.until(NOW)) is not None]
    verdicts = history.verdicts.before(NOW)

    assert forecast_now(QueueHistory(cases=known, verdicts=verdicts)) == forecast_now(history)


@pytest.mark.proof
def test_more_reviewers_decide_sooner_and_clear_the_queue_sooner() -> None:
    queue_model = learnt()
    waiting = queued(200, due=NOW + 4)

    few, usual, many = (queue_model.queue_clearing(waiting, NOW, reviewers) for reviewers in (4, None, 16))

    assert few.p50_days > usual.p50_days > many.p50_days
    assert few.late_p50 > usual.late_p50 >= many.late_p50
    for found in (few, usual, many):
        assert found.p50_days <= found.p90_days
        assert found.late_p50 <= found.late_p90 <= found.queued
    slow, fast = (queue_model.forecast(waiting, NOW, reviewers) for reviewers in (4, 16))
    sooner = [one.passed.p90 - other.passed.p90 for one, other in zip(slow, fast, strict=True)]
    assert min(sooner) > -0.3
    assert sooner[-1] > 5


def test_an_absent_reviewer_decides_nothing_before_returning() -> None:
    waiting, makers = queued(150), [int(maker) for maker in np.unique(simulated().history.verdicts.maker)][:4]
    without_makers = replace(learnt(), absences=[Absence(maker, int(NOW), int(NOW) + 30) for maker in makers])
    assert without_makers.present_count(NOW) == learnt().present_count(NOW) - 4
    assert without_makers.queue_clearing(waiting, NOW).p50_days > 1.4 * learnt().queue_clearing(waiting, NOW).p50_days

    # Also if how many reviewers there are is assumed.
    assumptions = replace(ASSUMED, makers=(1, 2, 3, 4))
    assumed = QueueModel.fit(NOTHING, int(NOW), simulated().time, assumptions)
    assumed = replace(assumed, absences=(Absence(1, 0, 99), Absence(2, 0, 99)))
    assert assumed.is_thin
    assert assumed.present_count(NOW) == 2
    assert assumed.per_day(NOW) == pytest.approx(2 * ASSUMED.per_reviewer)
    # Every one of many reviewers counts, whatever their share.
    verdicts = GivenVerdicts(np.linspace(0, NOW, 4_000), np.tile(np.arange(80), 50))
    many = QueueModel.fit(replace(simulated().history, verdicts=verdicts), int(NOW), simulated().time, ASSUMED)
    assert many.present_count(NOW) == 80


def test_duties_add_to_the_work_of_their_day_and_to_no_other() -> None:
    maker, today = learnt().reviewer_ids[0], int(NOW)
    share = learnt().capacity.shares[maker]
    duties = (Absence(maker, today + 1, today + 1, -0.5), Absence(maker, today, today, -1.0))
    helped = replace(learnt(), absences=duties)

    assert list(helped.days(NOW, 3).work_share) == pytest.approx([1 + share, 1 + share / 2, 1])
    assert helped.present_count(NOW) == learnt().present_count(NOW)
    assert helped.per_day(NOW, 4) == learnt().per_day(NOW, 4)
    on_leave = replace(learnt(), absences=(*duties, Absence(maker, today, today)))
    assert on_leave.days(NOW, 1).work_share[0] == pytest.approx(1 - share)
    everybody = [Absence(each, day, day, -1.0) for each in helped.reviewer_ids for day in range(today, today + 9)]
    waiting = queued(150)
    sooner = replace(learnt(), absences=everybody).queue_clearing(waiting, NOW).p50_days
    assert sooner < 0.7 * learnt().queue_clearing(waiting, NOW).p50_days


def test_nothing_is_decided_until_the_first_absent_reviewer_returns() -> None:
    last, waiting = int(NOW) + 150, queued(5)
    without_makers = replace(learnt(), absences=[Absence(maker, 0, last) for maker in learnt().reviewer_ids])

    assert without_makers.present_count(NOW) == 0
    assert without_makers.per_day(NOW) == 0
    assert without_makers.first_day_with_reviewer(NOW) == last + 1
    assert without_makers.queue_clearing(waiting, NOW).p50_days == pytest.approx(
        last + 1 - NOW + learnt().queue_clearing(waiting, float(int(NOW))).p50_days, abs=1
    )
    # The number of reviewers can still be set.
    assert without_makers.per_day(NOW, 4) == pytest.approx(4 * learnt().capacity.mean / len(learnt().reviewer_ids))
    assert without_makers.queue_clearing(waiting, NOW, 8).p50_days < 5


def test_nothing_is_decided_on_a_holiday() -> None:
    time, before_holiday = simulated().time, FEW.holiday_after_days - 0.5

    clearing = learnt().queue_clearing(queued(60), before_holiday)
    cleared = time.date_of(before_holiday + clearing.p50_days)

    assert clearing.p50_days < 4
    assert (cleared - time.date_of(before_holiday)).days >= 9


def test_a_case_awaiting_a_check_has_a_day_for_the_result_of_the_check() -> None:
    queue_model = learnt()
    steps = (
        HistoryStep("queued", NOW - 3),
        HistoryStep("verdict", NOW - 0.5),
        HistoryStep("awaiting_check", NOW - 0.5),
    )
    waits = CaseHistory(case=1, steps=steps, attributes={})
    mended = replace(
        waits, case=2, steps=(HistoryStep("queued", 1), HistoryStep("verdict", 2), HistoryStep("rectifying", 2), *steps)
    )

    cases = [OpenCase(history=each, ahead=None) for each in (waits, mended)]
    first, second = queue_model.forecast(cases, NOW)

    assert NOW < first.decided.p50 < first.decided.p90 < NOW + 5
    assert first.first_verdict == first.decided == second.decided
    (slow, _other) = replace(queue_model, checks=CheckDurations(np.full(20, 40.0))).forecast(cases, NOW)
    assert slow.passed.p50 >= slow.decided.p50 > first.passed.p90
    assert second.first_verdict.p50 == 2


def test_cases_that_are_often_sent_back_are_forecast_so_and_no_forecast_contradicts_itself() -> None:
    found = forecast_now(simulated().history)
    histories = {history.case: history for history in simulated().history.cases}
    shares = {
        kind: np.mean(
            [each.sent_back or 0.0 for case, each in found.items() if histories[case].attributes["findings"] == kind]
        )
        for kind in ("none", "block")
    }

    assert shares["block"] > 1.5 * shares["none"]
    for each in found.values():
        assert each.first_verdict.p50 <= each.first_verdict.p90
        assert each.decided.p50 <= each.passed.p50 <= each.passed.p90
        assert each.decided.p90 <= each.passed.p90


def test_forecasts_are_assumed_until_thirty_first_verdicts_exist() -> None:
    past = simulated().history
    for count in (29, 30):
        verdict_days = sorted(step.at for case in past.cases for step in case.steps[1:2])
        known = [case for case in past.cases if len(case.steps) > 1 and case.steps[1].at <= verdict_days[count - 1]]
        few = QueueModel.fit(replace(past, cases=known), int(NOW), simulated().time, ASSUMED)
        assert few.first_verdicts == count
        assert few.is_thin is (count < FEWEST_FIRST_VERDICTS)


def test_the_queue_is_longer_than_usual_above_nine_of_ten_of_the_days_before() -> None:
    for newest, is_long in [(9, False), (21, True)]:
        # Ten cases wait each day, and some more on the last one.
        steps = [(HistoryStep("queued", 0.1), HistoryStep("verdict", 99.0)) for _case in range(10)]
        steps += [(HistoryStep("queued", 20.5), HistoryStep("verdict", 99.0)) for _case in range(newest - 9)]
        cases = [CaseHistory(case=number, steps=each, attributes={}) for number, each in enumerate(steps)]
        history = QueueHistory(cases=cases, verdicts=simulated().history.verdicts)

        assert QueueModel.fit(history, 21, simulated().time, ASSUMED).is_queue_long is is_long
        assert not QueueModel.fit(replace(history, is_whole=False), 21, simulated().time, ASSUMED).is_queue_long
        # What is usual is not known after a few days.
        assert not QueueModel.fit(history, 6, simulated().time, ASSUMED).is_queue_long


def test_without_history_the_forecast_uses_the_assumptions_and_reports_it() -> None:
    queue_model = QueueModel.fit(NOTHING, int(NOW), simulated().time, ASSUMED)
    waiting = queued(320)

    assert queue_model.is_thin
    assert queue_model.present_count(NOW) == ASSUMED.reviewers
    assert queue_model.per_day(NOW) == pytest.approx(ASSUMED.reviewers * ASSUMED.per_reviewer)
    assert queue_model.queue_clearing(waiting, NOW).p50_days == pytest.approx(10, rel=0.15)
    assert queue_model.forecast(waiting, NOW)[-1].sent_back is None
