"""A resubmission by import and by command: who gets it back, what changed, and the judgement of its items."""

from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.resubmissions import CARD, start_failed, write_new_document
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from workbench.services.intake.batches.applying import apply_batch
from workbench.services.intake.importing import import_run


def show(services: ClockSite, case: str = "C-1", login: str = "a") -> Any:
    return services.terminal.document(login, "show", case)


def changes(services: ClockSite) -> dict[tuple[str, ...], tuple[Any, Any]]:
    found = show(services)["changes"]
    return {(each["part"], each["subject"] or "", each["field"]): (each["old"], each["new"]) for each in found}


def resubmit(services: ClockSite, at: str, path: Path, login: str = "b") -> str:
    report = services.at(at).terminal.as_person(login, "resubmit", "C-1", str(path))
    assert report.exit_code == 0, report.output
    return report.stderr


def test_the_name_of_a_person_stays_masked_after_the_applicant_became_a_company(
    services: ClockSite, desk: Desk
) -> None:
    desk.applications(application(**PERSON))
    desk.documents(kinds=INDIVIDUAL_DOCUMENTS)
    services.run("a", "next")
    services.run("a", "decide", "C-1", "fail", "--reason", "USE-STATEMENT", "--item", "USE-STATEMENT")
    services.at("2026-11-25 10:00")
    desk.applications(application())

    assert changes(services)["application", "", "applicant_name"] == ("测••", "虚构甲号信息服务有限公司")
    assert "测试人" not in services.terminal.as_person("a", "show", "C-1").stdout


def test_a_case_that_is_withdrawn_before_it_takes_its_file_in_is_not_told_to_be_queued(
    services: ClockSite, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_failed(services)

    def meanwhile(*arguments: Any) -> Any:
        services.site.services("a").remarks.withdraw(1, "by phone")
        return apply_batch(*arguments)

    monkeypatch.setattr(import_run, "apply_batch", meanwhile)
    told = resubmit(services, "2026-11-26 10:00", write_new_document(desk, "2"))

    assert "1 row created" in told
    assert "C-000001 is not back in the queue; its state is: withdrawn." in told
    assert show(services)["state"] == "withdrawn"


def test_rows_of_other_applications_and_other_kinds_are_refused_and_nothing_is_written(
    services: ClockSite, desk: Desk
) -> None:
    start_failed(services)
    both = desk.write([{**CARD, "msisdn": "13800138077"}, {**CARD, "application_no": "A-2", "msisdn": "13800138078"}])
    report = services.at("2026-11-25 10:00").terminal.as_person("b", "resubmit", "C-1", str(both))
    assert report.exit_code == 65
    assert "line 3" in report.stdout
    assert "another application than A-1" in report.stdout

    credit = desk.write([{"subject_no": "91110000600037341L", "list": "court", "match": "none"}])
    report = services.terminal.as_person("b", "resubmit", "C-1", str(credit))
    assert report.exit_code == 65
    assert "neither those of applications" in report.stderr
    with Workbook(desk.folder / "book.xlsx") as book:
        for kind, rows in {
            "documents": [["application_no", "kind", "sha256"]],
            "optouts": [["callee", "since"]],
        }.items():
            sheet = book.add_worksheet(kind)
            sheet.write_row(0, 0, rows[0])
            sheet.write_row(1, 0, ["A-1"])
    report = services.terminal.as_person("b", "resubmit", "C-1", str(desk.folder / "book.xlsx"))
    assert report.exit_code == 65
    assert "an admin imports optouts" in report.stdout
    found = show(services)
    assert (found["state"], found["round"], len(found["cards"])) == ("rectifying", 1, 1)


def test_a_resubmission_without_news_opens_a_round_until_the_deadline_only(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    same = desk.write([{**CARD, "brand": ""}])
    late = services.at("2026-12-20 10:00").terminal.as_person("b", "resubmit", "C-1", str(same))
    assert "deadline" in refused(late, 77)
    assert services.terminal.document("admin", "imports")["batches"][0]["rows"] != 1

    resubmit(services, "2026-11-25 10:00", same)
    assert (show(services)["round"], show(services)["changes"]) == (2, [])
    assert "Nothing changed since round 1." in services.terminal.as_person("a", "show", "C-1").stdout


def test_only_the_maker_is_offered_the_case_and_explain_says_why(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    by_word = services.at("2026-11-25 10:00").terminal.as_person("b", "resubmit", "C-1").stderr
    assert "C-000001 is back in the queue, in its next round.\nNot received: " in by_word
    told = services.terminal.as_person("b", "explain", "C-1").stdout
    assert "Assigned to a, who decided round 1; offered to nobody else." in told
    refused(services.terminal.as_person("b", "next"), 69)

    services.run("admin", "reviewers", "away", "a", "--from", "2026-11-25")
    assert (
        "Assigned to a, who is away; offered to everybody." in services.terminal.as_person("b", "explain", "C-1").stdout
    )
    services.run("b", "next")


def test_a_resubmission_by_file_is_undone_within_the_minute_and_its_evidence_stays(
    services: ClockSite, desk: Desk
) -> None:
    start_failed(services)
    before = show(services)
    resubmit(services, "2026-11-25 10:00", desk.write([application(uscc="91110000600037341L")]))
    assert (show(services)["state"], show(services)["round"]) == ("queued", 2)
    assert "Another person" in refused(services.terminal.as_person("a", "undo", "C-1"), 77)

    services.at("2026-11-25 10:00:30").run("b", "undo", "C-1")
    found = show(services)
    for name in ("state", "round", "assignee", "changes", "due_at"):
        assert found[name] == before[name], name
    assert found["identity"]["uscc"] == "91110000600037341L"
    assert "released" in refused(services.terminal.as_person("a", "undo", "C-1"), 77)

    refused(services.terminal.as_person("b", "resubmit", "C-1", "--item", "4"), 66)
    services.run("b", "resubmit", "C-1", "--item", "2")
    assert (show(services)["state"], show(services)["round"]) == ("queued", 2)
    assert [item["is_satisfied"] for item in show(services)["items"]] == [True, True, False]
    assert "91110000600037341L" in {new for _old, new in changes(services).values() if isinstance(new, str)}


def test_a_resubmission_by_file_with_all_that_was_asked_for_is_not_undone(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    for item in ("2", "3"):
        services.run("sup", "waive", "C-1", item, "--reason", "x")
    resubmit(services, "2026-11-25 10:00", write_new_document(desk, "2"))
    assert show(services)["round"] == 2

    told = refused(services.terminal.as_person("b", "undo", "C-1"), 77)
    assert told == (
        "B-000004 brought C-000001 back to the queue with all that it waited for, and evidence stays, so this cannot be"
        " undone. If something is missing or wrong, ask for it with a new verdict."
    )


def test_items_are_judged_by_who_holds_the_case_and_judged_again(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    services.at("2026-11-25 10:00").run("b", "resubmit", "C-1")
    refused(services.terminal.as_person("a", "judge", "C-1", "1", "fixed"), 77)
    services.run("a", "next")
    refused(services.terminal.as_person("b", "judge", "C-1", "1", "fixed"), 75)
    refused(services.terminal.as_person("audit", "judge", "C-1", "1", "fixed"), 77)
    assert "1 ID-USCC, 2 DOC-UNSEALED" in refused(services.terminal.as_person("a", "judge", "C-1", "9", "fixed"), 66)

    services.run("a", "judge", "C-1", "1", "not-fixed")
    services.run("a", "judge", "C-1", "id-uscc", "fixed")
    services.run("a", "judge", "C-1", "2", "partly")
    found = show(services, login="audit")
    assert [(each["number"], each["judged"], each["judged_by"]) for each in found["items"]] == [
        (1, "fixed", "a"),
        (2, "partly", "a"),
        (3, None, None),
    ]
    assert [(each["action"], each["text"]) for each in found["history"][:3]] == [
        ("judge", "DOC-UNSEALED partly"),
        ("judge", "ID-USCC fixed"),
        ("judge", "ID-USCC not_fixed"),
    ]
    assert "partly fixed (a)" in services.terminal.as_person("audit", "show", "C-1").stdout
