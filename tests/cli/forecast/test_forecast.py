"""`workbench forecast`: for a case, for the queue, and as a sentence for the phone."""

from datetime import date

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from tests.services.forecast.lived_office import lived
from tests.sites import TUESDAY
from workbench.domain.forecast import pass_rates

pytestmark = pytest.mark.proof

RANGES = ("first_verdict", "passed")


@pytest.fixture
def number(terminal: Terminal) -> str:
    """The last of some queued cases of an office with history."""
    lived(terminal.site)
    return f"C-{terminal.site.plant(20)[-1]:06}"


def test_a_case_forecast_has_days_and_their_basis(terminal: Terminal, number: str) -> None:
    found = terminal.document("a", "forecast", number)

    assert found["case"] == number
    assert found["state"] == "queued"
    for name in RANGES:
        first, last = date.fromisoformat(found[name]["p50"]), date.fromisoformat(found[name]["p90"])
        assert TUESDAY.date() <= first <= last
    assert found["ahead"] >= 19
    assert found["reviewers"] == 3
    assert 20 < found["per_day"] < 45
    assert 0 < found["sent_back"] < 1
    assert found["assumed"] is False
    assert f"{found['ahead']} ahead of it, 3 reviewers decide about" in found["explanation"]
    assert terminal.document("sup", "forecast", "show", number) == found


def test_the_forecast_says_what_would_make_it_faster(terminal: Terminal) -> None:
    (case_id,) = terminal.site.plant(severity="block")

    found = terminal.document("a", "forecast", f"C-{case_id}")

    assert "BIZ_LICENSE" in found["missing_documents"]
    assert [each["rule"] for each in found["asked_about"]] == ["ACT-PEAK-HOUR"]
    shown = terminal.as_person("a", "forecast", f"C-{case_id}").stdout
    assert "Missing" in shown
    assert "business licence" in shown
    assert "73 calls" in shown


def test_the_sentence_for_the_phone_is_one_line_with_nothing_personal(terminal: Terminal, number: str) -> None:
    result = terminal.as_person("a", "forecast", number, "--say")

    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith(f"{number} has been received. The application is decided ")
    assert "虚构公司" not in result.stdout
    assert result.stdout.strip() == terminal.document("a", "forecast", number)["say"]


def test_more_reviewers_bring_the_forecast_forward(terminal: Terminal) -> None:
    lived(terminal.site)
    number = f"C-{terminal.site.plant(300)[-1]}"

    few, many = (terminal.document("sup", "forecast", number, "--reviewers", count) for count in ("1", "12"))

    assert (few["reviewers"], many["reviewers"]) == (1, 12)
    assert many["passed"]["p90"] < few["passed"]["p90"]


def test_the_queue_forecast_lists_all_cases(terminal: Terminal, number: str) -> None:
    found = terminal.document("sup", "forecast", "--reviewers", "2")

    assert (found["reviewers"], found["usual_reviewers"]) == (2, 3)
    assert 0 < found["clear_days"]["p50"] <= found["clear_days"]["p90"]
    assert date.fromisoformat(found["cleared"]["p50"]) <= date.fromisoformat(found["cleared"]["p90"])
    assert found["late"]["p50"] <= found["late"]["p90"] <= found["queued"]
    assert number in [each["case"] for each in found["cases"]]
    output = terminal.as_person("sup", "forecast", "--reviewers", "2").stdout
    assert f"{found['queued']} to decide; 2 reviewers decide about" in output


def test_the_forecast_says_that_there_is_too_little_history(terminal: Terminal) -> None:
    (case_id,) = terminal.site.plant()

    assert terminal.document("a", "forecast", f"C-{case_id}")["assumed"] is True
    assert "There is too little history" in terminal.as_person("a", "forecast").stdout
    assert "There is too little history" in terminal.as_person("a", "forecast", f"C-{case_id}").stdout


def test_an_empty_queue_is_cleared_in_zero_days(terminal: Terminal) -> None:
    found = terminal.document("a", "forecast")

    assert (found["queued"], found["cases"], found["clear_days"]) == (0, [], {"p50": 0.0, "p90": 0.0})
    assert "No case is waiting." in terminal.as_person("a", "forecast").stdout


def test_absent_reviewers_and_provisional_days_are_in_json_and_text(terminal: Terminal) -> None:
    (*_others, last) = terminal.site.plant(1_200)
    number = f"C-{last:06}"

    found = terminal.document("a", "forecast", number)
    assert (found["provisional"], found["back_on"], found["endless"], found["checked"]) == (True, None, False, None)
    assert "(provisional)" in terminal.as_person("a", "forecast", number).stdout
    assert "not published yet" in terminal.as_person("a", "forecast").stdout
    assert " (provisional); " in found["say"]

    for login in ("a", "b", "c", "admin"):
        terminal.site.services("admin").people.away(login, TUESDAY.date(), None)
    found, queue = terminal.document("a", "forecast", number), terminal.document("a", "forecast")
    for each in (found, queue):
        assert (each["reviewers"], each["per_day"], each["endless"], each["provisional"]) == (0, 0, True, False)
    assert "there is no expected date" in found["say"]
    output = terminal.as_person("a", "forecast").stdout
    assert "1200 to decide; all reviewers are away, and no return is planned." in output.replace(",", "", 1)
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


def test_the_forecast_is_available_in_chinese(terminal: Terminal, number: str) -> None:
    with speaking("en"):
        sentence = terminal.as_person("a", "forecast", number, "--say", "--lang", "zh").stdout

    assert "月" in sentence
    assert "作出审核结论" in sentence
    assert "如审核无异议，预计" in sentence
    assert number in sentence


def test_a_case_without_block_findings_passes_by_a_day_if_nothing_is_found_against_it(
    terminal: Terminal, number: str
) -> None:
    found = terminal.document("a", "forecast", number)

    assert found["passed_needs"] == []
    assert found["decided"] == found["first_verdict"]
    assert "in nine of ten cases by " in found["say"]
    assert "; if nothing is found against it, it passes " in found["say"]
    assert ", if nothing is found against it" in terminal.as_person("a", "forecast", number).stdout


def test_while_a_block_finding_stands_no_day_of_a_pass_is_said(terminal: Terminal) -> None:
    lived(terminal.site)
    (case_id,) = terminal.site.plant(severity="block")
    number = f"C-{case_id:06}"

    found = terminal.document("a", "forecast", number)

    assert (found["passed"], found["passed_needs"]) == (None, ["findings"])
    assert found["first_verdict"]["p50"] <= found["first_verdict"]["p90"]
    assert found["say"].endswith("; it can pass only once the open points are cleared up.")
    assert "nothing is found" not in found["say"]
    # No case of the history had a block finding.
    assert found["pass_at_first"] is None
    output = terminal.as_person("a", "forecast", number).stdout
    assert "it can pass only once the open points are cleared up" in output
    assert "at the first decision" not in output


def test_the_rate_counts_first_decisions_of_cases_with_the_same_block_findings(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pass_rates, "FEWEST_SAME", 3)
    terminal.site.plant(3, severity="block")
    terminal.site.plant(severity="block", rule="ACT-ANSWER-RATE")
    for _case in range(4):
        case = terminal.document("a", "next")["case"]
        terminal.document("a", "decide", case, "pending", "--reason", "WAIT-CARRIER")
    terminal.site.clock.advance(days=1)
    (same,) = terminal.site.plant(severity="block")
    (other,) = terminal.site.plant(severity="block", rule="ACT-ANSWER-RATE")

    found = [terminal.document("a", "forecast", f"C-{case_id}") for case_id in (same, other)]

    rates = [each["pass_at_first"] for each in found]
    assert [(rate["cases"], rate["findings"], rate["same_findings"]) for rate in rates] == [
        (3, "block", True),
        (4, "block", False),
    ]
    assert all(rate["share"] == rate["low"] == 0 < rate["high"] < 1 for rate in rates)
    assert not any("%" in each["say"] for each in found)
    output = terminal.as_person("a", "forecast", f"C-{same}").stdout
    assert "of 3 decided cases with the same block findings passed at the first decision." in " ".join(output.split())
    assert terminal.document("a", "forecast", "C-1")["pass_at_first"] is None


def test_the_sentence_is_the_same_for_each_verdict_that_awaits_its_check(terminal: Terminal) -> None:
    said, needs = set(), []
    for verdict in ("fail", "pass"):
        terminal.site.plant(severity="block" if verdict == "pass" else "")
        case = terminal.document("a", "next")["case"]
        reason = {"fail": ("--final", "--reason", "USE-TRADE"), "pass": ("--reason", "OK-OVERRIDE")}[verdict]
        assert terminal.document("a", "decide", case, verdict, *reason, "--note", "sure")["state"] == "awaiting_check"
        found = terminal.document("b", "forecast", case)
        said.add(found["say"].replace(case, "C"))
        needs.append(found["passed_needs"])
        assert found["passed"] is None
        assert found["decided"] == found["checked"] == found["first_verdict"]

    assert needs == [["check"], ["findings"]]
    assert len(said) == 1
    assert "pass" not in "".join(said)


def test_while_items_are_open_the_sentence_says_that_they_come_first(terminal: Terminal) -> None:
    terminal.site.plant(2)
    for case, verdict, missing in (
        ("C-1", ("fail", "--reason", "DOC-MISSING", "--item", "AUTH_LETTER"), "what we asked you for: 授权委托书"),
        ("C-2", ("pending", "--reason", "WAIT-APPLICANT"), "what we asked you for: 说明或我司要求的材料"),
    ):
        terminal.document("a", "next")
        terminal.document("a", "decide", case, *verdict)

        found = terminal.document("a", "forecast", case)

        assert (found["passed"], found["passed_needs"]) == (None, ["items"])
        assert date.fromisoformat(found["decided"]["p50"]) >= TUESDAY.date()
        assert found["say"].startswith(f"C-{case[2:]:0>6} is waiting for {missing}. ")
        assert "; it can pass only once the items we asked for are in. These days are assumed" in found["say"]
