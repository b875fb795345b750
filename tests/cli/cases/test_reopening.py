"""A supervisor opens a final case again; the next verdict's letter corrects the earlier one."""

from typing import Any

from sqlalchemy import text

from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.prepared import prepared

OPENED = "2026-11-26 10:00"


def show(services: ClockSite, case: str) -> Any:
    return services.terminal.document("a", "show", case)


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


def test_a_reopened_case_is_queued_in_its_round_with_a_new_due_date_and_a_letter(services: ClockSite) -> None:
    case = lapsed(services)
    before = show(services, case)
    decision = before["decisions"][-1]["decision"]
    reopen(services.at("2026-12-03 10:00"), case)

    found = show(services, case)
    assert (found["state"], found["trigger"], found["round"]) == ("queued", "reopened", before["round"])
    assert found["corrects"] == decision
    assert services.due(case) == "2026-12-08 18:00"
    assert "a new period begins" in services.clock(case)["steps"][0]["text"]
    assert [kind for kind, _body in letters(services, case)][-1] == "reopened"
    assert f"corrects that of verdict {decision}" in services.terminal.as_person("a", "show", case).stdout
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


def test_a_case_whose_notice_is_not_released_owes_no_correction_and_no_letter(services: ClockSite) -> None:
    case = failed(services)
    reopen(services.at("2026-11-24 10:00:30"), case)

    assert show(services, case)["corrects"] is None
    assert letters(services, case) == []
    refused(services.terminal.as_person("a", "undo", case), 77)
    services.run("sup", "undo", case)
    assert [each for each, _body in letters(services, case)] == ["fail"]
