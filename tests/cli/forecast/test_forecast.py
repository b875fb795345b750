"""`workbench forecast`: for a case, for the queue, and as a sentence for the phone."""

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.services.forecast.lived_office import lived

pytestmark = pytest.mark.proof


@pytest.fixture
def number(terminal: Terminal) -> str:
    """The last of some queued cases of an office with history."""
    lived(terminal.site)
    return f"C-{terminal.site.plant(20)[-1]:06}"


def test_the_forecast_of_an_office_without_history_says_so_and_what_would_make_it_faster(terminal: Terminal) -> None:
    empty = terminal.document("a", "forecast")
    assert (empty["queued"], empty["cases"], empty["clear_days"]) == (0, [], {"p50": 0.0, "p90": 0.0})
    assert "No case is waiting." in terminal.as_person("a", "forecast").stdout
    (case_id,) = terminal.site.plant(severity="block")

    found = terminal.document("a", "forecast", f"C-{case_id}")
    assert found["assumed"] is True
    assert "There is too little history" in terminal.as_person("a", "forecast").stdout

    assert "BIZ_LICENSE" in found["missing_documents"]
    assert [each["rule"] for each in found["asked_about"]] == ["ACT-PEAK-HOUR"]
    shown = terminal.as_person("a", "forecast", f"C-{case_id}").stdout
    assert "Missing" in shown
    assert "business licence" in shown
    assert "73 calls" in shown
    assert "There is too little history" in shown
    terminal.site.services("a").inquiries.inquire(case_id, "fraud", "Is the number known?")
    assert terminal.document("a", "forecast")["departments"] == [
        {
            "department": "fraud",
            "name": "Anti-fraud and risk control",
            "answered": 0,
            "p50_days": None,
            "p90_days": None,
            "open": 1,
            "overdue": 0,
        }
    ]


def test_the_sentence_for_the_phone_is_one_line_with_nothing_personal(terminal: Terminal, number: str) -> None:
    result = terminal.as_person("a", "forecast", number, "--say")

    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith(f"{number} has been received. The application is decided ")
    assert "虚构公司" not in result.stdout
    assert result.stdout.strip() == terminal.document("a", "forecast", number)["say"]


def test_absent_reviewers_and_provisional_days_are_in_json_and_text(terminal: Terminal) -> None:
    terminal.site.clock.advance(days=36)
    (*_others, last) = terminal.site.plant(60)
    number = f"C-{last:06}"

    found = terminal.document("a", "forecast", number)
    assert (found["provisional"], found["back_on"], found["endless"], found["checked"]) == (True, None, False, None)
    assert "(provisional)" in terminal.as_person("a", "forecast", number).stdout
    assert "not published yet" in terminal.as_person("a", "forecast").stdout
    assert " (provisional); " in found["say"]

    for login in ("a", "b", "c", "admin"):
        terminal.site.services("admin").absences.away(login, terminal.site.clock.at.date(), None)
    found, queue = terminal.document("a", "forecast", number), terminal.document("a", "forecast")
    for each in (found, queue):
        assert (each["reviewers"], each["per_day"], each["endless"], each["provisional"]) == (0, 0, True, False)
    assert "there is no expected date" in found["say"]
    output = terminal.as_person("a", "forecast").stdout
    assert "60 to decide; all reviewers are away, and no return is planned." in output
    assert "no date available" in terminal.as_person("a", "forecast", number).stdout


def test_invalid_forecast_requests_are_refused_in_a_sentence(terminal: Terminal) -> None:
    (case_id,) = terminal.site.plant()

    refused(terminal.as_person("a", "forecast", "C-99999", "--json"), 66)
    refused(terminal.as_person("a", "forecast", "--say"), 2)
    refused(terminal.as_person("a", "forecast", f"C-{case_id}", "--reviewers", "0"), 2)
    refused(terminal.as_person("audit", "forecast", f"C-{case_id}", "--json"), 77)
    message = refused(terminal.as_person("a", "forecast", f"C-{case_id}", "--reviewers", "20", "--say"), 2)
    assert "cannot be used together" in message
    terminal.as_person("a", "withdraw", f"C-{case_id}", "--reason", "gone")
    assert "withdrawn" in refused(terminal.as_person("a", "forecast", f"C-{case_id}"), 77)


def test_a_case_without_block_findings_passes_by_a_day_if_nothing_is_found_against_it(
    terminal: Terminal, number: str
) -> None:
    found = terminal.document("a", "forecast", number)

    assert found["passed_needs"] == []
    assert found["decided"] == found["first_verdict"]
    assert "in nine of ten cases by " in found["say"]
    assert "; if nothing is found against it, it passes " in found["say"]
    assert ", if nothing is found against it" in terminal.as_person("a", "forecast", number).stdout
