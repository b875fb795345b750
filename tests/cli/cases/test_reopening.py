"""A supervisor opens a final case again; the next verdict's notice corrects the earlier one."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.prepared import prepared

OPENED = "2026-11-26 10:00"


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
