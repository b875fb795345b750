"""The forecast service: from the log of a site, equal for everybody, within the rights of each role."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from db.columns import to_us
from db.enums import ApplicantKind, CaseState, ServiceClass, Verdict, WaitsFor
from tests.domain.forecast.queue.simulated_office import ASSUMED, HOURS, SimulatedOffice, instant_of
from tests.services.forecast.lived_office import PLAN, lived
from tests.sites import TUESDAY, Site
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.case_history import CaseHistory, HistoryStep
from workbench.domain.forecast.queue.model import OpenCase, QueueModel
from workbench.domain.forecast.queue.position import position_of
from workbench.domain.forecast.result import DayRange, PassNeed
from workbench.errors import NotAllowed, NotFound
from workbench.services.case.evidence_reader import EvidenceReader
from workbench.services.forecast.arrival_forecasts import ArrivalForecasts
from workbench.services.forecast.forecasts import Forecasts
from workbench.services.forecast.incomplete_cases import NewCase, read_queue
from workbench.services.forecast.presenter import ForecastPresenter
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services
from workbench.wording.forecast import forecast_caveats

pytestmark = pytest.mark.proof

TODAY = date(2026, 11, 24)


def test_every_open_case_has_one_forecast_for_everybody_in_the_order_of_next(site: Site) -> None:
    histories = lived(site)
    still_open = {number for number, history in histories.items() if not history.is_over}
    forecasts = site.services("a").forecasts

    found = {each.case_id: each for each in forecasts.of_all()}

    assert found.keys() == still_open
    ahead = [each.ahead for each in found.values() if each.ahead is not None]
    assert ahead == list(range(len(ahead)))
    assert all(not each.is_thin and each.reviewers == 3 for each in found.values())
    queued = [each for each in found.values() if each.state is CaseState.QUEUED and not each.is_decided]
    assert queued
    for each in queued:
        assert TODAY <= each.first_verdict.p50 <= each.first_verdict.p90
        assert each.decided == each.first_verdict
        if each.passed is not None:
            assert each.first_verdict.p90 <= each.passed.p90
            assert each.first_verdict.p50 <= each.passed.p50 <= each.passed.p90
    # The first case of the queue is not decided last.
    assert queued[0].first_verdict.p90 < queued[-1].first_verdict.p90 or len(queued) < 20
    for case_id in list(found)[:: max(1, len(found) // 5)]:
        assert site.services("sup").forecasts.of_case(case_id) == found[case_id]
    # Letters are written without any role.
    few, many = list(found)[::20], list(found)[::2]
    of_letters = Forecasts(site.services("audit").context)
    assert len(few) <= 20 < len(many)
    for some in (few, many):
        assert of_letters.of_cases([*some, 99_999]) == {case_id: found[case_id] for case_id in some}
    passed = next(number for number, history in histories.items() if history.passed_at is not None)
    with pytest.raises(NotAllowed, match=r"is decided already \(passed\); there is nothing to expect"):
        forecasts.of_case(passed)
    with pytest.raises(NotFound):
        forecasts.of_case(99_999)


def test_the_speed_is_that_of_recent_days_and_events_of_today_change_only_the_queue(site: Site) -> None:
    lived(site)
    forecasts = site.services("a").forecasts
    before = forecasts.of_queue()
    assert (before.reviewers, before.usual_reviewers) == (3, 3)
    assert 22 < before.per_day < 40
    assert before.p50_days <= before.p90_days

    site.services("a").claims.next()
    planted, *_others = site.plant(10)
    after = forecasts.of_queue()
    assert (after.per_day, after.queued) == (before.per_day, before.queued + 10)

    with site.services("admin").context.database.write() as session:
        session.execute(
            text("UPDATE \"case\" SET state = 'pending', waits_for = 'applicant' WHERE id = :id"), {"id": planted}
        )
    site.clock.advance(minutes=1)
    # A case with its applicant is forecast as if the answer came now: it waits for those that are due before it.
    found = forecasts.of_case(planted)
    assert (found.ahead, found.passed, found.passed_needs) == (None, None, (PassNeed.ITEMS,))
    assert not found.is_with_others
    assert forecasts.of_queue().queued == after.queued - 1
    site.plant(200, due_in_days=1)
    site.clock.advance(minutes=1)
    assert forecasts.of_case(planted).decided.p50 > found.decided.p90


def test_a_new_office_counts_those_who_have_decided_or_were_named(site: Site) -> None:
    first, second = site.plant(2)
    a, sup = site.services("a"), site.services("sup")

    decide(a, first, VerdictRequest(case_id=first, verdict=Verdict.PASS, reasons=("OK",)))
    assert sup.forecasts.of_queue().reviewers == 1

    site.services("admin").people.limit("b", 2)
    assert sup.forecasts.of_queue().reviewers == 2
    sup.assigning.assign([second], "admin", "she knows it")
    assert (sup.forecasts.of_queue().reviewers, sup.forecasts.of_queue().per_day) == (3, 24)


@pytest.mark.parametrize(
    ("kind", "waits", "is_known"),
    [(WaitsFor.CARRIER, 8, True), (WaitsFor.CARRIER, 7, False), (WaitsFor.REGISTRY, 8, False)],
)
def test_a_wait_for_others_is_forecast_from_waits_of_its_kind_or_not_known(
    site: Site, kind: WaitsFor, waits: int, *, is_known: bool
) -> None:
    *ended, waiting = site.plant(waits + 1)
    a, days = site.services("a"), {number: date(2026, 11, 25) for number in ended}
    for number in (*ended, waiting):
        waits_for = kind if number == waiting else WaitsFor.CARRIER
        request = VerdictRequest(
            case_id=number,
            verdict=Verdict.PENDING,
            reasons=(f"WAIT-{waits_for.upper()}",),
            waits_for=waits_for,
            until=days.get(number, date(2026, 12, 30)),
        )
        if number == waiting:
            site.clock.advance(days=2)
            site.services("audit").ticking.tick()
        decide(a, number, request)

    found = site.services("sup").forecasts.of_case(waiting)

    assert site.state(ended[0]) == "queued"
    assert found.is_with_others
    # The others went back to the queue on the day after 25 November, two working days later.
    wait = DayRange(p50=date(2026, 11, 30), p90=date(2026, 11, 30))
    assert (found.answer, found.has_no_day) == (wait if is_known else None, not is_known)
    if is_known:
        assert found.decided.p50 >= wait.p50
    assert found in site.services("sup").forecasts.of_all()


def decide(reviewer: Services, case_id: int, request: VerdictRequest) -> None:
    """Take a case and decide it."""
    header = reviewer.taking.take(case_id, "x").header
    reviewer.verdicts.decide(replace(request, fence=header.fence))


def test_while_all_are_away_the_forecast_has_the_first_return_date(site: Site) -> None:
    lived(site)
    (number,) = site.plant()
    absences = site.services("admin").absences
    for login, days in (("a", 6), ("b", 8), ("c", 20)):
        absences.away(login, TODAY, TODAY + timedelta(days=days))
    forecasts = site.services("a").forecasts
    back_on = TODAY + timedelta(days=7)

    queue, case = forecasts.of_queue(), forecasts.of_case(number)

    assert (queue.reviewers, queue.usual_reviewers, queue.per_day, queue.back_on) == (0, 0, 0, back_on)
    assert (case.reviewers, case.back_on, case.is_endless) == (0, back_on, False)
    assert all(each.decided.p50 >= back_on for each in forecasts.of_all())
    assert back_on <= queue.cleared.p50 < back_on + timedelta(days=30)
    # The number of reviewers can still be set.
    assert forecasts.of_queue(2).back_on is None
    assert forecasts.of_queue(2).cleared.p50 < back_on + timedelta(days=14)


def test_a_date_in_a_year_without_a_published_calendar_is_provisional(site: Site) -> None:
    first, last = site.plant(1_200)[::1_199]
    forecasts = site.services("a").forecasts

    near, far = forecasts.of_case(first), forecasts.of_case(last)

    assert near.decided.p90.year == 2026
    assert not near.is_provisional
    assert far.decided.p90.year == 2027
    assert far.is_provisional
    assert forecasts.of_queue().is_provisional
    assert not forecasts.of_queue(50).is_provisional


def test_the_forecast_of_the_queue_and_of_delays_reads_no_evidence_of_incomplete_cases(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued, incomplete = site.plant(25), site.plant(1)[0]
    with site.services("admin").context.database.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'incomplete' WHERE id = :id"), {"id": incomplete})
    # Reading evidence takes long, and these forecasts say nothing of incomplete cases.
    monkeypatch.setattr(EvidenceReader, "of_keys", lambda *_given: pytest.fail("evidence was read"))
    forecasts = site.services("a").forecasts

    assert forecasts.of_queue().queued == len(queued)
    assert list(forecasts.of_cases([*queued, incomplete])) == queued


def test_a_case_is_forecast_before_it_arrives_and_while_incomplete_as_if_complete(site: Site) -> None:
    lived(site)
    site.plant(60, due_in_days=1)
    site.plant(60, due_in_days=30)
    normal, urgent = site.plant(1)[0], site.plant(1, priority="urgent")[0]
    with site.services("admin").context.database.write() as session:
        session.execute(
            text(
                """UPDATE "case" SET state = 'incomplete', due_at = NULL, complete_at = NULL, opened_at = :opened,
                is_priority_set = 1 WHERE id IN (:a, :b)"""
            ),
            {"a": normal, "b": urgent, "opened": to_us(TUESDAY - timedelta(days=20))},
        )
    context, forecasts = site.services("a").context, site.services("a").forecasts
    # Three working days from Tuesday.
    due_at = datetime.fromisoformat("2026-11-27T18:00+08:00")
    arrivals = ArrivalForecasts(context).of([_new_case(rank, due_at) for rank in (1, 3)])

    for number, rank, arrival in zip((normal, urgent), (1, 3), arrivals, strict=True):
        with context.read() as session:
            zone = context.zone(session)
            ahead = read_queue(session, zone, TUESDAY).ahead(position_of(due_at, rank, TUESDAY, zone))
        assert arrival is not None
        assert rank == 3 or (arrival.ahead or 0) >= 60
        (forecast_of_arrival,) = forecasts.of_arrivals([_new_case(rank, due_at, ahead)])
        found = forecasts.of_case(number)
        assert found.is_incomplete
        assert (found.decided, found.first_verdict) == (forecast_of_arrival.decided, forecast_of_arrival.first_verdict)
        # It has no card, so its actual user is unknown.
        assert (found.passed, found.passed_needs) == (None, (PassNeed.DOCUMENTS, PassNeed.FINDINGS))
        assert replace(found, saved_days=0) in forecasts.of_all()
    assert (
        forecasts.of_case(urgent).decided.p90
        < forecasts.of_case(normal).decided.p90
        < forecasts.of_all()[-1].decided.p90
    )
    # A new case has its position in the order of `next`: only overdue cases come before an urgent one.
    (planted,) = site.plant(1, priority="urgent", due_in_days=3)
    assert arrivals[1] is not None
    assert arrivals[1].ahead == forecasts.of_case(planted).ahead


def test_what_an_answer_saves_is_the_difference_of_two_forecasts() -> None:
    office = SimulatedOffice(PLAN)
    now = 30.0
    queue_model = QueueModel.fit(office.history, now, office.time, ASSUMED)
    attributes = {**office.history.cases[0].attributes, "findings": "block"}
    history = CaseHistory(case=1, steps=(HistoryStep("queued", now),), attributes=attributes)
    case = OpenCase(history=history, ahead=5, due=now + 3)
    clean = replace(case, history=replace(history, attributes={**attributes, "findings": "none"}))
    calendar = WorkingCalendar((), hours=HOURS, zone="Asia/Shanghai")
    presenter = ForecastPresenter(queue_model, calendar, instant_of(office.time, now))

    def saved(one: OpenCase, findings: str) -> int:
        (found,) = presenter.cases([replace(one, findings_if_answered=findings)], {1: CaseState.QUEUED})
        return found.saved_days

    as_it_is, answered = (queue_model.forecast([one], now)[0].passed.p90 for one in (case, clean))
    assert saved(case, "none") == round(as_it_is - answered) > 0
    assert saved(case, "block") == saved(case, "") == saved(clean, "none") == 0


def _new_case(rank: int, due_at: datetime, ahead: int = 0) -> NewCase:
    return NewCase(
        applicant_kind=ApplicantKind.ENTERPRISE,
        findings="none",
        findings_if_answered="none",
        service_class=ServiceClass.STANDARD,
        priority_rank=rank,
        due_at=due_at,
        gets_forecast=True,
        ahead=ahead,
    )


def test_nothing_is_decided_on_suspended_days_and_an_open_suspension_is_assumed_to_end_tomorrow(site: Site) -> None:
    lived(site)
    forecasts, suspending = site.services("a").forecasts, site.services("sup").suspending
    before = {each.case_id: each for each in forecasts.of_all()}
    begin, end = (datetime.fromisoformat(f"2026-11-{day}T00:00+08:00") for day in (25, 28))
    suspending.suspend(NewSuspension(from_at=begin, to_at=end, reason="台风"))

    after = {each.case_id: each for each in forecasts.of_all()}

    suspended = {date(2026, 11, day) for day in (25, 26, 27)}
    forecast_days = {
        day for each in after.values() for day in (each.first_verdict.p50, each.decided.p50, each.decided.p90)
    }
    assert not forecast_days & suspended
    # A case that may be decided today still may be; all others wait until work resumes.
    tomorrow = TODAY + timedelta(days=1)
    waits = [number for number, each in before.items() if each.first_verdict.p50 > tomorrow and not each.is_decided]
    assert waits
    assert all(after[number].first_verdict.p50 > max(suspended) for number in waits)
    assert not any(each.is_suspended for each in after.values())

    suspending.suspend(NewSuspension(from_at=TUESDAY - timedelta(minutes=1), to_at=None, reason="洪水"))
    found = forecasts.of_all()
    assert all(
        each.is_suspended and TODAY not in (each.first_verdict.p50, each.decided.p50)
        for each in found
        if not each.is_decided
    )
    assert "Work is suspended; the forecast assumes that it resumes tomorrow." in list(forecast_caveats(found[0]))
    assert forecasts.of_queue().is_suspended
