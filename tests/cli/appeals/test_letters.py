"""The letters about an appeal, in both languages."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Language
from tests.cli.appeals.filed_appeals import appealed, decided, failed, lapsed, office, show
from tests.cli.calendar.test_reminders import check_pages, write_in
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.services.outbox.gateways import Script
from tests.sites import Site

STAYS = "已采取的限制措施继续有效"


@pytest.fixture
def services(site: Site) -> ClockSite:
    return office(site)


def test_the_letters_say_what_was_decided_why_and_what_the_applicant_can_do(
    services: ClockSite, tmp_path: Path
) -> None:
    cases = [failed(services, measure="bar-both") for _outcome in range(3)]
    for case in cases:
        appealed(services, case)
    services.at("2026-12-01 10:05")
    services.run("a", "withdraw", cases[2], "--reason", "they wrote")
    for case, outcome in zip(cases, (["stands"], ["overturned"]), strict=False):
        assignee = show(services, case)["assignee"]
        decided(services, case, *outcome, login=assignee)
        services.run("c", "check", case, "approve", "--note", "yes")
    services.at("2026-12-01 10:10")
    folder = tmp_path / "letters"
    check_pages(services, folder, Language.ZH, "appeal-withdrawn", STAYS, "2026年12月15日（周二）", cases[2])

    bodies = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*-appeal-decided.txt"))]
    stands, overturned = (body.replace("\n", "") for body in bodies)
    for part in ("12300", "We looked at it again.", STAYS, cases[0]):
        assert part in stands
    for part in ("办结时限：2026年12月4日（周五）", "号码尚未执行的限制措施", cases[1]):
        assert part in overturned
    received = [path.read_text(encoding="utf-8") for path in folder.glob("*-appeal-received.txt")]
    assert all("\n我司答复期限：2026年12月10日（周四）\n" in body for body in received)
    [short, *_others] = sorted(folder.glob("*-appeal-received.sms.txt"))
    assert "2026年12月10日" in short.read_text(encoding="utf-8").replace("\n", "")


def check_answer(services: ClockSite, case: str, outcome: str, to: str) -> None:
    """Decide the appeal of a case as sup, and approve the decision as c."""
    decided(services, case, outcome, *(["--to", to] if to else []))
    services.run("c", "check", case, "approve", "--note", "yes")


LAST_RESULT = {
    (lapsed, "overturned", "queued"): (
        "的逾期未整改办结通知（通知编号2）",
        " (notice number 2) that your review was closed",
    ),
    (failed, "overturned", "queued"): ("的审核结果通知（通知编号1，", "our notice of the result of 24 November 2026"),
    (failed, "stands", ""): (
        "（通知编号3，申诉结论：申诉不成立，维持原结论）",
        "3; decision: it does not succeed and the result stands)",
    ),
}


@pytest.mark.parametrize(("start", "outcome", "to"), LAST_RESULT)
def test_a_corrected_notice_names_the_last_letter_that_told_a_result(
    services: ClockSite, start: Any, outcome: str, to: str
) -> None:
    case = start(services)
    for language in Language:
        write_in(services, language)
        services.at("2026-12-02 10:00")
        if language is Language.ZH:
            check_answer(services, appealed(services, case, at="2026-12-02 10:00"), outcome, to)
            if to != "queued":
                services.at("2026-12-03 10:00").run("sup2", "reopen", case, "--reason", "x")
        services.at("2026-12-03 10:00").run("b", "next")
        services.run("b", "decide", case, "pending", "--reason", "WAIT-CARRIER")

        body = services.terminal.document("admin", "notices", case)["notices"][-1]["body"]
        words = LAST_RESULT[start, outcome, to][language is Language.EN]
        assert words in body.replace("\n", "" if language is Language.ZH else " ")
        services.run("b", "undo", case)


def test_a_late_answer_is_announced_as_that_of_the_appeal_and_never_after_its_last_day(services: ClockSite) -> None:
    case = failed(services)
    write_in(services, Language.EN)
    appealed(services, case)
    late = services.terminal.as_person("sup", "extend", case, "--until", "2026-12-17", "--reason", "x")
    assert "2026-12-16" in refused(late, 77)
    services.run("sup", "extend", case, "--until", "2026-12-16", "--reason", "我司需要时间")

    assert services.due(case) == "2026-12-16 18:00"
    with services.site.services("admin").context.read() as session:
        body = session.execute(text("SELECT body FROM notice ORDER BY id DESC LIMIT 1")).scalar_one()
    assert "The answer to your appeal will take longer" in body


def test_the_receipt_of_an_appeal_waits_until_its_lapse_was_told(services: ClockSite, tmp_path: Path) -> None:
    case, script = lapsed(services), Script(tmp_path)
    appealed(services, case, at="2026-12-01 10:00")

    sending = ("notices", "send", "--with", script.command)
    report = services.at("2026-12-01 10:05").terminal.document("sup", *sending)
    *_others, told, receipt = services.terminal.document("sup", "notices", case)["notices"]
    assert report["waiting"] == [{"notice": receipt["id"], "case": case, "after": told["id"]}]
    assert (report["held_back"], receipt["after"]) == (1, told["id"])
    said = services.terminal.as_person("sup", *sending).stderr
    assert f"notice {receipt['id']} of {case}: waits for notice {told['id']}\n" in said

    services.at("2026-12-02 09:00").run("sup", *sending)
    assert [letter["kind"] for letter in script.letters()][-2:] == ["lapsed", "appeal-received"]
