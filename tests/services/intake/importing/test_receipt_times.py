"""What a receipt says of time, as the policy has it, and of what would make the case faster."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import ImportKind, Language
from tests.domain.facts.sample_evidence import id_number
from tests.fork_server import ROOT
from tests.policies import amend_policy, require_no_documents_of_individuals, set_times_in_letters
from tests.services.forecast.lived_office import lived
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.services.review.verdict_acts import decide, failing, take
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.quality.period import Period
from workbench.services.forecast.forecasts import Forecasts
from workbench.services.forecast.incomplete_cases import NewCase
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.wording.forecast import letter_sentence
from workbench.wording.letter_dates import letter_day

pytestmark = pytest.mark.proof

DUE = {Language.ZH: "办结时限：2026年11月26日（周四）", Language.EN: "Due date: Thursday, 26 November 2026"}
BY_THE_DUE_DATE = {Language.ZH: "不迟于办结时限告知结论", Language.EN: "You will have our answer by the due date."}
NO_PROMISE = {Language.ZH: "此为预计时间，并非承诺。", Language.EN: "This is an estimate, not a commitment."}
ALREADY = {Language.ZH: "可先行办理的事项：", Language.EN: "What you can already do:"}
FASTER = {
    Language.ZH: ("如何加快审核：", "最多可节省3个工作日。办理时请注明申请编号"),
    Language.EN: ("What can make it faster:", "can save up to 3 working days: quote the application number"),
}
WAYS = pytest.mark.parametrize(("language", "as_they_come"), [(Language.EN, True), (Language.ZH, False)])
"""An application comes complete, or it becomes complete with its documents."""


def persons(count: int, **changes: str) -> list[Any]:
    """Return applications of persons who have to hand in no document."""
    return [
        application(
            f"P-{number}", **{**PERSON, "applicant_name": f"测试人{number}", "msisdns": f"138{number:08}", **changes}
        )
        for number in range(count)
    ]


def receipts(desk: Desk) -> list[str]:
    """Return the texts of the receipts."""
    return [row.body for row in desk.sql("SELECT body FROM notice WHERE kind = 'receipt' ORDER BY id")]


def expected_in(body: str) -> str:
    """Return the line of a letter that tells the forecast."""
    [line] = [line for line in body.splitlines() if "not a commitment" in line or "并非承诺" in line]
    return line


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A site where a person has to hand in no document."""
    require_no_documents_of_individuals(desk.site)
    return desk


def received(desk: Desk, language: Language, number: str = "A-1", *, as_they_come: bool) -> str:
    """Receive one application, and return its receipt."""
    count = len(receipts(desk))
    if as_they_come:
        desk.applications(*persons(1, application_no=number, language=language.value))
    else:
        desk.applications(application(number, language=language.value))
        assert len(receipts(desk)) == count
        desk.documents(number)
    return receipts(desk)[-1]


@WAYS
def test_a_receipt_tells_the_times_that_the_policy_wants_and_expects_nothing_while_work_is_suspended(
    desk: Desk, language: Language, *, as_they_come: bool
) -> None:
    body = received(desk, language, as_they_come=as_they_come)
    lines = body.splitlines()
    place = lines.index(DUE[language])
    assert lines[place + 1].endswith(NO_PROMISE[language]), "beneath the due date is what is expected"
    assert lines[place + 2] == ""
    assert BY_THE_DUE_DATE[language] in body

    set_times_in_letters(desk.site, "promise")
    body = received(desk, language, "A-2", as_they_come=as_they_come)
    assert DUE[language] in body
    assert BY_THE_DUE_DATE[language] in body
    assert NO_PROMISE[language] not in body

    amend_policy(desk.site, ('letters = "promise"', 'letters = "forecast"'))
    body = received(desk, language, "A-3", as_they_come=as_they_come)
    assert NO_PROMISE[language] in body
    assert not any(words in body.lower() for words in ("办结时限", "due date", "\n\n\n"))

    desk.site.services("sup").suspending.suspend(NewSuspension(from_at=desk.site.clock.at, reason="台风"))
    body = received(desk, language, "A-4", as_they_come=as_they_come)
    assert NO_PROMISE[language] not in body
    assert "2026" in body
    assert ("办结时限" in body) or ("ue date" in body), "the promise stays"


def test_while_work_on_those_of_one_agent_is_suspended_what_is_expected_comes_after_that(desk: Desk) -> None:
    lived(desk.site)
    desk.applications(*persons(1, agent="A-1"))
    now = desk.site.clock.at
    stop = NewSuspension(from_at=now - timedelta(hours=1), to_at=now + timedelta(days=14), reason="x", agent="A-1")
    desk.site.services("sup").suspending.suspend(stop)
    desk.site.clock.at = now + timedelta(minutes=1)
    desk.applications(*persons(1, application_no="L-1", language="en", agent="A-1"))
    assert "December" in expected_in(receipts(desk)[-1])
    assert "November" not in expected_in(receipts(desk)[-1])

    desk.applications(*persons(1, application_no="L-2", language="en", agent="A-2"))
    assert "November" in expected_in(receipts(desk)[-1])


def test_a_receipt_tells_what_the_desk_is_told_of_the_case(desk: Desk) -> None:
    lived(desk.site)

    said = expected_in(received(desk, Language.EN, as_they_come=False))

    with desk.site.services("a").context.read() as session:
        case_id = session.execute(text("SELECT max(case_id) FROM notice")).scalar_one()
    told = desk.site.services("a").forecasts.of_case(case_id)
    assert not told.is_thin
    assert said == letter_sentence(told, Language.EN, date(2026, 11, 26))


def test_who_comes_later_in_one_file_is_told_a_later_day_with_few_forecasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    of_arrivals = Forecasts.of_arrivals

    def counted(self: Forecasts, arrivals: Sequence[NewCase]) -> list[CaseForecast]:
        asked.append(len(arrivals))
        return of_arrivals(self, arrivals)

    monkeypatch.setattr(Forecasts, "of_arrivals", counted)
    desk.applications(*persons(300))
    # 32 that are exact, and 16 for each doubling.
    assert sum(asked) <= 32 + 16 * 4
    assert len(asked) <= 4
    desk.applications(*persons(1, application_no="L-1", service_class="expedited"))

    bodies = receipts(desk)
    forecasts = desk.site.services("a").forecasts
    for number in (0, 40, 299):
        told = forecasts.of_case(number + 1)
        # Who waits behind many shares a sentence with those who wait behind about as many.
        slack = 0 if number < 32 else 1
        days = [letter_day(day, Language.ZH) for day in _days_about(told, slack)]
        assert any(f"{day}作出审核结论" in bodies[number] for day in days)
    assert expected_in(bodies[0]) != expected_in(bodies[299])
    # What is due sooner goes before all of them.
    assert expected_in(bodies[300]) == expected_in(bodies[0])


def _days_about(told: CaseForecast, slack: int) -> Iterator[Any]:
    first = told.decided.p50.toordinal()
    for ordinal in range(first - slack, first + slack + 1):
        yield told.decided.p50.fromordinal(ordinal)


def test_a_receipt_says_that_the_forecast_is_after_the_due_date(desk: Desk) -> None:
    desk.site.plant(200, priority="urgent", due_in_days=1)

    body = received(desk, Language.EN, as_they_come=False)

    assert DUE[Language.EN] in body
    assert "That is later than the due date." in expected_in(body)
    assert "We aim to answer by the due date, and will write to you if we cannot." in body
    assert BY_THE_DUE_DATE[Language.EN] not in body


@WAYS
def test_nobody_waits_for_a_forecast(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: Language, *, as_they_come: bool
) -> None:
    of_arrivals = Forecasts.of_arrivals
    other = desk.site.services("b")
    written = []

    def while_another_writes(self: Forecasts, arrivals: Sequence[NewCase]) -> list[CaseForecast]:
        # It would wait, and be refused, if the import held the lock.
        with other.context.write() as session:
            other.context.log(session, "forecast")
        written.append(len(arrivals))
        return of_arrivals(self, arrivals)

    monkeypatch.setattr(Forecasts, "of_arrivals", while_another_writes)

    assert NO_PROMISE[language] in received(desk, language, as_they_come=as_they_come)
    assert written == [1]


def test_each_receipt_of_a_batch_names_what_will_be_asked_about(desk: Desk) -> None:
    first, second, third = persons(3)
    expired = {"handler_id_valid_to": "2026-11-20"}
    desk.applications(first, {**second, **expired}, {**third, **expired, "language": "en"})
    one, *others = receipts(desk)
    told = {
        Language.ZH: "您的身份证已于2026年11月20日到期。",
        Language.EN: "Your ID card has expired (on 20 November 2026).",
    }
    for (language, words), other in zip(told.items(), others, strict=True):
        assert words in other
        assert words not in one
        assert f"\n\n{ALREADY[language]}\n" in other
        assert not any(place in one + other for place in "\ue000\ue001\ue002\ue003\ue004")


def test_that_an_answer_saves_time_is_said_only_as_the_forecasts_say(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_arrivals = Forecasts.of_arrivals

    def sooner(self: Forecasts, arrivals: Sequence[NewCase]) -> list[CaseForecast]:
        # The history of this office is too short to show it.
        assert [each.findings_if_answered for each in arrivals] == ["warn"]
        return [replace(forecast, saved_days=3) for forecast in of_arrivals(self, arrivals)]

    monkeypatch.setattr(Forecasts, "of_arrivals", sooner)
    for name, language in (("A-1", Language.ZH), ("A-2", Language.EN)):
        body = received(desk, language, name, as_they_come=False)
        assert all(words in body for words in FASTER[language])
        assert ALREADY[language] not in body
        # The number is in clear: the letter goes to the applicant.
        assert "13800138000" in body


def test_who_is_asked_about_nothing_reads_nothing_of_it(desk: Desk) -> None:
    desk.applications(application(handler_id_no=id_number(date(1985, 1, 1)), handler_id_valid_to="2035-01-01"))
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "乙某某"}])
    desk.documents()

    # Nobody looked it up yet; that is not for the applicant to mend.
    assert [rule for rule, (severity, _seen) in desk.findings().items() if severity != "info"] == ["CR-NO-DATA"]
    [body] = receipts(desk)
    assert ALREADY[Language.ZH] not in body


def test_an_import_loads_nothing_that_only_forecasts_need() -> None:
    code = (
        "import sys, workbench.services.intake.importing.import_run; "
        "import workbench.services.time.deadlines.tick, workbench.services.wiring; "
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


@WAYS
def test_the_report_compares_a_verdict_with_the_days_that_the_receipt_told(
    desk: Desk, language: Language, *, as_they_come: bool
) -> None:
    body = received(desk, language, as_they_come=as_they_come)
    told = json.loads(desk.sql("SELECT facts FROM notice WHERE kind = 'receipt'")[0].facts)["forecast_days"]
    usual, last = map(date.fromisoformat, told.split(".."))
    assert letter_day(last, language) in body

    desk.site.clock.at = desk.site.clock.at.replace(month=last.month, day=last.day)
    decide(desk.site, failing(take(desk.site).header.id))

    rows = desk.site.services("sup").reports.read(Period(last, last)).rows["forecast"]
    expected = {"until_first": int(usual == last), "until_last": 1, "inside": 1}
    assert {row.part: row.now and (row.now.n, row.now.whole) for row in rows} == {
        part: (count, 1) for part, count in expected.items()
    }
