"""A letter says that a case takes longer only if the date is later than the one that the applicant was told last."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clock_site import ClockSite
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site


@pytest.fixture
def services(site: Site, tmp_path: Any) -> ClockSite:
    """A site with one case, whose applicant got a receipt with the due date Wednesday, 2 December 2026."""
    services = ClockSite(site).at("2026-11-25 10:00")
    _receive(Desk(site, tmp_path))
    assert services.due("C-000001") == "2026-12-02 18:00"
    return services


@prepared
def _receive(desk: Desk) -> None:
    desk.applications(application(service_class="complex", submitted_at="2026-11-25 09:30"))
    desk.documents(received_at="2026-11-25 09:45")


def letters(services: ClockSite) -> list[tuple[str, str]]:
    """Return the kind and the text of the letters after the receipt."""
    receipt, *others = services.terminal.document("a", "notices")["notices"]
    assert receipt["kind"] == "receipt"
    return [(one["kind"], one["body"]) for one in others]


def set_day(services: ClockSite, day: str, words: str) -> int:
    done = services.terminal.document("admin", "calendar", "set", day, words, "--reason", "backlog")
    return int(done["told"])


def test_a_date_that_moves_back_to_the_told_one_needs_no_letter(services: ClockSite) -> None:
    assert set_day(services, "2026-11-28", "work") == 0
    assert services.due("C-000001") == "2026-12-01 18:00"

    assert set_day(services, "2026-11-28", "published") == 0
    assert services.due("C-000001") == "2026-12-02 18:00"
    assert letters(services) == []
    services.run("sup", "class", "C-000001", "expedited", "--reason", "x")
    services.run("sup", "class", "C-000001", "complex", "--reason", "x")
    assert letters(services) == []
    services.run("sup", "class", "C-000001", "maximum", "--reason", "x")
    assert [kind for kind, _body in letters(services)] == ["delay"]


def test_a_date_before_the_one_on_file_but_after_the_told_one_needs_a_letter(services: ClockSite) -> None:
    services.run("a", "next")
    services.run("a", "decide", "C-000001", "pending", "--reason", "WAIT-APPLICANT")
    services.at("2026-11-27 10:00").run("a", "answer", "C-000001")
    assert services.due("C-000001") == "2026-12-04 18:00"

    assert set_day(services, "2026-11-28", "work") == 1
    assert services.due("C-000001") == "2026-12-03 18:00"
    _pending, (kind, body) = letters(services)
    assert kind == "delay"
    assert "将晚于此前告知的时间完成" in body


def test_a_letter_about_an_extension_to_a_sooner_date_does_not_say_that_it_takes_longer(services: ClockSite) -> None:
    set_day(services, "2026-11-28", "work")
    set_day(services, "2026-11-29", "work")
    assert services.due("C-000001") == "2026-11-30 18:00"

    services.run("sup", "extend", "C-000001", "--until", "2026-12-01", "--reason", "x")
    [(_kind, body)] = letters(services)
    assert "但仍不迟于此前告知的日期完成" in body


def fail(services: ClockSite, *items: str) -> None:
    services.run("a", "next")
    asked = [word for item in items for word in ("--item", item)]
    services.run(
        "a", "decide", "C-000001", "fail", "--reason", "DOC-UNSEALED", *asked, "--until", "2026-12-10", "--note", "x"
    )
    services.at("2026-11-30 10:00")


def reopened(services: ClockSite) -> None:
    services.run("a", "next")
    services.run("a", "decide", "C-000001", "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    services.run("b", "check", "C-000001", "approve", "--note", "seen")
    services.at("2026-11-30 10:00").run("sup", "reopen", "C-000001", "--reason", "x")


def waived(services: ClockSite) -> None:
    fail(services, "BIZ_LICENSE")
    services.run("sup", "waive", "C-000001", "1", "--reason", "x")


def lapse_undone(services: ClockSite) -> None:
    fail(services, "BIZ_LICENSE")
    services.at("2026-12-10 18:01").run("a", "tick")
    services.at("2026-12-11 10:00").run("a", "resubmit", "C-000001", "--received-at", "2026-12-10 10:00")


@pytest.mark.parametrize("act", [reopened, waived, lapse_undone])
def test_a_letter_about_another_act_tells_the_due_date_too(
    services: ClockSite, act: Callable[[ClockSite], None]
) -> None:
    act(services)
    told = services.due("C-000001")
    before = letters(services)
    services.run("sup", "class", "C-000001", "expedited", "--reason", "x")
    services.run("sup", "class", "C-000001", "complex", "--reason", "x")

    assert services.due("C-000001") == told
    assert letters(services) == before
    services.run("sup", "class", "C-000001", "maximum", "--reason", "x")
    assert [kind for kind, _body in letters(services)][-1] == "delay"
