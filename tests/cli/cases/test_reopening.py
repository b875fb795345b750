"""A supervisor opens a final case again; the next verdict's notice corrects the earlier one."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.prepared import prepared
from tests.sites import Site

OPENED = "2026-11-26 10:00"


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 10:00")


def show(services: ClockSite, case: str) -> Any:
    return services.terminal.document("a", "show", case)


@prepared
def passed(services: ClockSite, login: str = "a") -> str:
    case = services.received("2026-11-24 10:00")
    services.run(login, "next")
    services.run(login, "decide", case, "pass", "--reason", "OK")
    return case


@prepared
def failed(services: ClockSite) -> str:
    case = services.received("2026-11-24 10:00")
    services.run("a", "next")
    services.run("a", "decide", case, "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
    services.run("b", "check", case, "approve", "--note", "seen")
    return case


@prepared
def lapsed(services: ClockSite) -> str:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case)
    services.at("2026-12-02 10:00").run("audit", "tick")
    return case


def reopen(services: ClockSite, case: str, login: str = "sup") -> None:
    services.run(login, "reopen", case, "--reason", "a punishment list")


def letters(services: ClockSite, case: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each notice of a case that was not cancelled."""
    wanted = text("SELECT kind, body FROM notice WHERE case_id = :case AND cancelled_at IS NULL ORDER BY id")
    with services.site.services("admin").context.read() as session:
        rows = session.execute(wanted, {"case": int(case.split("-")[1])})
        return [(row.kind, row.body) for row in rows]


@pytest.mark.parametrize("final", [passed, failed, lapsed])
def test_a_reopened_case_is_queued_in_its_round_with_a_new_due_date_and_a_letter(
    services: ClockSite, final: Any
) -> None:
    case = final(services)
    before = show(services, case)
    decision = before["decisions"][-1]["decision"]
    reopen(services.at("2026-12-03 10:00"), case)

    found = show(services, case)
    assert (found["state"], found["trigger"], found["round"]) == ("queued", "reopened", before["round"])
    assert found["corrects"] == decision
    assert services.due(case) == "2026-12-08 18:00"
    assert "a new period begins" in services.clock(case)["steps"][0]["text"]
    assert [kind for kind, _body in letters(services, case)][-1] == "reopened"
    assert f"corrects that of {decision}" in services.terminal.as_person("a", "show", case).stdout
    assert [line["text"] for line in found["history"] if line["action"] == "comment"] == ["a punishment list"]


@pytest.mark.parametrize("verdict", ["fail", "pending"])
def test_the_next_notice_corrects_the_earlier_one_and_nothing_is_owed_then(services: ClockSite, verdict: str) -> None:
    case = failed(services)
    reopen(services.at(OPENED), case)
    services.run("c", "next")
    reason = {"fail": "ACT-PEAK-HOUR", "pending": "WAIT-CARRIER"}[verdict]
    services.run("c", "decide", case, verdict, "--reason", reason)

    kind, body = letters(services, case)[-1]
    assert kind == verdict
    assert "更正并取代我司2026年11月24日的审核结果通知（通知编号1，结论：不通过（不可整改）），请以本通知为准。" in body
    found = show(services, case)
    assert found["corrects"] is None
    assert [line["corrects"] for line in found["decisions"]] == [None, found["decisions"][0]["decision"]]

    services.run("c", "undo", case)
    assert show(services, case)["corrects"] == found["decisions"][0]["decision"]


def test_a_corrected_notice_stays_owed_until_the_check_and_again_after_its_undo(services: ClockSite) -> None:
    case = failed(services)
    reopen(services.at(OPENED), case)
    owed = show(services, case)["corrects"]
    services.run("c", "next")
    services.run("c", "decide", case, "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    assert show(services, case)["corrects"] == owed

    services.run("b", "check", case, "approve", "--note", "seen")
    assert show(services, case)["corrects"] is None
    assert "更正并取代" in letters(services, case)[-1][1]
    services.run("b", "undo", case)
    assert show(services, case)["corrects"] == owed


def test_a_reopening_is_not_undone_after_its_letter_was_released_or_somebody_took_the_case(services: ClockSite) -> None:
    first, second = passed(services), passed(services)
    services.at(OPENED)
    reopen(services, first)
    services.run("b", "next")
    refused(services.terminal.as_person("sup", "undo", first), 77)

    reopen(services, second)
    services.at("2026-11-26 10:01")
    assert "10:01:00" in refused(services.terminal.as_person("sup", "undo", second), 77)


def test_neither_reviewers_nor_who_made_or_checked_the_verdict_open_a_case_again(services: ClockSite) -> None:
    for person in ("maker", "checker"):
        services.run("admin", "reviewers", "add", person, "--role", "supervisor")
    case = services.received("2026-11-24 10:00")
    services.run("maker", "next")
    services.run("maker", "decide", case, "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    services.run("checker", "check", case, "approve", "--note", "seen")
    for login, words in (
        ("a", "needs one of these roles"),
        ("maker", "You made or checked"),
        ("checker", "You made or checked"),
    ):
        result = services.at(OPENED).terminal.as_person(login, "reopen", case, "--reason", "x")
        assert words in refused(result, 77)
        assert show(services, case)["state"] == "failed"


@pytest.mark.parametrize(("final", "kind"), [(passed, "pass"), (failed, "fail")])
def test_a_case_whose_notice_is_not_released_owes_no_correction_and_no_letter(
    services: ClockSite, final: Any, kind: str
) -> None:
    case = final(services)
    reopen(services.at("2026-11-24 10:00:30"), case)

    assert show(services, case)["corrects"] is None
    assert letters(services, case) == []
    refused(services.terminal.as_person("a", "undo", case), 77)
    services.run("sup", "undo", case)
    assert [each for each, _body in letters(services, case)] == [kind]


def test_a_correction_that_was_never_released_stays_owed(services: ClockSite) -> None:
    services.run("admin", "reviewers", "add", "boss", "--role", "supervisor")
    case = passed(services)
    reopen(services.at(OPENED), case)
    owed = show(services, case)["corrects"]
    services.run("b", "next")
    services.run("b", "decide", case, "fail", "--reason", "ACT-PEAK-HOUR")
    services.run("b", "undo", case)
    services.run("b", "decide", case, "pass", "--reason", "OK-OVERRIDE", "--note", "called")
    services.run("a", "check", case, "approve", "--note", "seen")
    services.run("boss", "reopen", case, "--reason", "no")

    assert show(services, case)["corrects"] == owed
    assert [kind for kind, _body in letters(services, case)] == ["pass", "reopened"]


def test_a_case_that_a_newer_one_replaced_stays_closed(services: ClockSite) -> None:
    first, second = passed(services), passed(services)
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET application_no = 'A', agent = ''"))

    message = refused(services.at(OPENED).terminal.as_person("sup", "reopen", first, "--reason", "x"), 77)
    assert second in message
    reopen(services, second)


def test_an_open_case_and_an_empty_reason_are_refused(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    for reason, code in (
        ("  ", 2),
        ("x", 77),
    ):
        refused(services.terminal.as_person("sup", "reopen", case, "--reason", reason), code)


def test_a_case_whose_hold_ran_out_is_called_queued(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("a", "next")
    refusal = services.at("2026-11-24 17:00").terminal.as_person("sup", "reopen", case, "--reason", "x")
    assert show(services, case)["state"] == "queued"
    assert f"{case} is queued; this action is not possible" in refused(refusal, 77)


def test_a_reopened_case_leaves_the_list_of_cases_to_open_again(services: ClockSite) -> None:
    case = passed(services)
    context = services.site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE \"case\" SET reopen_for = 'CR-PUNISHED'"))
    reopen(services.at(OPENED), case)
    assert services.terminal.document("sup", "queue", "--filter", "attention:reopen")["total"] == 0

    services.run("sup", "undo", case)
    assert services.terminal.document("sup", "queue", "--filter", "attention:reopen")["total"] == 1


def test_a_withdrawn_case_owes_no_corrected_notice(services: ClockSite) -> None:
    case = passed(services)
    reopen(services.at(OPENED), case)
    services.run("a", "withdraw", case, "--reason", "x")
    assert show(services, case)["corrects"] is None

    services.run("a", "undo", case)
    assert show(services, case)["corrects"] is not None
