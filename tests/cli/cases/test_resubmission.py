"""A resubmission by import and by command: who gets it back, what changed, and the judgement of its items."""

from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from db.enums import DocumentKind, Role
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.resubmissions import CARD, fail_rectifiably, start_failed, write_new_document
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Cells, Desk, application
from tests.sites import Site
from workbench.services.intake.batches.applying import apply_batch
from workbench.services.intake.importing import import_run


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    return Desk(site, tmp_path)


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 10:00")


def show(services: ClockSite, case: str = "C-1", login: str = "a") -> Any:
    return services.terminal.document(login, "show", case)


def changes(services: ClockSite) -> dict[tuple[str, ...], tuple[Any, Any]]:
    found = show(services)["changes"]
    return {(each["part"], each["subject"] or "", each["field"]): (each["old"], each["new"]) for each in found}


def resubmit(services: ClockSite, at: str, path: Path, login: str = "b") -> str:
    report = services.at(at).terminal.as_person(login, "resubmit", "C-1", str(path))
    assert report.exit_code == 0, report.output
    return report.stderr


def test_an_import_of_the_application_opens_the_next_round_at_its_maker_with_its_changes(
    services: ClockSite, desk: Desk
) -> None:
    start_failed(services)
    due = services.due("C-1")
    services.at("2026-11-25 10:00")
    desk.applications(application(uscc="91110000600037341L", handler_name="丙某某", contact_phone="13800138009"))

    found = show(services)
    assert (found["state"], found["round"], found["assignee"]) == ("queued", 2, "a")
    assert found["received_at"].startswith("2026-11-25T10:00")
    assert services.due("C-1") >= due
    seen = changes(services)
    assert seen["application", "", "uscc"] == ("91110000600037341X", "91110000600037341L")
    assert seen["application", "", "handler_name"] == ("乙••", "丙••")
    assert seen["application", "", "contact_phone"] == ("138••••••00", "138••••••09")
    gone, nothing = seen["findings", "ID-USCC", "finding"]
    assert (gone["rule"], gone["severity"], nothing) == ("ID-USCC", "block", None)
    unchanged = {(each["part"], each["subject"], each["field"]): each["codes"] for each in found["unchanged"]}
    assert unchanged["documents", "BIZ_LICENSE", "files"] == ["ID-USCC", "DOC-UNSEALED"]
    assert unchanged["application", None, "stated_use"] == ["USE-STATEMENT"]
    assert unchanged["application", None, "industry"] == []


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


def test_a_resubmission_by_word_names_the_items_that_did_not_come(services: ClockSite) -> None:
    start_failed(services)
    told = services.at("2026-11-25 10:00").terminal.as_person("b", "resubmit", "C-1").stderr
    assert "C-000001 is back in the queue, in its next round.\nNot received: " in told


def test_a_file_of_one_case_is_imported_by_a_reviewer_and_counts_from_its_receipt(
    services: ClockSite, desk: Desk
) -> None:
    start_failed(services)
    told = resubmit(services, "2026-11-26 10:00", write_new_document(desk, "2"))

    assert "1 row created" in told
    found = show(services)
    assert (found["state"], found["round"], found["assignee"]) == ("queued", 2, "a")
    assert found["received_at"].startswith("2026-11-25T09:00")
    old, new = changes(services)["documents", "BIZ_LICENSE", "files"]
    assert [len(old), len(new)] == [1, 1]
    assert old[0]["sha256"] != new[0]["sha256"]
    assert "BIZ_LICENSE" not in [each["subject"] for each in found["unchanged"]]
    text = services.terminal.as_person("a", "show", "C-1").stdout
    assert "business licence · file " in text
    assert "unchanged · round 1: USE-STATEMENT" in text


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


def test_a_card_that_came_and_one_whose_service_ended_are_listed(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    ended: Cells = {**CARD, "service_ended_on": "2026-11-20"}
    resubmit(services, "2026-11-25 10:00", desk.write([ended, {**CARD, "msisdn": "13800138077"}]))

    seen = changes(services)
    assert seen["cards", "138••••••00", "service_ended_on"] == (None, "2026-11-20")
    assert seen["cards", "138••••••77", "msisdn"] == (None, "138••••••77")


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


@pytest.mark.parametrize("login", ["admin", "audit"])
def test_who_may_not_record_a_resubmission_may_not_import_its_file(services: ClockSite, desk: Desk, login: str) -> None:
    start_failed(services)
    services.site.services("admin").roles.change("admin", (), (Role.REVIEWER, Role.SUPERVISOR))
    refused(services.terminal.as_person(login, "resubmit", "C-1", str(write_new_document(desk, "2"))), 77)
    assert show(services)["state"] == "rectifying"


def test_a_resubmission_without_news_opens_a_round_until_the_deadline_only(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    same = desk.write([{**CARD, "brand": ""}])
    late = services.at("2026-12-20 10:00").terminal.as_person("b", "resubmit", "C-1", str(same))
    assert "deadline" in refused(late, 77)
    assert services.terminal.document("admin", "imports")["batches"][0]["rows"] != 1

    resubmit(services, "2026-11-25 10:00", same)
    assert (show(services)["round"], show(services)["changes"]) == (2, [])
    assert "Nothing changed since round 1." in services.terminal.as_person("a", "show", "C-1").stdout


@pytest.mark.parametrize("why", ["away", "no reviewer"])
def test_a_resubmission_goes_to_the_common_queue_if_its_maker_does_not_work_that_day(
    services: ClockSite, desk: Desk, why: str
) -> None:
    start_failed(services)
    if why == "away":
        services.run("admin", "reviewers", "away", "a", "--from", "2026-11-25", "--to", "2026-11-27")
    else:
        services.run("admin", "reviewers", "role", "a", "--add", "auditor", "--remove", "reviewer")
    services.at("2026-11-25 10:00").run("b", "resubmit", "C-1")
    assert show(services, login="b")["assignee"] is None
    services.run("b", "next")
    assert show(services, login="b")["held_by"] == "b"


def test_only_the_maker_is_offered_the_case_and_explain_says_why(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    services.at("2026-11-25 10:00").run("b", "resubmit", "C-1")
    told = services.terminal.as_person("b", "explain", "C-1").stdout
    assert "Assigned to a, who decided round 1; offered to nobody else." in told
    refused(services.terminal.as_person("b", "next"), 69)

    services.run("admin", "reviewers", "away", "a", "--from", "2026-11-25")
    assert (
        "Assigned to a, who is away; offered to everybody." in services.terminal.as_person("b", "explain", "C-1").stdout
    )
    services.run("b", "next")


def test_an_undone_resubmission_gives_the_case_back_to_nobody(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    services.at("2026-11-25 10:00").run("b", "resubmit", "C-1")
    services.at("2026-11-25 10:00:30").run("b", "undo", "C-1")
    found = show(services)
    assert (found["state"], found["round"], found["assignee"], found["changes"]) == ("rectifying", 1, None, [])

    resubmit(services, "2026-11-25 11:00", write_new_document(desk, "2"))
    services.at("2026-11-25 11:00:30").run("b", "undo", "C-1")
    assert (show(services)["state"], show(services)["round"], len(show(services)["documents"])) == ("rectifying", 1, 9)


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

    services.run("b", "resubmit", "C-1")
    assert (show(services)["state"], show(services)["round"]) == ("queued", 2)
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


def test_a_third_round_is_compared_with_the_second_and_its_items_are_its_own(services: ClockSite, desk: Desk) -> None:
    start_failed(services)
    resubmit(services, "2026-11-25 10:00", write_new_document(desk, "2"))
    fail_rectifiably(services, "2026-11-25 11:00", "a", "--only-items", "--item", "DOC-UNSEALED:BIZ_LICENSE")
    services.run("a", "undo", "C-1")
    services.run("a", "judge", "C-1", "3", "not-fixed")
    fail_rectifiably(services, "2026-11-25 11:05", "a", "--only-items", "--item", "DOC-UNSEALED:BIZ_LICENSE")
    services.at("2026-11-26 10:00")
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="3", received_at="2026-11-26 09:00")

    found = show(services)
    assert (found["round"], found["assignee"]) == (3, "a")
    assert [each["code"] for each in found["items"]] == ["DOC-UNSEALED"]
    assert list(changes(services)) == [("documents", "BIZ_LICENSE", "files")]
    services.run("a", "next")
    services.run("a", "judge", "C-1", "1", "fixed")
