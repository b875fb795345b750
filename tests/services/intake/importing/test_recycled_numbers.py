"""Evidence of a number before and after its holder, and records that would move a window of calls."""

from collections.abc import Sequence
from datetime import date

import pytest

from db.enums import ImportKind
from tests.services.intake.importing.files import Cells, Desk, application
from workbench.domain.case.casefile import CaseFile
from workbench.services.intake.importing.plan import ImportRefused

pytestmark = pytest.mark.proof

NUMBER, OTHER = "13800138000", "13900139000"


def calls(count: int, day: str, *, caller: str = NUMBER, direction: str = "out", hour: int = 10) -> list[Cells]:
    """Return calls within one hour of a day."""
    sides = [(caller, f"0211234{place:04}") for place in range(count)]
    return [
        {
            "caller": number if direction == "out" else other,
            "callee": other if direction == "out" else number,
            "start_at": f"{day} {hour}:{place // 2:02}:{place % 2 * 30:02}",
            "duration_s": "40",
            "direction": direction,
        }
        for place, (number, other) in enumerate(sides)
    ]


def card(number: str, activated_on: str = "", service_ended_on: str = "", *, msisdn: str = NUMBER) -> Cells:
    return {
        "application_no": number,
        "msisdn": msisdn,
        "activated_on": activated_on,
        "service_ended_on": service_ended_on,
        "actual_user_name": "丁某某",
    }


def shown(desk: Desk, number: str = "A-1") -> CaseFile:
    return desk.site.services("sup").casefiles.show(desk.case(number).id or 0)


def counted(desk: Desk, number: str = "A-1") -> tuple[object, object]:
    """Return the calls that are charged to an applicant, and those that are only shown."""
    facts = shown(desk, number).facts.case
    return facts["calls"], facts["calls_outside_service"]


def test_a_call_more_than_a_day_after_the_import_is_an_error_of_its_row(desk: Desk) -> None:
    desk.applications(application())
    moments = ("2026-11-25 10:00:00", "2026-11-25 10:00:01", "2099-01-01 10:00")
    late = [{**calls(1, "2026-11-24")[0], "start_at": moment} for moment in moments]
    rejects = desk.folder / "rejects.csv"
    report = desk.run(ImportKind.CALLS, [*calls(80, "2026-10-26"), *late], rejects=rejects)
    assert [(problem.line, problem.column) for problem in report.errors] == [(83, "start_at"), (84, "start_at")]
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 3
    assert desk.findings()["ACT-PEAK-HOUR"] == ("block", "80")
    assert shown(desk).evidence.all_calls.window_to == date(2026, 10, 26)


CREDIT: Cells = {"subject_no": "91110000600037341L", "list": "court"}
PAST = (
    (ImportKind.APPLICATIONS, application(), "submitted_at"),
    (ImportKind.APPLICATIONS, application(), "received_at"),
    (ImportKind.COMPLAINTS, {"msisdn": NUMBER}, "received_at"),
    (ImportKind.CREDIT, CREDIT, "checked_on"),
    (ImportKind.CREDIT, CREDIT, "listed_on"),
    (ImportKind.DOCUMENTS, {"application_no": "A-1", "kind": "BIZ_LICENSE", "sha256": "0" * 64}, "received_at"),
)


def test_a_past_event_in_the_future_is_an_error_of_its_row(desk: Desk) -> None:
    for kind, row, column in PAST:
        with pytest.raises(ImportRefused, match=r"2026-11-26.*future") as refused:
            desk.run(kind, [{**row, column: "2026-11-26"}])
        assert [(problem.line, problem.column) for problem in refused.value.report.errors] == [(2, column)]
        if kind is not ImportKind.DOCUMENTS:
            assert desk.run(kind, [{**row, column: "2026-11-25"}]).rejected == 0, column


def two_holders(desk: Desk, *, first: Sequence[str], second: Sequence[str]) -> None:
    """Import two applicants who held one number one after the other."""
    another = application("A-2", uscc="914403001922038216", applicant_name="虚构乙号信息服务有限公司")
    desk.applications(application(), another)
    desk.run(ImportKind.CARDS, [card("A-1", *first), card("A-2", *second)])


@pytest.mark.parametrize("order", [("cards", "calls", "complaints"), ("complaints", "calls", "cards")])
def test_a_number_charges_each_of_two_holders_with_his_own_days(desk: Desk, order: tuple[str, ...]) -> None:
    for part in order:
        if part == "cards":
            two_holders(desk, first=("2026-01-10", "2026-10-31"), second=("2026-11-05",))
        elif part == "calls":
            desk.run(ImportKind.CALLS, [*calls(70, "2026-10-20"), *calls(3, "2026-11-02"), *calls(5, "2026-11-20")])
        else:
            rows = [{"msisdn": NUMBER, "received_at": f"2026-{on}", "verified": "yes"} for on in ("10-30", "11-21")]
            desk.run(ImportKind.COMPLAINTS, rows)
    assert desk.findings("A-1")["ACT-PEAK-HOUR"] == ("block", "70")
    assert "ACT-PEAK-HOUR" not in desk.findings("A-2")
    assert counted(desk, "A-1") == (70, 8)
    assert counted(desk, "A-2") == (5, 3)
    assert [count for _day, count in shown(desk, "A-1").days] == [70]
    assert [count for _day, count in shown(desk, "A-2").days] == [5]
    assert sum(map(sum, shown(desk, "A-2").hours)) == 5
    for number in ("A-1", "A-2"):
        facts = shown(desk, number).facts
        assert sorted(facts.complaints) == ["counted", "outside_service"]
        assert (facts.case["complaints"], facts.case["complaints_outside_service"]) == (1, 1)


def test_a_holder_without_calls_of_his_own_has_none(desk: Desk) -> None:
    desk.applications(application())
    desk.run(ImportKind.CALLS, calls(80, "2026-11-10"))
    assert desk.findings()["ACT-PEAK-HOUR"][0] == "block"
    desk.run(ImportKind.CARDS, [card("A-1", "2026-11-11")])
    assert {"ACT-PEAK-HOUR", "ACT-NO-DATA"} & desk.findings().keys() == {"ACT-NO-DATA"}
    assert counted(desk) == (0, 80)
    assert (shown(desk).days, shown(desk).evidence.all_calls.window_to) == ((), None)
    desk.run(ImportKind.CARDS, [card("A-1")])
    assert counted(desk) == (80, 0)
    desk.run(ImportKind.CALLS, calls(2, "2026-11-12"))
    desk.run(ImportKind.CARDS, [{**card("A-1", "2026-11-11"), "brand": "虚构品牌"}])
    assert counted(desk) == (2, 80)


def test_over_all_cards_only_calls_in_service_count(desk: Desk) -> None:
    desk.applications(application(msisdns=f"{NUMBER};{OTHER}"))
    desk.run(ImportKind.CARDS, [card("A-1", "2026-11-15"), card("A-1", msisdn=OTHER)])
    desk.run(
        ImportKind.CALLS, [*calls(9, "2026-11-14"), *calls(2, "2026-11-20"), *calls(3, "2026-11-21", caller=OTHER)]
    )
    assert counted(desk) == (5, 9)
    assert shown(desk).facts.case["distinct_callees"] == 3
    assert [facts["calls_outside_service"] for _number, facts in shown(desk).facts.cards] == [9, 0]
    desk.run(ImportKind.CARDS, [card("A-1", "2026-11-21")])
    assert counted(desk) == (3, 11)


def test_figures_of_a_holder_follow_opt_outs(desk: Desk) -> None:
    two_holders(desk, first=("", "2026-11-10"), second=("2026-11-11",))
    desk.run(ImportKind.CALLS, [*calls(1, "2026-11-10"), *calls(1, "2026-11-20")])
    desk.run(ImportKind.OPTOUTS, [{"callee": "02112340000", "since": "2026-11-15"}])
    assert "ACT-OPT-OUT" not in desk.findings("A-1")
    assert desk.findings("A-2")["ACT-OPT-OUT"] == ("block", "1")
