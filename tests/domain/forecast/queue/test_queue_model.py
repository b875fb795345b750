"""The forecast of a simulated office is calibrated and uses only what was known at its time."""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.cached_results import UNCACHED_FIT
from tests.domain.forecast.forecasting_runs import at_completion, at_moments, at_receipt, open_at, share_in_time
from tests.domain.forecast.queue.simulated_office import ASSUMED, Plan, SimulatedOffice
from tests.sizes import sample, sized
from workbench.domain.forecast.case_history import CaseHistory, HistoryStep, QueueSpells
from workbench.domain.forecast.check_duration import CheckDurations
from workbench.domain.forecast.estimates import CaseEstimate
from workbench.domain.forecast.queue.capacity import Absence, GivenVerdicts
from workbench.domain.forecast.queue.model import FEWEST_FIRST_VERDICTS, OpenCase, QueueHistory, QueueModel

NOW = 22.4
FEW = Plan(seed=5, cases=1_000)


@cache
def simulated() -> SimulatedOffice:
    """The simulated office that all tests share; they only read it."""
    return SimulatedOffice(FEW)


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
def test_nine_of_ten_cases_pass_by_the_forecast_day() -> None:
    for seed in range(1, 1 + sized(ci=1, full=20)):
        queue_model = SimulatedOffice(Plan(seed=seed))

        count = sized(ci=700, full=2_000)
        outcomes = at_receipt(queue_model, warm_up=500, most=count)

        assert len(outcomes) == count
        assert 0.85 <= share_in_time(outcomes) <= 0.95


@pytest.mark.proof
def test_forecasts_are_calibrated_at_any_moment_of_a_case_and_for_other_drifts() -> None:
    plans = (Plan(seed=31), Plan(seed=32, drift=1.15, leaves_after=0.3), Plan(seed=33, drift=0.95, arrivals=36))
    for plan in sample(plans, ci=1):
        outcomes = at_moments(SimulatedOffice(plan), first_day=14, every_days=sized(ci=18, full=6))

        assert len(outcomes) > sized(ci=170, full=500)
        assert 0.82 <= share_in_time(outcomes) <= 0.97


@pytest.mark.proof
def test_nine_of_ten_incomplete_cases_are_decided_by_the_day_told_once_their_documents_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Sixty working days of offices of several sizes and loads; from the tenth day on, the model is fitted daily."""
    held: list[bool] = []
    for seed in range(1, 1 + sized(ci=2, full=20)):
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
def test_the_same_history_gives_the_same_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QueueModel, "fit", UNCACHED_FIT)

    assert forecast_now(simulated().history) == forecast_now(simulated().history)


@pytest.mark.proof
def test_nothing_is_learnt_from_later_events() -> None:
    history = simulated().history
    known = [part for history in history.cases if (part := history.until(NOW)) is not None]
    verdicts = history.verdicts.before(NOW)

    assert forecast_now(QueueHistory(cases=known, verdicts=verdicts)) == forecast_now(history)


@pytest.mark.proof
def test_more_reviewers_decide_sooner_and_clear_the_queue_sooner() -> None:
    history = simulated().history
    queue_model = QueueModel.fit(history, int(NOW), simulated().time, ASSUMED)
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
    history = simulated().history
    makers = [int(maker) for maker in np.unique(history.verdicts.maker)][:4]
    queue_model = QueueModel.fit(history, int(NOW), simulated().time, ASSUMED)
    without_makers = replace(queue_model, absences=tuple(Absence(maker, int(NOW), int(NOW) + 30) for maker in makers))
    waiting = queued(150)

    assert without_makers.present_count(NOW) == queue_model.present_count(NOW) - 4
    assert (
        without_makers.queue_clearing(waiting, NOW).p50_days > 1.4 * queue_model.queue_clearing(waiting, NOW).p50_days
    )


def test_duties_add_to_the_work_of_their_day_and_to_no_other() -> None:
    queue_model = QueueModel.fit(simulated().history, int(NOW), simulated().time, ASSUMED)
    maker = queue_model.reviewer_ids[0]
    share = queue_model.capacity.shares[maker]
    duties = (Absence(maker, int(NOW) + 1, int(NOW) + 1, -0.5), Absence(maker, int(NOW), int(NOW), -1.0))
    helped = replace(queue_model, absences=duties)

    assert list(helped.days(NOW, 3).work_share) == pytest.approx([1 + share, 1 + share / 2, 1])
    assert helped.present_count(NOW) == queue_model.present_count(NOW)
    assert helped.per_day(NOW, 4) == queue_model.per_day(NOW, 4)
    on_leave = replace(queue_model, absences=(*duties, Absence(maker, int(NOW), int(NOW))))
    assert on_leave.days(NOW, 1).work_share[0] == pytest.approx(1 - share)
    everybody = tuple(
        Absence(each, day, day, -1.0) for each in helped.reviewer_ids for day in range(int(NOW), int(NOW) + 9)
    )
    waiting = queued(150)
    sooner = replace(queue_model, absences=everybody).queue_clearing(waiting, NOW).p50_days
    assert sooner < 0.7 * queue_model.queue_clearing(waiting, NOW).p50_days


def all_away(queue_model: QueueModel, last: int) -> QueueModel:
    return replace(queue_model, absences=tuple(Absence(maker, 0, last) for maker in queue_model.reviewer_ids))


def test_nothing_is_decided_until_the_first_absent_reviewer_returns() -> None:
    queue_model = QueueModel.fit(simulated().history, int(NOW), simulated().time, ASSUMED)
    without_makers, waiting = all_away(queue_model, int(NOW) + 150), queued(5)

    assert without_makers.present_count(NOW) == 0
    assert without_makers.per_day(NOW) == 0
    assert without_makers.first_day_with_reviewer(NOW) == int(NOW) + 151
    assert without_makers.queue_clearing(waiting, NOW).p50_days == pytest.approx(
        int(NOW) + 151 - NOW + queue_model.queue_clearing(waiting, float(int(NOW))).p50_days, abs=1
    )
    # The number of reviewers can still be set.
    assert without_makers.per_day(NOW, 4) == pytest.approx(
        4 * queue_model.capacity.mean / len(queue_model.reviewer_ids)
    )
    assert without_makers.queue_clearing(waiting, NOW, 8).p50_days < 5


def test_absences_count_if_the_rest_is_assumed() -> None:
    nothing = QueueHistory(cases=[], verdicts=GivenVerdicts(np.zeros(0), np.zeros(0, dtype=np.int64)))
    assumptions = replace(ASSUMED, makers=(1, 2, 3, 4))
    absences = (Absence(1, 0, 99), Absence(2, 0, 99))
    queue_model = replace(QueueModel.fit(nothing, int(NOW), simulated().time, assumptions), absences=absences)

    assert queue_model.is_thin
    assert queue_model.present_count(NOW) == 2
    assert queue_model.per_day(NOW) == pytest.approx(2 * ASSUMED.per_reviewer)


@pytest.mark.proof
def test_every_one_of_many_reviewers_counts_whatever_their_share() -> None:
    verdicts = GivenVerdicts(np.linspace(0, NOW, 4_000), np.tile(np.arange(80), 50))
    queue_model = QueueModel.fit(replace(simulated().history, verdicts=verdicts), int(NOW), simulated().time, ASSUMED)

    assert queue_model.present_count(NOW) == 80


def test_nothing_is_decided_on_a_holiday() -> None:
    time = simulated().time
    queue_model = QueueModel.fit(simulated().history, int(NOW), time, ASSUMED)
    before_holiday = FEW.holiday_after_days - 0.5
    waiting = queued(60)

    clearing = queue_model.queue_clearing(waiting, before_holiday)
    cleared = time.day(before_holiday + clearing.p50_days)

    assert clearing.p50_days < 4
    assert (cleared - time.day(before_holiday)).days >= 9


def test_a_pass_is_not_before_the_next_verdict_nor_p90_before_p50() -> None:
    for found in forecast_now(simulated().history).values():
        assert found.first_verdict.p50 <= found.first_verdict.p90
        assert found.passed.p50 <= found.passed.p90
        assert found.passed.p50 >= found.decided.p50
        assert found.passed.p90 >= found.decided.p90


def test_a_case_awaiting_a_check_has_a_day_for_the_result_of_the_check() -> None:
    queue_model = QueueModel.fit(simulated().history, int(NOW), simulated().time, ASSUMED)
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


def test_cases_that_are_often_sent_back_are_forecast_so() -> None:
    found = forecast_now(simulated().history)
    histories = {history.case: history for history in simulated().history.cases}
    shares = {
        kind: np.mean(
            [each.sent_back or 0.0 for case, each in found.items() if histories[case].attributes["findings"] == kind]
        )
        for kind in ("none", "block")
    }

    assert shares["block"] > 1.5 * shares["none"]


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
    nothing = QueueHistory(cases=[], verdicts=GivenVerdicts(np.zeros(0), np.zeros(0, dtype=np.int64)))
    queue_model = QueueModel.fit(nothing, int(NOW), simulated().time, ASSUMED)
    waiting = queued(320)

    assert queue_model.is_thin
    assert queue_model.present_count(NOW) == ASSUMED.reviewers
    assert queue_model.per_day(NOW) == pytest.approx(ASSUMED.reviewers * ASSUMED.per_reviewer)
    assert queue_model.queue_clearing(waiting, NOW).p50_days == pytest.approx(10, rel=0.15)
    assert queue_model.forecast(waiting, NOW)[-1].sent_back is None
