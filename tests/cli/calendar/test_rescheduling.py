"""The commands extend, class and priority."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from workbench.domain.clock.typed import tense
from workbench.services.case.assessment import reassess
from workbench.services.foundation.case_access import visible_case
from workbench.settings import user_settings


def newest_notice(services: ClockSite) -> dict[str, Any]:
    found: dict[str, Any] = services.terminal.document("a", "notices")["notices"][-1]
    return found


def test_extending_a_due_date_takes_a_reason_and_notifies_the_applicant(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("sup", "extend", case, "--until", "2026-12-02", "--reason", "等待运营商核实\ue003\ue004")

    found = services.clock(case)
    assert found["due_at"] == "2026-12-02T18:00:00+08:00"
    [step] = [step for step in found["steps"] if step["what"] == "extended"]
    assert step["working_s"] == 3 * 8 * 3600
    assert (newest_notice(services)["kind"], newest_notice(services)["case"]) == ("delay", case)
    assert "等待运营商核实" in newest_notice(services)["body"]
    assert "2026年12月2日（周三）" in newest_notice(services)["body"]


def test_a_date_typed_as_people_say_it_is_named_in_full(services: ClockSite) -> None:
    for language, typed in (
        ("en", "+6"),
        ("zh", "12月2号"),
    ):
        case = services.received("2026-11-24 10:00")
        words = ("--lang", language, "extend", case, "--until", typed, "--reason", "x")

        said = {"en": "--until: Wed 2 Dec, in 6 working days", "zh": "--until：12月2日 周三，6个工作日后"}[language]
        assert said in services.terminal.as_person("sup", *words).stderr
        assert services.due(case) == "2026-12-02 18:00"


def test_the_settings_say_how_a_date_in_numbers_is_meant(
    services: ClockSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for order, due in (
        ("month_first", "2026-12-03"),
        ("", ""),
    ):
        case = services.received("2026-11-24 10:00")
        file = tmp_path / "settings.toml"
        file.write_text(f'date_order = "{order}"\n' if order else "", encoding="utf-8")
        monkeypatch.setattr(user_settings, "settings_file", lambda: tmp_path / "settings.toml")
        monkeypatch.setattr(tense, "_date_order", None)

        done = services.terminal.as_person("sup", "extend", case, "--until", "12/3", "--reason", "x")

        if due:
            assert services.due(case).startswith(due)
        else:
            assert done.exit_code == 2


def test_an_extended_day_is_kept_despite_suspensions_unless_it_is_suspended(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("sup", "calendar", "suspend", "2026-12-10", "2026-12-11", "--reason", "x")
    services.run("sup", "extend", case, "--until", "2026-12-14", "--reason", "x")
    assert services.due(case) == "2026-12-14 18:00"
    assert "新的办结时限：2026年12月14日（周一）" in newest_notice(services)["body"]

    other = services.received("2026-11-24 10:00")
    services.run("sup", "extend", other, "--until", "2026-12-10", "--reason", "x")
    assert services.due(other) == "2026-12-14 18:00"


def test_a_due_date_is_extended_to_a_working_day_and_by_a_year_at_most(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("sup", "extend", case, "--until", "2026-11-28", "--reason", "x")
    assert services.due(case) == "2026-11-30 18:00"
    services.run("sup", "extend", case, "--until", "2027-11-25", "--reason", "字" * 500)

    assert services.due(case) == "2027-11-25 18:00"


def test_a_due_date_is_not_extended_to_a_day_that_is_past(services: ClockSite) -> None:
    case = services.received("2026-11-16 10:00")
    assert services.due(case) == "2026-11-19 18:00"

    result = services.terminal.as_person("sup", "extend", case, "--until", "2026-11-20", "--reason", "x")
    assert "must be in the future" in refused(result, 2)
    assert services.due(case) == "2026-11-19 18:00"
    assert services.terminal.document("a", "notices")["notices"] == []


def test_the_clock_names_the_rectification_deadline(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    assert services.clock(case)["mend_by"] is None
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    services.run("sup", "extend", case, "--until", "2026-12-03", "--reason", "x")

    assert services.clock(case)["mend_by"] == "2026-12-03T18:00:00+08:00"
    [listed] = services.terminal.document("a", "queue", "--filter", "state:rectifying")["cases"]
    assert (listed["paused"], listed["suspended"]) == (True, False)
    assert "with applicant" in services.terminal.as_person("a", "queue", "--filter", "state:rectifying").stdout
    output = services.terminal.as_person("a", "clock", case).stdout
    assert output.splitlines()[-1].startswith("The applicant has until Thu 3 Dec 18:00 to rectify;")
    services.at("2026-12-03 17:00").run("a", "resubmit", case)
    assert services.clock(case)["mend_by"] is None


def test_changes_that_are_not_allowed_are_refused(services: ClockSite) -> None:
    services.received("2026-11-24 10:00")
    for words, code, message in (
        (("extend", "C-1", "--until", "2026-11-27", "--reason", "x"), 2, "later day"),
        (("extend", "C-1", "--until", "2026-12-27", "--reason", " "), 2, "--reason"),
        (
            ("extend", "C-1", "--until", "2027-11-26", "--reason", "x"),
            2,
            "more than 366 days ahead; give a day until 2027-11-25",
        ),
        (("extend", "C-1", "--until", "2999-01-01", "--reason", "x"), 2, "is not a date"),
        (("extend", "C-1", "--until", "03/12/2026", "--reason", "x"), 2, "2026-12-03 or 2026-03-12"),
        (("extend", "C-1", "--until", "2026-12-27", "--reason", "x" * 501), 2, "at most 500 characters"),
        (("class", "C-1", "complex", "--reason", "x" * 501), 2, "at most 500 characters"),
        (("priority", "C-1", "high", "--reason", "x" * 501), 2, "at most 500 characters"),
        (("extend", "C-9", "--until", "2026-12-27", "--reason", "x"), 66, "C-000009"),
        (("class", "C-1", "standard", "--reason", "x"), 2, "has that already"),
        (("class", "C-1", "quick", "--reason", "x"), 2, "expedited"),
        (("priority", "C-1", "normal", "--reason", "x"), 2, "has that already"),
    ):
        assert message in refused(services.terminal.as_person("sup", *words), code)


def test_evidence_does_not_override_a_supervisors_choice(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("sup", "class", case, "extended", "--reason", "x")
    services.run("sup", "priority", case, "low", "--reason", "x")
    context = services.site.services("a").context
    with context.write() as session:
        reassess(session, context, visible_case(session, 1))

    shown = services.terminal.document("a", "show", case)
    assert (shown["service_class"], shown["priority"]) == ("extended", "low")
    assert services.due(case) == "2026-12-08 18:00"
